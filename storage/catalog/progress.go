package catalog

import (
	"database/sql"

	"dropcut/pipeline"
)

// WorkCount is how many rows of a kind are in a state, for one thing.
type WorkCount struct {
	Moment   string // which they are for; "" for the recording as a whole
	Clip     string // whose sound they make, or a variant of it; "" for more than one clip
	Variant  string // which they put together; "" for all else
	Kind     pipeline.Step
	State    WorkState
	Rows     int64
	Attempts int64 // begun, all rows together
	BeganMS  int64 // the first of them, epoch milliseconds; 0 where none began
	EndedMS  int64 // the last of them; 0 where none ended
}

// WorkCounts is the rows of a recording. Rows that a newer round replaced are
// left out.
func (t *Tx) WorkCounts(recording string) ([]WorkCount, error) {
	return t.workCounts(`w.recording = $1`, recording)
}

// WorkCountsOfMoments is the rows of moments.
func (t *Tx) WorkCountsOfMoments(ids []string) ([]WorkCount, error) {
	const these = `(SELECT r.value ->> 0 FROM each_row AS r)`
	return t.workCounts(`w.recording IN (SELECT m.recording_id FROM moments m WHERE m.id IN `+these+`) AND w.moment IN `+these, text(asRows(ids)))
}

// WorkCountsOfClips is the rows of clips, and of their variants.
func (t *Tx) WorkCountsOfClips(ids []string) ([]WorkCount, error) {
	const these = `(SELECT r.value ->> 0 FROM each_row AS r)`
	return t.workCounts(`w.recording IN (SELECT m.recording_id FROM clips x JOIN moments m ON m.id = x.moment_id WHERE x.id IN `+these+`)
		AND COALESCE(v.clip_id, c.id) IN `+these, text(asRows(ids)))
}

// workCounts counts in the database: a recording has hundreds of rows. They are
// found by their recording, which has an index.
func (t *Tx) workCounts(which, arg string) ([]WorkCount, error) {
	var out []WorkCount
	err := t.each(`SELECT w.moment, COALESCE(v.clip_id, c.id, ''), COALESCE(v.id, ''), w.kind, w.state, COUNT(*), SUM(w.attempt),
		  COALESCE(MIN(CASE WHEN w.began_ms > 0 THEN w.began_ms END), 0), MAX(w.ended_ms)
		FROM work w LEFT JOIN variants v ON v.id = w.subject LEFT JOIN clips c ON c.id = w.subject
		WHERE `+which+` AND w.state <> 'replaced' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
		[]any{arg}, func(rows *sql.Rows) error {
			var c WorkCount
			err := rows.Scan(&c.Moment, &c.Clip, &c.Variant, &c.Kind, &c.State, &c.Rows, &c.Attempts, &c.BeganMS, &c.EndedMS)
			out = append(out, c)
			return err
		})
	return out, err
}

// VariantStates is the states that variants of clips are in, by clip.
func (t *Tx) VariantStates(clips []string) (map[string][]pipeline.VariantState, error) {
	out := map[string][]pipeline.VariantState{}
	err := t.each(`SELECT DISTINCT clip_id, state FROM variants WHERE clip_id IN (SELECT r.value ->> 0 FROM each_row AS r)`,
		[]any{text(asRows(clips))}, func(rows *sql.Rows) error {
			var clip string
			var state pipeline.VariantState
			err := rows.Scan(&clip, &state)
			out[clip] = append(out[clip], state)
			return err
		})
	return out, err
}

// asRows is IDs as each_row takes them.
func asRows(ids []string) [][1]string {
	out := make([][1]string, len(ids))
	for i, id := range ids {
		out[i][0] = id
	}
	return out
}
