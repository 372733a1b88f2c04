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
	Kind      string    // recording, moment, variant
	Subject   string
	Recording string
	State     string
	Failure   *pipeline.Error // of state failed
}

// eventID begins the IDs of events.
const eventID = "e"

// told notes a change of state before the record is written: from says where
// the record and its recording are read, with $2 for the subject and $3 for the state.
func (t *Tx) told(kind, subject, state string, failure *pipeline.Error, from string, args ...any) error {
	why := ""
	if failure != nil {
		why = text(failure)
	}
	_, err := t.exec(`INSERT INTO events (id, at_ms, kind, subject, recording, state, failure) `+from,
		append([]any{pipeline.Mint(eventID), subject, state, kind, why}, args...)...)
	return err
}

func (t *Tx) recordingChanged(r pipeline.Recording) error {
	return t.told("recording", r.ID, string(r.State), r.Failure, `SELECT CAST($1 AS TEXT), now_ms, CAST($4 AS TEXT), CAST($2 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($5 AS TEXT)
		WHERE NOT EXISTS (SELECT 1 FROM recordings WHERE id = $2 AND state = $3)`)
}

func (t *Tx) momentChanged(m pipeline.Moment) error {
	return t.told("moment", m.ID, string(m.State), m.Failure, `SELECT CAST($1 AS TEXT), now_ms, CAST($4 AS TEXT), CAST($2 AS TEXT), CAST($6 AS TEXT), CAST($3 AS TEXT), CAST($5 AS TEXT)
		WHERE NOT EXISTS (SELECT 1 FROM moments WHERE id = $2 AND state = $3)`, m.Recording)
}

// variantChanged says nothing of what is only offered: there are dozens.
func (t *Tx) variantChanged(v pipeline.Variant) error {
	if v.State == pipeline.VariantOffered {
		return nil
	}
	return t.told("variant", v.ID, string(v.State), v.Failure, `SELECT CAST($1 AS TEXT), now_ms, CAST($4 AS TEXT), CAST($2 AS TEXT), m.recording_id, CAST($3 AS TEXT), CAST($5 AS TEXT)
		FROM clips c JOIN moments m ON m.id = c.moment_id WHERE c.id = $6
		  AND NOT EXISTS (SELECT 1 FROM variants WHERE id = $2 AND state = $3)`, v.Clip)
}

// Events is what changed in the last while, oldest first, at most limit. Two
// machines may commit out of order: whoever follows asks for an overlap and
// leaves out what it knows.
func (db *DB) Events(ctx context.Context, while time.Duration, limit int) ([]Event, error) {
	var out []Event
	err := db.run(ctx, db.single, func(t *Tx) error {
		out = nil
		return t.each(`SELECT id, at_ms, kind, subject, recording, state, failure FROM events WHERE at_ms >= now_ms - $1 ORDER BY at_ms, id LIMIT $2`,
			[]any{while.Milliseconds(), limit}, func(rows *sql.Rows) error {
				var e Event
				var at int64
				var why string
				if err := rows.Scan(&e.ID, &at, &e.Kind, &e.Subject, &e.Recording, &e.State, &why); err != nil {
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
