package workers

import (
	"context"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Step does the work of one kind: load, decide, make, verify. It is safe to
// run twice, and twice at once. What it made is kept by the Outcome.
type Step interface {
	Do(ctx context.Context, w catalog.Work, tell Tell) (Outcome, error)
}

// StepFunc is a Step that is one function.
type StepFunc func(ctx context.Context, w catalog.Work, tell Tell) (Outcome, error)

// Do implements Step.
func (f StepFunc) Do(ctx context.Context, w catalog.Work, tell Tell) (Outcome, error) {
	return f(ctx, w, tell)
}

// Tell reports how far a step is, 0 … 1. It may be called from any goroutine
// until the step returns.
type Tell func(done float64)

// Outcome is what a step leaves behind.
type Outcome struct {
	// Keep writes the step's records, in the transaction that finishes its work. It may be nil.
	Keep func(*catalog.Tx) error
	// Next is what to do for the next step of the line, which Drain names.
	Next []catalog.Work
	// Made says what the step had to make, for those who watch.
	Made Made
}

// Made counts what a piece of work had to do.
type Made struct {
	Moment    string        // for which moment; "" counts nowhere
	Frames    int64         // pictures encoded
	BytesRead int64         // of the recording
	CPU       time.Duration // of child processes
	Todo      int64         // pictures found to be missing, which runs will encode
	File      string        // in the output bucket, when a variant was finished
	Short     bool          // File is a short
	Label     string        // what a person calls what was made
}

// Watch is told what happens. Its methods may be called from many goroutines at once.
type Watch interface {
	Started(w catalog.Work)
	Progress(w catalog.Work, done float64)
	Finished(w catalog.Work, made Made, err *pipeline.Error)
}
