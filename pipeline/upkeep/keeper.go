package upkeep

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Duties is where members agree on who collects.
type Duties interface {
	Take(ctx context.Context, d catalog.Duty, every, lease time.Duration) (bool, error)
	Hold(ctx context.Context, d catalog.Duty, lease time.Duration) error
	Leave(ctx context.Context, d catalog.Duty, done bool) error
}

// Keeper collects now and then, beside a service: one member at a time, however
// many run. What is removed is said in one line.
type Keeper struct {
	Premises
	CollectOptions
	Duties Duties
	Member string        // who this is, among the members
	Every  time.Duration // between two collections, of all members together
	Lease  time.Duration // after which a member that died is not waited for; 0: 1 min
	Log    *slog.Logger
}

// duty is the name of what it does.
const duty = "gc"

// Run collects until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	if k.Lease == 0 {
		k.Lease = time.Minute
	}
	look := min(max(k.Every/10, 100*time.Millisecond), time.Minute)
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
		err := k.once(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			k.Log.Warn("what nobody needs was not removed; trying on", "error", err)
		}
		failing = err != nil
	}
}

// once collects if it is time, and nobody else does.
func (k *Keeper) once(ctx context.Context) error {
	d := catalog.Duty{Name: duty, Member: k.Member}
	taken, err := k.Duties.Take(ctx, d, k.Every, k.Lease)
	if err != nil || !taken {
		return err
	}
	within, lose := context.WithCancel(ctx)
	held := make(chan struct{})
	go func() {
		defer close(held)
		k.hold(within, d, lose)
	}()
	began := time.Now()
	removed, err := Collect(within, k.Premises, k.CollectOptions)
	lose()
	<-held
	if left := k.Duties.Leave(context.WithoutCancel(ctx), d, err == nil); err == nil && !errors.Is(left, pipeline.Conflict) {
		err = left
	}
	if err == nil {
		k.tell(removed, time.Since(began))
	}
	return err
}

// hold keeps the duty until ctx ends, or calls lose: another has it.
func (k *Keeper) hold(ctx context.Context, d catalog.Duty, lose func()) {
	tick := time.NewTicker(k.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := k.Duties.Hold(ctx, d, k.Lease); errors.Is(err, pipeline.Conflict) {
				lose()
				return
			}
		}
	}
}

func (k *Keeper) tell(r Removed, took time.Duration) {
	var objects int
	var bytes int64
	for _, p := range []Pile{r.Output, r.Segments, r.Excerpts, r.Sidecars, r.Words} {
		objects, bytes = objects+p.Objects, bytes+p.Bytes
	}
	k.Log.Info("removed what nobody needs", "clips", r.Output.Objects, "segments", r.Segments.Objects, "excerpts", r.Excerpts.Objects, "objects", objects, "bytes", bytes,
		"halves", r.Halves, "rows", r.Rows.Segments+r.Rows.Excerpts+r.Rows.Work+r.Rows.Events+r.Rows.Messages+r.Rows.Failed, "took_ms", took.Milliseconds())
}
