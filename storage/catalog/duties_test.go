package catalog

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestADutyIsOneMembersAtATime(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		take := func(member string, every, lease time.Duration) bool {
			t.Helper()
			ok, err := db.Take(t.Context(), Duty{"gc", member}, every, lease)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		var took atomic.Int64
		side(t, 20, func(n int) error {
			ok, err := db.Take(t.Context(), Duty{"gc", string(rune('a' + n))}, 0, time.Hour)
			if ok {
				took.Add(1)
			}
			return err
		})
		if took.Load() != 1 {
			t.Fatalf("%d of twenty members took it", took.Load())
		}
		if ok, err := db.Take(t.Context(), Duty{"other", "z"}, 0, time.Hour); err != nil || !ok {
			t.Errorf("another duty: %v, %v", ok, err)
		}
		d := Duty{"gc", ""}
		if err := db.one(t.Context(), "duty", `SELECT member FROM duties WHERE name = 'gc'`, nil, &d.Member); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Hold(t.Context(), d, time.Hour), db.Leave(t.Context(), d, true)); err != nil {
			t.Error(err)
		}
		if take("late", time.Hour, time.Hour) {
			t.Error("it was done just now, and is taken again")
		}
		time.Sleep(5 * time.Millisecond)
		if !take("dies", time.Millisecond, time.Millisecond) {
			t.Error("its time has come, and nobody gets it")
		}
		time.Sleep(5 * time.Millisecond)
		if !take("heir", time.Millisecond, time.Hour) {
			t.Error("who had it died, and nobody gets it")
		}
		if err := db.Hold(t.Context(), Duty{"gc", "dies"}, time.Hour); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("who lost it holds it: %v", err)
		}
		if err := db.Leave(t.Context(), Duty{"gc", "heir"}, false); err != nil || !take("next", time.Millisecond, time.Hour) {
			t.Errorf("it was left undone, and nobody gets it: %v", err)
		}
	})
}
