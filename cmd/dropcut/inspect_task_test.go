package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestWhatCouldNotBeTakenInIsInspectedByItsTask: as /v1/landings and retry name it.
func TestWhatCouldNotBeTakenInIsInspectedByItsTask(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	db, err := catalog.Open(t.Context(), filepath.Join(data, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	a := catalog.Arrival{Source: "in", Key: "ada/broken.mp4", Version: "1", Size: 1}
	if err := db.Write(t.Context(), func(tx *catalog.Tx) (err error) {
		if a, err = tx.Seen(a); err == nil {
			_, err = tx.Accept(a, catalog.Work{Kind: pipeline.Ingest, Subject: "in ada/broken.mp4", Input: "1"})
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w, err := db.Claim(t.Context(), time.Hour)
	if err != nil || w == nil {
		t.Fatal(w, err)
	}
	why := pipeline.Fail(pipeline.Invalid, "no_index", "remux it", "it is broken")
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.FinishFailed(*w, why) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"inspect", "--data", data, w.ID}, exitMade, []string{w.ID, "ada/broken.mp4", "no_index", "it is broken", "remux it"}},
		{[]string{"inspect", "--data", data, w.ID, "--json"}, exitMade, []string{`"key":"ada/broken.mp4"`, `"code":"no_index"`}},
		{[]string{"inspect", "--data", data, "w_none"}, exitNotFound, []string{"/v1/landings"}},
	} {
		var out, talk bytes.Buffer
		code := run(c.args, console{&out, &talk})
		for _, said := range c.says {
			if code != c.code || !strings.Contains(out.String()+talk.String(), said) {
				t.Errorf("%v: %d, not %q in\n%s%s", c.args, code, said, out.String(), talk.String())
			}
		}
	}
}
