package catalog

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
)

// ids is the IDs of rows.
func ids(all []Work) []string {
	var out []string
	for _, w := range all {
		out = append(out, w.ID)
	}
	return out
}

func TestWaitsThatDoNotAddUpAreSeenAndCountedAnew(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		a, b := enqueue(t, db, pipeline.Render, "a"), enqueue(t, db, pipeline.Render, "b")
		on := enqueue(t, db, pipeline.Assemble, "v", a, b)
		seen := func() (out []Waiting) {
			write(t, db, func(tx *Tx) (err error) { out, err = tx.Miscounted(); return err })
			return out
		}
		if all := seen(); len(all) != 0 {
			t.Fatalf("nothing is wrong yet: %+v", all)
		}
		for _, c := range []struct{ why, damage string }{
			{"too many", "UPDATE work SET waits = 3 WHERE id = $1"},
			{"too few", "UPDATE work SET waits = 0 WHERE id = $1"},
			{"for a row that was done", "UPDATE work SET state = 'done' WHERE subject = 'a' AND id <> $1"},
		} {
			what := c.why
			write(t, db, func(tx *Tx) error { _, err := tx.exec(c.damage, on); return err })
			if all := seen(); len(all) != 1 || all[0].ID != on || all[0].Subject != "v" {
				t.Errorf("%s: %+v", what, all)
			}
			write(t, db, func(tx *Tx) error { return tx.Recount(on) })
			if all := seen(); len(all) != 0 {
				t.Errorf("%s: counted anew and still %+v", what, all)
			}
		}
		var n int64
		write(t, db, func(tx *Tx) error { return tx.one("work", "SELECT waits FROM work WHERE id = $1", []any{on}, &n) })
		if n != 1 {
			t.Errorf("it waits for %d rows, want 1", n)
		}
	})
}

func TestAReservationIsIdleOnceNobodyWillRedeemIt(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		done, failed, open := enqueue(t, db, pipeline.Render, "done"), enqueue(t, db, pipeline.Render, "failed"), enqueue(t, db, pipeline.Render, "open")
		write(t, db, func(tx *Tx) error {
			var all error
			for recipe, id := range map[string]string{"a": done, "b": failed, "c": open, "d": "w_gone"} {
				_, err := tx.Reserve(recipe, id)
				all = errors.Join(all, err)
			}
			_, err := tx.exec("UPDATE work SET state = subject WHERE subject IN ('done', 'failed')")
			return errors.Join(all, err)
		})
		var idle []Reservation
		write(t, db, func(tx *Tx) (err error) {
			if idle, err = tx.IdleReservations(); err != nil {
				return err
			}
			for _, recipe := range []string{"a", "b", "c", "d"} {
				err = errors.Join(err, tx.ReleaseIdle(recipe))
			}
			return err
		})
		if !slices.Equal(idle, []Reservation{{"a", done}, {"d", "w_gone"}}) {
			t.Errorf("idle are %v", idle)
		}
		var left int64
		write(t, db, func(tx *Tx) error {
			return tx.one("count", "SELECT COUNT(*) FROM reservations WHERE recipe IN ('b', 'c')", nil, &left)
		})
		if left != 2 {
			t.Errorf("%d reservations of 2 are left", left)
		}
	})
}

func TestARowWhoseLeaseLapsedIsTakenBackFromWhoHadIt(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		enqueue(t, db, pipeline.Render, "long ago")
		old := claim(t, db, -time.Hour)
		if _, err := db.ClaimRow(t.Context(), enqueue(t, db, pipeline.Render, "now"), time.Hour); err != nil {
			t.Fatal(err)
		}
		var all []Work
		write(t, db, func(tx *Tx) (err error) { all, err = tx.Lapsed(2 * time.Hour); return err })
		if len(all) != 0 {
			t.Errorf("lapsed for an hour counts as two: %+v", all)
		}
		write(t, db, func(tx *Tx) (err error) {
			if all, err = tx.Lapsed(time.Minute); err != nil {
				return err
			}
			return tx.TakeBack(old.ID, time.Minute)
		})
		if !slices.Equal(ids(all), []string{old.ID}) {
			t.Fatalf("lapsed are %v, want %s", ids(all), old.ID)
		}
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.Finish(*old) }); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("who had it finished it: %v", err)
		}
		if w := claim(t, db, time.Hour); w == nil || w.ID != old.ID || w.Fence <= old.Fence {
			t.Errorf("claimed %+v after %+v", w, old)
		}
	})
}

func TestDoneRowsAreForgottenWhenNothingNamesThem(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			for _, subject := range []string{"done", "failed", "ready", "running", "done, named by an arrival", "done, reserved", "done, waited for"} {
				if _, err := tx.Enqueue(Work{ID: "w_0 " + subject, Kind: pipeline.Render, Subject: subject, Input: "i"}); err != nil {
					return err
				}
			}
			if _, err := tx.Enqueue(Work{ID: "w_1 new", Kind: pipeline.Render, Subject: "done lately", Input: "i"}); err != nil {
				return err
			}
			_, waits := tx.Enqueue(Work{Kind: pipeline.Assemble, Subject: "v", Input: "i"}, "w_0 done, waited for")
			_, state := tx.exec("UPDATE work SET state = CASE WHEN subject LIKE 'done%' THEN 'done' ELSE subject END WHERE kind = 'render'")
			_, kept := tx.Reserve("recipe", "w_0 done, reserved")
			_, seen := tx.Seen(Arrival{Source: "s", Key: "k", Version: "1"})
			_, named := tx.exec("UPDATE arrivals SET work_id = 'w_0 done, named by an arrival'")
			return errors.Join(waits, state, kept, seen, named)
		})
		var counted, n int64
		var left []string
		write(t, db, func(tx *Tx) (err error) {
			left = nil
			if counted, err = tx.Forgettable("w_1"); err != nil {
				return err
			}
			if n, err = tx.ForgetDone("w_1"); err != nil {
				return err
			}
			all, err := tx.ToDo("")
			left = ids(all)
			return err
		})
		if n != 1 || counted != 1 || len(left) != 3 {
			t.Errorf("%d rows were to be forgotten, %d were, %v are to do", counted, n, left)
		}
	})
}

func TestWhatWasAcceptedIsKnownWithItsRow(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			for _, key := range []string{"lost", "taken", "waiting"} {
				a := Arrival{Source: "s", Key: key, Version: "1"}
				if _, err := tx.Seen(a); err != nil {
					return err
				}
				if _, err := tx.Accept(a, Work{Kind: pipeline.Ingest, Subject: key, Input: "i"}); err != nil {
					return err
				}
			}
			_, seen := tx.Seen(Arrival{Source: "s", Key: "not accepted", Version: "1"})
			_, gone := tx.exec("DELETE FROM work WHERE subject = 'lost'")
			_, done := tx.exec("UPDATE work SET state = 'done', recording = 'r_1' WHERE subject = 'taken'")
			return errors.Join(seen, gone, done, tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", Fingerprint: "f"}))
		})
		read := func() (out []Acceptance) {
			write(t, db, func(tx *Tx) (err error) { out, err = tx.Acceptances(); return err })
			return out
		}
		all := read()
		if len(all) != 3 || all[0].State != "" || all[1].State != WorkDone || all[1].Recording != "r_1" || all[2].State != WorkReady || all[2].Row == "" {
			t.Fatalf("%+v", all)
		}
		write(t, db, func(tx *Tx) error { return tx.Unaccept("s", "lost") })
		if all := read(); len(all) != 2 || all[0].Key != "taken" {
			t.Errorf("%+v", all)
		}
	})
}
