package catalog

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	for _, c := range []struct {
		query string
		args  []any
		want  []string
	}{
		{landings, nil, []string{"work_ingests", "arrivals_by_work", "arrivals_refused"}},
		{inHand, []any{"in"}, []string{"work_ingests", "arrivals_by_work"}},
	} {
		var plan []string
		write(t, db, func(tx *Tx) error {
			plan = nil
			return tx.each(`EXPLAIN QUERY PLAN `+c.query, c.args, func(rows *sql.Rows) error {
				var id, parent, unused int
				var step string
				err := rows.Scan(&id, &parent, &unused, &step)
				plan = append(plan, step)
				return err
			})
		})
		text := strings.Join(plan, "\n")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("the index %s is not used:\n%s", want, text)
			}
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
			if err := cancelled(t, db, task); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Beat(t.Context(), *w, time.Hour); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("who has it in hand goes on: %v", err)
		}
		if all := landed(t, db); len(all) != 1 || all[0].State != WorkFailed || all[0].Failure == nil || all[0].Failure.Code != "cancelled" {
			t.Errorf("%+v", all)
		}
		if err := cancelled(t, db, "w_none"); !errors.Is(err, pipeline.NotFound) {
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
		if err := cancelled(t, db, rec.ID); err != nil {
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
		if err := retried(t, db, task); err != nil {
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

func TestWhatCannotBeTakenInIsToldOnce(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		hook, _ := hooked(t, db)
		why := pipeline.Fail(pipeline.Invalid, "no_index", "remux it", "it is broken")
		task := land(t, db, "ada/broken.mp4")
		w, err := db.Claim(t.Context(), time.Hour)
		if err != nil || w == nil {
			t.Fatal(w, err)
		}
		w.Doc = []byte(`{"creator":"ada"}`)
		refused := Refused{All: map[string]*pipeline.Error{"ada/empty.mp4": why, "eve/empty.mp4": why}}
		write(t, db, func(tx *Tx) error {
			return errors.Join(tx.FinishFailed(*w, why), tx.LandingFailed(*w, why), tx.Refuse("in", refused), tx.Refuse("in", refused),
				tx.Refuse("in", Refused{Pending: map[string]bool{"ada/empty.mp4": true}}), tx.Refuse("in", refused))
		})
		var told []string
		for _, m := range messages(t, db, hook.ID, "") {
			var body struct{ Data pipeline.FailedRecording }
			if err := json.Unmarshal(m.Body, &body); err != nil || m.Kind != pipeline.TellRecordingFailed || strings.Contains(string(m.Body), `"recording":`) ||
				body.Data.Failure.Code != "no_index" || body.Data.Failure.Hint != "remux it" {
				t.Errorf("%s: %v", m.Body, err)
			}
			told = append(told, body.Data.Key)
		}
		slices.Sort(told)
		if !slices.Equal(told, []string{"ada/broken.mp4", "ada/empty.mp4"}) {
			t.Errorf("told are %v", told)
		}
		all, err := db.Events(t.Context(), "ada", Since{While: time.Hour}, 9)
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		slices.SortFunc(all, func(a, b Event) int { return strings.Compare(a.Key, b.Key) })
		if e := all[0]; e.Kind != "landing" || e.State != "failed" || e.Subject != task || e.Key != "ada/broken.mp4" || e.Failure == nil || e.Failure.Code != "no_index" {
			t.Errorf("%+v", e)
		}
		if e := all[1]; e.Subject != "" || e.Key != "ada/empty.mp4" {
			t.Errorf("%+v", e)
		}
	})
}

func TestANameWhoseNewestRowIsNotDoneIsWhatWasTakenInThereLast(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		a := Arrival{Source: "in", Key: "b.mp4", Version: "1", Size: 1}
		doc := func(n string) string { return `{"n":"` + n + `"}` }
		take := func(n string) *Work {
			a.Beside = n
			write(t, db, func(tx *Tx) error {
				seen, err := tx.Seen(a)
				if err != nil {
					return err
				}
				_, err = tx.Accept(seen, Work{Kind: pipeline.Ingest, Subject: "in b.mp4", Input: n, Doc: json.RawMessage(doc(n))})
				return err
			})
			w, err := db.Claim(t.Context(), time.Hour)
			if err != nil || w == nil {
				t.Fatal(err)
			}
			return w
		}
		names := func(why, row, want string) {
			t.Helper()
			write(t, db, func(tx *Tx) error {
				if _, err := tx.ForgetDone("w_~"); err != nil {
					return err
				}
				all, err := tx.Names("r_1", row)
				if err == nil && (want == "" && len(all) > 0 || want != "" && (len(all) != 1 || string(all[0].Doc) != doc(want) || all[0].Version != "1")) {
					t.Errorf("%s: %+v", why, all)
				}
				return err
			})
		}
		is := func(w *Work, recording string) {
			write(t, db, func(tx *Tx) error { return errors.Join(tx.ForRecording(*w, recording), tx.Finish(*w)) })
		}
		is(take("1"), "r_1")
		names("done", "", "1")
		w := take("2")
		names("in hand", "", "1")
		write(t, db, func(tx *Tx) error {
			if err := tx.ForRecording(*w, "r_1"); err != nil {
				return err
			}
			all, err := tx.Names("r_1", w.ID)
			if err == nil && (len(all) != 1 || string(all[0].Doc) != doc("2")) {
				t.Errorf("for its own row: %+v", all)
			}
			return errors.Join(err, tx.FinishFailed(*w, pipeline.Fail(pipeline.Invalid, "bad_plan", "", "no")))
		})
		names("failed", "", "1")
		write(t, db, func(tx *Tx) error { return tx.Unaccept("in", "b.mp4") })
		names("to be taken in anew", "", "1")
		is(take("3"), "r_2")
		names("of another recording by now", "", "")
	})
}
