package catalog

import (
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// What upkeep asks of records that name bytes, and what it forgets of them.

// RecordingIDs is the ID of every recording, oldest first.
func (t *Tx) RecordingIDs() ([]string, error) {
	var out []string
	err := t.each(`SELECT id FROM recordings ORDER BY id`, nil, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

// Untouched is how long ago each moment of a recording was last kept, by ID.
func (t *Tx) Untouched(recording string) (map[string]time.Duration, error) {
	out := map[string]time.Duration{}
	err := t.each(`SELECT id, now_ms - updated_ms FROM moments WHERE recording_id = $1`, []any{recording}, func(rows *sql.Rows) error {
		var id string
		var age int64
		err := rows.Scan(&id, &age)
		out[id] = millis(age)
		return err
	})
	return out, err
}

// ExcerptID is one excerpt of a moment and how long ago it was taken.
type ExcerptID struct {
	ID  string
	Age time.Duration
}

// ExcerptIDs is the excerpts of a moment, the newest first. ExcerptOf reads
// that one; older ones are what it replaced.
func (t *Tx) ExcerptIDs(moment string) ([]ExcerptID, error) {
	var out []ExcerptID
	err := t.each(`SELECT id, now_ms - created_ms FROM excerpts WHERE moment_id = $1 ORDER BY created_ms DESC, id DESC`, []any{moment}, func(rows *sql.Rows) error {
		var x ExcerptID
		var age int64
		err := rows.Scan(&x.ID, &age)
		x.Age = millis(age)
		out = append(out, x)
		return err
	})
	return out, err
}

// Excerpt is the excerpt with that ID.
func (t *Tx) Excerpt(id string) (pipeline.Excerpted, error) {
	return doc[pipeline.Excerpted](t, "excerpt", `SELECT doc FROM excerpts WHERE id = $1`, id)
}

// DropExcerpt forgets an excerpt, and with it what it says about itself.
func (t *Tx) DropExcerpt(id string) error {
	_, err := t.exec(`DELETE FROM excerpts WHERE id = $1`, id)
	return err
}

// KeptSegment is a row of what is kept, and how long ago it was made.
type KeptSegment struct {
	Segment
	Age time.Duration
}

// SegmentsAfter is the next rows of what is kept behind that recipe and decoder
// configuration, in their order, at most limit; none: that was all.
func (t *Tx) SegmentsAfter(recipe, avcc string, limit int) ([]KeptSegment, error) {
	var out []KeptSegment
	err := t.each(`SELECT recipe, avcc, digest, frames, bytes, encoder, doc, now_ms - created_ms FROM segments
		WHERE recipe > $1 OR (recipe = $1 AND avcc > $2) ORDER BY recipe, avcc LIMIT $3`, []any{recipe, avcc, limit}, func(rows *sql.Rows) error {
		var s KeptSegment
		var age int64
		err := rows.Scan(&s.Recipe, &s.AVCC, &s.Digest, &s.Frames, &s.Bytes, &s.Encoder, &s.Doc, &age)
		s.Age = millis(age)
		out = append(out, s)
		return err
	})
	return out, err
}

// SegmentsWith is the rows whose bytes have that digest.
func (t *Tx) SegmentsWith(digest string) ([]Segment, error) {
	var out []Segment
	err := t.each(`SELECT recipe, avcc, digest, frames, bytes, encoder, doc FROM segments WHERE digest = $1 ORDER BY recipe, avcc`,
		[]any{digest}, func(rows *sql.Rows) error {
			var s Segment
			err := rows.Scan(&s.Recipe, &s.AVCC, &s.Digest, &s.Frames, &s.Bytes, &s.Encoder, &s.Doc)
			out = append(out, s)
			return err
		})
	return out, err
}

// Briefs hands f the JSON of every brief: of recordings, and of ingest rows
// that are not done.
func (t *Tx) Briefs(f func(text string)) error {
	return t.each(`SELECT brief FROM recordings UNION ALL SELECT doc FROM work WHERE kind = 'ingest' AND state <> 'done'`, nil, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		f(text)
		return err
	})
}

// IsInBrief reports whether any of Briefs holds that hexadecimal text.
func (t *Tx) IsInBrief(hex string) (bool, error) {
	return t.some(`SELECT COUNT(*) FROM (SELECT 1 FROM recordings WHERE brief LIKE $1
		UNION ALL SELECT 1 FROM work WHERE kind = 'ingest' AND state <> 'done' AND doc LIKE $1) AS named`, "%"+hex+"%")
}

// IsInMoment reports whether any moment holds that hexadecimal text.
func (t *Tx) IsInMoment(hex string) (bool, error) {
	return t.some(`SELECT COUNT(*) FROM moments WHERE doc LIKE $1`, "%"+hex+"%")
}

// some reports whether a count is not zero.
func (t *Tx) some(query string, args ...any) (bool, error) {
	var n int64
	err := t.one("count", query, args, &n)
	return n > 0, err
}
