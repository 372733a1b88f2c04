package catalog

import (
	"database/sql"
	"errors"

	"dropcut/pipeline"
)

// WorkReplaced is a row that a newer round made needless before it was done.
const WorkReplaced WorkState = "replaced"

// TakeOver ends what earlier rounds still had to do for a recording, or for one
// of its moments where that is not "", and what failed in them: the round of
// input does it anew, from what is true now. Whatever is in hand loses its claim, so that nothing of an
// older round is kept after this commits. Only runs and sounds in hand go on:
// what they make is kept by what it was made from, and may be what the new
// round needs. Who waited for what is ended, for another recording or moment
// whose pictures are the same, goes on and finds out.
func (t *Tx) TakeOver(recording, moment, input string) error {
	if _, err := t.exec(`UPDATE work SET state = 'replaced', fence = fence + 1, lease_ms = 0, waits = 0, ended_ms = now_ms
		WHERE recording = $1 AND ($2 = '' OR moment = $2) AND kind <> 'ingest' AND RTRIM(input, '+') <> $3
		  AND (state IN ('ready', 'failed') OR (state = 'running' AND kind NOT IN ('render', 'sound')))`, recording, moment, input); err != nil {
		return err
	}
	if err := t.settleAll(recording, WorkReplaced); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM reservations WHERE work_id IN (SELECT id FROM work WHERE recording = $1 AND state = 'replaced')`, recording)
	return err
}

// IsOvertaken reports whether another row of w's kind and subject is the one
// that its object was accepted with last: what w was asked for is no longer what
// is wanted. IDs do not tell: the clocks of those who mint them differ.
func (t *Tx) IsOvertaken(w Work) (bool, error) {
	var n int64
	err := t.one("work", `SELECT COUNT(*) FROM work w JOIN arrivals a ON a.work_id = w.id
		WHERE w.kind = $1 AND w.subject = $2 AND w.id <> $3`, []any{w.Kind, w.Subject, w.ID}, &n)
	return n > 0, err
}

// FailedWork is every row of a recording that failed for good and that nobody
// has asked for again, oldest first.
func (t *Tx) FailedWork(recording string) ([]Work, error) {
	var out []Work
	err := t.each(`SELECT id, kind, subject, attempt, failure FROM work WHERE recording = $1 AND state = 'failed' ORDER BY id`,
		[]any{recording}, func(rows *sql.Rows) error {
			w := Work{Recording: recording, State: WorkFailed}
			var body string
			if err := rows.Scan(&w.ID, &w.Kind, &w.Subject, &w.Attempt, &body); err != nil {
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

// Asked reports which of a clip's variants a person asked for by themselves.
func (t *Tx) Asked(clip string) (map[string]bool, error) {
	out := map[string]bool{}
	err := t.each(`SELECT id FROM variants WHERE clip_id = $1 AND asked`, []any{clip}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}

// Ask marks an offered variant as asked for, and orders its moment to be
// composed anew before anything bulky. It returns the moment. Asking twice asks
// once; NotFound where there is no such variant, Conflict where its hook or
// clip is gone.
func (t *Tx) Ask(variant string) (moment string, err error) {
	var recording string
	var retired bool
	if err := t.one("variant", `SELECT c.moment_id, m.recording_id, c.retired FROM variants v
		JOIN clips c ON c.id = v.clip_id JOIN moments m ON m.id = c.moment_id WHERE v.id = $1`,
		[]any{variant}, &moment, &recording, &retired); err != nil {
		return "", err
	}
	v, err := t.Variant(variant)
	switch {
	case err != nil:
		return "", err
	case retired || v.State == pipeline.VariantReplaced:
		return "", pipeline.Fail(pipeline.Conflict, "variant_replaced", "ask for one that the manifest lists", "%s was replaced: its clip or its hook is no more", variant)
	case v.State != pipeline.VariantOffered && v.State != pipeline.VariantFailed:
		return moment, nil // made, or being made
	}
	if _, err := t.exec(`UPDATE variants SET asked = TRUE WHERE id = $1`, variant); err != nil {
		return "", err
	}
	return moment, t.Recompose(recording, moment)
}

// Recompose begins a new round for one moment, at compose: what is missing of
// it is made, by what is known of it now. Where its excerpt was not needed for
// so long that it was removed, the round begins by taking it anew.
func (t *Tx) Recompose(recording, moment string) error {
	var early int64
	if err := t.one("work", `SELECT COUNT(*) FROM work WHERE recording = $1 AND (moment = $2 OR moment = '') AND state IN ('ready', 'running')
		AND kind IN ('detect', 'excerpt', 'transcribe', 'plan')`, []any{recording, moment}, &early); err != nil || early > 0 {
		return err // a round that has not composed yet will see it
	}
	_, err := t.ExcerptOf(moment)
	if errors.Is(err, pipeline.NotFound) {
		return t.Again(pipeline.Excerpt, recording, moment)
	}
	if err != nil {
		return err
	}
	return t.Again(pipeline.Compose, recording, moment)
}

// Again begins a new round at a step of the line, of a recording or of one of
// its moments, as an edit. It takes over from earlier ones.
func (t *Tx) Again(step pipeline.Step, recording, subject string) error {
	w := Work{Kind: step, Subject: subject, Input: pipeline.Mint(pipeline.RoundID), Recording: recording, Priority: pipeline.Edit.Priority(0)}
	if pipeline.HasPrefix(subject, pipeline.MomentID) {
		w.Moment = subject
	}
	if err := t.TakeOver(recording, w.Moment, w.Input); err != nil {
		return err
	}
	_, err := t.Enqueue(w)
	return err
}
