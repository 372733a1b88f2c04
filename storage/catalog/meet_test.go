package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"dropcut/pipeline"
)

// fill adds so many rows that are ready, and gives their IDs.
func fill(t testing.TB, db *DB, rows int) []string {
	t.Helper()
	var out []string
	write(t, db, func(tx *Tx) error {
		out = nil
		for i := range rows {
			id, err := tx.Enqueue(Work{Kind: pipeline.Render, Subject: fmt.Sprint(i), Input: "i"})
			if err != nil {
				return err
			}
			out = append(out, id)
		}
		return nil
	})
	return out
}

// addOne reads a row's priority and writes it back one higher. between is
// called in the middle, with the number of this call.
func addOne(id string, between func(call int64)) func(*Tx) error {
	var calls atomic.Int64
	return func(tx *Tx) error {
		var n int64
		if err := tx.one("work", `SELECT priority FROM work WHERE id = $1`, []any{id}, &n); err != nil {
			return err
		}
		between(calls.Add(1))
		_, err := tx.exec(`UPDATE work SET priority = $2 WHERE id = $1`, id, n+1)
		return err
	}
}

func priority(t *testing.T, db *DB, id string) int64 {
	t.Helper()
	var n int64
	if err := db.one(t.Context(), "work", `SELECT priority FROM work WHERE id = $1`, []any{id}, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// side runs n functions side by side and reports their errors.
func side(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := f(i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestWhatIsReadAndWrittenBackIsNeverLost(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		id := fill(t, db, 1)[0]
		ctx := context.WithoutCancel(t.Context())
		side(t, 8, func(int) error {
			for range 25 {
				if err := db.Write(ctx, addOne(id, func(int64) {})); err != nil {
					return err
				}
			}
			return nil
		})
		if n := priority(t, db, id); n != 200 {
			t.Errorf("%d of 200 changes stand", n)
		}
	})
}

// meet has two transactions read before either writes, and gives what stands,
// and how often f was called.
func meet(t *testing.T, db *DB, how *sql.TxOptions) (sum, calls int64) {
	t.Helper()
	id := fill(t, db, 1)[0]
	var both sync.WaitGroup
	var all atomic.Int64
	both.Add(2)
	side(t, 2, func(int) error {
		return db.run(t.Context(), how, addOne(id, func(call int64) {
			if all.Add(1); call == 1 {
				both.Done()
				both.Wait()
			}
		}))
	})
	return priority(t, db, id), all.Load()
}

func TestTransactionsThatMeetAreRunAgain(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	if sum, calls := meet(t, db, db.whole); sum != 2 || calls < 3 {
		t.Errorf("%d of 2 changes stand after %d calls", sum, calls)
	}
}

func TestWithoutSerializableAChangeIsLost(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	if sum, calls := meet(t, db, db.single); sum != 1 || calls != 2 {
		t.Errorf("%d changes stand after %d calls: the guard is not what keeps them", sum, calls)
	}
}

// raced has a row wait for another that is finished at the same time, and
// reports whether it can be claimed then.
func raced(t *testing.T, db *DB, how *sql.TxOptions) bool {
	t.Helper()
	ctx := t.Context()
	on := fill(t, db, 1)[0]
	w := claim(t, db, time.Minute)
	var late string
	var calls atomic.Int64
	if err := db.run(ctx, how, func(tx *Tx) (err error) {
		late, err = tx.Enqueue(Work{Kind: pipeline.Assemble, Subject: "v", Input: "i"}, on)
		if err == nil && calls.Add(1) == 1 { // it has seen that what it waits for is not done
			err = db.run(ctx, how, func(tx *Tx) error { return tx.Finish(*w) })
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	got := claim(t, db, time.Minute)
	return got != nil && got.ID == late
}

func TestARowNeverWaitsForWhatWasFinishedMeanwhile(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	if !raced(t, db, db.whole) {
		t.Error("it waits for ever")
	}
}

func TestWithoutSerializableARowWaitsForEver(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	if raced(t, db, db.single) {
		t.Error("it does not: the guard is not what keeps it")
	}
}

func TestWhatManyFinishAtOnceIsCountedExactly(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		const rows, hands = 64, 32
		on := fill(t, db, rows)
		var last string
		write(t, db, func(tx *Tx) (err error) {
			last, err = tx.Enqueue(Work{Kind: pipeline.Publish, Subject: "m", Input: "i", Priority: 1}, on...)
			return err
		})
		ctx := context.WithoutCancel(t.Context())
		var early atomic.Int64
		side(t, hands, func(int) error {
			for {
				w, err := db.Claim(ctx, time.Minute)
				if err != nil || w == nil {
					return err
				}
				if w.ID == last {
					early.Add(1)
				}
				if err := db.Write(ctx, func(tx *Tx) error { return tx.Finish(*w) }); err != nil {
					return err
				}
			}
		})
		var waits, left int64
		if err := db.one(ctx, "work", `SELECT waits, (SELECT COUNT(*) FROM work_waits) FROM work WHERE id = $1`, []any{last}, &waits, &left); err != nil {
			t.Fatal(err)
		}
		if waits != 0 || left != 0 {
			t.Errorf("waits is %d and %d of %d are waited for", waits, left, rows)
		}
		if n := early.Load(); n > 1 {
			t.Errorf("the last row was handed out %d times", n)
		}
		if w := claim(t, db, time.Minute); early.Load() == 0 && (w == nil || w.ID != last) {
			t.Errorf("got %+v, want the row that waited", w)
		}
	})
}

func TestAFailedStatementIsNotPassedOver(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	err := db.Write(t.Context(), func(tx *Tx) error {
		_, _ = tx.exec(`UPDATE work SET no_such_column = 1`)
		return nil
	})
	if !errors.Is(err, pipeline.Internal) {
		t.Errorf("a transaction that went on after a failure: %v", err)
	}
}

func TestTransactionsThatNeverGetThroughEnd(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	id := fill(t, db, 1)[0]
	var calls int
	err := db.Write(t.Context(), func(tx *Tx) error {
		calls++
		if err := addOne(id, func(int64) {})(tx); err != nil {
			return err
		}
		return tx.fail(&pgconn.PgError{Code: "40001", Message: "met"}, "meet")
	})
	if e := pipeline.AsError(err, ""); calls != tries || e.Kind != pipeline.Unavailable || e.Code != "catalogue_busy" || e.Hint == "" {
		t.Errorf("after %d calls %s, %q: %v", calls, e.Code, e.Hint, err)
	}
	if n := priority(t, db, id); n != 0 {
		t.Errorf("what was undone stands: %d", n)
	}
}
