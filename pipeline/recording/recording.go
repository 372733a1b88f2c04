package recording

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Source is a recording's bytes, read by ranges of one pinned version.
type Source interface {
	Size() int64
	ReadRange(ctx context.Context, off, n int64) (io.ReadCloser, error)
}

// Clock is what an index knows of a recording's time.
type Clock struct {
	Zero       int64           // source timestamp of the first shown frame, in nanoseconds
	Pieces     timeline.Pieces // source timestamps → timeline
	SourceRate timeline.Rate   // of the picture stream as recorded
	Variable   bool            // its frame times are not a constant rate
	Rate       timeline.Rate   // the timeline's: timeline.Standard(SourceRate, Variable)
	Frames     int64           // length of the timeline
	Notes      []pipeline.Note // truncated, clock_jumps, duration_differs …
}

// Slice is a local file with the bytes that show [From, To) of the timeline,
// beginning at a picture that stands alone. It may hold more.
type Slice struct {
	Path  string // absolute
	Shift int64  // nanoseconds to add to a timestamp, as ffmpeg -copyts shows it, to get the timeline's
	From  time.Duration
	To    time.Duration
}

// Recording is an opened recording. Its methods may be called at once.
type Recording struct {
	bytes      *bytes
	index      index
	indexBytes int64
	slicing    atomic.Int64 // slices being written
	charged    atomic.Int64 // bytes read that somebody was told of
}

// index is one container's knowledge of where everything lies. All times are
// nanoseconds on the timeline.
type index interface {
	container() string // mp4, fmp4, matroska, mpegts, flv
	clock() Clock
	chapters() []pipeline.Chapter
	// slice writes a file of the same container that shows [from, to).
	slice(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (shift int64, err error)
}

// sliceFile is where a slice is written; holes read as zeros.
type sliceFile interface {
	io.WriteSeeker
	io.WriterAt
	Truncate(size int64) error
}
