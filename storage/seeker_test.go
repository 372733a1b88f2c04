package storage_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/dir"
)

func TestASeekerReadsAsAFileDoes(t *testing.T) {
	b, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	body := strings.Repeat("0123456789", 100)
	o, err := b.Put(t.Context(), "a", strings.NewReader(body), "")
	if err != nil {
		t.Fatal(err)
	}
	s := storage.NewSeeker(t.Context(), b, o)
	defer s.Close()
	if err := iotest.TestReader(s, []byte(body)); err != nil {
		t.Error(err)
	}
	if _, err := s.Seek(-1, io.SeekStart); err == nil {
		t.Error("it can be read before its beginning")
	}
	if _, err := b.Put(t.Context(), "a", strings.NewReader("something else"), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(make([]byte, 4)); !errors.Is(err, pipeline.Conflict) {
		t.Errorf("another version was read: %v", err)
	}
}
