package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"dropcut/pipeline"
)

// Event is one change of state. It was kept with the change, or neither was.
type Event struct {
	ID        string
	At        time.Time // by the database's clock
	Kind      string    // recording, moment, variant, landing
	Subject   string    // of a landing the row that takes it in, "" for none
	Key       string    // of a landing, in its source; "" of all others
	Recording string
	State     string
	Failure   *pipeline.Error // of state failed
}

// eventID begins the IDs of events.
const eventID = "e"

// changed notes a change of state before the record is written, and reports
// whether it is one: from says where the record and its recording are read, with
// $2 for the subject and $3 for the state.
func (t *Tx) changed(kind, subject, state string, failure *pipeline.Error, from string, args ...any) (bool, error) {
	why := ""
	if failure != nil {
		why = text(failure)
	}
	n, err := t.exec(`INSERT INTO events (id, at_ms, kind, subject, recording, state, failure) `+from,
		append([]any{pipeline.Mint(eventID), subject, state, kind, why}, args...)...)
	return n > 0, err
}

// recordingChanged tells of a failure too, once: a recording that failed fails
// again only after it was taken up again.
func (t *Tx) recordingChanged(r pipeline.Recording) error {
	changed, err := t.changed("recording", r.ID, string(r.State), r.Failure, `SELECT CAST($1 AS TEXT), now_ms, CAST($4 AS TEXT), CAST($2 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($5 AS TEXT)
		WHERE NOT EXISTS (SELECT 1 FROM recordings WHERE id = $2 AND state = $3)`)
	if err != nil || !changed || r.State != pipeline.RecordingFailed {
		return err
	}
	return t.tellFailed(r)
}

func (t *Tx) momentChanged(m pipeline.Moment) error {
	_, err := t.changed("moment", m.ID, string(m.State), m.Failure, `SELECT CAST($1 AS TEXT), now_ms, CAST($4 AS TEXT), CAST($2 AS TEXT), CAST($6 AS TEXT), CAST($3 AS TEXT), CAST($5 AS TEXT)
		WHERE NOT EXISTS (SELECT 1 FROM moments WHERE id = $2 AND state = $3)`, m.Recording)
	return err
}

// variantChanged says nothing of what is only offered: there are dozens.
func (t *Tx) variantChanged(v pipeline.Variant) error {
	if v.State == pipeline.VariantOffered {
		return nil
	}
	_, err := t.changed("variant", v.ID, string(v.State), v.Failure, `SELECT CAST($1 AS TEXT), now_ms, CAST($4 AS TEXT), CAST($2 AS TEXT), m.recording_id, CAST($3 AS TEXT), CAST($5 AS TEXT)
		FROM clips c JOIN moments m ON m.id = c.moment_id WHERE c.id = $6
		  AND NOT EXISTS (SELECT 1 FROM variants WHERE id = $2 AND state = $3)`, v.Clip)
	return err
}

// Since is where a reading of events begins: at what changed in the last While,
// or behind After, which was read before it. Two machines may commit out of
// order: whoever follows asks for an overlap and leaves out what it knows.
type Since struct {
	While time.Duration
	After Event // its time and ID; none: all of While
}

// Events is what changed since then in one creator's recordings, oldest first,
// at most limit; creator "" for everybody's.
func (db *DB) Events(ctx context.Context, creator string, since Since, limit int) ([]Event, error) {
	var out []Event
	err := db.run(ctx, db.single, func(t *Tx) error {
		out = nil
		return t.each(`SELECT id, at_ms, kind, subject, recording, state, failure, key FROM events WHERE at_ms >= now_ms - $1 AND (at_ms, id) > ($4, $5)
			AND ($3 = '' OR events.creator = $3 OR EXISTS (SELECT 1 FROM recordings r WHERE r.id = events.recording AND r.creator = $3)) ORDER BY at_ms, id LIMIT $2`,
			[]any{since.While.Milliseconds(), limit, creator, since.After.At.UnixMilli(), since.After.ID}, func(rows *sql.Rows) error {
				var e Event
				var at int64
				var why string
				if err := rows.Scan(&e.ID, &at, &e.Kind, &e.Subject, &e.Recording, &e.State, &why, &e.Key); err != nil {
					return err
				}
				e.At = time.UnixMilli(at)
				if why != "" {
					e.Failure = new(pipeline.Error)
					if err := json.Unmarshal([]byte(why), e.Failure); err != nil {
						return err
					}
				}
				out = append(out, e)
				return nil
			})
	})
	return out, err
}

// EventAt is when an event was kept; the Unix epoch where it is not known any more.
func (db *DB) EventAt(ctx context.Context, id string) (time.Time, error) {
	var ms int64
	err := db.run(ctx, db.single, func(t *Tx) error {
		return t.one("event", `SELECT COALESCE(MAX(at_ms), 0) FROM events WHERE id = $1`, []any{id}, &ms)
	})
	return time.UnixMilli(ms), err
}

// ForgetEvents removes what is older than keep, and counts it.
func (t *Tx) ForgetEvents(keep time.Duration) (int64, error) {
	return t.exec(`DELETE FROM events WHERE at_ms < now_ms - $1`, keep.Milliseconds())
}

// OldEvents counts what ForgetEvents would remove.
func (t *Tx) OldEvents(keep time.Duration) (int64, error) {
	var n int64
	err := t.one("count", `SELECT COUNT(*) FROM events WHERE at_ms < now_ms - $1`, []any{keep.Milliseconds()}, &n)
	return n, err
}
