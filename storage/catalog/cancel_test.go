package catalog

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
)

// made is a recording with two moments, of which one is made.
func made(t *testing.T, db *DB) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		return errors.Join(
			tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", Fingerprint: "f", State: pipeline.RecordingDetected, Media: pipeline.Media{Frames: 9}}),
			tx.PutMoment(pipeline.Moment{ID: "m_made", Recording: "r_1", State: pipeline.MomentMade}),
			tx.PutMoment(pipeline.Moment{ID: "m_on", Recording: "r_1", State: pipeline.MomentRendering}),
			tx.PutMoment(pipeline.Moment{ID: "m_offered", Recording: "r_1", State: pipeline.MomentOffered}),
			tx.PutExcerpt(pipeline.Excerpted{ID: "x_1", Moment: "m_on"}),
			tx.PutClip(pipeline.Clip{ID: "c_1", Moment: "m_on", Kind: pipeline.Core, N: 1}, false),
			tx.PutVariant(pipeline.Variant{ID: "v_on", Clip: "c_1", State: pipeline.VariantRendering}),
			tx.PutVariant(pipeline.Variant{ID: "v_made", Clip: "c_1", State: pipeline.VariantMade, Hook: pipeline.Hook{Text: "h"}}))
	})
}

// cancelled cancels, and retried retries, as a person does.
func cancelled(t *testing.T, db *DB, id string) error {
	_, err := ending(t, db, id)
	return err
}

// ending is cancelled, and how many rows it ended.
func ending(t *testing.T, db *DB, id string) (n int64, err error) {
	err = db.Write(t.Context(), func(tx *Tx) (err error) {
		n, err = tx.CancelRecording(id)
		return err
	})
	return n, err
}

func retried(t *testing.T, db *DB, id string) error {
	return db.Write(t.Context(), func(tx *Tx) error { return tx.Retry(id) })
}

type standing struct {
	recording        pipeline.Recording
	made, on, listed pipeline.Moment
	making, whole    pipeline.Variant
}

func stands(t *testing.T, db *DB) (s standing) {
	t.Helper()
	write(t, db, func(tx *Tx) (err error) {
		get := func(m *pipeline.Moment, id string) {
			x, e := tx.Moment(id)
			*m, err = x, errors.Join(err, e)
		}
		s.recording, err = tx.Recording("r_1")
		get(&s.made, "m_made")
		get(&s.on, "m_on")
		get(&s.listed, "m_offered")
		for v, id := range map[*pipeline.Variant]string{&s.making: "v_on", &s.whole: "v_made"} {
			x, e := tx.Variant(id)
			*v, err = x, errors.Join(err, e)
		}
		return err
	})
	return s
}

func TestACancelledRecordingFailsWhatIsNotMadeAndFreesNothingToClaim(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		made(t, db)
		var other string
		write(t, db, func(tx *Tx) error {
			on, err := tx.Enqueue(Work{Kind: pipeline.Render, Subject: "n_1", Input: "i", Recording: "r_1"})
			if err != nil {
				return err
			}
			if _, err = tx.Enqueue(Work{Kind: pipeline.Assemble, Subject: "v_on", Input: "i", Recording: "r_1"}, on); err != nil {
				return err
			}
			other, err = tx.Enqueue(Work{Kind: pipeline.Render, Subject: "n_2", Input: "i", Recording: "r_2", Priority: 1})
			return err
		})
		w := claim(t, db, time.Minute)
		for _, want := range []int64{2, 0} { // a second time changes nothing, and says so
			if n, err := ending(t, db, "r_1"); err != nil || n != want {
				t.Fatalf("%d rows were ended, want %d: %v", n, want, err)
			}
		}
		if err := db.Beat(t.Context(), *w, time.Minute); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("the attempt in hand keeps its claim: %v", err)
		}
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.Finish(*w) }); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("what the attempt in hand made is kept: %v", err)
		}
		if rows, err := db.ToRing(t.Context(), 9); err != nil || len(rows) != 1 || rows[0].ID != other {
			t.Errorf("still to do: %+v, %v; want only the other recording's", rows, err)
		}
		s := stands(t, db)
		for what, f := range map[string]*pipeline.Error{"recording": s.recording.Failure, "moment": s.on.Failure, "variant": s.making.Failure} {
			if f == nil || f.Code != "cancelled" || f.Hint == "" || !f.Retryable() {
				t.Errorf("%s: %+v", what, f)
			}
		}
		if s.recording.State != pipeline.RecordingFailed || s.on.State != pipeline.MomentFailed || s.making.State != pipeline.VariantFailed {
			t.Errorf("recording %s, moment %s, variant %s", s.recording.State, s.on.State, s.making.State)
		}
		if s.made.State != pipeline.MomentMade || s.listed.State != pipeline.MomentOffered || s.whole.State != pipeline.VariantMade {
			t.Errorf("what was made or only offered is %s, %s, %s", s.made.State, s.listed.State, s.whole.State)
		}
	})
}

func TestARecordingThatIsDoneIsNotFailedByACancel(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			return tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", State: pipeline.RecordingDetected})
		})
		if err := cancelled(t, db, "r_1"); err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *Tx) error {
			if r, err := tx.Recording("r_1"); err != nil || r.State != pipeline.RecordingDetected {
				t.Errorf("nothing was in hand, and it is %s (%v)", r.State, err)
			}
			return nil
		})
		if err := cancelled(t, db, "r_9"); !errors.Is(err, pipeline.NotFound) {
			t.Errorf("an unknown recording: %v", err)
		}
	})
}

func TestARetryBeginsARoundWhereTheSubjectStands(t *testing.T) {
	for _, c := range []struct {
		id, kind, subject string
	}{
		{"r_1", "detect", "r_1"},
		{"m_on", "excerpt", "m_on"},
		{"v_on", "compose", "m_on"},
	} {
		both(t, func(t *testing.T, db *DB) {
			made(t, db)
			write(t, db, func(tx *Tx) error {
				_, err := tx.Enqueue(Work{Kind: pipeline.Render, Subject: "n_1", Input: "i", Recording: "r_1", Moment: "m_on"})
				return err
			})
			if err := cancelled(t, db, "r_1"); err != nil {
				t.Fatal(err)
			}
			if err := retried(t, db, c.id); err != nil {
				t.Fatal(err)
			}
			w := claim(t, db, time.Minute)
			if w == nil || string(w.Kind) != c.kind || w.Subject != c.subject || w.Recording != "r_1" || w.Attempt != 1 ||
				!pipeline.HasPrefix(w.Input, pipeline.RoundID) || pipeline.UrgencyOf(w.Priority) != pipeline.Edit {
				t.Errorf("the retry is %+v", w)
			}
			if x := claim(t, db, time.Minute); x != nil {
				t.Errorf("and %+v", x)
			}
			write(t, db, func(tx *Tx) error {
				counts, err := tx.WorkCounts("r_1")
				if err != nil || len(counts) != 1 { // what failed before is replaced
					t.Errorf("rows that count: %+v, %v", counts, err)
				}
				return nil
			})
			s := stands(t, db)
			if back := s.recording.State == pipeline.RecordingSealed && s.recording.Failure == nil; back != (c.id == "r_1") {
				t.Errorf("recording %s", s.recording.State)
			}
			if back := s.on.State == pipeline.MomentFound && s.on.Failure == nil; back != (c.id != "v_on") {
				t.Errorf("moment %s", s.on.State)
			}
		})
	}
}

func TestWhatDidNotFailIsNotRetried(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		made(t, db)
		for _, id := range []string{"r_1", "m_made", "v_made"} {
			var e *pipeline.Error
			if err := retried(t, db, id); !errors.As(err, &e) || e.Code != "nothing_failed" {
				t.Errorf("%s: %v", id, err)
			}
		}
		for _, id := range []string{"r_9", "m_9", "v_9", "w_9", "nonsense"} {
			if err := retried(t, db, id); !errors.Is(err, pipeline.NotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
		if n, err := db.Unfinished(t.Context()); err != nil || n != 0 {
			t.Errorf("%d rows were added (%v)", n, err)
		}
	})
}

func TestAnIngestThatFailedIsRetriedAsItIs(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		id := enqueue(t, db, pipeline.Ingest, "some/key.mkv")
		w := claim(t, db, time.Minute)
		write(t, db, func(tx *Tx) error {
			return tx.FinishFailed(*w, pipeline.Fail(pipeline.Invalid, "unreadable", "", "it is noise"))
		})
		if err := retried(t, db, id); err != nil {
			t.Fatal(err)
		}
		w = claim(t, db, time.Minute)
		if w == nil || w.ID != id || w.Attempt != 1 || w.Fence != 2 {
			t.Errorf("claimed %+v", w)
		}
	})
}

func TestNothingEscapesACancelThatMeetsAFinish(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		made(t, db)
		for i := range 20 {
			first := Work{Kind: pipeline.Plan, Subject: "m_on", Input: fmt.Sprint(i), Recording: "r_1"}
			write(t, db, func(tx *Tx) error { _, err := tx.Enqueue(first); return err })
			w := claim(t, db, time.Minute)
			var wg sync.WaitGroup
			wg.Go(func() {
				err := db.Write(t.Context(), func(tx *Tx) error {
					next := Work{Kind: pipeline.Compose, Subject: "m_on", Input: first.Input, Recording: "r_1"}
					if _, err := tx.Enqueue(next); err != nil {
						return err
					}
					return tx.Finish(*w)
				})
				if err != nil && !errors.Is(err, pipeline.Conflict) {
					t.Error(err)
				}
			})
			if err := cancelled(t, db, "r_1"); err != nil {
				t.Error(err)
			}
			wg.Wait()
			if n, err := db.Unfinished(t.Context()); err != nil || n != 0 {
				t.Fatalf("%d rows escaped (%v)", n, err)
			}
		}
	})
}
