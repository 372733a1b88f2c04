package catalog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

func open(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "odd name %?#.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func write(t *testing.T, db *DB, f func(*Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func enqueue(t *testing.T, db *DB, kind pipeline.Step, subject string, on ...string) string {
	t.Helper()
	var id string
	write(t, db, func(tx *Tx) (err error) {
		id, err = tx.Enqueue(Work{Kind: kind, Subject: subject, Input: "i"}, on...)
		return err
	})
	return id
}

func claim(t *testing.T, db *DB, lease time.Duration) *Work {
	t.Helper()
	w, err := db.Claim(t.Context(), lease)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	db := open(t)
	end := 9 * time.Second
	rec := pipeline.Recording{ID: "r_1", Creator: "local", Fingerprint: "sha256:1", Name: "a", State: pipeline.RecordingSealed,
		Media: pipeline.Media{Rate: timeline.Rate2997, Frames: 10, Pieces: timeline.Pieces{{From: 1, To: timeline.Forever, At: 0}}}}
	marks := []pipeline.Mark{{Source: "flag", At: time.Second, End: &end, Precision: time.Second, Late: true, Label: "x"}}
	m := pipeline.Moment{ID: "m_1", Recording: "r_1", State: pipeline.MomentFound, Window: timeline.Window{In: 3, Out: 9}, Marks: marks}
	write(t, db, func(tx *Tx) error {
		return errors.Join(tx.PutRecording(rec), tx.PutMarks("r_1", marks), tx.PutBrief("r_1", pipeline.Brief{Hooks: []string{"h"}}), tx.PutMoment(m))
	})
	write(t, db, func(tx *Tx) error {
		got, err := tx.RecordingByFingerprint("local", "sha256:1")
		if err != nil || got.Media.Rate != timeline.Rate2997 || got.Media.Pieces[0].To != timeline.Forever {
			t.Errorf("recording %+v, %v", got, err)
		}
		back, err := tx.Marks("r_1")
		if err != nil || len(back) != 1 || *back[0].End != end || back[0].At != time.Second || !back[0].Late {
			t.Errorf("marks %+v, %v", back, err)
		}
		b, err := tx.Brief("r_1")
		if err != nil || len(b.Hooks) != 1 {
			t.Errorf("brief %+v, %v", b, err)
		}
		all, err := tx.MomentsOf("r_1")
		if err != nil || len(all) != 1 || all[0].Window != m.Window || all[0].Marks[0].Precision != time.Second {
			t.Errorf("moments %+v, %v", all, err)
		}
		if _, err := tx.Moment("m_2"); !errors.Is(err, pipeline.NotFound) {
			t.Errorf("an unknown moment: %v", err)
		}
		return nil
	})
}

func TestTheSameBytesAreOneRecordingOfACreator(t *testing.T) {
	db := open(t)
	err := db.Write(t.Context(), func(tx *Tx) error {
		return errors.Join(tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "a", Fingerprint: "f"}),
			tx.PutRecording(pipeline.Recording{ID: "r_2", Creator: "b", Fingerprint: "f"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(tx *Tx) error {
		return tx.PutRecording(pipeline.Recording{ID: "r_3", Creator: "a", Fingerprint: "f"})
	}); err == nil {
		t.Error("one creator has the same bytes twice")
	}
}

func TestWorkWithTheSameInputIsDoneOnce(t *testing.T) {
	db := open(t)
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
}

func TestFailedWorkIsTriedAgainWhenAskedFor(t *testing.T) {
	db := open(t)
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
}

func TestWorkWaitsForAllItNeeds(t *testing.T) {
	db := open(t)
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
}

func TestAnOldFenceKeepsNothing(t *testing.T) {
	db := open(t)
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
}

func TestManyClaimersGetEachRowOnce(t *testing.T) {
	db := open(t)
	const rows, claimers = 60, 8
	for i := range rows {
		enqueue(t, db, pipeline.Render, fmt.Sprint(i))
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range claimers {
		wg.Go(func() {
			for {
				w, err := db.Claim(context.WithoutCancel(t.Context()), time.Minute)
				if err != nil {
					t.Error(err)
				}
				if w == nil {
					return
				}
				mu.Lock()
				seen[w.Subject]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for s, n := range seen {
		if n != 1 {
			t.Errorf("%s was handed out %d times", s, n)
		}
	}
	if len(seen) != rows {
		t.Errorf("%d of %d rows handed out", len(seen), rows)
	}
}

func TestUrgentWorkGoesFirst(t *testing.T) {
	db := open(t)
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
}

func TestWhatADeadProcessHeldIsFreeAtOnce(t *testing.T) {
	db := open(t)
	enqueue(t, db, pipeline.Render, "a")
	claim(t, db, time.Hour)
	if err := db.Orphaned(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w := claim(t, db, time.Hour); w == nil || w.Attempt != 1 {
		t.Errorf("got %+v, want the row again without a spent attempt", w)
	}
}

func TestARecipeIsReservedOnce(t *testing.T) {
	db := open(t)
	a, b := enqueue(t, db, pipeline.Render, "a"), enqueue(t, db, pipeline.Render, "b")
	write(t, db, func(tx *Tx) error {
		for _, w := range []string{a, b} {
			if got, err := tx.Reserve("recipe", w); err != nil || got != a {
				t.Errorf("%s asked: %s has it (%v), want %s", w, got, err, a)
			}
		}
		return nil
	})
	w := claim(t, db, time.Minute)
	write(t, db, func(tx *Tx) error { return tx.FinishFailed(*w, pipeline.Fail(pipeline.Internal, "x", "", "x")) })
	write(t, db, func(tx *Tx) error {
		if got, err := tx.Reserve("recipe", b); err != nil || got != b {
			t.Errorf("after the holder failed %s has it (%v), want %s", got, err, b)
		}
		return nil
	})
}

func TestTheFirstWriterOfASegmentWins(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *Tx) error {
		first, err := tx.PutSegment(Segment{Recipe: "r", AVCC: "a", Digest: "one", Frames: 60})
		if err != nil || first.Digest != "one" {
			t.Errorf("first: %+v, %v", first, err)
		}
		second, err := tx.PutSegment(Segment{Recipe: "r", AVCC: "a", Digest: "two", Frames: 60})
		if err != nil || second.Digest != "one" {
			t.Errorf("second: %+v, %v", second, err)
		}
		if _, err = tx.PutSegment(Segment{Recipe: "r", AVCC: "b", Digest: "three", Frames: 60}); err != nil {
			return err
		}
		all, err := tx.Segments("r")
		if len(all) != 2 {
			t.Errorf("%d rows, want one a decoder configuration", len(all))
		}
		return err
	})
}
