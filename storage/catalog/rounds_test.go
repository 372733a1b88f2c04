package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
)

// begun puts a recording with a moment, an excerpt, a clip and one offered
// variant into a catalogue.
func begun(t *testing.T, db *DB) (rec pipeline.Recording, m pipeline.Moment, v pipeline.Variant) {
	t.Helper()
	rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "ada", Fingerprint: pipeline.Mint("f"), State: pipeline.RecordingDone}
	m = pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: rec.ID, State: pipeline.MomentMade}
	c := pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.ID, Kind: pipeline.Short, N: 1}
	v = pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: c.ID, State: pipeline.VariantOffered}
	x := pipeline.Excerpted{ID: pipeline.Mint(pipeline.ExcerptID), Moment: m.ID}
	write(t, db, func(tx *Tx) error {
		return errors.Join(tx.PutRecording(rec), tx.PutMoment(m), tx.PutExcerpt(x), tx.PutClip(c, false), tx.PutVariant(v))
	})
	return rec, m, v
}

func state(t *testing.T, db *DB, id string) (s WorkState, waits int64) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		return tx.one("work", `SELECT state, waits FROM work WHERE id = $1`, []any{id}, &s, &waits)
	})
	return s, waits
}

func TestANewerRoundTakesOverAndNothingOfTheOlderIsKept(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		rec, m, _ := begun(t, db)
		add := func(kind pipeline.Step, subject, input, moment string, on ...string) (id string) {
			write(t, db, func(tx *Tx) (err error) {
				id, err = tx.Enqueue(Work{Kind: kind, Subject: subject, Input: input, Recording: rec.ID, Moment: moment}, on...)
				return err
			})
			return id
		}
		add(pipeline.Compose, m.ID, "old", m.ID)
		composing := claim(t, db, time.Minute)
		add(pipeline.Render, "n_1", "old", m.ID)
		run := claim(t, db, time.Minute)
		waiting := add(pipeline.Assemble, "v_1", "old+", m.ID, run.ID)
		unbegun := add(pipeline.Render, "n_2", "old", m.ID)
		other := add(pipeline.Excerpt, "m_other", "old", "")
		mine := add(pipeline.Excerpt, m.ID, "new", "")
		write(t, db, func(tx *Tx) error {
			_, err := tx.Reserve("recipe", unbegun)
			return errors.Join(err, tx.TakeOver(rec.ID, m.ID, "new"))
		})
		for id, want := range map[string]WorkState{composing.ID: WorkReplaced, waiting: WorkReplaced, unbegun: WorkReplaced, run.ID: WorkRunning, other: WorkReady, mine: WorkReady} {
			if got, waits := state(t, db, id); got != want || waits != 0 {
				t.Errorf("%s is %s and waits for %d, want %s", id, got, waits, want)
			}
		}
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.Finish(*composing) }); pipeline.KindOf(err) != pipeline.Conflict {
			t.Errorf("the older round's result was kept: %v", err)
		}
		write(t, db, func(tx *Tx) error { return tx.Finish(*run) })
		write(t, db, func(tx *Tx) error {
			holder, err := tx.ReservedBy("recipe")
			if holder != "" {
				t.Errorf("a run that will never be made still has the recipe: %s", holder)
			}
			return errors.Join(err, tx.TakeOver(rec.ID, "", "new"))
		})
		if got, _ := state(t, db, other); got != WorkReplaced {
			t.Errorf("a round for the whole recording left %s of another moment", got)
		}
	})
}

// shared puts a variant that waits for two runs of another recording, and for
// one of its own.
func shared(t *testing.T, db *DB, of, its pipeline.Recording) (runs [2]string, own, assembly string) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		var failed error
		add := func(rec, moment string, kind pipeline.Step, subject string, priority int64, on ...string) string {
			id, err := tx.Enqueue(Work{Kind: kind, Subject: subject, Input: "old", Recording: rec, Moment: moment, Priority: priority}, on...)
			failed = errors.Join(failed, err)
			return id
		}
		for i := range runs {
			runs[i] = add(of.ID, "m_of", pipeline.Render, fmt.Sprintf("n_%d", i), int64(i))
			_, err := tx.Reserve(runs[i], runs[i])
			failed = errors.Join(failed, err)
		}
		add(of.ID, "m_of", pipeline.Assemble, "v_of", 8, runs[0], runs[1])
		own = add(its.ID, "m_its", pipeline.Render, "n_own", 9)
		assembly = add(its.ID, "m_its", pipeline.Assemble, "v_its", 9, runs[0], runs[1], own)
		return failed
	})
	return runs, own, assembly
}

func TestWhoWaitedForARunThatIsEndedGoesOnAndFindsOut(t *testing.T) {
	for what, end := range map[string]func(t *testing.T, db *DB, id string) error{
		"a newer round": func(t *testing.T, db *DB, id string) error {
			return db.Write(t.Context(), func(tx *Tx) error { return tx.TakeOver(id, "m_of", "new") })
		},
		"a cancel": func(t *testing.T, db *DB, id string) error { return cancelled(t, db, id) },
	} {
		t.Run(what, func(t *testing.T) {
			both(t, func(t *testing.T, db *DB) {
				of, _, _ := begun(t, db)
				its, _, _ := begun(t, db)
				runs, own, assembly := shared(t, db, of, its)
				if err := end(t, db, of.ID); err != nil {
					t.Fatal(err)
				}
				if s, waits := state(t, db, assembly); s != WorkReady || waits != 1 {
					t.Errorf("it is %s and waits for %d, want 1: its own run", s, waits)
				}
				if w := claim(t, db, time.Minute); w == nil || w.ID != own {
					t.Fatalf("got %+v, want its own run", w)
				} else {
					write(t, db, func(tx *Tx) error { return tx.Finish(*w) })
				}
				if w := claim(t, db, time.Minute); w == nil || w.ID != assembly {
					t.Errorf("got %+v: the assembly waits for ever", w)
				}
				write(t, db, func(tx *Tx) error {
					wrong, err := tx.Miscounted()
					if len(wrong) > 0 {
						t.Errorf("counted wrong: %+v", wrong)
					}
					for _, recipe := range runs {
						why, failure := tx.FailureOf(recipe)
						if why != nil {
							t.Errorf("the other recording fails of it: %v", why)
						}
						err = errors.Join(err, failure)
					}
					return err
				})
			})
		})
	}
}

func TestAnOfferedVariantIsAskedForOnce(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		_, m, v := begun(t, db)
		for range 2 {
			write(t, db, func(tx *Tx) error {
				moment, err := tx.Ask(v.ID)
				if moment != m.ID {
					t.Errorf("the moment is %s", moment)
				}
				return err
			})
		}
		w := claim(t, db, time.Minute)
		if w == nil || w.Kind != pipeline.Compose || w.Subject != m.ID || w.Moment != m.ID || pipeline.UrgencyOf(w.Priority) != pipeline.Edit {
			t.Fatalf("%+v", w)
		}
		if more := claim(t, db, time.Minute); more != nil {
			t.Errorf("asked for twice, composed twice: %+v", more)
		}
		write(t, db, func(tx *Tx) error {
			asked, err := tx.Asked(v.Clip)
			if !asked[v.ID] {
				t.Error("nobody knows that it was asked for")
			}
			return err
		})
		if err := db.Write(t.Context(), func(tx *Tx) error { _, err := tx.Ask("v_none"); return err }); pipeline.KindOf(err) != pipeline.NotFound {
			t.Errorf("%v", err)
		}
	})
}

func TestAVariantAskedForLongAfterItsExcerptWasRemovedHasItTakenAnew(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		_, m, v := begun(t, db)
		for range 2 {
			write(t, db, func(tx *Tx) error {
				all, err := tx.ExcerptIDs(m.ID)
				for _, x := range all {
					err = errors.Join(err, tx.DropExcerpt(x.ID))
				}
				_, asked := tx.Ask(v.ID)
				return errors.Join(err, asked)
			})
		}
		if w := claim(t, db, time.Minute); w == nil || w.Kind != pipeline.Excerpt || w.Subject != m.ID || w.Moment != m.ID {
			t.Fatalf("%+v", w)
		}
		if more := claim(t, db, time.Minute); more != nil {
			t.Errorf("asked for twice, begun twice: %+v", more)
		}
	})
}

func TestARowIsOvertakenByTheOneThatItsObjectWasAcceptedWithLast(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		accept := func(version, id string) {
			t.Helper()
			write(t, db, func(tx *Tx) error {
				a, err := tx.Seen(Arrival{Source: "in", Key: "a.mp4", Version: version, Size: 3})
				if err != nil {
					return err
				}
				_, err = tx.Accept(a, Work{ID: id, Kind: pipeline.Ingest, Subject: "in a.mp4", Input: version})
				return err
			})
		}
		check := func(w *Work, want bool) {
			t.Helper()
			write(t, db, func(tx *Tx) error {
				late, err := tx.IsOvertaken(*w)
				if late != want {
					t.Errorf("%s is overtaken: %v", w.ID, late)
				}
				return err
			})
		}
		enqueue(t, db, pipeline.Ingest, "in a.mp4") // of nobody's arrival
		unknown := claim(t, db, time.Minute)
		check(unknown, false)
		accept("1", "w_2") // minted where the clock is fast
		old := claim(t, db, time.Minute)
		check(old, false)
		accept("2", "w_1") // minted where it is slow
		newest := claim(t, db, time.Minute)
		check(old, true)
		check(newest, false)
		check(unknown, true)
	})
}

func TestAChangeOfStateIsToldOnceWithTheChange(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		rec, m, v := begun(t, db)
		v.State = pipeline.VariantMade
		m.State, m.Failure = pipeline.MomentFailed, pipeline.Fail(pipeline.NoRoom, "disk_full", "make room", "no room")
		write(t, db, func(tx *Tx) error { return errors.Join(tx.PutVariant(v), tx.PutVariant(v), tx.PutMoment(m)) })
		_ = db.Write(t.Context(), func(tx *Tx) error {
			v.State = pipeline.VariantReplaced
			return errors.Join(tx.PutVariant(v), errors.New("rolled back"))
		})
		all, err := db.Events(t.Context(), "", Since{While: time.Hour}, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range all {
			if e.Recording != rec.ID {
				t.Errorf("%+v is of another recording", e)
			}
			got = append(got, e.Kind+" "+e.State)
		}
		if want := []string{"recording done", "moment made", "variant made", "moment failed"}; !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if f := all[3].Failure; f == nil || f.Code != "disk_full" {
			t.Errorf("%+v", f)
		}
		write(t, db, func(tx *Tx) error {
			old, err := tx.OldEvents(-time.Hour)
			n, forgetting := tx.ForgetEvents(-time.Hour)
			if old != 4 || n != 4 {
				t.Errorf("%d of %d old events were forgotten, want 4", n, old)
			}
			return errors.Join(err, forgetting)
		})
		if left, err := db.Events(t.Context(), "", Since{While: time.Hour}, 100); err != nil || len(left) != 0 {
			t.Errorf("%d left, %v", len(left), err)
		}
	})
}

func TestWorkIsCountedByKindAndState(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		rec, m, _ := begun(t, db)
		write(t, db, func(tx *Tx) error {
			_, err := tx.Enqueue(Work{Kind: pipeline.Excerpt, Subject: m.ID, Input: "i", Recording: rec.ID})
			return err
		})
		w := claim(t, db, time.Minute)
		write(t, db, func(tx *Tx) error { return tx.Finish(*w) })
		write(t, db, func(tx *Tx) error {
			all, err := tx.WorkCounts(rec.ID)
			if len(all) != 1 || all[0].State != WorkDone || all[0].Rows != 1 || all[0].Attempts != 1 || all[0].BeganMS == 0 || all[0].EndedMS < all[0].BeganMS {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

// TestWorkIsCountedForWhatItIsFor: of a moment all of it, of a clip its sound
// and its variants, of a variant that it is put together; and nothing of others.
func TestWorkIsCountedForWhatItIsFor(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		rec, m, v := begun(t, db)
		_, other, _ := begun(t, db)
		sibling := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: v.Clip, Look: pipeline.Look{Aspect: "1:1"}, State: pipeline.VariantMade}
		write(t, db, func(tx *Tx) error {
			err := tx.PutVariant(sibling)
			for _, w := range []Work{
				{Kind: pipeline.Detect, Subject: rec.ID}, {Kind: pipeline.Compose, Subject: m.ID}, {Kind: pipeline.Render, Subject: "run_1", Moment: m.ID},
				{Kind: pipeline.Sound, Subject: v.Clip, Moment: m.ID}, {Kind: pipeline.Assemble, Subject: v.ID, Moment: m.ID}, {Kind: pipeline.Assemble, Subject: sibling.ID, Moment: m.ID},
			} {
				w.Input, w.Recording = "i", rec.ID
				_, failed := tx.Enqueue(w)
				err = errors.Join(err, failed)
			}
			_, failed := tx.Enqueue(Work{Kind: pipeline.Compose, Subject: other.ID, Input: "i", Recording: other.Recording})
			return errors.Join(err, failed)
		})
		sum := func(count func(tx *Tx) ([]WorkCount, error), of func(WorkCount) string) map[string]int64 {
			out := map[string]int64{}
			write(t, db, func(tx *Tx) error {
				clear(out)
				all, err := count(tx)
				for _, c := range all {
					out[of(c)] += c.Rows
				}
				return err
			})
			return out
		}
		byRecording := func(tx *Tx) ([]WorkCount, error) { return tx.WorkCounts(rec.ID) }
		byMoments := func(tx *Tx) ([]WorkCount, error) { return tx.WorkCountsOfMoments([]string{m.ID, other.ID, "m_none"}) }
		byClips := func(tx *Tx) ([]WorkCount, error) { return tx.WorkCountsOfClips([]string{v.Clip}) }
		moment, clip, variant := func(c WorkCount) string { return c.Moment }, func(c WorkCount) string { return c.Clip }, func(c WorkCount) string { return c.Variant }
		for what, c := range map[string]struct{ got, want map[string]int64 }{
			"a recording's, by moment": {sum(byRecording, moment), map[string]int64{"": 1, m.ID: 5}},
			"a recording's, by clip":   {sum(byRecording, clip), map[string]int64{"": 3, v.Clip: 3}},
			"moments', by moment":      {sum(byMoments, moment), map[string]int64{m.ID: 5, other.ID: 1}},
			"clips', by variant":       {sum(byClips, variant), map[string]int64{"": 1, v.ID: 1, sibling.ID: 1}},
			"of no clips":              {sum(func(tx *Tx) ([]WorkCount, error) { return tx.WorkCountsOfClips(nil) }, clip), map[string]int64{}},
		} {
			if !maps.Equal(c.got, c.want) {
				t.Errorf("%s: %v, want %v", what, c.got, c.want)
			}
		}
		write(t, db, func(tx *Tx) error {
			states, err := tx.VariantStates([]string{v.Clip})
			if got := states[v.Clip]; len(states) != 1 || len(got) != 2 || !slices.Contains(got, pipeline.VariantMade) || !slices.Contains(got, pipeline.VariantOffered) {
				t.Errorf("states of its variants: %v", states)
			}
			return err
		})
	})
}

func TestAnArrivalIsAcceptedOnceAndAgainWhenItChanges(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		see := func(version, beside string) (a Arrival) {
			t.Helper()
			write(t, db, func(tx *Tx) (err error) {
				a, err = tx.Seen(Arrival{Source: "in", Key: "a.mp4", Version: version, Size: 3, Beside: beside})
				return err
			})
			return a
		}
		accept := func(a Arrival) (first bool) {
			t.Helper()
			write(t, db, func(tx *Tx) (err error) {
				first, err = tx.Accept(a, Work{Kind: pipeline.Ingest, Subject: "in a.mp4", Input: pipeline.Mint("i")})
				return err
			})
			return first
		}
		if a := see("1", ""); a.Listed != 1 || a.Accepted != "" || a.IsTaken() {
			t.Errorf("%+v", a)
		}
		a := see("1", "")
		if a.Listed != 2 || !accept(a) || accept(a) {
			t.Errorf("listed %d times, accepted not just once", a.Listed)
		}
		if a = see("1", ""); !a.IsTaken() || a.Rounds != 1 {
			t.Errorf("%+v", a)
		}
		if a = see("1", "words"); a.IsTaken() || !accept(a) {
			t.Error("what lies beside it now was not taken")
		}
		if a = see("2", "words"); a.Listed != 1 || a.IsTaken() {
			t.Errorf("another version: %+v", a)
		}
		write(t, db, func(tx *Tx) error {
			all, err := tx.Landings()
			if len(all) != 1 || all[0].Key != "a.mp4" || all[0].State != WorkReady {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}
