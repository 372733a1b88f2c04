package catalog

import (
	"testing"
	"time"

	"dropcut/pipeline"
)

// others is what w finds reserved by others when it takes so much itself.
func others(t *testing.T, db *DB, w *Work, bytes int64) (n int64) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *Tx) (err error) {
		n, err = tx.TakeRoom(*w, "disk", bytes)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRoomThatIsReservedIsFreeWhenItsClaimEnds(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		fill(t, db, 6)
		claim := func(lease time.Duration) *Work {
			w, err := db.Claim(t.Context(), lease)
			if err != nil || w == nil {
				t.Fatal(w, err)
			}
			return w
		}
		why := pipeline.Fail(pipeline.NoRoom, "no_room", "", "no room")
		asks := claim(time.Hour)
		for name, end := range map[string]func(*Tx, Work) error{
			"finished":    func(tx *Tx, w Work) error { return tx.Finish(w) },
			"failed":      func(tx *Tx, w Work) error { return tx.FinishFailed(w, why) },
			"waits":       func(tx *Tx, w Work) error { return tx.Wait(w, time.Hour, why) },
			"put off":     func(tx *Tx, w Work) error { return tx.Postpone(w, time.Hour, why) },
			"handed back": func(tx *Tx, w Work) error { return tx.HandBack(w) },
		} {
			w := claim(time.Hour)
			others(t, db, w, 100)
			others(t, db, w, 70) // the last that was asked for counts
			if n := others(t, db, asks, 5); n != 70 {
				t.Errorf("%s: %d bytes are reserved by others, want 70", name, n)
			}
			if err := db.Write(t.Context(), func(tx *Tx) error { return end(tx, *w) }); err != nil {
				t.Fatal(err)
			}
			if n := others(t, db, asks, 5); n != 0 {
				t.Errorf("%s: %d bytes are still reserved", name, n)
			}
		}
		// One that died has what it reserved until its row is taken over.
		died := claim(0)
		others(t, db, died, 30)
		if n := others(t, db, asks, 5); n != 30 {
			t.Errorf("%d bytes are reserved by one that may still write", n)
		}
		time.Sleep(5 * time.Millisecond) // the lease is over
		next, err := db.ClaimRow(t.Context(), died.ID, time.Hour)
		if err != nil || next == nil {
			t.Fatal(next, err)
		}
		if n := others(t, db, asks, 5); n != 0 {
			t.Errorf("%d bytes are reserved by the dead", n)
		}
	})
}

func TestARowThatWaitsForRoomSpendsNoAttemptAndSaysWhy(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		fill(t, db, 1)
		w, err := db.Claim(t.Context(), time.Hour)
		if err != nil || w == nil {
			t.Fatal(w, err)
		}
		why := pipeline.Fail(pipeline.NoRoom, "no_room", "make room", "it needs more")
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.Wait(*w, 300*time.Millisecond, why) }); err != nil {
			t.Fatal(err)
		}
		if w, err := db.Claim(t.Context(), time.Hour); w != nil || err != nil {
			t.Errorf("claimed at once: %+v, %v", w, err)
		}
		var all []Work
		if err := db.Write(t.Context(), func(tx *Tx) (err error) { all, err = tx.Delayed(""); return err }); err != nil {
			t.Fatal(err)
		}
		if len(all) != 1 || all[0].Attempt != 0 || all[0].Failure == nil || all[0].Failure.Code != "no_room" || all[0].Failure.Hint == "" {
			t.Errorf("%+v", all)
		}
		if q, err := db.Queue(t.Context()); err != nil || q.Full != 1 {
			t.Errorf("%+v, %v", q, err)
		}
		for w == nil || w.Fence == 1 {
			if w, err = db.Claim(t.Context(), time.Hour); err != nil {
				t.Fatal(err)
			}
			if w == nil {
				time.Sleep(10 * time.Millisecond)
			}
		}
		if w.Attempt != 1 {
			t.Errorf("it is at attempt %d", w.Attempt)
		}
	})
}

func TestManyThatWaitForRoomAskLessOften(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		fill(t, db, 301)
		why := pipeline.Fail(pipeline.NoRoom, "no_room", "make room", "it needs more")
		var pauses []int64 // of the first, of the last
		for n := range 301 {
			w, err := db.Claim(t.Context(), time.Hour)
			if err != nil || w == nil {
				t.Fatal(w, err)
			}
			var pause int64
			if err := db.Write(t.Context(), func(tx *Tx) error {
				if err := tx.Wait(*w, time.Minute, why); err != nil {
					return err
				}
				return tx.one("row", `SELECT (not_before - now_ms + 500) / 1000 FROM work WHERE id = $1`, []any{w.ID}, &pause)
			}); err != nil {
				t.Fatal(err)
			}
			if n == 0 || n == 300 {
				pauses = append(pauses, pause)
			}
		}
		if pauses[0] != 60 || pauses[1] != 12*60 {
			t.Errorf("one waits for %d s, each of many for %d s", pauses[0], pauses[1])
		}
	})
}
