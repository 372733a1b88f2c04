package catalog

import (
	"database/sql"

	"dropcut/pipeline"
)

// Segment is the kept bytes of one recipe: encoded picture, or a clip's sound.
type Segment struct {
	Recipe  string // what it was made from
	AVCC    string // hash of its decoder configuration; "" for sound
	Digest  string // of its bytes, and so its key
	Frames  int64  // pictures, or samples of sound
	Bytes   int64
	Encoder string // build that made it
	Doc     string // JSON: what is known of a sound; "{}" for pictures
}

// PutSegment keeps s. The first writer wins: the row that stands is returned.
func (t *Tx) PutSegment(s Segment) (Segment, error) {
	if s.Doc == "" {
		s.Doc = "{}"
	}
	if _, err := t.exec(`INSERT INTO segments (recipe, avcc, digest, frames, bytes, encoder, doc, created_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, now_ms) ON CONFLICT (recipe, avcc) DO NOTHING`,
		s.Recipe, s.AVCC, s.Digest, s.Frames, s.Bytes, s.Encoder, s.Doc); err != nil {
		return s, err
	}
	err := t.one("segment", `SELECT digest, frames, bytes, encoder, doc FROM segments WHERE recipe = $1 AND avcc = $2`,
		[]any{s.Recipe, s.AVCC}, &s.Digest, &s.Frames, &s.Bytes, &s.Encoder, &s.Doc)
	return s, err
}

// DropSegment forgets a segment whose bytes are gone or damaged.
func (t *Tx) DropSegment(s Segment) error {
	_, err := t.exec(`DELETE FROM segments WHERE recipe = $1 AND digest = $2`, s.Recipe, s.Digest)
	return err
}

// Segments is what is kept of a recipe, one row a decoder configuration, oldest first.
func (t *Tx) Segments(recipe string) ([]Segment, error) {
	var out []Segment
	err := t.each(`SELECT recipe, avcc, digest, frames, bytes, encoder, doc
		FROM segments WHERE recipe = $1 ORDER BY created_ms, avcc`, []any{recipe}, func(rows *sql.Rows) error {
		var s Segment
		err := rows.Scan(&s.Recipe, &s.AVCC, &s.Digest, &s.Frames, &s.Bytes, &s.Encoder, &s.Doc)
		out = append(out, s)
		return err
	})
	return out, err
}

// Reserve gives the making of a recipe to a work row, unless another that is
// still to be done has it. It returns the row that has it now.
func (t *Tx) Reserve(recipe, work string) (string, error) {
	if _, err := t.exec(`INSERT INTO reservations (recipe, work_id) VALUES ($1, $2)
		ON CONFLICT (recipe) DO UPDATE SET work_id = excluded.work_id
		WHERE NOT EXISTS (SELECT 1 FROM work w WHERE w.id = reservations.work_id AND w.state IN ('ready', 'running'))`,
		recipe, work); err != nil {
		return "", err
	}
	var holder string
	err := t.one("reservation", `SELECT work_id FROM reservations WHERE recipe = $1`, []any{recipe}, &holder)
	return holder, err
}

// ReservedBy is the unfinished work row that is to make a recipe, "" for none.
func (t *Tx) ReservedBy(recipe string) (string, error) {
	var holder string
	err := t.one("reservation", `SELECT COALESCE((SELECT r.work_id FROM reservations r JOIN work w ON w.id = r.work_id
		WHERE r.recipe = $1 AND w.state IN ('ready', 'running')), '')`, []any{recipe}, &holder)
	return holder, err
}

// FailureOf is why the work row that was to make a recipe failed, nil where none did.
func (t *Tx) FailureOf(recipe string) (*pipeline.Error, error) {
	var w Work
	var body string
	err := t.one("reservation", `SELECT COALESCE((SELECT w.failure FROM reservations r JOIN work w ON w.id = r.work_id
		WHERE r.recipe = $1 AND w.state = 'failed'), '')`, []any{recipe}, &body)
	if err != nil {
		return nil, err
	}
	err = w.readFailure(body)
	return w.Failure, err
}

// Release ends the reservations of a work row.
func (t *Tx) Release(work string) error {
	_, err := t.exec(`DELETE FROM reservations WHERE work_id = $1`, work)
	return err
}
