package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"dropcut/pipeline"
	"dropcut/storage"
)

// OpenRange implements storage.Bucket. A body that is cut, or gives nothing for
// the stall time, is asked for again from where it ended, in the same version.
func (b *Bucket) OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error) {
	if err := storage.CheckKey(key); err != nil {
		return nil, err
	}
	if off < 0 {
		return nil, pipeline.Fail(pipeline.Invalid, "bad_range", "", "read %s from %d", key, off)
	}
	r := &body{bucket: b, ctx: ctx, key: key, version: version, at: off, end: -1}
	if n == 0 { // no range says nothing: what stands there is still checked
		r.end = off
	}
	if n > 0 {
		r.end = off + n
	}
	if err := r.open(); err != nil {
		return nil, err
	}
	return r, nil
}

// body is one range as it is read.
type body struct {
	bucket  *Bucket
	ctx     context.Context
	key     string
	version string
	at, end int64 // end is negative until the store has said where that is

	stream io.ReadCloser
	cancel context.CancelFunc
	failed int // times in a row without a byte
}

// open asks for what is left.
func (r *body) open() error {
	ctx, cancel := context.WithCancel(r.ctx)
	in := &s3.GetObjectInput{Bucket: &r.bucket.bucket, Key: r.bucket.key(r.key)}
	if r.version != "" {
		in.IfMatch = aws.String(r.version)
	}
	switch {
	case r.end < 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", r.at))
	case r.end > r.at:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", r.at, r.end-1))
	default:
		defer cancel()
		return r.check(ctx)
	}
	out, err := r.bucket.client.GetObject(ctx, in)
	if isPastEnd(err) {
		defer cancel()
		r.end = r.at
		return r.check(ctx)
	}
	if err != nil {
		cancel()
		return fail(err, "read %s", r.key)
	}
	r.stream, r.cancel = out.Body, cancel
	if r.version == "" {
		r.version = aws.ToString(out.ETag) // what is read on must be of the same
	}
	if got := r.at + aws.ToInt64(out.ContentLength); r.end < 0 || got < r.end {
		r.end = got
	}
	return nil
}

// check compares the version where no byte is to be read.
func (r *body) check(ctx context.Context) error {
	o, err := r.bucket.Stat(ctx, r.key)
	if err == nil && r.version != "" && o.Version != r.version {
		return changed(r.key, nil)
	}
	return err
}

// Read gives what comes, and asks again where it was cut.
func (r *body) Read(p []byte) (int, error) {
	for {
		if r.end >= 0 && r.at >= r.end {
			return 0, io.EOF
		}
		if r.stream == nil {
			if err := r.again(); err != nil {
				return 0, err
			}
		}
		n, err := r.once(p[:min(int64(len(p)), r.end-r.at)])
		r.at += int64(n)
		if n > 0 {
			r.failed = 0
			return n, nil
		}
		if len(p) == 0 {
			return 0, nil
		}
		if err != nil {
			_ = r.Close()
			if r.failed++; r.failed >= attempts {
				return 0, fail(errors.Join(err, r.ctx.Err()), "read %s: cut %d times at byte %d", r.key, r.failed, r.at)
			}
		}
	}
}

// once reads while a timer runs.
func (r *body) once(p []byte) (int, error) {
	stalled := time.AfterFunc(r.bucket.stall, r.cancel)
	defer stalled.Stop()
	n, err := r.stream.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the end is known: this is before it
	}
	return n, err
}

// again waits a little longer each time and opens what is left.
func (r *body) again() error {
	select {
	case <-r.ctx.Done():
		return fail(r.ctx.Err(), "read %s", r.key)
	case <-time.After(time.Duration(r.failed) * 250 * time.Millisecond):
	}
	return r.open()
}

// Close lets the connection go. Reading on opens another.
func (r *body) Close() error {
	if r.stream == nil {
		return nil
	}
	r.cancel()
	err := r.stream.Close()
	r.stream = nil
	return err
}
