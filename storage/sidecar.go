package storage

import (
	"context"
	"errors"
	"fmt"
	"io"

	"dropcut/pipeline"
)

// MostSidecar bounds a file of marks or words, in bytes.
const MostSidecar = 32 << 20

// ReadSidecar is a file that came with a recording, whole, out of the data
// bucket. Bytes that are not those that were kept are Corrupt; what fails on
// the way is Unavailable.
func ReadSidecar(ctx context.Context, data Bucket, s pipeline.Sidecar) ([]byte, error) {
	r, err := data.OpenRange(ctx, SidecarKey(s.Digest), "", 0, -1)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.Name, err)
	}
	b, err := io.ReadAll(io.LimitReader(r, MostSidecar+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "", "read %s: %w", s.Name, err)
	}
	return b, CheckDigest(s.Name, s.Digest, DigestBytes(b))
}
