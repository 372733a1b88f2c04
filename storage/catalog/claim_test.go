package catalog

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestManyClaimersGetEachRowOnce(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		const rows, claimers = 500, 32
		fill(t, db, rows)
		ctx := context.WithoutCancel(t.Context())
		var mu sync.Mutex
		seen := map[string]int{}
		side(t, claimers, func(int) error {
			for {
				w, err := db.Claim(ctx, time.Hour)
				if err != nil || w == nil {
					return err
				}
				mu.Lock()
				seen[w.Subject]++
				mu.Unlock()
			}
		})
		for s, n := range seen {
			if n != 1 {
				t.Errorf("%s was handed out %d times", s, n)
			}
		}
		if len(seen) != rows {
			t.Errorf("%d of %d rows handed out", len(seen), rows)
		}
	})
}

func TestWithoutTheAtomicClaimARowIsHandedOutTwice(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	fill(t, db, 2)
	var chosen [2]string
	var both sync.WaitGroup
	both.Add(2)
	side(t, 2, func(i int) error {
		return db.run(t.Context(), db.single, func(tx *Tx) error {
			err := tx.one("work", `SELECT id FROM work WHERE `+claimable+` ORDER BY priority, id LIMIT 1`, nil, &chosen[i])
			both.Done()
			both.Wait()
			return errors.Join(err, tx.guarded(`UPDATE work SET state = 'running' WHERE id = $1 AND fence = $2`, Work{ID: chosen[i]}))
		})
	})
	if chosen[0] != chosen[1] {
		t.Errorf("%v: the guard is not what keeps them apart", chosen)
	}
}

func TestAClaimPassesOverARowThatAnotherTakes(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	ids := fill(t, db, 2)
	err := db.Write(t.Context(), func(tx *Tx) error {
		if _, err := tx.exec(`UPDATE work SET priority = priority WHERE id = $1`, ids[0]); err != nil {
			return err
		}
		if w := claim(t, db, time.Minute); w == nil || w.ID != ids[1] {
			t.Errorf("got %+v, want the second row at once", w)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if w := claim(t, db, time.Minute); w == nil || w.ID != ids[0] {
		t.Errorf("got %+v, want the first row", w)
	}
}
