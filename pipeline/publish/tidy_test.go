package publish

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

func TestTidyRemovesOnlyWhatIsOursAndNamedNowhere(t *testing.T) {
	b := newBench(t)
	digest8 := func(content string) string { return storage.Hex(storage.DigestBytes([]byte(content)))[:8] }
	put := func(key, content string) string {
		t.Helper()
		if _, err := b.Output.Put(t.Context(), key, strings.NewReader(content), ""); err != nil {
			t.Fatal(err)
		}
		return key
	}
	named := put("s/01-drop/short-1-9x16-fill-karaoke-en-hook1-"+digest8("named")+".mp4", "named")
	b.write(t, func(tx *catalog.Tx) error {
		v := b.variant
		v.Made = &pipeline.MadeFile{Key: named, Digest: storage.DigestBytes([]byte("named")), Bytes: 5}
		return tx.PutVariant(v)
	})
	if err := b.publish(t, "round"); err != nil {
		t.Fatal(err)
	}
	held := put("s/01-drop/short-1-9x16-fill-karaoke-en-hook1-"+digest8("held")+".mp4", "held") // made anew, publishing failed
	b.write(t, func(tx *catalog.Tx) error {
		v := b.variant
		v.Made = &pipeline.MadeFile{Key: held, Digest: storage.DigestBytes([]byte("held")), Bytes: 4}
		return tx.PutVariant(v)
	})
	former := put("s/01-drop/short-1-poster-"+digest8("former")+".jpg", "former") // of a variant that led once
	b.write(t, func(tx *catalog.Tx) error {
		return tx.PutVariant(pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: b.clip.ID, State: pipeline.VariantMade, Look: look("none"),
			Made: &pipeline.MadeFile{Key: named, Poster: former}})
	})
	files := map[string]bool{ // and whether it stays
		named:  true,
		held:   true,
		former: false,
		put("s/01-drop/short-1-9x16-fill-none-en-hook2-"+digest8("stray")+".mp4", "stray"):        false,
		put("s/01-drop/core-1-poster-"+digest8("stray poster")+".jpg", "stray poster"):            false,
		put("s/02-gone/core-1-9x16-fill-none-en-hook1-"+digest8("abandoned")+".mp4", "abandoned"): false, // no manifest was ever written there
		put("s/01-drop/short-1-9x16-fill-none-en-hook2-"+digest8("mine")+".mp4", "my own edit"):   true,  // its bytes are not what its name says
		put("s/01-drop/holiday.mp4", "a person's"):                                                true,
		put("other/01-drop/core-1-x-"+digest8("elsewhere")+".mp4", "elsewhere"):                   true, // another recording's
	}
	if err := Tidy(t.Context(), b.db, b.Output, b.rec.ID); err != nil {
		t.Fatal(err)
	}
	for key, stays := range files {
		if _, err := os.Stat(filepath.Join(b.folder, filepath.FromSlash(key))); (err == nil) != stays {
			t.Errorf("%s is there: %v, want %v", key, err == nil, stays)
		}
	}
}
