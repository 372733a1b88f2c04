package storage

import (
	"context"
	"errors"
	"io"
)

// Seeker reads one version of an object from wherever it is asked to: what an
// HTTP server needs for ranges. It opens a range at the first read after a seek.
type Seeker struct {
	ctx    context.Context
	bucket Bucket
	object Object
	at     int64
	body   io.ReadCloser // from at on; nil until it is read
}

// NewSeeker reads o in b until ctx ends.
func NewSeeker(ctx context.Context, b Bucket, o Object) *Seeker {
	return &Seeker{ctx: ctx, bucket: b, object: o}
}

// Read implements io.Reader.
func (s *Seeker) Read(p []byte) (int, error) {
	if s.at >= s.object.Size {
		return 0, io.EOF
	}
	if s.body == nil {
		body, err := s.bucket.OpenRange(s.ctx, s.object.Key, s.object.Version, s.at, -1)
		if err != nil {
			return 0, err
		}
		s.body = body
	}
	n, err := s.body.Read(p)
	s.at += int64(n)
	return n, err
}

// Seek implements io.Seeker.
func (s *Seeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.object.Size
	}
	if offset < 0 {
		return s.at, errors.New("seek before the beginning")
	}
	if offset != s.at {
		_ = s.Close()
		s.at = offset
	}
	return s.at, nil
}

// Close ends the range that is being read.
func (s *Seeker) Close() (err error) {
	if s.body != nil {
		err, s.body = s.body.Close(), nil
	}
	return err
}
