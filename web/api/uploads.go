package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dropcut/pipeline"
	"dropcut/pipeline/beside"
	"dropcut/storage"
)

// stall is how long an upload may bring nothing; it may take days.
const stall = 30 * time.Second

const (
	longestPart = 200 // bytes of one part of a name: file systems allow 255, and half-written files and .done need some
	longestKey  = 1024
	doneEnding  = ".done"
)

type uploadInput struct {
	Name    string `path:"name" maxLength:"1024" doc:"what it is called below your creator's folder; slashes make folders"`
	Creator string `query:"creator" maxLength:"200" doc:"for tokens that reach everybody's"`
	Digest  string `header:"Content-Digest" maxLength:"1000" doc:"RFC 9530, such as sha-256=:…base 64…:; other bytes are refused"`

	call huma.Context
}

// Resolve implements huma.Resolver: bodies are streamed.
func (in *uploadInput) Resolve(ctx huma.Context) []error {
	in.call = ctx
	return nil
}

// Uploaded is what was put into the source.
type Uploaded struct {
	Key    string `json:"key" doc:"in the source bucket"`
	Bytes  int64  `json:"bytes"`
	Digest string `json:"digest" doc:"sha256:…, of the bytes as they came"`
}

func (a *API) uploads() {
	const pattern, shown = "/v1/uploads/{name...}", "/v1/uploads/{name}"
	o := op(http.MethodPut, pattern, "upload", "Put a recording, or what belongs beside one, into the source", scope(pipeline.ScopeCreator))
	o.Description = "The body is the file, of any size. Nothing is overwritten: 409 where something has that name. What did not come whole, or is not what Content-Digest says, is not kept. " +
		"An upload may take as long as it needs, while no 30 s go by without a byte. A recording is taken in at once when it is whole: put marks, words and the drop plan first."
	o.DefaultStatus = http.StatusCreated
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	o.Errors = append(o.Errors, http.StatusRequestTimeout, http.StatusInsufficientStorage)
	huma.Register(a.huma, o, a.upload)
	paths := a.huma.OpenAPI().Paths
	paths[shown] = paths[pattern]
	delete(paths, pattern)
}

func (a *API) upload(ctx context.Context, in *uploadInput) (*Reply[Uploaded], error) {
	creator, err := owner(ctx, in.Creator)
	if err != nil {
		return nil, err
	}
	key, err := uploadKey(creator, in.Name)
	if err != nil {
		return nil, err
	}
	digest, err := contentDigest(in.Digest)
	if err != nil {
		return nil, err
	}
	r, w := humago.Unwrap(in.call)
	from := &arriving{r: r.Body, out: http.NewResponseController(w), within: a.Stall, sum: storage.NewDigester()}
	if from.within <= 0 {
		from.within = stall
	}
	o, err := a.Source.PutNew(ctx, key, from, digest)
	from.ended()
	if errors.Is(err, pipeline.Corrupt) {
		err = pipeline.Fail(pipeline.Invalid, "digest_differs", "send it again", "what came is not what Content-Digest says, and was not kept")
	}
	if err != nil {
		return nil, err
	}
	if beside.IsRecording(key) {
		if _, err := a.Source.Put(ctx, key+doneEnding, strings.NewReader(""), ""); err != nil {
			a.Log.Warn("an upload is not said to be done; it is taken in once it was seen to be", "key", key, "error", err)
		}
	}
	a.Look()
	return &Reply[Uploaded]{Status: http.StatusCreated, Body: &Uploaded{Key: key, Bytes: o.Size, Digest: from.sum.Digest()}}, nil
}

// uploadKey is where a creator's upload of that name lies.
func uploadKey(creator, name string) (string, error) {
	bad := func(why string) (string, error) {
		return "", pipeline.Fail(pipeline.Invalid, "bad_name", "name it as a file, such as show.mp4 or 2026/show.mp4", "nothing is put under that name: %s", why)
	}
	key := creator + "/" + name
	switch {
	case path.Base(creator) != creator || strings.HasPrefix(creator, "."):
		return bad("its creator's name is no folder's")
	case !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) || strings.Contains(key, `\`):
		return bad("it has letters that no name has")
	case storage.CheckKey(key) != nil || len(key) > longestKey:
		return bad("it is too long, or leads elsewhere")
	case strings.HasSuffix(key, doneEnding):
		return bad("names that end in .done are ours")
	}
	for part := range strings.SplitSeq(key, "/") {
		if strings.HasPrefix(part, ".") && part != beside.DefaultsName || len(part) > longestPart {
			return bad("a part of it is hidden, or too long")
		}
	}
	return key, nil
}

// contentDigest is the digest that a Content-Digest header (RFC 9530) says; ""
// where there is none.
func contentDigest(header string) (string, error) {
	if header == "" {
		return "", nil
	}
	for one := range strings.SplitSeq(header, ",") {
		text, is := strings.CutPrefix(strings.TrimSpace(one), "sha-256=:")
		text, ends := strings.CutSuffix(text, ":")
		sum, err := base64.StdEncoding.DecodeString(text)
		if is && ends && err == nil && len(sum) == 32 {
			return storage.DigestPrefix + hex.EncodeToString(sum), nil
		}
	}
	return "", pipeline.Fail(pipeline.Invalid, "bad_digest", "send Content-Digest: sha-256=:…:, or leave it out", "Content-Digest has no SHA-256")
}

// arriving is a body that may take as long as it needs, while something comes.
type arriving struct {
	r      io.Reader
	out    *http.ResponseController
	within time.Duration
	sum    *storage.Digester
	n      int64
}

func (a *arriving) Read(p []byte) (int, error) {
	_ = a.out.SetReadDeadline(time.Now().Add(a.within)) // where there is none, as in tests, nothing is to be moved
	_ = a.out.SetWriteDeadline(time.Time{})
	n, err := a.r.Read(p)
	_, _ = a.sum.Write(p[:n]) // a hash never fails
	a.n += int64(n)
	switch {
	case err == nil:
	case errors.Is(err, io.EOF) && a.n == 0:
		err = pipeline.Fail(pipeline.Invalid, "empty", "send its bytes as the body", "an empty file is not kept")
	case errors.Is(err, io.EOF):
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = pipeline.Fail(pipeline.Unavailable, "stalled", "send it again", "nothing came for %s, after %d bytes; they were not kept", a.within, a.n)
	default:
		err = pipeline.Fail(pipeline.Usage, "cut_off", "send it again", "the upload ended after %d bytes; they were not kept", a.n)
	}
	return n, err
}

// ended leaves time to answer, and none to bring more.
func (a *arriving) ended() {
	_ = a.out.SetReadDeadline(time.Now().Add(a.within))
	_ = a.out.SetWriteDeadline(time.Now().Add(time.Minute))
}
