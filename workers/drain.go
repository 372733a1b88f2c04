package workers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Drain does every row of a catalogue in this process, without a queue.
type Drain struct {
	DB       *catalog.DB
	Steps    map[pipeline.Step]Step
	Slots    int           // how many rows at once; at least 1
	Lease    time.Duration // how long a claim lasts without a beat; default 15 s
	Attempts int64         // of a row whose failure is retryable; default 3
	Backoff  time.Duration // before the second attempt, doubled after; default 1 s
	Watch    Watch
	Log      *slog.Logger
}

// Run returns when nothing is left to do, or when ctx ends: then rows in hand
// are handed back without spending an attempt, and the error is Stopped.
// Failures of rows are kept in the catalogue and are not Run's error.
func (d *Drain) Run(ctx context.Context) error {
	d.defaults()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bell := make(chan struct{}, 1)
	var wg sync.WaitGroup
	for range max(d.Slots, 1) {
		wg.Go(func() {
			if err := d.slot(ctx, bell); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		if errors.Is(err, context.Canceled) {
			return pipeline.Fail(pipeline.Stopped, "stopped", "run again: finished pieces are kept", "stopped")
		}
		return err
	}
	return nil
}

func (d *Drain) defaults() {
	if d.Lease == 0 {
		d.Lease = 15 * time.Second
	}
	if d.Attempts == 0 {
		d.Attempts = 3
	}
	if d.Backoff == 0 {
		d.Backoff = time.Second
	}
}

// poll is how often an idle slot looks again for a row whose time has come; a
// finished row rings the bell earlier.
const poll = 100 * time.Millisecond

// slot claims and does rows until nothing is left.
func (d *Drain) slot(ctx context.Context, bell chan struct{}) error {
	for ctx.Err() == nil {
		w, err := d.DB.Claim(ctx, d.Lease)
		if err != nil {
			return err
		}
		if w == nil {
			left, err := d.DB.Unfinished(ctx)
			if err != nil || left == 0 {
				return err
			}
			select {
			case <-bell:
			case <-time.After(poll):
			case <-ctx.Done():
			}
			continue
		}
		if err := d.do(ctx, *w); err != nil {
			return err
		}
		select {
		case bell <- struct{}{}:
		default:
		}
	}
	return nil
}

// do runs one claimed row to its end. The error is the catalogue's, never the step's.
func (d *Drain) do(ctx context.Context, w catalog.Work) error {
	d.Watch.Started(w)
	began := time.Now()
	out, err := d.attempt(ctx, w)
	after := context.WithoutCancel(ctx) // a stop must not keep the row from being handed back
	if err == nil {
		err = d.finish(after, w, out, time.Since(began))
	}
	if err == nil {
		out.Made.Next = len(out.Next)
		d.Watch.Finished(w, out.Made, nil)
		return nil
	}
	return d.failed(after, w, err, ctx.Err() != nil)
}

// attempt runs the step while a second goroutine keeps the claim alive.
func (d *Drain) attempt(ctx context.Context, w catalog.Work) (catalog.Outcome, error) {
	step, ok := d.Steps[w.Kind]
	if !ok {
		return catalog.Outcome{}, pipeline.Fail(pipeline.Internal, "no_step", "", "nothing here does %s", w.Kind)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		d.beat(ctx, w, cancel)
	}()
	out, err := step.Do(ctx, w, func(done float64) { d.Watch.Progress(w, done) })
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, pipeline.Conflict) {
		err = cause
	}
	cancel(nil)
	<-beats
	return out, err
}

func (d *Drain) beat(ctx context.Context, w catalog.Work, lost context.CancelCauseFunc) {
	tick := time.NewTicker(d.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := d.DB.Beat(ctx, w, d.Lease); errors.Is(err, pipeline.Conflict) {
				lost(err)
				return
			}
		}
	}
}

// finish keeps the outcome, adds the next step's rows and marks the row done, at once or not at all.
func (d *Drain) finish(ctx context.Context, w catalog.Work, out catalog.Outcome, wall time.Duration) error {
	return d.DB.Write(ctx, func(tx *catalog.Tx) error {
		if m := out.Made; m.Moment != "" {
			did := catalog.Tally{EncodedFrames: m.Frames, BytesRead: m.BytesRead, CPU: m.CPU, Wall: wall}
			if err := tx.AddTally(m.Moment, did); err != nil {
				return err
			}
		}
		if out.Keep != nil {
			if err := out.Keep(tx); err != nil {
				return err
			}
		}
		for _, n := range out.Next {
			kind, ok := pipeline.Next(w.Kind, n.Subject)
			if !ok {
				return pipeline.Fail(pipeline.Internal, "end_of_line", "", "nothing comes after %s of %s", w.Kind, n.Subject)
			}
			n.Kind = kind
			if _, err := tx.Enqueue(n); err != nil {
				return err
			}
		}
		return tx.Finish(w)
	})
}

// failed puts a row where its failure belongs: handed back, tried later, or failed for good.
func (d *Drain) failed(ctx context.Context, w catalog.Work, cause error, stopping bool) error {
	why := pipeline.AsError(cause, w.Kind)
	if errors.Is(cause, pipeline.Conflict) && why.Code == "claim_lost" {
		d.Log.Warn("claim lost", "step", w.Kind, "subject", w.Subject)
		return nil
	}
	err := d.DB.Write(ctx, func(tx *catalog.Tx) error {
		switch {
		case stopping:
			return tx.HandBack(w)
		case why.Retryable() && w.Attempt < d.Attempts:
			return tx.Postpone(w, d.Backoff<<(w.Attempt-1), why)
		}
		if err := tx.FinishFailed(w, why); err != nil {
			return err
		}
		return fails(tx, w, why)
	})
	if errors.Is(err, pipeline.Conflict) {
		return nil // somebody else owns the row; it is theirs to report
	}
	d.Log.Debug("step failed", "step", w.Kind, "subject", w.Subject, "attempt", w.Attempt, "error", why.Detail)
	if !stopping {
		d.Watch.Finished(w, catalog.Made{}, why)
	}
	return err
}
