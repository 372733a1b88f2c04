package workers

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/workers/workerstest"
)

func sounds(n int) (rows []catalog.Work) {
	for i := range n {
		rows = append(rows, catalog.Work{Kind: pipeline.Sound, Subject: fmt.Sprint(i)})
	}
	return rows
}

func TestAFlushedRedisLosesNothing(t *testing.T) {
	flushed := func(t *testing.T, p *plant) {
		rows := faultstest.Scaled(150, 10_000)
		if testing.Short() {
			rows = 50
		}
		p.enqueue(sounds(rows)...)
		var c tally
		steps := map[pipeline.Step]Step{pipeline.Sound: c.step(nil)}
		p.start(p.server(steps), p.server(steps), p.server(steps))
		flushes := 0
		p.until("no work left, while Redis is flushed again and again", func() bool {
			p.flush()
			flushes++
			time.Sleep(100 * time.Millisecond)
			n, err := p.db.Unfinished(t.Context())
			return err == nil && n == 0
		})
		c.once(t, rows)
		faultstest.Tell(t, faultstest.Figures{Faults: map[string]int{"flushes": flushes}, Done: rows})
	}
	onEach(t, flushed)
	onServers(t, flushed)
}

// The control of the test above: with nobody who rings again a flush loses rows.
func TestWithoutTheReconcilerAFlushLosesRows(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		p.enqueue(sounds(10)...)
		g := newGate()
		s := p.server(map[pipeline.Step]Step{pipeline.Sound: g})
		s.Slots = 1
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		srv, err := s.listen(ctx)
		if err != nil {
			t.Fatal(err)
		}
		s.round(ctx)
		<-g.begun
		p.flush()
		close(g.pass)
		p.until("the row in hand is done", func() bool { n, err := p.db.Unfinished(ctx); return err == nil && n == 9 })
		if n, err := s.waiting(ctx); err != nil || n[pipeline.Bulk] != 0 {
			t.Errorf("%d messages are left (%v): the flush flushed nothing", n[pipeline.Bulk], err)
		}
		cancel()
		if err := s.stop(srv); err != nil {
			t.Error(err)
		}
		if n, err := p.db.Unfinished(t.Context()); err != nil || n != 9 {
			t.Errorf("%d rows are left (%v), want the 9 nobody was told of", n, err)
		}
	})
}

func TestARedisThatIsKilledAndComesBackEmptyLosesNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, workerstest.NewRedis(t))
	const rows = 40
	p.redis.Kill()
	p.enqueue(sounds(rows)...)
	var c tally
	g := newGate()
	p.enqueue(catalog.Work{Kind: pipeline.Assemble, Subject: "in hand", Priority: -1})
	steps := map[pipeline.Step]Step{pipeline.Sound: c.step(nil), pipeline.Assemble: g}
	one, two := p.server(steps), p.server(steps)
	one.Slots, two.Slots = 1, 1
	p.start(one, two) // it is away when they start
	p.redis.Start()
	<-g.begun
	p.redis.Kill()
	close(g.pass)
	p.until("what was in hand is kept, without Redis", func() bool { return p.row(pipeline.Assemble, "in hand").State == catalog.WorkDone })
	p.redis.Start()
	p.emptied()
	c.once(t, rows)
}

func TestAZombiesResultIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		zombie, other := deaf{newGate()}, newGate()
		step := StepFunc(func(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
			if w.Attempt == 1 {
				out, err := zombie.Do(ctx, w, tell)
				out.Keep = func(tx *catalog.Tx) error { return tx.PutRecording(pipeline.Recording{ID: "r_stale", Creator: "c"}) }
				return out, err
			}
			return other.Do(ctx, w, tell)
		})
		one, two := p.server(map[pipeline.Step]Step{pipeline.Sound: step}), p.server(map[pipeline.Step]Step{pipeline.Sound: step})
		one.Lease, two.Lease = time.Hour, time.Hour // no beat comes between
		p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "a"})
		p.start(one, two)
		w := <-zombie.begun
		p.raw(`UPDATE work SET lease_ms = 1`) // as if it had been paused past its lease
		<-other.begun
		close(zombie.pass)
		p.until("the zombie's result is refused", func() bool { return one.Counts.Refused.Load()+two.Counts.Refused.Load() == 1 })
		if err := p.db.Write(t.Context(), func(tx *catalog.Tx) error {
			_, err := tx.Recording("r_stale")
			return err
		}); !errors.Is(err, pipeline.NotFound) {
			t.Errorf("what the zombie made was kept: %v", err)
		}
		if got := p.row(pipeline.Sound, "a"); got.State != catalog.WorkRunning {
			t.Errorf("the other's row is %s", got.State)
		}
		// The control: without the fence the same commit is accepted, and the owner's work is lost.
		if n := p.raw(`UPDATE work SET state = 'done' WHERE id = ? AND state = 'running'`, w.ID); n != 1 {
			t.Errorf("without the fence %d rows take the zombie's commit, want 1", n)
		}
		close(other.pass)
		p.until("the owner's result is refused", func() bool { return one.Counts.Refused.Load()+two.Counts.Refused.Load() == 2 })
	})
}

func TestAnAttemptEndsWhenTheCatalogueIsAwayForALease(t *testing.T) {
	p := newPlant(t, nil)
	g := newGate()
	p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "a"})
	h := Hand{DB: p.db, Steps: map[pipeline.Step]Step{pipeline.Sound: g}, Lease: 300 * time.Millisecond, Log: quiet()}
	h.defaults()
	w, err := p.db.Claim(t.Context(), h.Lease)
	if err != nil || w == nil {
		t.Fatal(w, err)
	}
	unlock := p.lock() // the catalogue answers nobody
	ended := make(chan error)
	go func() { ended <- h.do(t.Context(), *w) }()
	<-g.begun
	if cause := <-g.ended; !isLost(cause) { // while it is still away
		t.Errorf("the attempt ended by %v", cause)
	}
	unlock()
	if err := <-ended; err != nil || h.Counts.Lost.Load() != 1 {
		t.Errorf("%d claims lost, %v", h.Counts.Lost.Load(), err)
	}
}
