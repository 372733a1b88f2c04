package dir

import (
	"context"
	"io/fs"
	"strings"
	"time"
)

// Sweep removes half-written files older than age that a killed process left.
// Only names this package makes are touched.
func (b *Bucket) Sweep(ctx context.Context, age time.Duration) error {
	limit := time.Now().Add(-age)
	err := fs.WalkDir(b.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), tempPrefix) {
			return ctx.Err()
		}
		if info, err := d.Info(); err == nil && info.ModTime().Before(limit) {
			_ = b.root.Remove(name)
		}
		return ctx.Err()
	})
	return fail(err, "sweep")
}
