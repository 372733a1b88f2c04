package main

import (
	"cmp"
	"context"
	"os"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/dir"
	"dropcut/storage/s3"
)

// isStore reports whether a place is a store and not a folder.
func isStore(where string) bool { return strings.HasPrefix(where, "s3://") }

// openBucket opens a folder, which is made where it is missing, or
// s3://bucket/prefix. What it opened must be closed by whoever asked.
func openBucket(ctx context.Context, where string) (storage.Bucket, error) {
	if !isStore(where) {
		return dir.Open(where)
	}
	c, err := s3.Parse(where)
	if err != nil {
		return nil, err
	}
	c.Endpoint = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"))
	c.Region = os.Getenv("AWS_REGION")
	return s3.Open(ctx, c)
}

// usable reports early why a bucket cannot be worked with, and makes one that
// is missing in a store.
func usable(ctx context.Context, b storage.Bucket) error {
	switch b := b.(type) {
	case *dir.Bucket:
		return b.Writable()
	case *s3.Bucket:
		err := b.List(ctx, "", func(storage.Object) bool { return false })
		if err != nil && pipeline.AsError(err, "").Code == "no_such_bucket" {
			return b.Create(ctx)
		}
		return err
	}
	return nil
}

// half removes half-written files that a killed process of this machine left
// below a folder of a bucket.
func half(ctx context.Context, b storage.Bucket, folder string) error {
	if d, ok := b.(*dir.Bucket); ok {
		_, err := d.Sweep(ctx, []string{folder}, time.Now())
		return err
	}
	return nil
}

// sources opens source buckets by their names, once each.
type sources map[string]storage.Bucket

func (s sources) open(ctx context.Context, where string) (storage.Bucket, error) {
	if where == "" {
		where = "."
	}
	if b := s[where]; b != nil {
		return b, nil
	}
	open := func() (storage.Bucket, error) { return dir.OpenExisting(where) }
	if isStore(where) {
		open = func() (storage.Bucket, error) { return openBucket(ctx, where) }
	}
	b, err := open()
	if err == nil {
		s[where] = b
	}
	return b, err
}
