package workers

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
)

// do runs a statement beside the catalogue.
func (f *forge) do(query string, args ...any) {
	f.t.Helper()
	c, err := pgx.Connect(f.t.Context(), f.where)
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close(f.t.Context())
	if _, err := c.Exec(f.t.Context(), query, args...); err != nil {
		f.t.Fatal(err)
	}
}

// TestTwoWorkersThatMadeOneRowKeepItOnce: both have made it, put the object,
// and commit at the same instant; the first has lost its claim by then.
func TestTwoWorkersThatMadeOneRowKeepItOnce(t *testing.T) {
	t.Parallel()
	f := openForge(t, postgres.Shared(t), true)
	made, err := f.direct.steps(t.Context(), func(...any) {})
	if err != nil {
		t.Fatal(err)
	}
	var barrier atomic.Pointer[sync.WaitGroup]
	met := map[pipeline.Step]Step{}
	for kind, step := range made {
		met[kind] = StepFunc(func(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
			out, err := step.Do(ctx, w, tell)
			barrier.Load().Done()
			barrier.Load().Wait()
			return out, err
		})
	}
	hands := []*Hand{{DB: f.db, Steps: met, Lease: time.Hour, Log: quiet()}, {DB: f.db, Steps: met, Lease: time.Hour, Log: quiet()}}
	for range faultstest.Scaled(10, 500) {
		f.order(1)
		for range stages {
			both := new(sync.WaitGroup)
			both.Add(len(hands))
			barrier.Store(both)
			var rows []*catalog.Work
			for _, h := range hands {
				h.defaults()
				w, err := f.db.Claim(t.Context(), h.Lease)
				if err != nil || w == nil {
					t.Fatal(w, err)
				}
				rows = append(rows, w)
				f.do(`UPDATE work SET lease_ms = 1 WHERE id = $1`, w.ID)
			}
			var ended sync.WaitGroup
			for i, h := range hands {
				ended.Go(func() {
					if err := h.do(t.Context(), *rows[i]); err != nil {
						t.Error(err)
					}
				})
			}
			ended.Wait()
			f.count("meetings")
		}
	}
	figures := f.judge()
	for _, h := range hands {
		figures.Refused += int(h.Counts.Refused.Load())
	}
	if want := f.faults["meetings"]; figures.Refused != want {
		t.Errorf("%d results were refused, want %d", figures.Refused, want)
	}
	faultstest.Tell(t, figures)
}
