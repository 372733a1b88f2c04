package dir

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"syscall"

	"dropcut/storage"
)

// PutNew implements storage.Bucket: what was written gets its name by a link,
// which no name that is taken can be given.
func (b *Bucket) PutNew(ctx context.Context, key string, r io.Reader, digest string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	if _, err := b.root.Lstat(key); err == nil {
		return storage.Object{}, storage.Taken(key) // before all of it is read
	}
	return b.put(ctx, key, r, digest, b.name)
}

// name gives a file that was written its name, where nothing has that.
func (b *Bucket) name(temp, key string) error {
	err := b.root.Link(temp, key)
	switch {
	case errors.Is(err, fs.ErrExist):
		return storage.Taken(key)
	case errors.Is(err, syscall.EPERM), errors.Is(err, errors.ErrUnsupported):
		return b.nameUnlinked(temp, key)
	case err != nil:
		return err
	}
	return b.root.Remove(temp)
}

// nameUnlinked is name on a disk without links, such as exFAT: there two
// processes that put one key at the same instant may both succeed.
func (b *Bucket) nameUnlinked(temp, key string) error {
	b.replacing.Lock()
	defer b.replacing.Unlock()
	if _, err := b.root.Lstat(key); err == nil {
		return storage.Taken(key)
	}
	return b.root.Rename(temp, key)
}
