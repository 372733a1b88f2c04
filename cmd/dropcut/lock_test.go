package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
)

func TestOneProcessAtATimeWorksInAFolder(t *testing.T) {
	out, data := t.TempDir(), t.TempDir()
	open := func(out, data string) error {
		h, err := openWorkshop(t.Context(), out, data, console{io.Discard, io.Discard})
		if err == nil {
			t.Cleanup(h.Close)
		}
		return err
	}
	if err := open(out, data); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ out, data, flag, why string }{
		{filepath.Join(out, "other"), data, "--data", "the same catalogue"},
		{out, filepath.Join(data, "other"), "--out", "the same clips: its tidying would remove what is not named yet"},
	} {
		err := open(c.out, c.data)
		if e := pipeline.AsError(err, ""); !errors.Is(err, pipeline.Conflict) || !strings.Contains(e.Hint, c.flag) {
			t.Errorf("%s: %v, hint %q", c.why, err, e.Hint)
		}
	}
	if err := open(filepath.Join(out, "third"), filepath.Join(data, "third")); err != nil {
		t.Errorf("folders of its own: %v", err)
	}
}

// TestThoseWhoShareADatabaseShareAFolderOfClips: the locks alone are taken, and
// the database is only named.
func TestThoseWhoShareADatabaseShareAFolderOfClips(t *testing.T) {
	top := t.TempDir()
	open := func(data, database string) error {
		p := placed(filepath.Join(top, data), database, filepath.Join(top, "clips"), filepath.Join(top, "store"))
		h := &workshop{premises: p, temp: filepath.Join(p.data, "tmp")}
		err := h.openFolders(t.Context())
		t.Cleanup(h.Close)
		return err
	}
	for _, member := range []string{"serve", "work", "more"} {
		if err := open(member, "postgres://db/dropcut"); err != nil {
			t.Errorf("%s: %v", member, err)
		}
	}
	err := open("alone", "")
	if !errors.Is(err, pipeline.Conflict) || !strings.Contains(pipeline.AsError(err, "").Hint, "--output") {
		t.Errorf("one with a catalogue of its own is let in: %v", err)
	}
	if err := open("work", "postgres://db/dropcut"); !errors.Is(err, pipeline.Conflict) {
		t.Errorf("two with one data folder: %v", err)
	}
}

func TestASourceFolderThatThisMachineLacksIsAskedForAgain(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "recordings")
	for database, want := range map[string]pipeline.Kind{"postgres://db/dropcut": pipeline.Unavailable, "": pipeline.NotFound} {
		h := &workshop{premises: premises{database: database}, sources: sources{}}
		if _, err := h.source(t.Context(), gone); pipeline.KindOf(err) != want || want != pipeline.NotFound && errors.Is(err, pipeline.NotFound) || pipeline.AsError(err, "").Hint == "" {
			t.Errorf("database %q: %v", database, err)
		}
	}
}
