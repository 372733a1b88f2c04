// Package storage is the contract every bucket keeps, the keys things lie
// under, and digests. storage/dir and storage/s3 are the two buckets.
package storage

import (
	"context"
	"io"
	"time"

	"dropcut/pipeline"
)

// Object is what a bucket knows of one key.
type Object struct {
	Key      string
	Size     int64
	Version  string // opaque; changes whenever the bytes do
	Modified time.Time
}

// Bucket keeps bytes under keys. All methods may be called at once.
// Keys are slash-separated, relative, clean; anything else is pipeline.Invalid.
type Bucket interface {
	// Stat gives the object, or pipeline.NotFound.
	Stat(ctx context.Context, key string) (Object, error)

	// OpenRange streams n bytes from off (n < 0: to the end) of exactly that
	// version; another version is pipeline.Conflict, and an empty version is
	// whatever stands there now. A read past the end gives what there is.
	OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error)

	// Put stores r under key, whole or not at all, and gives the object as
	// stored. digest ("sha256:…") is checked while writing when not empty;
	// other bytes are pipeline.Corrupt and leave what was there.
	Put(ctx context.Context, key string, r io.Reader, digest string) (Object, error)

	// PutNew is Put where nothing stands under key; where something does it is
	// pipeline.Conflict and that stays: of many who put one, one succeeds.
	PutNew(ctx context.Context, key string, r io.Reader, digest string) (Object, error)

	// Replace is Put where the object still has that version; "" means that
	// there is none. Where it has another, or is gone, it is pipeline.Conflict
	// and nothing changes: of two who replace one version, one succeeds. For
	// small objects: r is read into memory.
	Replace(ctx context.Context, key, version string, r io.Reader, digest string) (Object, error)

	// List calls f for every object whose key begins with prefix, in key order,
	// until f returns false. An absence from it is never proof.
	List(ctx context.Context, prefix string, f func(Object) bool) error

	// Delete removes key. A missing key is success.
	Delete(ctx context.Context, key string) error
}

// Taken is why PutNew did nothing.
func Taken(key string) error {
	return pipeline.Fail(pipeline.Conflict, "key_taken", "give it another name: nothing is overwritten", "something stands at %s", key)
}

// Replaced is why Replace did nothing.
func Replaced(key string) error {
	return pipeline.Fail(pipeline.Conflict, "replaced", "", "%s was replaced by somebody else meanwhile", key)
}
