package workers

import (
	"context"
	"errors"
	"sync"
	"time"

	"dropcut/pipeline"
)

// Drain does every row of a catalogue in this process, without a queue.
type Drain struct {
	Hand
	Slots int // how many rows at once; at least 1
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

// poll is how often an idle slot looks again for a row whose time has come; a
// finished row rings the bell earlier.
const poll = 100 * time.Millisecond

// slot claims and does rows until nothing is left.
func (d *Drain) slot(ctx context.Context, bell chan struct{}) error {
	for ctx.Err() == nil {
		w, err := d.DB.Claim(context.WithoutCancel(ctx), d.Lease) // a claim that was made is heard of
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
		ring(bell)
	}
	return nil
}

// ring rings a bell of one place: rung twice before it is heard, it rings once.
func ring(bell chan<- struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}
