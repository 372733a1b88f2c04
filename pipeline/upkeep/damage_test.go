package upkeep

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

func (w *world) premises() Premises {
	return Premises{Catalog: w.db, Output: w.output, Data: w.data, FFmpeg: w.runner, Temp: w.temp}
}

func (w *world) check(o CheckOptions) Report {
	w.t.Helper()
	o.Pause = time.Millisecond
	r, err := Check(w.t.Context(), w.premises(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// clean wants nothing to be found.
func (w *world) clean(when string, o CheckOptions) {
	w.t.Helper()
	for _, f := range w.check(o).Findings {
		w.t.Errorf("%s: %s %s of %s: %s", when, f.Promise, f.Code, f.Subject, f.Detail)
	}
}

func (w *world) write(f func(*catalog.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// sql changes the catalogue behind everybody's back.
func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.folder, "catalog.db")+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// subject is the world's one recording, as it is now.
func (w *world) subject() (s subject) {
	w.t.Helper()
	w.write(func(tx *catalog.Tx) error {
		ids, err := tx.RecordingIDs()
		if err == nil {
			s, err = read(tx, ids[0])
		}
		return err
	})
	return s
}

// made is the made variants, those that lead first.
func (w *world) made() []pipeline.Variant {
	w.t.Helper()
	var out []pipeline.Variant
	for _, v := range w.subject().moments[0].variants {
		if isMade(v) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b pipeline.Variant) int {
		switch {
		case a.Lead == b.Lead:
			return 0
		case a.Lead:
			return -1
		}
		return 1
	})
	if len(out) < 2 || !out[0].Lead || out[0].Made.Poster == "" {
		w.t.Fatalf("%d variants are made, want a leading one with a poster and others", len(out))
	}
	return out
}

// flip changes a byte in the middle of a file, whose times stay.
func (w *world) flip(b *dir.Bucket, key string) {
	w.t.Helper()
	body, err := os.ReadFile(b.Path(key))
	if err != nil {
		w.t.Fatal(err)
	}
	body[len(body)/2] ^= 0xff
	if err := os.WriteFile(b.Path(key), body, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) lose(b *dir.Bucket, key string) {
	w.t.Helper()
	if err := os.Remove(b.Path(key)); err != nil {
		w.t.Fatal(err)
	}
}

// firstUnder is the first key with a prefix.
func (w *world) firstUnder(b *dir.Bucket, prefix, ending string) (key string) {
	w.t.Helper()
	err := b.List(w.t.Context(), prefix, func(o storage.Object) bool {
		if filepath.Ext(o.Key) == ending && key == "" {
			key = o.Key
		}
		return true
	})
	if err != nil || key == "" {
		w.t.Fatalf("nothing under %s ends in %q: %v", prefix, ending, err)
	}
	return key
}
