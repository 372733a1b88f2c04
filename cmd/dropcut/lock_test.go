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
