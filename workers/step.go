package workers

import (
	"context"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Step does the work of one kind: load, decide, make, verify. It is safe to
// run twice, and twice at once. What it made is kept by the Outcome. tell
// reports how far it is, in a unit of the step's own; it may be called from any
// goroutine until Do returns.
type Step interface {
	Do(ctx context.Context, w catalog.Work, tell func(done float64)) (catalog.Outcome, error)
}

// StepFunc is a Step that is one function.
type StepFunc func(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error)

// Do implements Step.
func (f StepFunc) Do(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
	return f(ctx, w, tell)
}

// Watch is told what happens. Its methods may be called from many goroutines at once.
type Watch interface {
	Started(w catalog.Work)
	Progress(w catalog.Work, done float64)
	Finished(w catalog.Work, made catalog.Made, err *pipeline.Error)
}

// Tracer is told of every attempt, and by the function that Begin returns how
// it ended: done, failed, waits, stopped, lost (its claim was gone) or refused
// (another had it when it ended), with the rows it added and what went wrong.
type Tracer interface {
	Begin(ctx context.Context, w catalog.Work) func(ended string, next []catalog.Work, err error)
}

type untraced struct{}

func (untraced) Begin(context.Context, catalog.Work) func(string, []catalog.Work, error) {
	return func(string, []catalog.Work, error) {}
}

type unwatched struct{}

func (unwatched) Started(catalog.Work)                                 {}
func (unwatched) Progress(catalog.Work, float64)                       {}
func (unwatched) Finished(catalog.Work, catalog.Made, *pipeline.Error) {}
