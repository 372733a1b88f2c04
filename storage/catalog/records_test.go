package catalog

import (
	"errors"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
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
	})
}

func TestTheSameBytesAreOneRecordingOfACreator(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
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
	})
}

func TestARecipeIsReservedOnce(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
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
	})
}

func TestTheFirstWriterOfASegmentWins(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
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
	})
}
