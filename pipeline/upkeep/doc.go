// Package upkeep proves on live data what dropcut promises of it, puts right
// what can be made again, and removes what nothing names. All of it may run
// beside a service, and twice at once.
//
// Check reads each subject in one transaction, and what looks wrong a second
// time before it is a finding: what is merely in progress is none. Repairs go
// through the ordinary line: a row of work is added, and whoever works on the
// catalogue does it. Collect decides by names read beforehand, and looks again,
// in the transaction in which it removes.
package upkeep

import (
	"context"
	"time"

	"dropcut/pipeline/ffmpeg"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what upkeep needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
	Read(ctx context.Context, f func(*catalog.Tx) error) error
}

// Premises is where everything lies that is looked after.
type Premises struct {
	Catalog Catalog
	Output  storage.Bucket // what a person gets
	Data    storage.Bucket // segments, excerpts, sidecars, words; may be Output
	FFmpeg  *ffmpeg.Runner // decodes; a deep check alone needs it
	Temp    string         // where a deep check has its folder; "" is the system's
}

// halves is a bucket that knows what was begun in it and never finished.
type halves interface {
	Halves(ctx context.Context, folders []string, then time.Time) ([]string, error)
	Sweep(ctx context.Context, folders []string, then time.Time) (int, error)
}

// local is a bucket in a folder of this machine.
type local interface{ Path(key string) string }
