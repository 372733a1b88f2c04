package catalog

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// land has an object accepted; its ingest row has the ID that is returned.
func land(t *testing.T, db *DB, key string) string {
	t.Helper()
	a := Arrival{Source: "in", Key: key, Version: "1", Size: 1}
	var task string
	if err := db.Write(t.Context(), func(tx *Tx) (err error) {
		if a, err = tx.Seen(a); err != nil {
			return err
		}
		if _, err := tx.Accept(a, Work{Kind: pipeline.Ingest, Subject: "in " + key, Input: "round " + key}); err != nil {
			return err
		}
		return tx.one("row", `SELECT work_id FROM arrivals WHERE key = $1`, []any{key}, &task)
	}); err != nil {
		t.Fatal(err)
	}
	return task
}

func landed(t *testing.T, db *DB) (out []Landing) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *Tx) (err error) { out, err = tx.Landings(); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLandingsReadNothingThatIsTakenIn(t *testing.T) {
	t.Parallel()
	db := inFile(t)
	var plan []string
	if err := db.Write(t.Context(), func(tx *Tx) error {
		plan = nil
		return tx.each(`EXPLAIN QUERY PLAN `+landings, nil, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
	}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plan, "\n")
	for _, want := range []string{"work_ingests", "arrivals_by_work", "arrivals_refused"} {
		if !strings.Contains(text, want) {
			t.Errorf("the index %s is not used:\n%s", want, text)
		}
	}
}

func TestWhatIsBeingTakenInIsCancelledByItsRow(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		task := land(t, db, "a.mp4")
		w, err := db.Claim(t.Context(), time.Hour)
		if err != nil || w == nil || w.ID != task {
			t.Fatal(w, err)
		}
		if all := landed(t, db); len(all) != 1 || all[0].Task != task || all[0].State != WorkRunning {
			t.Errorf("%+v", all)
		}
		for range 2 {
			if err := db.CancelRecording(t.Context(), task); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Beat(t.Context(), *w, time.Hour); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("who has it in hand goes on: %v", err)
		}
		if all := landed(t, db); len(all) != 1 || all[0].State != WorkFailed || all[0].Failure == nil || all[0].Failure.Code != "cancelled" {
			t.Errorf("%+v", all)
		}
		if err := db.CancelRecording(t.Context(), "w_none"); !errors.Is(err, pipeline.NotFound) {
			t.Errorf("a row that is none: %v", err)
		}
	})
}

func TestACancelledRecordingIsNotTakenInAnewByWhatWasInHand(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		rec := pipeline.Recording{ID: "r_1", Creator: "ada", Fingerprint: "f", Source: "in", Key: "a.mp4", State: pipeline.RecordingDone}
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.PutRecording(rec) }); err != nil {
			t.Fatal(err)
		}
		land(t, db, "a.mp4") // again: words came
		land(t, db, "b.mp4")
		w, err := db.Claim(t.Context(), time.Hour)
		if err != nil || w == nil || w.Recording != "" {
			t.Fatal(w, err)
		}
		if err := db.CancelRecording(t.Context(), rec.ID); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.Finish(*w) }); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("%s is finished though its recording was cancelled: %v", w.Subject, err)
		}
		if next, err := db.Claim(t.Context(), time.Hour); err != nil || next == nil || next.Subject != "in b.mp4" {
			t.Errorf("another's: %+v, %v", next, err)
		}
	})
}

func TestARetriedLandingIsAWatchersToTakeAnew(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		task := land(t, db, "a.mp4")
		w, err := db.Claim(t.Context(), time.Hour)
		if err != nil || w == nil {
			t.Fatal(w, err)
		}
		bad := pipeline.Fail(pipeline.Invalid, "bad_plan", "mend it", "drop.yaml: no")
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.FinishFailed(*w, bad) }); err != nil {
			t.Fatal(err)
		}
		if err := db.Retry(t.Context(), task); err != nil {
			t.Fatal(err)
		}
		if all := landed(t, db); len(all) != 1 || all[0].State != WorkFailed {
			t.Errorf("until it is taken anew it says why it failed: %+v", all)
		}
		if err := db.Write(t.Context(), func(tx *Tx) error {
			open, err := tx.Open("in")
			if !open["a.mp4"] {
				return fmt.Errorf("open are %v", open)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		a := Arrival{Source: "in", Key: "a.mp4", Version: "1", Size: 1}
		if err := db.Write(t.Context(), func(tx *Tx) (err error) { a, err = tx.Seen(a); return err }); err != nil || a.IsTaken() || a.Rounds != 1 {
			t.Errorf("%+v, %v", a, err)
		}
	})
}
