package catalog

import (
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// What upkeep asks of work, and how it puts it right.

const unfinished = `('ready', 'running')`

// ToDo is the rows of a recording that are still to be done, oldest first:
// their ID, kind, subject and state.
func (t *Tx) ToDo(recording string) ([]Work, error) {
	var out []Work
	err := t.each(`SELECT id, kind, subject, state FROM work WHERE recording = $1 AND state IN `+unfinished+` ORDER BY id`,
		[]any{recording}, func(rows *sql.Rows) error {
			w := Work{Recording: recording}
			err := rows.Scan(&w.ID, &w.Kind, &w.Subject, &w.State)
			out = append(out, w)
			return err
		})
	return out, err
}

// IsIdle reports whether nothing is to be done for any recording.
func (t *Tx) IsIdle() (bool, error) {
	busy, err := t.some(`SELECT COUNT(*) FROM work WHERE state IN ` + unfinished)
	return !busy, err
}

// Waiting is a row and what it is said to wait for.
type Waiting struct {
	Work
	Counted  int64 // rows it is counted to wait for
	Named    int64 // rows it is named to wait for
	Finished int64 // of these, rows that are finished
}

// Miscounted is the rows that wait for another number of rows than they name,
// or for rows that are finished.
func (t *Tx) Miscounted() ([]Waiting, error) {
	var out []Waiting
	err := t.each(`SELECT id, kind, subject, waits, named, finished FROM (
		  SELECT w.id, w.kind, w.subject, w.waits, COUNT(x.on_id) AS named,
		    SUM(CASE WHEN x.on_id IS NULL OR o.state IN `+unfinished+` THEN 0 ELSE 1 END) AS finished
		  FROM work w LEFT JOIN work_waits x ON x.work_id = w.id LEFT JOIN work o ON o.id = x.on_id
		  GROUP BY w.id, w.kind, w.subject, w.waits) AS counted
		WHERE waits <> named OR finished > 0 ORDER BY id`, nil, func(rows *sql.Rows) error {
		var w Waiting
		err := rows.Scan(&w.ID, &w.Kind, &w.Subject, &w.Counted, &w.Named, &w.Finished)
		out = append(out, w)
		return err
	})
	return out, err
}

// Recount makes a row wait for what it names and is not finished.
func (t *Tx) Recount(id string) error {
	if _, err := t.exec(`DELETE FROM work_waits WHERE work_id = $1 AND on_id NOT IN (SELECT id FROM work WHERE state IN `+unfinished+`)`, id); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE work SET waits = (SELECT COUNT(*) FROM work_waits WHERE work_id = $1) WHERE id = $1`, id)
	return err
}

// Reservation is a recipe and the row that is to make it.
type Reservation struct {
	Recipe string
	Work   string
}

// idle is true of a reservation whose row is done, or gone. One whose row
// failed is none: it says why the recipe is missing.
const idle = `work_id NOT IN (SELECT id FROM work WHERE state IN ('ready', 'running', 'failed'))`

// IdleReservations is the reservations that nobody will redeem.
func (t *Tx) IdleReservations() ([]Reservation, error) {
	var out []Reservation
	err := t.each(`SELECT recipe, work_id FROM reservations WHERE `+idle+` ORDER BY recipe`, nil, func(rows *sql.Rows) error {
		var r Reservation
		err := rows.Scan(&r.Recipe, &r.Work)
		out = append(out, r)
		return err
	})
	return out, err
}

// ReleaseIdle ends the reservation of a recipe if nobody will redeem it.
func (t *Tx) ReleaseIdle(recipe string) error {
	_, err := t.exec(`DELETE FROM reservations WHERE recipe = $1 AND `+idle, recipe)
	return err
}

// Lapsed is the running rows whose lease ran out longer than that ago.
func (t *Tx) Lapsed(since time.Duration) ([]Work, error) {
	var out []Work
	err := t.each(`SELECT id, kind, subject, recording FROM work WHERE state = 'running' AND lease_ms < now_ms - $1 ORDER BY id`,
		[]any{since.Milliseconds()}, func(rows *sql.Rows) error {
			w := Work{State: WorkRunning}
			err := rows.Scan(&w.ID, &w.Kind, &w.Subject, &w.Recording)
			out = append(out, w)
			return err
		})
	return out, err
}

// TakeBack makes a row ready whose lease ran out longer than that ago. Whoever
// had it keeps nothing of it any more.
func (t *Tx) TakeBack(id string, since time.Duration) error {
	_, err := t.exec(`UPDATE work SET state = 'ready', lease_ms = 0 WHERE id = $1 AND state = 'running' AND lease_ms < now_ms - $2`,
		id, since.Milliseconds())
	return err
}

// Failed is the rows that failed for good, oldest first, with their failures.
func (t *Tx) Failed() ([]Work, error) {
	var out []Work
	err := t.each(`SELECT id, kind, subject, recording, failure FROM work WHERE state = 'failed' ORDER BY id`, nil, func(rows *sql.Rows) error {
		w := Work{State: WorkFailed}
		var body string
		if err := rows.Scan(&w.ID, &w.Kind, &w.Subject, &w.Recording, &body); err != nil {
			return err
		}
		if err := w.readFailure(body); err != nil {
			return err
		}
		out = append(out, w)
		return nil
	})
	return out, err
}

// forgettable is true of rows whose work is over, that were added before $1, an
// ID, and that nothing names. While an object's newest row is not done, what was
// taken in of it before is what is known of that name of a recording.
const forgettable = `state NOT IN ('ready', 'running', 'failed') AND id < $1
	AND id NOT IN (SELECT work_id FROM arrivals) AND id NOT IN (SELECT work_id FROM reservations)
	AND (kind <> 'ingest' OR subject NOT IN (SELECT newest.subject FROM work newest WHERE newest.kind = 'ingest' AND newest.state <> 'done'))
	AND id NOT IN (SELECT on_id FROM work_waits) AND id NOT IN (SELECT work_id FROM work_waits)`

// Forgettable counts the rows of work that ForgetDone would remove.
func (t *Tx) Forgettable(before string) (int64, error) {
	var n int64
	err := t.one("count", `SELECT COUNT(*) FROM work WHERE `+forgettable, []any{before}, &n)
	return n, err
}

// ForgetDone removes rows whose work is over and that were added before that
// ID. Rows that arrivals name stay, and so do those that failed: they are what
// a person sees. It returns how many were removed.
func (t *Tx) ForgetDone(before string) (int64, error) {
	return t.exec(`DELETE FROM work WHERE `+forgettable, before)
}

// overdue is true of rows that failed for good longer than $1 ago, that no
// arrival names, and of whose recording nothing is to be done. What failed says
// why by itself; the row said how.
const overdue = `state = 'failed' AND ended_ms > 0 AND ended_ms < now_ms - $1 AND id NOT IN (SELECT work_id FROM arrivals)
	AND NOT EXISTS (SELECT 1 FROM work busy WHERE busy.recording = work.recording AND busy.state IN ` + unfinished + `)`

// OldFailed counts what ForgetFailed would remove.
func (t *Tx) OldFailed(keep time.Duration) (int64, error) {
	var n int64
	err := t.one("count", `SELECT COUNT(*) FROM work WHERE `+overdue, []any{keep.Milliseconds()}, &n)
	return n, err
}

// ForgetFailed removes rows that failed longer ago than keep, with what they
// had reserved, and counts them. Whoever asks for the same again has it tried anew.
func (t *Tx) ForgetFailed(keep time.Duration) (int64, error) {
	for _, query := range []string{`DELETE FROM reservations WHERE work_id IN (SELECT id FROM work WHERE ` + overdue + `)`,
		`DELETE FROM work_waits WHERE on_id IN (SELECT id FROM work WHERE ` + overdue + `) OR work_id IN (SELECT id FROM work WHERE ` + overdue + `)`} {
		if _, err := t.exec(query, keep.Milliseconds()); err != nil {
			return 0, err
		}
	}
	return t.exec(`DELETE FROM work WHERE `+overdue, keep.Milliseconds())
}

// Acceptance is an object that was accepted, and the row that takes it in.
type Acceptance struct {
	Source    string
	Key       string
	Row       string    // "" where it was never noted
	State     WorkState // "" where the row is gone
	Recording string    // "" until it is known
	Failure   *pipeline.Error
}

// Acceptances is everything that was accepted, by key.
func (t *Tx) Acceptances() ([]Acceptance, error) {
	var out []Acceptance
	err := t.each(`SELECT a.source, a.key, a.work_id, COALESCE(w.state, ''), COALESCE(r.id, ''), COALESCE(w.failure, '')
		FROM arrivals a LEFT JOIN work w ON w.id = a.work_id LEFT JOIN recordings r ON r.id = w.recording
		WHERE a.accepted <> '' ORDER BY a.source, a.key`, nil, func(rows *sql.Rows) error {
		var a Acceptance
		var w Work
		var body string
		if err := rows.Scan(&a.Source, &a.Key, &a.Row, &a.State, &a.Recording, &body); err != nil {
			return err
		}
		if err := w.readFailure(body); err != nil {
			return err
		}
		a.Failure = w.Failure
		out = append(out, a)
		return nil
	})
	return out, err
}

// Unaccept makes an object be taken in anew when its source is next looked at.
// Until that is done, the row that took it in says what is known of it.
func (t *Tx) Unaccept(source, key string) error {
	_, err := t.exec(`UPDATE arrivals SET accepted = '', accepted_beside = '' WHERE source = $1 AND key = $2`, source, key)
	return err
}
