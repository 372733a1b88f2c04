package workers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestThreeServersWalkTheLineToItsEndAndDoEachRowOnce(t *testing.T) {
	walk := func(t *testing.T, p *plant) {
		const recordings, moments = 6, 3
		var c tally
		on := func(w catalog.Work) []catalog.Work { return []catalog.Work{{Subject: w.Subject, Input: "x"}} }
		steps := map[pipeline.Step]Step{
			pipeline.Ingest: c.step(func(w catalog.Work) []catalog.Work { return []catalog.Work{{Subject: "r_" + w.Subject, Input: "x"}} }),
			pipeline.Detect: c.step(func(w catalog.Work) (out []catalog.Work) {
				for i := range moments {
					out = append(out, catalog.Work{Subject: fmt.Sprintf("m_%s_%d", w.Subject, i), Input: "x"})
				}
				return out
			}),
			pipeline.Excerpt: c.step(on), pipeline.Transcribe: c.step(on), pipeline.Plan: c.step(on), pipeline.Compose: c.step(on), pipeline.Publish: c.step(nil)}
		for i := range recordings {
			p.enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: fmt.Sprint(i)})
		}
		all := []*Server{p.server(steps), p.server(steps), p.server(steps)}
		p.start(all...)
		p.emptied()
		c.once(t, recordings*(2+5*moments))
		var claimed int64
		for _, s := range all {
			claimed += s.Counts.Claimed.Load()
		}
		if claimed != recordings*(2+5*moments) {
			t.Errorf("%d attempts", claimed)
		}
	}
	onEach(t, walk)
	onServers(t, walk)
}

func TestAStopOfTheServerHandsBackWithoutSpendingAnAttempt(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		g := newGate()
		s := p.server(map[pipeline.Step]Step{pipeline.Sound: g})
		p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "a"}, catalog.Work{Kind: pipeline.Sound, Subject: "b"})
		stop := p.start(s)
		<-g.begun
		<-g.begun
		began := time.Now()
		stop()
		if took := time.Since(began); took > s.Grace {
			t.Errorf("a stop took %s", took)
		}
		if n := s.Counts.HandedBack.Load(); n != 2 {
			t.Errorf("%d rows were handed back", n)
		}
		close(g.pass)
		p.start(p.server(map[pipeline.Step]Step{pipeline.Sound: g}))
		for range 2 {
			if w := <-g.begun; w.Attempt != 1 || w.Fence != 2 {
				t.Errorf("%s is at attempt %d, fence %d, after a stop", w.Subject, w.Attempt, w.Fence)
			}
		}
		p.emptied()
	})
}

func TestAStepThatIsDeafToAStopLosesItsRow(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		d := deaf{newGate()}
		s := p.server(map[pipeline.Step]Step{pipeline.Sound: d})
		s.Grace = 500 * time.Millisecond
		p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "a"})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		<-d.begun
		cancel()
		var e *pipeline.Error
		if err := <-ended; !errors.As(err, &e) || e.Code != "deaf_step" {
			t.Errorf("the stop says %v", err)
		}
		var c tally
		p.start(p.server(map[pipeline.Step]Step{pipeline.Sound: c.step(nil)}))
		p.emptied()
		c.once(t, 1)
		close(d.pass)
		p.until("the deaf step's result is refused", func() bool { return s.Counts.Refused.Load() == 1 })
	})
}

func TestADoubledMessageDoesARowOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		g := newGate()
		s := p.server(map[pipeline.Step]Step{pipeline.Sound: g})
		p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "a"})
		p.start(s)
		w := <-g.begun
		double := func(from, to int64) {
			t.Helper()
			for n := from; n < to; n++ { // a message for each fence has an ID of its own
				if err := s.ring(t.Context(), []catalog.Ring{{ID: w.ID, Kind: w.Kind, Fence: n}}, 100); err != nil {
					t.Fatal(err)
				}
			}
			p.until("the messages are heard", func() bool {
				n, err := s.waiting(t.Context())
				return err == nil && n[pipeline.Bulk] == 0
			})
		}
		double(10, 20)
		close(g.pass)
		p.emptied()
		double(20, 30)
		if len(g.begun) != 0 || s.Counts.Claimed.Load() != 1 {
			t.Errorf("%d attempts", s.Counts.Claimed.Load())
		}
	})
}

func TestTheMostUrgentRowGoesFirst(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		g := newGate()
		s := p.server(map[pipeline.Step]Step{pipeline.Sound: g})
		s.Slots = 1
		p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "in hand"})
		p.start(s)
		<-g.begun
		rung := func(u pipeline.Urgency) {
			p.until("it is rung for", func() bool {
				n, err := s.waiting(t.Context())
				return err == nil && n[u] > 0
			})
		}
		for _, u := range []pipeline.Urgency{pipeline.Bulk, pipeline.Edit, pipeline.First} {
			p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: string(u), Priority: u.Priority(0)})
			rung(u)
		}
		for _, want := range []pipeline.Urgency{pipeline.First, pipeline.Edit, pipeline.Bulk} {
			g.pass <- struct{}{}
			if w := <-g.begun; w.Subject != string(want) {
				t.Errorf("next was %s, want %s", w.Subject, want)
			}
		}
		close(g.pass)
		p.emptied()
	})
}

func TestWhatWaitsForCoresGivesWayToWhatIsMoreUrgent(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		g := newGate()
		s := p.server(map[pipeline.Step]Step{pipeline.Render: g})
		s.Slots = Weights[pipeline.Render] // two handlers, and one of these keeps all cores busy
		p.enqueue(catalog.Work{Kind: pipeline.Render, Subject: "in hand"})
		p.start(s)
		<-g.begun
		p.enqueue(catalog.Work{Kind: pipeline.Render, Subject: "patient"})
		p.until("it waits for cores", func() bool { return s.room.waiting() == 1 })
		p.enqueue(catalog.Work{Kind: pipeline.Render, Subject: "urgent", Priority: pipeline.First.Priority(0)})
		p.until("the urgent one waits for cores", func() bool { return s.room.waitingFor(pipeline.First) == 1 })
		g.pass <- struct{}{}
		if w := <-g.begun; w.Subject != "urgent" {
			t.Errorf("next was %s", w.Subject)
		}
		close(g.pass)
		p.emptied()
	})
}

// Asynq forgets a handler when it loses sight of its message, and starts others.
func TestNoMoreCoresAreKeptBusyThanThereAreHoweverManyMessagesAreHeard(t *testing.T) {
	p := newPlant(t, nil)
	g := newGate()
	s := p.server(map[pipeline.Step]Step{pipeline.Render: g})
	s.Slots = 2 * Weights[pipeline.Render]
	s.setUp()
	var rows []catalog.Work
	for i := range 8 {
		rows = append(rows, catalog.Work{Kind: pipeline.Render, Subject: fmt.Sprint(i)})
	}
	p.enqueue(rows...)
	ring, err := p.db.ToRing(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, r := range ring {
		wg.Go(func() { s.heed(t.Context(), asynq.NewTask(string(r.Kind), []byte(r.ID)), pipeline.Bulk) })
	}
	<-g.begun
	<-g.begun
	p.until("all others wait", func() bool { return s.room.waiting() == 6 })
	if n := s.Counts.Claimed.Load(); n != 2 {
		t.Errorf("%d rows are in hand, want 2", n)
	}
	close(g.pass)
	wg.Wait()
	p.emptied()
}

func TestACancelEndsTheStepInHand(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		g := newGate()
		s := p.server(map[pipeline.Step]Step{pipeline.Sound: g})
		s.Lease = 600 * time.Millisecond
		if err := p.db.Write(t.Context(), func(tx *catalog.Tx) error {
			return tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", State: pipeline.RecordingDetected})
		}); err != nil {
			t.Fatal(err)
		}
		p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "a", Recording: "r_1"})
		p.start(s)
		<-g.begun
		if err := p.db.Write(t.Context(), func(tx *catalog.Tx) error {
			_, err := tx.CancelRecording("r_1")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		p.until("the step ends", func() bool { return s.Counts.Lost.Load() == 1 })
		if w := p.row(pipeline.Sound, "a"); w.State != catalog.WorkFailed || w.Failure.Code != "cancelled" {
			t.Errorf("the row is %s, %+v", w.State, w.Failure)
		}
	})
}

func TestTenThousandRowsMakeFewMessages(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		const limit = 16
		many := 10_000
		if testing.Short() {
			many = 500 // the race detector makes SQLite slow
		}
		var rows []catalog.Work
		for i := range many {
			rows = append(rows, catalog.Work{Kind: pipeline.Sound, Subject: fmt.Sprint(i)})
		}
		p.enqueue(rows...)
		s := p.server(nil)
		s.setUp()
		for n := range int64(20) { // as if time went on: every message has a new ID
			ring, err := p.db.ToRing(t.Context(), limit)
			if err != nil || len(ring) != limit {
				t.Fatalf("%d rows to ring for, %v", len(ring), err)
			}
			for i := range ring {
				ring[i].Fence = n
			}
			if err := s.ring(t.Context(), ring, limit); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.waiting(t.Context()); err != nil || n[pipeline.Bulk] != limit {
			t.Errorf("%d messages wait (%v)", n[pipeline.Bulk], err)
		}
	})
}
