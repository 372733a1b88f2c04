// Package ingest turns an object into a recording: is it whole, is it new,
// what is it made of, where is its zero.
package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"

	"dropcut/pipeline"
)

// Ranges is an object read by byte ranges.
type Ranges interface {
	Size() int64
	ReadRange(ctx context.Context, off, n int64) (io.ReadCloser, error)
}

const (
	edgeBytes  = 1 << 20  // read at either end
	probeBytes = 64 << 10 // read at each probe
	probes     = 16       // at (i+1)/17 of the size
)

// Fingerprint is "sha256:…" over the object's size, first and last MiB and
// sixteen probes of 64 KiB at fixed fractions: the same recording under two
// names has one, and at most 3 MiB are read.
func Fingerprint(ctx context.Context, r Ranges) (string, error) {
	size := r.Size()
	sum := sha256.New()
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], uint64(size))
	_, _ = sum.Write(head[:])
	for _, s := range fingerprintSpans(size) {
		body, err := r.ReadRange(ctx, s.off, s.n)
		if err != nil {
			return "", err
		}
		n, err := io.Copy(sum, body)
		_ = body.Close()
		switch {
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
			return "", pipeline.Fail(pipeline.Stopped, "stopped", "", "read the recording: %w", err)
		case err != nil:
			return "", pipeline.Fail(pipeline.Unavailable, "unreadable_bytes", "check the disk or the network it lies on, then run again", "read %d bytes of the recording at %d: %w", s.n, s.off, err)
		case n != s.n:
			return "", pipeline.Fail(pipeline.Unavailable, "recording_changed", "wait until the file is whole, then run again",
				"the recording gave %d of %d bytes at %d: it is being changed", n, s.n, s.off)
		}
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

type span struct{ off, n int64 }

// fingerprintSpans is which bytes are hashed; spans may overlap in small files.
func fingerprintSpans(size int64) []span {
	edge := min(edgeBytes, size)
	out := []span{{0, edge}}
	for i := int64(1); i <= probes; i++ {
		off := size / (probes + 1) * i
		out = append(out, span{off, min(probeBytes, size-off)})
	}
	return append(out, span{size - edge, edge})
}
