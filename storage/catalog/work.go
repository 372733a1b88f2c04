package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"dropcut/pipeline"
)

// WorkState is where a work row stands.
type WorkState string

// ready → running → done | failed, or replaced by a newer round; a lease that ran out makes running claimable again.
const (
	WorkReady   WorkState = "ready"
	WorkRunning WorkState = "running"
	WorkDone    WorkState = "done"
	WorkFailed  WorkState = "failed"
)

// Work is one thing to do: a step, on a subject, from one input. The row is
// the outbox: it commits with the state change that needs it.
type Work struct {
	ID        string
	Kind      pipeline.Step
	Subject   string
	Input     string // hash of all that decides the result
	Recording string // which recording it is for; "" until known
	Moment    string // which moment; "" for none, and where Subject is one
	Priority  int64  // low goes first
	Doc       json.RawMessage
	State     WorkState
	Attempt   int64 // 1 on the first
	Fence     int64 // raised by every claim; a finish with an old one is refused
	Failure   *pipeline.Error
}

// Enqueue adds w, ready as soon as every row in on is finished. A row with the
// same kind, subject and input is not added again: its ID is returned, and
// where it had failed it is made ready for another round.
func (t *Tx) Enqueue(w Work, on ...string) (string, error) {
	if w.ID == "" {
		w.ID = pipeline.Mint(pipeline.WorkID)
	}
	if w.Doc == nil {
		w.Doc = json.RawMessage("{}")
	}
	if pipeline.HasPrefix(w.Subject, pipeline.MomentID) {
		w.Moment = w.Subject
	}
	n, err := t.exec(`INSERT INTO work (id, kind, subject, input, recording, moment, priority, state, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'ready', $8) ON CONFLICT (kind, subject, input) DO NOTHING`,
		w.ID, w.Kind, w.Subject, w.Input, w.Recording, w.Moment, w.Priority, string(w.Doc))
	if err != nil {
		return "", err
	}
	if n == 0 {
		return t.again(w)
	}
	return w.ID, t.wait(w.ID, on)
}

// again is Enqueue for a row that exists.
func (t *Tx) again(w Work) (string, error) {
	if _, err := t.exec(`UPDATE work SET state = 'ready', attempt = 0, not_before = 0, failure = '', ended_ms = 0, priority = $4, doc = $5
		WHERE kind = $1 AND subject = $2 AND input = $3 AND state = 'failed'`,
		w.Kind, w.Subject, w.Input, w.Priority, string(w.Doc)); err != nil {
		return "", err
	}
	var id string
	err := t.one("work", `SELECT id FROM work WHERE kind = $1 AND subject = $2 AND input = $3`,
		[]any{w.Kind, w.Subject, w.Input}, &id)
	return id, err
}

// wait makes a row wait for unfinished rows.
func (t *Tx) wait(id string, on []string) error {
	for _, o := range on {
		if _, err := t.exec(`INSERT INTO work_waits (work_id, on_id)
			SELECT $1, id FROM work WHERE id = $2 AND state IN ('ready', 'running') ON CONFLICT DO NOTHING`, id, o); err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE work SET waits = (SELECT COUNT(*) FROM work_waits WHERE work_id = $1) WHERE id = $1`, id)
	return err
}

// Claim takes the most urgent row that is ready, or whose lease ran out, and
// holds it for lease. It returns nil when there is nothing to do now; a row
// that another touches at this instant may be passed over.
func (db *DB) Claim(ctx context.Context, lease time.Duration) (*Work, error) {
	return db.claim(ctx, `id = (SELECT id FROM work WHERE `+claimable+` ORDER BY priority, id LIMIT 1 skip_locked) AND `+claimable, lease)
}

// claim takes the row that which is true of; nil where there is none. $1 is the lease.
func (db *DB) claim(ctx context.Context, which string, lease time.Duration, more ...any) (*Work, error) {
	var w Work
	var body string
	err := db.one(ctx, "work", `UPDATE work SET state = 'running', fence = fence + 1, attempt = attempt + 1, lease_ms = now_ms + $1,
		  began_ms = CASE WHEN began_ms = 0 THEN now_ms ELSE began_ms END
		WHERE `+which+`
		RETURNING id, kind, subject, input, recording, moment, priority, doc, state, attempt, fence`,
		append([]any{lease.Milliseconds()}, more...),
		&w.ID, &w.Kind, &w.Subject, &w.Input, &w.Recording, &w.Moment, &w.Priority, &body, &w.State, &w.Attempt, &w.Fence)
	if errors.Is(err, pipeline.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w.Doc = json.RawMessage(body)
	return &w, nil
}

// Beat keeps a claim for another lease. Conflict means that the claim is lost:
// stop at once and keep nothing.
func (db *DB) Beat(ctx context.Context, w Work, lease time.Duration) error {
	return db.run(ctx, db.single, func(t *Tx) error {
		return t.guarded(`UPDATE work SET lease_ms = now_ms + $3 WHERE id = $1 AND fence = $2 AND state = 'running'`,
			w, lease.Milliseconds())
	})
}

// Finish marks w done and lets everything that waited for it go on, in the
// transaction that keeps its result. Conflict means that another attempt owns
// the row: roll back and throw the result away.
func (t *Tx) Finish(w Work) error {
	if err := t.guarded(`UPDATE work SET state = 'done', lease_ms = 0, failure = '', ended_ms = now_ms WHERE id = $1 AND fence = $2 AND state = 'running'`, w); err != nil {
		return err
	}
	return t.settle(w)
}

// FinishFailed marks w failed for good; what waited for it goes on and finds out.
func (t *Tx) FinishFailed(w Work, why *pipeline.Error) error {
	if err := t.guarded(`UPDATE work SET state = 'failed', lease_ms = 0, failure = $3, ended_ms = now_ms WHERE id = $1 AND fence = $2 AND state = 'running'`,
		w, text(why)); err != nil {
		return err
	}
	return t.settle(w)
}

// Postpone hands w back to be tried again after a while.
func (t *Tx) Postpone(w Work, after time.Duration, why *pipeline.Error) error {
	return t.guarded(`UPDATE work SET state = 'ready', lease_ms = 0, not_before = now_ms + $3, failure = $4
		WHERE id = $1 AND fence = $2 AND state = 'running'`, w, after.Milliseconds(), text(why))
}

// HandBack gives w back unfinished without spending an attempt: a graceful stop.
func (t *Tx) HandBack(w Work) error {
	return t.guarded(`UPDATE work SET state = 'ready', lease_ms = 0, attempt = attempt - 1
		WHERE id = $1 AND fence = $2 AND state = 'running'`, w)
}

func (t *Tx) guarded(query string, w Work, more ...any) error {
	n, err := t.exec(query, append([]any{w.ID, w.Fence}, more...)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return pipeline.Fail(pipeline.Conflict, "claim_lost", "", "%s of %s: another attempt owns the work now", w.Kind, w.Subject)
	}
	return nil
}

// settle counts down whoever waited for w.
func (t *Tx) settle(w Work) error {
	if _, err := t.exec(`UPDATE work SET waits = waits - 1
		WHERE id IN (SELECT work_id FROM work_waits WHERE on_id = $1)`, w.ID); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM work_waits WHERE on_id = $1`, w.ID)
	return err
}

// Unfinished counts rows that are still to be done, running ones included.
func (db *DB) Unfinished(ctx context.Context) (int64, error) {
	var n int64
	err := db.one(ctx, "work", `SELECT COUNT(*) FROM work WHERE state IN ('ready', 'running')`, nil, &n)
	return n, err
}

// Forget removes every row that is still to be done. Only `dropcut run` calls
// it, which holds the catalogue's lock and then asks for its work anew: what a
// killed run left is found again by its results, not by its rows. On PostgreSQL
// it is refused, Internal: others work there.
func (db *DB) Forget(ctx context.Context) error {
	if err := db.alone("forget what is to be done"); err != nil {
		return err
	}
	return db.Write(ctx, func(t *Tx) error {
		if _, err := t.exec(`DELETE FROM work_waits`); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM reservations`); err != nil {
			return err
		}
		_, err := t.exec(`DELETE FROM work WHERE state IN ('ready', 'running')`)
		return err
	})
}

// ForRecording notes which recording a row turned out to be for.
func (t *Tx) ForRecording(w Work, recording string) error {
	return t.guarded(`UPDATE work SET recording = $3 WHERE id = $1 AND fence = $2 AND state = 'running'`, w, recording)
}

// WorkOf is the row of that kind, subject and input.
func (t *Tx) WorkOf(kind pipeline.Step, subject, input string) (Work, error) {
	w := Work{Kind: kind, Subject: subject, Input: input}
	var body string
	if err := t.one("work", `SELECT id, recording, state, failure FROM work WHERE kind = $1 AND subject = $2 AND input = $3`,
		[]any{kind, subject, input}, &w.ID, &w.Recording, &w.State, &body); err != nil {
		return w, err
	}
	return w, w.readFailure(body)
}

func (w *Work) readFailure(body string) error {
	if body == "" {
		return nil
	}
	w.Failure = new(pipeline.Error)
	if err := json.Unmarshal([]byte(body), w.Failure); err != nil {
		return pipeline.Fail(pipeline.Corrupt, "catalogue", "", "read failure of %s: %w", w.ID, err)
	}
	return nil
}

// refunds is how often a row is claimed before the end of its process costs it
// an attempt: more restarts than anybody makes while one piece of work is in hand.
const refunds = 20

// Orphaned makes every running row claimable at once. Only the process that
// holds the catalogue's lock may call it, before it starts to work: whoever
// claimed those rows is dead. It costs them no attempt, but those that were
// claimed so often that they may be what ends it. On PostgreSQL it is refused, Internal: there
// their leases run out.
func (db *DB) Orphaned(ctx context.Context) error {
	if err := db.alone("take rows from who runs them"); err != nil {
		return err
	}
	return db.Write(ctx, func(t *Tx) error {
		_, err := t.exec(`UPDATE work SET lease_ms = 0, attempt = attempt - CASE WHEN fence < $1 THEN 1 ELSE 0 END WHERE state = 'running'`, refunds)
		return err
	})
}

// Failures is the failed rows of a recording with that input, oldest first.
func (t *Tx) Failures(recording, input string) ([]Work, error) {
	var out []Work
	err := t.each(`SELECT id, kind, subject, failure FROM work
		WHERE recording = $1 AND input = $2 AND state = 'failed' ORDER BY id`, []any{recording, input}, func(rows *sql.Rows) error {
		w := Work{Recording: recording, Input: input, State: WorkFailed}
		var body string
		if err := rows.Scan(&w.ID, &w.Kind, &w.Subject, &body); err != nil {
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
