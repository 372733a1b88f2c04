package catalog

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/storagetest/postgres"
)

// TestNobodysClockEndsALease: one who works has a clock of the year 2000, and
// it jumps on by hours; the other's is right. Neither takes the other's rows.
func TestNobodysClockEndsALease(t *testing.T) {
	t.Parallel()
	where := postgres.Database(t)
	right := open(t, where)
	figures := faultstest.Figures{Faults: map[string]int{}}
	synctest.Test(t, func(t *testing.T) {
		wrong, err := Open(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		defer wrong.Close()
		for range faultstest.Scaled(3, 100) {
			id := enqueue(t, right, pipeline.Render, pipeline.Mint(pipeline.RunID))
			for _, c := range []struct{ owner, other *DB }{{wrong, right}, {right, wrong}} {
				w, err := c.owner.Claim(t.Context(), 15*time.Second)
				if err != nil || w == nil {
					t.Fatal(w, err)
				}
				for range 3 {
					time.Sleep(time.Hour) // of the bubble: at once
					figures.Faults["clock jumps"]++
					if x, err := c.other.Claim(t.Context(), time.Minute); err != nil || x != nil {
						t.Errorf("a row in hand was claimed: %+v, %v", x, err)
						figures.Doubled++
					}
					if err := c.owner.Beat(t.Context(), *w, 15*time.Second); err != nil {
						t.Errorf("a beat: %v", err)
					}
				}
				figures.Done++
				if err := right.Write(t.Context(), func(tx *Tx) error { return tx.HandBack(*w) }); err != nil {
					t.Fatal(err)
				}
			}
			done(t, right, id)
		}
	})
	faultstest.Tell(t, figures)
}

// done takes a row out of the way.
func done(t *testing.T, db *DB, id string) {
	t.Helper()
	w, err := db.ClaimRow(t.Context(), id, time.Minute)
	if err != nil || w == nil {
		t.Fatal(w, err)
	}
	write(t, db, func(tx *Tx) error { return tx.Finish(*w) })
}

// TestALeaseEndsWhenTheDatabaseSaysSo: the same, of a row whose owner is gone.
func TestALeaseEndsWhenTheDatabaseSaysSo(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		fill(t, db, 1)
		claim(t, db, 50*time.Millisecond)
		var w *Work
		var wait sync.WaitGroup
		wait.Go(func() {
			for w == nil {
				w = claim(t, db, time.Minute)
			}
		})
		wait.Wait()
		if w.Fence != 2 || w.Kind != pipeline.Render {
			t.Errorf("%+v", w)
		}
	})
}
