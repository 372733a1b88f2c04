package storage

import (
	"context"
	"io"
	"sync/atomic"
)

// Ranged is one version of one object, read by byte ranges. It counts what is
// read of it. It may be used by many goroutines at once.
type Ranged struct {
	bucket Bucket
	object Object
	read   atomic.Int64
}

// NewRanged pins o in b.
func NewRanged(b Bucket, o Object) *Ranged { return &Ranged{bucket: b, object: o} }

// Size is the object's length in bytes.
func (r *Ranged) Size() int64 { return r.object.Size }

// BytesRead is how many bytes were handed out so far.
func (r *Ranged) BytesRead() int64 { return r.read.Load() }

// ReadRange streams n bytes from off of the pinned version.
func (r *Ranged) ReadRange(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	body, err := r.bucket.OpenRange(ctx, r.object.Key, r.object.Version, off, n)
	if err != nil {
		return nil, err
	}
	return &counted{body, &r.read}, nil
}

// counted adds up what is read.
type counted struct {
	io.ReadCloser
	read *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.read.Add(int64(n))
	return n, err
}
