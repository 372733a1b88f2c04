package recording

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// onDisk is a file read by ranges, and counts what is read.
type onDisk struct {
	f    *os.File
	size int64
	read atomic.Int64
	asks atomic.Int64
}

func (d *onDisk) Size() int64 { return d.size }

func (d *onDisk) ReadRange(_ context.Context, off, n int64) (io.ReadCloser, error) {
	d.asks.Add(1)
	d.read.Add(n)
	return io.NopCloser(io.NewSectionReader(d.f, off, n)), nil
}

func fileSource(t testing.TB, path string) *onDisk {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	i, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return &onDisk{f: f, size: i.Size()}
}

func opened(t testing.TB, path string) (*Recording, *onDisk) {
	t.Helper()
	src := fileSource(t, path)
	r, err := Open(t.Context(), src)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r, src
}
