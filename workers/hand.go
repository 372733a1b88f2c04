package workers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Hand does one claimed row at a time, as often at once as it is asked to:
// attempt, beat, finish, or what a failure calls for. Drain and Server both
// work with one.
type Hand struct {
	DB       *catalog.DB
	Steps    map[pipeline.Step]Step
	Lease    time.Duration // how long a claim lasts without a beat; default 15 s
	Attempts int64         // of a row whose failure is retryable, or whose worker dies; default 3
	Backoff  time.Duration // before the second attempt, doubled after; default 1 s
	Full     time.Duration // before a row for which there was no room is tried again, without spending an attempt; 0: that is a failure as any
	Disks    Disks         // whose fullness may be why a step fails; nil: none
	Watch    Watch         // nil: nobody watches
	Trace    Tracer        // nil: nobody is told
	Log      *slog.Logger  // nil: the default logger
	Counts   Counts
}

// Disks tells whether one that steps write to is full.
type Disks interface{ IsFull() bool }

func (h *Hand) defaults() {
	if h.Lease == 0 {
		h.Lease = 15 * time.Second
	}
	if h.Attempts == 0 {
		h.Attempts = 3
	}
	if h.Backoff == 0 {
		h.Backoff = time.Second
	}
	if h.Watch == nil {
		h.Watch = unwatched{}
	}
	if h.Trace == nil {
		h.Trace = untraced{}
	}
	if h.Log == nil {
		h.Log = slog.Default()
	}
}

// do brings one claimed row to its end. The error is the catalogue's, never the step's.
func (h *Hand) do(ctx context.Context, w catalog.Work) error {
	h.Counts.Claimed.Add(1)
	told := h.Trace.Begin(ctx, w)
	h.Watch.Started(w)
	began := time.Now()
	out, cause := h.attempt(ctx, w)
	if isLost(cause) {
		h.Counts.Lost.Add(1)
		h.Log.Warn("claim lost", "step", w.Kind, "subject", w.Subject, "attempt", w.Attempt, "error", cause)
		told("lost", nil, cause)
		return nil
	}
	if cause == nil { // a stop must not keep a result, or the row, from being handed back
		cause = h.finish(context.WithoutCancel(ctx), w, out, time.Since(began))
	}
	ended, err := h.end(ctx, w, &out, cause)
	if isLost(err) {
		h.Counts.Refused.Add(1)
		h.Log.Warn("result refused", "step", w.Kind, "subject", w.Subject, "attempt", w.Attempt)
		ended, err = "refused", nil // somebody else owns the row; it is theirs to report
	}
	told(ended, out.Next, cause)
	return err
}

// end says how an attempt ended, and puts its row where that belongs.
func (h *Hand) end(ctx context.Context, w catalog.Work, out *catalog.Outcome, cause error) (ended string, err error) {
	switch {
	case cause == nil:
		out.Made.Next = len(out.Next)
		h.Watch.Finished(w, out.Made, nil)
		return "done", nil
	case isLost(cause):
		return "refused", cause
	case ctx.Err() != nil:
		return "stopped", h.handBack(context.WithoutCancel(ctx), w)
	}
	return h.settle(ctx, w, cause)
}

// isLost reports whether err says that another attempt owns the work now, or may.
func isLost(err error) bool {
	var e *pipeline.Error
	return errors.As(err, &e) && e.Kind == pipeline.Conflict && e.Code == "claim_lost"
}

// attempt runs the step while a second goroutine keeps the claim alive.
func (h *Hand) attempt(ctx context.Context, w catalog.Work) (catalog.Outcome, error) {
	if w.Attempt > h.Attempts {
		return catalog.Outcome{}, pipeline.Fail(pipeline.Internal, "abandoned",
			"find in the logs what ends the worker (memory?), then retry",
			"%s of %s was begun %d times, and no worker lived to say how it went", w.Kind, w.Subject, w.Attempt-1)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		h.beat(ctx, w, cancel)
	}()
	out, err := h.step(ctx, w)
	if cause := context.Cause(ctx); err != nil && isLost(cause) {
		err = cause
	}
	cancel(nil)
	<-beats
	return out, err
}

// step runs the step of w's kind. One that panics has failed, and takes no
// other row with it.
func (h *Hand) step(ctx context.Context, w catalog.Work) (out catalog.Outcome, err error) {
	s, ok := h.Steps[w.Kind]
	if !ok {
		return out, pipeline.Fail(pipeline.Internal, "no_step", "", "nothing here does %s", w.Kind)
	}
	defer func() {
		if x := recover(); x != nil {
			h.Log.Error("step panicked", "step", w.Kind, "subject", w.Subject, "panic", fmt.Sprint(x), "stack", string(debug.Stack()))
			out, err = catalog.Outcome{}, pipeline.Fail(pipeline.Internal, "panic", "tell us: it is a bug", "%s of %s panicked: %v", w.Kind, w.Subject, x)
		}
	}()
	return s.Do(ctx, w, func(done float64) { h.Watch.Progress(w, done) })
}

// beat keeps the claim until ctx ends. The claim is lost when the catalogue
// says so, and also when it has not answered for a whole lease: another may
// have the row by then.
func (h *Hand) beat(ctx context.Context, w catalog.Work, lost context.CancelCauseFunc) {
	alone := time.AfterFunc(h.Lease, func() {
		lost(pipeline.Fail(pipeline.Conflict, "claim_lost", "", "the catalogue has not answered for %s", h.Lease))
	})
	defer alone.Stop()
	tick := time.NewTicker(h.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			sent := time.Now()
			err := h.DB.Beat(ctx, w, h.Lease)
			if err == nil {
				alone.Reset(h.Lease - time.Since(sent))
			} else if isLost(err) {
				lost(err)
				return
			}
		}
	}
}

// finish keeps the outcome, adds the next step's rows and marks the row done, at once or not at all.
func (h *Hand) finish(ctx context.Context, w catalog.Work, out catalog.Outcome, wall time.Duration) error {
	return h.DB.Write(ctx, func(tx *catalog.Tx) error {
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
		if n := out.Made.BytesRead; n > 0 && w.Recording != "" {
			if err := tx.AddRead(w.Recording, n); err != nil {
				return err
			}
		}
		for _, n := range out.Next {
			if n.Subject == "" {
				continue
			}
			kind, ok := pipeline.Next(w.Kind, n.Subject)
			if !ok {
				return pipeline.Fail(pipeline.Internal, "end_of_line", "", "nothing comes after %s of %s", w.Kind, n.Subject)
			}
			n.Kind, n.Moment = kind, cmp.Or(n.Moment, w.Moment)
			if _, err := tx.Enqueue(n); err != nil {
				return err
			}
		}
		return tx.Finish(w)
	})
}

// settle puts a row where its failure belongs. Where even the catalogue has no
// room to say so, it asks again until there is some.
func (h *Hand) settle(ctx context.Context, w catalog.Work, cause error) (ended string, err error) {
	ended, put, after := "failed", h.failed, context.WithoutCancel(ctx)
	if h.Full > 0 && (pipeline.IsFull(cause) || h.Disks != nil && h.Disks.IsFull()) {
		ended, put = "waits", h.wait
	}
	for {
		err := put(after, w, cause)
		if h.Full == 0 || !pipeline.IsFull(err) {
			return ended, err
		}
		select {
		case <-ctx.Done():
			return ended, err
		case <-time.After(h.Full):
		}
	}
}

// wait hands a row back until there is room for it.
func (h *Hand) wait(ctx context.Context, w catalog.Work, cause error) error {
	why := pipeline.AsError(cause, w.Kind)
	if !pipeline.IsFull(why) || why.Kind != pipeline.NoRoom {
		why.Kind, why.Code, why.Hint = pipeline.NoRoom, "disk_full", "make room: it goes on by itself"
	}
	err := h.DB.Write(ctx, func(tx *catalog.Tx) error { return tx.Wait(w, h.Full, why) })
	if err == nil {
		h.Counts.Waited.Add(1)
		h.Watch.Finished(w, catalog.Made{}, why)
	}
	return err
}

// failed puts a row where its failure belongs: tried later, or failed for good.
func (h *Hand) failed(ctx context.Context, w catalog.Work, cause error) error {
	why := pipeline.AsError(cause, w.Kind)
	err := h.DB.Write(ctx, func(tx *catalog.Tx) error {
		if why.Retryable() && w.Attempt < h.Attempts {
			return tx.Postpone(w, h.Backoff<<(w.Attempt-1), why)
		}
		if err := tx.FinishFailed(w, why); err != nil {
			return err
		}
		return fails(tx, w, why)
	})
	if isLost(err) {
		return err
	}
	if err == nil && why.Code == "abandoned" {
		h.Counts.Abandoned.Add(1)
	}
	h.Log.Debug("step failed", "step", w.Kind, "subject", w.Subject, "attempt", w.Attempt, "error", why.Detail)
	h.Watch.Finished(w, catalog.Made{}, why)
	return err
}

// handBack gives a row back unfinished; the attempt is not spent.
func (h *Hand) handBack(ctx context.Context, w catalog.Work) error {
	err := h.DB.Write(ctx, func(tx *catalog.Tx) error { return tx.HandBack(w) })
	if err == nil {
		h.Counts.HandedBack.Add(1)
	}
	return err
}
