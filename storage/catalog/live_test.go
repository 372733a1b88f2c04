package catalog

import (
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// TestALateMarkBeginsARoundWhereItLies: at detect, of that recording alone; so
// does one that is taken back.
func TestALateMarkBeginsARoundWhereItLies(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		start := time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)
		rec := func(creator string, after time.Duration, state pipeline.RecordingState) pipeline.Recording {
			s := start.Add(after)
			r := pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: creator, Fingerprint: pipeline.Mint("f"), Folder: pipeline.Mint("d"), State: state, StartedAt: &s, StartedStep: time.Second}
			r.Media.Rate, r.Media.Frames = timeline.NewRate(30, 1), 30*600
			write(t, db, func(tx *Tx) error { return tx.PutRecording(r) })
			return r
		}
		hit := rec("ada", 0, pipeline.RecordingDone)
		rec("ada", time.Hour, pipeline.RecordingDone)
		rec("eve", 0, pipeline.RecordingDone)
		rec("ada", time.Second, pipeline.RecordingFailed)
		at := start.Add(5 * time.Minute)
		m := pipeline.LiveMark{ID: pipeline.Mint(pipeline.LiveMarkID), Creator: "ada", At: &at, Label: "x"}
		rounds := func() (n int64) {
			write(t, db, func(tx *Tx) error { return tx.one("work", `SELECT COUNT(*) FROM work WHERE kind = 'detect'`, nil, &n) })
			return n
		}
		write(t, db, func(tx *Tx) error {
			kept, on, err := tx.PutLiveMark(m)
			if len(on) != 1 || on[0] != hit.ID || kept.Created.IsZero() {
				t.Errorf("it lies in %v", on)
			}
			return err
		})
		if n := rounds(); n != 1 {
			t.Errorf("%d rounds", n)
		}
		write(t, db, func(tx *Tx) error {
			all, err := tx.LiveMarksOn(hit)
			if len(all) != 1 || all[0].Label != "x" {
				t.Errorf("%+v", all)
			}
			return err
		})
		write(t, db, func(tx *Tx) error {
			if err := tx.RemoveLiveMark("eve", m.ID); pipeline.KindOf(err) != pipeline.NotFound {
				t.Errorf("another creator takes it back: %v", err)
			}
			return tx.RemoveLiveMark("ada", m.ID)
		})
		if n := rounds(); n != 2 {
			t.Errorf("%d rounds after it was taken back", n)
		}
	})
}
