package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"dropcut/pipeline"
)

func TestLinksAreSignedWithAWholeKeyOrNotAtAll(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	file := filepath.Join(data, linkKeyName)
	if err := os.WriteFile(file+".half", []byte("killed here"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := linkKey(data)
	if err != nil || len(first) != linkKeyBytes || bytes.Equal(first, make([]byte, linkKeyBytes)) {
		t.Fatalf("%x, %v", first, err)
	}
	if again, err := linkKey(data); err != nil || !bytes.Equal(first, again) {
		t.Errorf("another key at the next start: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", err)
	}
	for _, cut := range [][]byte{nil, first[:31], append(bytes.Clone(first), 0)} {
		if err := os.WriteFile(file, cut, 0o600); err != nil {
			t.Fatal(err)
		}
		if key, err := linkKey(data); !errors.Is(err, pipeline.Corrupt) || pipeline.AsError(err, "").Hint == "" {
			t.Errorf("%d bytes: signs with %x, %v", len(cut), key, err)
		}
	}
}
