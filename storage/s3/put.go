package s3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"dropcut/pipeline"
	"dropcut/storage"
)

// Put implements storage.Bucket. What is larger than a part goes up in parts;
// after any error the parts are taken back. What lies there afterwards is
// compared in size with what was sent.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, digest string) (storage.Object, error) {
	return b.send(ctx, key, r, digest, nil)
}

// PutNew implements storage.Bucket by a conditional put, also of what goes up
// in parts. A store that does not know those is asked first: then two who
// put one key at the very same instant may both succeed.
func (b *Bucket) PutNew(ctx context.Context, key string, r io.Reader, digest string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	switch _, err := b.Stat(ctx, key); {
	case err == nil:
		return storage.Object{}, storage.Taken(key)
	case pipeline.KindOf(err) != pipeline.NotFound:
		return storage.Object{}, err
	}
	if b.unconditional.Load() {
		return b.send(ctx, key, r, digest, nil)
	}
	o, err := b.send(ctx, key, r, digest, aws.String("*"))
	switch {
	case isRaced(err):
		return o, storage.Taken(key)
	case status(err) == http.StatusNotImplemented:
		b.unconditional.Store(true)
		return o, pipeline.Fail(pipeline.Unavailable, "no_conditions", "send it again", "the store knows no conditional puts; from now on it is asked first")
	}
	return o, err
}

// send is Put on a condition: what If-None-Match says; nil is none.
func (b *Bucket) send(ctx context.Context, key string, r io.Reader, digest string, noneMatch *string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	if err := ctx.Err(); err != nil {
		return storage.Object{}, fail(err, "put %s", key)
	}
	sent := &checkedReader{r: r, key: key, digest: digest, sum: storage.NewDigester()}
	_, err := b.upload.UploadObject(ctx, &transfermanager.UploadObjectInput{Bucket: &b.bucket, Key: b.key(key), Body: sent, IfNoneMatch: noneMatch})
	if sent.failed != nil { // the sender's own fault, whatever the store made of it
		err = sent.failed
	}
	if err != nil {
		return storage.Object{}, fail(err, "put %s", key)
	}
	o, err := b.Stat(ctx, key)
	if err == nil && o.Size != sent.n {
		err = pipeline.Fail(pipeline.Corrupt, "upload_short", "try again", "put %s: %d bytes were sent and %d lie there", key, sent.n, o.Size)
	}
	return o, err
}

// mostReplaced bounds what Replace holds in memory, in bytes.
const mostReplaced = 64 << 20

// Replace implements storage.Bucket by a conditional put. A store that does not
// know those is asked for the version first: then two who replace at the very
// same instant may both succeed, and the later one stands.
func (b *Bucket) Replace(ctx context.Context, key, version string, r io.Reader, digest string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	body, err := io.ReadAll(io.LimitReader(&checkedReader{r: r, key: key, digest: digest, sum: storage.NewDigester()}, mostReplaced+1))
	if err != nil {
		return storage.Object{}, fail(err, "replace %s", key)
	}
	if len(body) > mostReplaced {
		return storage.Object{}, pipeline.Fail(pipeline.Invalid, "too_large", "", "replace %s: more than %d bytes", key, mostReplaced)
	}
	in := &s3.PutObjectInput{Bucket: &b.bucket, Key: b.key(key), Body: bytes.NewReader(body)}
	if version == "" {
		in.IfNoneMatch = aws.String("*")
	} else {
		in.IfMatch = &version
	}
	_, err = b.client.PutObject(ctx, in)
	switch {
	case err == nil:
		return b.Stat(ctx, key)
	case isRaced(err), status(err) == http.StatusNotFound && version != "":
		return storage.Object{}, storage.Replaced(key)
	case status(err) != http.StatusNotImplemented:
		return storage.Object{}, fail(err, "replace %s", key)
	}
	b.unconditional.Store(true)
	o, err := b.Stat(ctx, key)
	if err != nil && pipeline.KindOf(err) != pipeline.NotFound {
		return storage.Object{}, err
	}
	if o.Version != version {
		return storage.Object{}, storage.Replaced(key)
	}
	return b.Put(ctx, key, bytes.NewReader(body), digest)
}

// IsConditional reports whether no put on a condition was refused so far for
// being one.
func (b *Bucket) IsConditional() bool { return !b.unconditional.Load() }

// isRaced reports whether a store found another version than the one named: 412
// when it looked, 409 when it met another at the same instant.
func isRaced(err error) bool {
	return status(err) == http.StatusPreconditionFailed || status(err) == http.StatusConflict
}

// checkedReader ends in an error instead of an end when the bytes are not those
// of the digest: then nothing of them is kept.
type checkedReader struct {
	r      io.Reader
	key    string
	digest string
	sum    *storage.Digester
	n      int64
	failed error
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	_, _ = c.sum.Write(p[:n]) // a hash never fails
	c.n += int64(n)
	if errors.Is(err, io.EOF) {
		if bad := storage.CheckDigest(c.key, c.digest, c.sum.Digest()); bad != nil {
			err = bad
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		c.failed = err
	}
	return n, err
}
