package catalog

import (
	"errors"
	"sync"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/wire"
)

func TestACommitWhoseAnswerIsLostMayBeDoneAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault wire.Fault
		again pipeline.Kind // how doing it again ends
	}{
		{"the server never saw it", wire.Cut, ""},
		{"the server did it", wire.Deaf, pipeline.Conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, cable := wired(t)
			on := fill(t, db, 1)
			enqueue(t, db, pipeline.Assemble, "v", on...)
			w := claim(t, db, time.Minute)
			finish := func(tx *Tx) error {
				_, err := tx.PutSegment(Segment{Recipe: "r", AVCC: "a", Digest: "d"})
				if err == nil {
					_, err = tx.Enqueue(Work{Kind: pipeline.Publish, Subject: "m", Input: "i", Priority: 1})
				}
				return errors.Join(err, tx.Finish(*w))
			}
			cable.Once(c.fault, "commit\x00")
			lost := db.Write(t.Context(), finish)
			if lost == nil {
				t.Fatal("it is said to be done")
			}
			e := pipeline.AsError(lost, "")
			if e.Kind != pipeline.Unavailable || e.Code != "answer_lost" || !e.Retryable() {
				t.Fatalf("%s %s: %v", e.Kind, e.Code, e)
			}
			if err := db.Write(t.Context(), finish); c.again == "" && err != nil || c.again != "" && !errors.Is(err, c.again) {
				t.Errorf("done again: %v", err)
			}
			write(t, db, func(tx *Tx) error {
				if all, err := tx.Segments("r"); err != nil || len(all) != 1 {
					t.Errorf("%d segments are kept (%v), want 1", len(all), err)
				}
				return nil
			})
			for _, want := range []string{"v", "m"} {
				if w := claim(t, db, time.Minute); w == nil || w.Subject != want {
					t.Fatalf("got %+v, want %s", w, want)
				}
			}
			if w := claim(t, db, time.Minute); w != nil {
				t.Errorf("there is more to do than was asked for: %+v", w)
			}
		})
	}
}

func TestAConnectionThatEndsBeforeTheCommitCostsNothing(t *testing.T) {
	t.Parallel()
	db, cable := wired(t)
	id := fill(t, db, 1)[0]
	cable.Once(wire.Deaf, "UPDATE work SET priority")
	if err := db.Write(t.Context(), addOne(id, func(int64) {})); err != nil {
		t.Fatal(err)
	}
	var calls int
	if err := db.Write(t.Context(), func(tx *Tx) error {
		if calls++; calls == 1 {
			_, _ = tx.exec(`SELECT pg_terminate_backend(pg_backend_pid())`) // as an administrator would
		}
		return addOne(id, func(int64) {})(tx)
	}); err != nil || calls != 2 {
		t.Fatalf("after %d calls: %v", calls, err)
	}
	cable.Cut() // while nobody uses them
	if err := db.Write(t.Context(), addOne(id, func(int64) {})); err != nil {
		t.Fatal(err)
	}
	if n := priority(t, db, id); n != 3 {
		t.Errorf("%d of 3 changes stand", n)
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	t.Parallel()
	db, cable := wired(t)
	id := fill(t, db, 1)[0]
	db.silence = 300 * time.Millisecond
	cable.Once(wire.Swallow, "UPDATE work SET priority")
	err := db.Write(t.Context(), addOne(id, func(int64) {}))
	if e := pipeline.AsError(err, ""); e.Kind != pipeline.Unavailable || e.Code != "catalogue_silent" {
		t.Errorf("%s %s: %v", e.Kind, e.Code, err)
	}
}

// clerk adds rows, one after another, and notes which were acknowledged.
type clerk struct {
	db           *DB
	acknowledged []string
	wrote        chan struct{} // a token for rows acknowledged since it was last taken
	stop         chan struct{}
	stopped      sync.WaitGroup
}

func (c *clerk) start(t *testing.T) {
	c.wrote, c.stop = make(chan struct{}, 1), make(chan struct{})
	c.stopped.Go(func() {
		for {
			select {
			case <-c.stop:
				return
			default:
				c.add(t)
			}
		}
	})
}

func (c *clerk) add(t *testing.T) {
	subject := pipeline.Mint(pipeline.RunID)
	err := c.db.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.Enqueue(Work{Kind: pipeline.Render, Subject: subject, Input: "i"})
		return err
	})
	switch {
	case err == nil:
		c.acknowledged = append(c.acknowledged, subject)
		select {
		case c.wrote <- struct{}{}:
		default:
		}
	case !errors.Is(err, pipeline.Unavailable):
		t.Error(err)
	}
}

func TestWhatWasAcknowledgedOutlivesTheServer(t *testing.T) {
	t.Parallel()
	s := postgres.Start(t)
	c := &clerk{db: open(t, s.Database(t))}
	kills := faultstest.Scaled(3, 60)
	for range kills {
		c.start(t)
		for range 20 {
			<-c.wrote
		}
		if err := errors.Join(s.Kill(), s.Restart()); err != nil {
			t.Fatal(err)
		}
		<-c.wrote // maybe from before
		<-c.wrote // it goes on by itself
		close(c.stop)
		c.stopped.Wait()
	}
	figures := faultstest.Figures{Faults: map[string]int{"database kills": kills}}
	write(t, c.db, func(tx *Tx) error {
		figures.Done, figures.Lost = 0, 0
		for _, subject := range c.acknowledged {
			if _, err := tx.WorkOf(pipeline.Render, subject, "i"); err != nil {
				t.Errorf("%s was acknowledged: %v", subject, err)
				figures.Lost++
				continue
			}
			figures.Done++
		}
		return nil
	})
	faultstest.Tell(t, figures)
}
