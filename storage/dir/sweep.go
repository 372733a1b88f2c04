package dir

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// Sweep removes half-written files below folder ("." for all) that a killed
// process left. Whoever writes one holds its lock, which the kernel lets go
// when the process ends: what is still being written stays. Only names this
// package makes are touched. A folder that is not there has none.
func (b *Bucket) Sweep(ctx context.Context, folder string) error {
	err := fs.WalkDir(b.root.FS(), folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasPrefix(d.Name(), tempPrefix) {
			b.sweep(name)
		}
		return ctx.Err()
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fail(err, "sweep")
}

func (b *Bucket) sweep(name string) {
	f, err := b.root.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		_ = b.root.Remove(name)
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
