// Package cached keeps what is read of a bucket in a folder of this machine.
// It is for objects that never change under their key: segments, excerpts,
// sidecars, words.
package cached

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
)

// Bucket is a bucket with a cache before it: what was put or read whole lies in
// a folder too, up to a number of bytes; the least recently used goes first.
type Bucket struct {
	storage.Bucket
	folder string
	most   int64 // bytes

	mu    sync.Mutex
	files map[string]*file // by name in the folder
	held  int64            // bytes
}

type file struct {
	size int64
	used time.Time
}

// Open puts the cache in folder, which it makes and takes for its own, before b.
// most is its size in bytes; what an earlier process left in it is used.
func Open(b storage.Bucket, folder string, most int64) (*Bucket, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "cache", "check who owns the folder", "open cache: %w", err)
	}
	c := &Bucket{Bucket: b, folder: folder, most: most, files: map[string]*file{}}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "cache", "check who owns the folder", "open cache: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || filepath.Ext(e.Name()) == partEnding {
			_ = os.Remove(filepath.Join(folder, e.Name()))
			continue
		}
		c.files[e.Name()] = &file{info.Size(), info.ModTime()}
		c.held += info.Size()
	}
	c.evict("")
	return c, nil
}

const partEnding = ".part"

func name(key string) string { return storage.Hex(storage.DigestBytes([]byte(key))) }

func (c *Bucket) path(name string) string { return filepath.Join(c.folder, name) }

// OpenRange implements storage.Bucket. A version that is named is asked of the
// bucket itself.
func (c *Bucket) OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error) {
	if version != "" || off != 0 || n >= 0 {
		return c.Bucket.OpenRange(ctx, key, version, off, n)
	}
	if f := c.open(name(key)); f != nil {
		return f, nil
	}
	if err := c.fetch(ctx, key); err != nil {
		return nil, err
	}
	if f := c.open(name(key)); f != nil {
		return f, nil
	}
	return c.Bucket.OpenRange(ctx, key, "", 0, -1) // larger than the cache
}

// open is a cached file, nil for none.
func (c *Bucket) open(name string) *os.File {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.files[name]
	if known == nil {
		return nil
	}
	f, err := os.Open(c.path(name))
	if err == nil {
		if info, e := f.Stat(); e != nil || info.Size() != known.size {
			err = errors.Join(errors.New("cut"), f.Close())
		}
	}
	if err != nil { // somebody emptied the cache
		c.drop(name)
		return nil
	}
	known.used = time.Now()
	_ = os.Chtimes(c.path(name), known.used, known.used) // for the next process; none is harmed without
	return f
}

// LinkTo makes file a second name of a cached object, or a copy of it where
// links cannot be made. It stays whatever the cache does.
func (c *Bucket) LinkTo(ctx context.Context, key, to string) error {
	r, err := c.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := os.Link(c.path(name(key)), to); err == nil {
		return nil
	}
	f, err := os.Create(to)
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "cache", "", "copy %s: %w", key, err)
	}
	if _, err = io.Copy(f, r); errors.Join(err, f.Close()) != nil {
		return pipeline.Fail(pipeline.Unavailable, "cache", "", "copy %s: %w", key, err)
	}
	return nil
}

// Put implements storage.Bucket. Nothing is cached by it: another machine is as
// likely to need the bytes as this one.
func (c *Bucket) Put(ctx context.Context, key string, r io.Reader, digest string) (storage.Object, error) {
	o, err := c.Bucket.Put(ctx, key, r, digest)
	c.forget(key)
	return o, err
}

// PutNew implements storage.Bucket.
func (c *Bucket) PutNew(ctx context.Context, key string, r io.Reader, digest string) (storage.Object, error) {
	o, err := c.Bucket.PutNew(ctx, key, r, digest)
	c.forget(key)
	return o, err
}

// Replace implements storage.Bucket.
func (c *Bucket) Replace(ctx context.Context, key, version string, r io.Reader, digest string) (storage.Object, error) {
	o, err := c.Bucket.Replace(ctx, key, version, r, digest)
	c.forget(key)
	return o, err
}

// Delete implements storage.Bucket.
func (c *Bucket) Delete(ctx context.Context, key string) error {
	c.forget(key)
	return c.Bucket.Delete(ctx, key)
}

func (c *Bucket) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(name(key))
}

// drop removes a file; the caller holds mu.
func (c *Bucket) drop(name string) {
	if f := c.files[name]; f != nil {
		c.held -= f.size
		delete(c.files, name)
		_ = os.Remove(c.path(name))
	}
}

// fetch brings an object into the cache, whole or not at all. Two that fetch
// one object both bring it, and one name stands.
func (c *Bucket) fetch(ctx context.Context, key string) error {
	o, err := c.Stat(ctx, key)
	if err != nil || o.Size > c.most {
		return err
	}
	r, err := c.Bucket.OpenRange(ctx, key, o.Version, 0, -1)
	if err != nil {
		return err
	}
	defer r.Close()
	part, err := os.CreateTemp(c.folder, "*"+partEnding)
	if err != nil {
		return nil // no room to cache in: it is read without
	}
	n, err := io.Copy(part, r)
	if err = errors.Join(err, part.Close()); err == nil && n == o.Size {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.drop(name(key))
		if os.Rename(part.Name(), c.path(name(key))) == nil {
			c.files[name(key)] = &file{n, time.Now()}
			c.held += n
			c.evict(name(key))
			return nil
		}
	}
	_ = os.Remove(part.Name())
	return ctx.Err()
}

// evict makes the cache as small as it may be, but keeps the file named. The
// caller holds mu, or is alone.
func (c *Bucket) evict(keep string) {
	if c.held <= c.most {
		return
	}
	var names []string
	for n := range c.files {
		if n != keep {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return c.files[a].used.Compare(c.files[b].used) })
	for _, n := range names {
		if c.held <= c.most {
			return
		}
		c.drop(n)
	}
}
