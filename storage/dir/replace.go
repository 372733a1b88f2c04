package dir

import (
	"context"
	"errors"
	"io"
	"path"
	"syscall"

	"dropcut/pipeline"
	"dropcut/storage"
)

// Replace implements storage.Bucket: whoever replaces something in a folder
// holds the folder's lock, also against other processes on this machine.
func (b *Bucket) Replace(ctx context.Context, key, version string, r io.Reader, digest string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	b.replacing.Lock()
	defer b.replacing.Unlock()
	folder := path.Dir(key)
	if err := b.root.MkdirAll(folder, 0o755); err != nil {
		return storage.Object{}, fail(err, "replace %s", key)
	}
	if folder != "." { // the bucket's own folder is held by who works in it
		d, err := b.root.Open(folder)
		if err != nil {
			return storage.Object{}, fail(err, "replace %s", key)
		}
		defer d.Close()
		if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != nil && !errors.Is(err, syscall.ENOTSUP) {
			return storage.Object{}, fail(err, "replace %s", key)
		}
	}
	o, err := b.Stat(ctx, key)
	if err != nil && !errors.Is(err, pipeline.NotFound) {
		return storage.Object{}, err
	}
	if o.Version != version {
		return storage.Object{}, storage.Replaced(key)
	}
	return b.Put(ctx, key, r, digest)
}
