package recording

import (
	"context"
	"io"

	"dropcut/pipeline"
)

// bytes reads a recording at random places.
type bytes struct{ src Source }

// Size is the recording's length in bytes.
func (b *bytes) Size() int64 { return b.src.Size() }

// Read gives exactly n bytes from off; less is Corrupt with code short_read.
func (b *bytes) Read(ctx context.Context, off, n int64) ([]byte, error) {
	body, err := b.src.ReadRange(ctx, off, n)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	out := make([]byte, n)
	if _, err := io.ReadFull(body, out); err != nil {
		return nil, pipeline.Fail(pipeline.Corrupt, "short_read", "wait until the file is whole, then run again", "read %d bytes at %d: %w", n, off, err)
	}
	return out, nil
}

// Copy streams n bytes from off to w.
func (b *bytes) Copy(ctx context.Context, w io.Writer, off, n int64) error {
	const most = 4 << 20
	for n > 0 {
		part, err := b.Read(ctx, off, min(n, most))
		if err != nil {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
		off, n = off+int64(len(part)), n-int64(len(part))
	}
	return nil
}
