// Package dir is a bucket in a folder. Recordings are read where they lie.
package dir

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
	"syscall"

	"dropcut/pipeline"
	"dropcut/storage"
)

// tempPrefix begins the names of files that are being written. List leaves
// them out, and Sweep removes those a killed process left.
const tempPrefix = ".dropcut-part-"

// Bucket keeps objects as plain files below one folder.
type Bucket struct {
	root *os.Root
	path string

	replacing sync.Mutex
}

var _ storage.Bucket = (*Bucket)(nil)

// Open makes the folder where it is missing. Nothing outside it is ever
// reached, also not through links.
func Open(folder string) (*Bucket, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fail(err, "open folder %s", folder)
	}
	return OpenExisting(folder)
}

// OpenExisting is Open for a folder that must be there already.
func OpenExisting(folder string) (*Bucket, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fail(err, "open folder %s", folder)
	}
	return &Bucket{root: root, path: folder}, nil
}

// Writable reports why nothing can be put into the folder, so that nobody finds
// out after hours of work.
func (b *Bucket) Writable() error {
	name := tempPrefix + random()
	f, err := b.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err == nil {
		err = f.Close()
		if e := b.root.Remove(name); !errors.Is(e, fs.ErrNotExist) { // somebody may have swept it
			err = errors.Join(err, e)
		}
	}
	return fail(err, "write to folder %s", b.path)
}

// Close lets the folder go.
func (b *Bucket) Close() error { return b.root.Close() }

// Path is the local file of key, for programs that must be given a name.
func (b *Bucket) Path(key string) string { return path.Join(b.path, key) }

// Stat implements storage.Bucket.
func (b *Bucket) Stat(_ context.Context, key string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	info, err := b.root.Stat(key)
	if err != nil {
		return storage.Object{}, fail(b.outside(key, err), "stat %s", key)
	}
	if !info.Mode().IsRegular() {
		return storage.Object{}, pipeline.Fail(pipeline.NotFound, "not_a_file", "", "%s is not a file", key)
	}
	return object(key, info), nil
}

// OpenRange implements storage.Bucket.
func (b *Bucket) OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error) {
	if err := storage.CheckKey(key); err != nil {
		return nil, err
	}
	f, err := b.root.Open(key)
	if err != nil {
		return nil, fail(b.outside(key, err), "open %s", key)
	}
	info, err := f.Stat()
	if err == nil && version != "" && object(key, info).Version != version {
		err = pipeline.Fail(pipeline.Conflict, "recording_changed", "run again: the file was replaced",
			"%s is no longer the version that was accepted", key)
	}
	if err != nil {
		return nil, errors.Join(fail(err, "open %s", key), f.Close())
	}
	if n < 0 {
		n = max(info.Size()-off, 0)
	}
	return &section{ctx: ctx, r: io.NewSectionReader(f, off, n), f: f}, nil
}

// section reads one range until its context ends.
type section struct {
	ctx context.Context
	r   *io.SectionReader
	f   *os.File
}

func (s *section) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

func (s *section) Close() error { return s.f.Close() }

// Put implements storage.Bucket: it writes beside the place, syncs, and renames.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, digest string) (storage.Object, error) {
	return b.put(ctx, key, r, digest, b.root.Rename)
}

// put is Put that moves what was written to its place with move.
func (b *Bucket) put(ctx context.Context, key string, r io.Reader, digest string, move func(temp, key string) error) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	folder := path.Dir(key)
	if err := b.root.MkdirAll(folder, 0o755); err != nil {
		return storage.Object{}, fail(err, "put %s", key)
	}
	temp := path.Join(folder, tempPrefix+random())
	if err := b.write(ctx, temp, key, r, digest, move); err != nil {
		_ = b.root.Remove(temp)
		return storage.Object{}, fail(err, "put %s", key)
	}
	if err := b.syncFolder(folder); err != nil {
		return storage.Object{}, fail(err, "put %s", key)
	}
	return b.Stat(ctx, key)
}

// write makes the file and moves it to its place.
func (b *Bucket) write(ctx context.Context, temp, key string, r io.Reader, digest string, move func(temp, key string) error) error {
	f, err := b.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if !b.hold(f, temp) {
		return errors.Join(b.write(ctx, temp, key, r, digest, move), f.Close()) // nothing was read yet
	}
	sum := storage.NewDigester()
	_, err = io.Copy(io.MultiWriter(f, sum), reader{ctx, r})
	if err == nil {
		err = storage.CheckDigest(key, digest, sum.Digest())
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = move(temp, key) // while its lock is held
	}
	return errors.Join(err, f.Close())
}

// reader ends a copy when its context does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func (b *Bucket) syncFolder(folder string) error {
	d, err := b.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// List implements storage.Bucket. Folders are read one at a time, in key order.
func (b *Bucket) List(ctx context.Context, prefix string, f func(storage.Object) bool) error {
	return b.ListAll(ctx, prefix, f, func(string, error) {})
}

// ListAll is List that hands what it refuses, with the reason, to refused:
// links that lead out of the folder.
func (b *Bucket) ListAll(ctx context.Context, prefix string, f func(storage.Object) bool, refused func(key string, why error)) error {
	_, err := b.list(ctx, ".", walk{prefix, f, refused})
	return fail(err, "list %q", prefix)
}

// walk is what one listing asks for.
type walk struct {
	prefix  string
	found   func(storage.Object) bool
	refused func(key string, why error)
}

func (b *Bucket) list(ctx context.Context, folder string, w walk) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	entries, err := fs.ReadDir(b.root.FS(), folder)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	sort.Slice(entries, func(i, j int) bool { return sortName(entries[i]) < sortName(entries[j]) })
	for _, e := range entries {
		key := path.Join(folder, e.Name())
		if more, err := b.visit(ctx, key, e, w); err != nil || !more {
			return more, err
		}
	}
	return true, nil
}

// sortName makes a folder sort where its objects' keys do.
func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

func (b *Bucket) visit(ctx context.Context, key string, e fs.DirEntry, w walk) (bool, error) {
	if e.IsDir() {
		if strings.HasPrefix(key+"/", w.prefix) || strings.HasPrefix(w.prefix, key+"/") {
			return b.list(ctx, key, w)
		}
		return true, nil
	}
	if !strings.HasPrefix(key, w.prefix) || strings.HasPrefix(e.Name(), tempPrefix) {
		return true, nil
	}
	info, err := b.root.Stat(key)
	if err != nil && e.Type()&fs.ModeSymlink != 0 {
		if why := b.outside(key, err); errors.Is(why, pipeline.Invalid) {
			w.refused(key, why)
		}
	}
	if err != nil || !info.Mode().IsRegular() {
		return true, nil // gone since, a broken link, or no file: not an object
	}
	return w.found(object(key, info)), nil
}

// Delete implements storage.Bucket.
func (b *Bucket) Delete(_ context.Context, key string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	err := b.root.Remove(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fail(err, "delete %s", key)
}

func object(key string, info fs.FileInfo) storage.Object {
	version := fmt.Sprintf("%x-%x", info.Size(), info.ModTime().UnixNano())
	return storage.Object{Key: key, Size: info.Size(), Version: version, Modified: info.ModTime()}
}

func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// fail gives err a kind, once.
func fail(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	var known *pipeline.Error
	if errors.As(err, &known) {
		return err
	}
	what := fmt.Sprintf(format, args...)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return pipeline.Fail(pipeline.Stopped, "stopped", "", "%s: %w", what, err)
	case errors.Is(err, fs.ErrNotExist):
		return pipeline.Fail(pipeline.NotFound, "no_such_file", "check the path", "%s: %w", what, err)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return pipeline.Fail(pipeline.Invalid, "name_too_long", "use a shorter name", "%s: %w", what, err)
	case errors.Is(err, syscall.EROFS):
		return pipeline.Fail(pipeline.Invalid, "read_only", "name another folder: nothing can be written to this one", "%s: %w", what, err)
	case errors.Is(err, fs.ErrPermission):
		return pipeline.Fail(pipeline.Invalid, "not_allowed", "check who owns it", "%s: %w", what, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return pipeline.Fail(pipeline.NoRoom, "disk_full", "make room, then run again: finished pieces are kept", "%s: %w", what, err)
	}
	return pipeline.Fail(pipeline.Unavailable, "storage", "", "%s: %w", what, err)
}
