package transcribe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"dropcut/storage"
)

// recipeVersion changes when the same inputs would give other words.
const recipeVersion = 1

// recipe is the recipe ID of a document that somebody else makes from what is
// said: what is done, from what, by whom. It is no digest of the document.
func recipe(what string, from ...any) string {
	body, err := json.Marshal([]any{what, recipeVersion, from})
	if err != nil {
		return "" // nothing of ours fails to be written
	}
	return storage.DigestBytes(body)
}

// kept is the document that was kept under a recipe. A damaged one counts as
// none: it is made again. Either way l's moment will name it, so that it stays.
func (s *Step) kept(ctx context.Context, l loaded, key string) ([]byte, bool) {
	*l.uses = append(*l.uses, key)
	r, err := s.Data.OpenRange(ctx, storage.WordsKey(key), "", 0, -1)
	if err != nil {
		return nil, false
	}
	all, err := io.ReadAll(io.LimitReader(r, mostFile+100))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, false
	}
	digest, body, ok := bytes.Cut(all, []byte("\n"))
	return body, ok && string(digest) == storage.DigestBytes(body)
}

// keepDocument keeps a document under a recipe, its own digest before it.
func (s *Step) keepDocument(ctx context.Context, key string, body []byte) error {
	all := append([]byte(storage.DigestBytes(body)+"\n"), body...)
	_, err := s.Data.Put(ctx, storage.WordsKey(key), bytes.NewReader(all), "")
	return err
}
