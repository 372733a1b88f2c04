package catalog

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestWorkWithTheSameInputIsDoneOnce(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		first := enqueue(t, db, pipeline.Detect, "r_1")
		if again := enqueue(t, db, pipeline.Detect, "r_1"); again != first {
			t.Errorf("two rows, %s and %s", first, again)
		}
		w := claim(t, db, time.Minute)
		write(t, db, func(tx *Tx) error { return tx.Finish(*w) })
		enqueue(t, db, pipeline.Detect, "r_1")
		if w := claim(t, db, time.Minute); w != nil {
			t.Errorf("done work was handed out again: %+v", w)
		}
	})
}

func TestFailedWorkIsTriedAgainWhenAskedFor(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		enqueue(t, db, pipeline.Detect, "r_1")
		w := claim(t, db, time.Minute)
		why := pipeline.Fail(pipeline.Unavailable, "away", "wait", "it is away")
		write(t, db, func(tx *Tx) error { return tx.FinishFailed(*w, why) })
		if w := claim(t, db, time.Minute); w != nil {
			t.Fatalf("failed work was handed out: %+v", w)
		}
		enqueue(t, db, pipeline.Detect, "r_1")
		if w := claim(t, db, time.Minute); w == nil || w.Attempt != 1 || w.Fence != 2 {
			t.Errorf("got %+v, want a first attempt with a new fence", w)
		}
	})
}

func TestWorkWaitsForAllItNeeds(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		a, b := enqueue(t, db, pipeline.Render, "a"), enqueue(t, db, pipeline.Render, "b")
		enqueue(t, db, pipeline.Assemble, "v", a, b)
		for _, want := range []string{"a", "b"} {
			w := claim(t, db, time.Minute)
			if w == nil || w.Subject != want {
				t.Fatalf("got %+v, want %s", w, want)
			}
			if x := claim(t, db, time.Minute); want == "b" && x != nil {
				t.Fatalf("%s was handed out before what it waits for was finished", x.Subject)
			} else if x != nil {
				write(t, db, func(tx *Tx) error { return tx.HandBack(*x) })
			}
			write(t, db, func(tx *Tx) error {
				if want == "a" {
					return tx.Finish(*w)
				}
				return tx.FinishFailed(*w, pipeline.Fail(pipeline.Internal, "x", "", "x")) // a failure lets waiters go on too
			})
		}
		if w := claim(t, db, time.Minute); w == nil || w.Subject != "v" {
			t.Errorf("got %+v, want the assembly", w)
		}
	})
}

func TestAnOldFenceKeepsNothing(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		enqueue(t, db, pipeline.Render, "a")
		old := claim(t, db, -time.Second) // a lease that has run out already
		fresh := claim(t, db, time.Minute)
		if fresh == nil || fresh.ID != old.ID || fresh.Fence != old.Fence+1 {
			t.Fatalf("second claim %+v after %+v", fresh, old)
		}
		err := db.Write(t.Context(), func(tx *Tx) error {
			if err := tx.PutRecording(pipeline.Recording{ID: "r_stale", Creator: "c", Fingerprint: "f"}); err != nil {
				return err
			}
			return tx.Finish(*old)
		})
		if !errors.Is(err, pipeline.Conflict) {
			t.Errorf("a stale finish: %v", err)
		}
		if err := db.Beat(t.Context(), *old, time.Minute); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("a stale beat: %v", err)
		}
		write(t, db, func(tx *Tx) error {
			if _, err := tx.Recording("r_stale"); !errors.Is(err, pipeline.NotFound) {
				t.Errorf("the stale attempt's record was kept: %v", err)
			}
			return tx.Finish(*fresh)
		})
	})
}

func TestUrgentWorkGoesFirst(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			for i, p := range []int64{5, 1, 3} {
				if _, err := tx.Enqueue(Work{Kind: pipeline.Render, Subject: fmt.Sprint(i), Input: "i", Priority: p}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, want := range []string{"1", "2", "0"} {
			if w := claim(t, db, time.Minute); w.Subject != want {
				t.Errorf("got %s, want %s", w.Subject, want)
			}
		}
	})
}

func TestWhatADeadProcessHeldIsFreeAtOnce(t *testing.T) {
	t.Parallel()
	db := inFile(t)
	enqueue(t, db, pipeline.Render, "a")
	claim(t, db, time.Hour)
	if err := db.Orphaned(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w := claim(t, db, time.Hour); w == nil || w.Attempt != 1 {
		t.Errorf("got %+v, want the row again without a spent attempt", w)
	}
}

func TestARowThatEndsEveryProcessSpendsItsAttemptsInTheEnd(t *testing.T) {
	t.Parallel()
	db := inFile(t)
	enqueue(t, db, pipeline.Render, "a")
	for deaths := range int64(refunds + 5) {
		w := claim(t, db, time.Hour)
		if want := max(1, deaths-refunds+2); w == nil || w.Attempt != want {
			t.Fatalf("after %d deaths got %+v, want attempt %d", deaths, w, want)
		}
		if err := db.Orphaned(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhereOthersWorkNobodyTakesTheirRows(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	enqueue(t, db, pipeline.Render, "a")
	claim(t, db, time.Hour)
	for what, err := range map[string]error{"orphaned": db.Orphaned(t.Context()), "forget": db.Forget(t.Context())} {
		if !errors.Is(err, pipeline.Internal) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n, err := db.Unfinished(t.Context()); n != 1 || err != nil {
		t.Errorf("%d rows are to be done (%v), want 1", n, err)
	}
	if w := claim(t, db, time.Hour); w != nil {
		t.Errorf("a row in hand was handed out: %+v", w)
	}
}
