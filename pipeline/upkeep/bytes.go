package upkeep

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"dropcut/pipeline"
	"dropcut/storage"
)

// digestOf reads an object whole. One that is gone meanwhile has no digest.
func digestOf(ctx context.Context, b storage.Bucket, key string) (string, error) {
	r, err := b.OpenRange(ctx, key, "", 0, -1)
	if errors.Is(err, pipeline.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	sum := storage.NewDigester()
	_, err = io.Copy(sum, r)
	return sum.Digest(), errors.Join(err, r.Close())
}

// fetched is an object as a file of this machine.
type fetched struct {
	path   string
	digest string
	dir    string // an empty folder, or the one with the copy
}

func (f fetched) remove() { _ = os.RemoveAll(f.dir) }

// fetch gives an object's file: where it lies, or a copy.
func fetch(ctx context.Context, b storage.Bucket, key, temp string) (f fetched, err error) {
	if f.dir, err = os.MkdirTemp(temp, "dropcut-fsck-"); err != nil {
		return f, pipeline.Fail(pipeline.NoRoom, "no_temp", "set TMPDIR to a folder with room", "make a folder to check in: %w", err)
	}
	defer func() {
		if err != nil {
			f.remove()
		}
	}()
	if f.path, err = absolute(b, key); err != nil {
		return f, err
	}
	if f.path != "" {
		f.digest, err = digestOf(ctx, b, key)
		return f, err
	}
	f.path = filepath.Join(f.dir, "clip.mp4")
	r, err := b.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return f, err
	}
	defer r.Close()
	to, err := os.Create(f.path)
	if err != nil {
		return f, pipeline.Fail(pipeline.NoRoom, "no_temp", "set TMPDIR to a folder with room", "copy %s: %w", key, err)
	}
	sum := storage.NewDigester()
	_, err = io.Copy(io.MultiWriter(to, sum), r)
	f.digest = sum.Digest()
	return f, errors.Join(err, to.Close())
}
