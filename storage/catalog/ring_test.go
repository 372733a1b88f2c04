package catalog

import (
	"fmt"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestARowIsClaimedByItsIDOnlyWhenItCanBe(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		a := enqueue(t, db, pipeline.Render, "a")
		waits := enqueue(t, db, pipeline.Assemble, "v", a)
		row := func(id string, lease time.Duration) *Work {
			t.Helper()
			w, err := db.ClaimRow(t.Context(), id, lease)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		if w := row(waits, time.Minute); w != nil {
			t.Errorf("a row that waits was claimed: %+v", w)
		}
		if w := row("w_none", time.Minute); w != nil {
			t.Errorf("a row that is not was claimed: %+v", w)
		}
		dead := row(a, -time.Second) // its lease has run out already
		if dead == nil || dead.Subject != "a" || dead.Attempt != 1 || dead.Fence != 1 || dead.State != WorkRunning || string(dead.Doc) != "{}" {
			t.Fatalf("claimed %+v", dead)
		}
		w := row(a, time.Minute)
		if w == nil || w.Fence != 2 || w.Attempt != 2 {
			t.Fatalf("a row whose lease ran out: %+v", w)
		}
		if again := row(a, time.Minute); again != nil {
			t.Errorf("a row in hand was claimed: %+v", again)
		}
		write(t, db, func(tx *Tx) error {
			return tx.Postpone(*w, time.Hour, pipeline.Fail(pipeline.Unavailable, "away", "", "away"))
		})
		if w := row(a, time.Minute); w != nil {
			t.Errorf("a row whose time has not come was claimed: %+v", w)
		}
	})
}

func TestOnlyWhatCanBeClaimedIsRungForAndTheMostUrgentFirst(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		var first string
		write(t, db, func(tx *Tx) error {
			for i, p := range []int64{pipeline.Bulk.Priority(1), pipeline.First.Priority(9), pipeline.Bulk.Priority(0), pipeline.Edit.Priority(0)} {
				id, err := tx.Enqueue(Work{Kind: pipeline.Compose, Subject: fmt.Sprint(i), Input: "i", Priority: p})
				if err != nil {
					return err
				}
				if i == 1 {
					first = id
				}
			}
			_, err := tx.Enqueue(Work{Kind: pipeline.Publish, Subject: "waits", Input: "i", Priority: pipeline.First.Priority(0)}, first)
			return err
		})
		order := func(limit int) (out []pipeline.Urgency) {
			t.Helper()
			rows, err := db.ToRing(t.Context(), limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				out = append(out, pipeline.UrgencyOf(r.Priority))
			}
			return out
		}
		if got := fmt.Sprint(order(10)); got != "[first edit bulk bulk]" {
			t.Errorf("rung for %s", got)
		}
		if got := fmt.Sprint(order(2)); got != "[first edit]" {
			t.Errorf("with a limit rung for %s", got)
		}
		if w := claim(t, db, time.Minute); w.ID != first {
			t.Fatalf("claimed %+v", w)
		}
		if got := fmt.Sprint(order(10)); got != "[edit bulk bulk]" {
			t.Errorf("a row in hand is rung for: %s", got)
		}
		if _, err := db.sql.ExecContext(t.Context(), `UPDATE work SET lease_ms = 1 WHERE id = $1`, first); err != nil {
			t.Fatal(err)
		}
		rows, err := db.ToRing(t.Context(), 1)
		if err != nil || len(rows) != 1 || rows[0].ID != first || rows[0].Fence != 1 || rows[0].Kind != pipeline.Compose {
			t.Errorf("a row whose lease ran out is not rung for: %+v, %v", rows, err)
		}
	})
}
