package dir

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"
)

// Sweep removes half-written files below folders ("." for all) that a killed
// process left, and that were not written to since then. It returns how many
// there were. Whoever writes one holds its lock, which the kernel lets go when
// the process ends: what is still being written stays. Only names this package
// makes are touched. A folder that is not there has none.
func (b *Bucket) Sweep(ctx context.Context, folders []string, then time.Time) (int, error) {
	swept := 0
	err := b.left(ctx, folders, then, func(name string) {
		if b.root.Remove(name) == nil {
			swept++
		}
	})
	return swept, err
}

// Halves is the keys of what Sweep would remove.
func (b *Bucket) Halves(ctx context.Context, folders []string, then time.Time) ([]string, error) {
	var out []string
	err := b.left(ctx, folders, then, func(name string) { out = append(out, name) })
	return out, err
}

// left calls f for every half-written file that nobody holds, while it is held here.
func (b *Bucket) left(ctx context.Context, folders []string, then time.Time, f func(name string)) error {
	for _, folder := range folders {
		err := fs.WalkDir(b.root.FS(), folder, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.HasPrefix(d.Name(), tempPrefix) {
				b.leftAt(name, then, f)
			}
			return ctx.Err()
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fail(err, "look for half-written files")
		}
	}
	return nil
}

func (b *Bucket) leftAt(name string, then time.Time, f func(name string)) {
	half, err := b.root.Open(name)
	if err != nil {
		return
	}
	defer half.Close()
	info, err := half.Stat()
	if err == nil && !info.ModTime().After(then) && syscall.Flock(int(half.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		f(name)
	}
}

// hold takes the lock of a file that is to be written, and reports whether the
// file still stands: it may have been swept before it was locked.
func (b *Bucket) hold(f *os.File, name string) bool {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return true // a file system without locks: nobody sweeps there
	}
	ours, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := b.root.Lstat(name)
	return err == nil && os.SameFile(ours, there)
}
