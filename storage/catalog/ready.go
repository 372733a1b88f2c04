package catalog

import (
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// PutVerdict keeps what was said of a file; At is set by the database's clock.
func (t *Tx) PutVerdict(v pipeline.Verdict) error {
	_, err := t.exec(`INSERT INTO verdicts (id, creator, variant_id, digest, says, reason, judge, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, now_ms)`, v.ID, v.Creator, v.Variant, v.Digest, v.Says, v.Reason, v.By)
	return err
}

// VerdictsOf is what was said of a variant's files, newest first.
func (t *Tx) VerdictsOf(variant string) ([]pipeline.Verdict, error) {
	return t.verdicts(`WHERE variant_id = $1 ORDER BY at_ms DESC, id DESC`, variant)
}

// Verdicts is what a creator's editors said (creator "": everybody's), newest
// first, behind the ID before.
func (t *Tx) Verdicts(creator, before string, limit int) ([]pipeline.Verdict, error) {
	query, args := page("id", creator, before, limit)
	return t.verdicts(query, args...)
}

func (t *Tx) verdicts(where string, args ...any) ([]pipeline.Verdict, error) {
	var out []pipeline.Verdict
	err := t.each(`SELECT id, creator, variant_id, digest, says, reason, judge, at_ms FROM verdicts `+where, args, func(rows *sql.Rows) error {
		var v pipeline.Verdict
		var ms int64
		err := rows.Scan(&v.ID, &v.Creator, &v.Variant, &v.Digest, &v.Says, &v.Reason, &v.By, &ms)
		v.At = time.UnixMilli(ms).UTC()
		out = append(out, v)
		return err
	})
	return out, err
}

// VariantToJudge is a variant whose row nobody else changes until the
// transaction ends, and its clip, moment and recording. NotFound where it is
// another creator's; creator "" is anybody.
func (t *Tx) VariantToJudge(creator, id string) (v pipeline.Variant, c pipeline.Clip, m pipeline.Moment, r pipeline.Recording, err error) {
	if v, err = doc[pipeline.Variant](t, "variant", `SELECT doc FROM variants WHERE id = $1 AND ($2 = '' OR EXISTS (SELECT 1 FROM clips c
		JOIN moments m ON m.id = c.moment_id JOIN recordings r ON r.id = m.recording_id WHERE c.id = variants.clip_id AND r.creator = $2)) for_update`, id, creator); err != nil {
		return
	}
	c, m, r, err = t.Lineage(v.Clip)
	return
}

// Lineage is a clip, its moment and its recording.
func (t *Tx) Lineage(clip string) (c pipeline.Clip, m pipeline.Moment, r pipeline.Recording, err error) {
	if c, err = t.Clip(clip); err != nil {
		return
	}
	if m, err = t.Moment(c.Moment); err != nil {
		return
	}
	r, err = t.Recording(m.Recording)
	return
}

// Clip is the clip with that ID, retired or not.
func (t *Tx) Clip(id string) (pipeline.Clip, error) {
	return doc[pipeline.Clip](t, "clip", `SELECT doc FROM clips WHERE id = $1`, id)
}

// PutReady keeps an approved file in place of the one that its variant had.
func (t *Tx) PutReady(r pipeline.Ready) error {
	_, err := t.exec(`INSERT INTO ready (variant_id, creator, moment_id, clip_id, recording_id, offer, offer_ms, file, fresh_ms, approved_ms, doc, kind, aspect, language)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BOOLEAN), CAST($7 AS BIGINT),
		  CAST($8 AS TEXT), r.created_ms, CAST($9 AS BIGINT), CAST($10 AS TEXT), CAST($11 AS TEXT), CAST($12 AS TEXT), CAST($13 AS TEXT) FROM recordings r WHERE r.id = $5
		ON CONFLICT (variant_id) DO UPDATE SET offer = excluded.offer, offer_ms = excluded.offer_ms, file = excluded.file,
		  approved_ms = excluded.approved_ms, doc = excluded.doc`,
		r.Variant, r.Creator, r.Moment, r.Clip, r.Recording, r.Hook.Offer, ms(r.OfferUntil), r.File, r.Approved.UnixMilli(), text(r), r.Kind, r.Look.Aspect, r.Look.Language)
	return err
}

// Ready is a variant's approved file.
func (t *Tx) Ready(variant string) (pipeline.Ready, error) {
	return doc[pipeline.Ready](t, "approved file", `SELECT doc FROM ready WHERE variant_id = $1`, variant)
}

// ReadyOf is the approved files of a clip, the first approved first.
func (t *Tx) ReadyOf(clip string) ([]pipeline.Ready, error) {
	return docs[pipeline.Ready](t, `SELECT doc FROM ready WHERE clip_id = $1 ORDER BY approved_ms, variant_id`, clip)
}

// EachReady is a creator's approved files, newest recordings first.
func (t *Tx) EachReady(creator string) ([]pipeline.Ready, error) {
	return docs[pipeline.Ready](t, `SELECT doc FROM ready WHERE creator = $1 ORDER BY fresh_ms DESC, approved_ms, variant_id`, creator)
}

// ReadyClips is a creator's approved files (creator "": everybody's), the
// newest approved first: a bare list for tools that poll.
func (t *Tx) ReadyClips(creator string, limit int) ([]pipeline.Ready, error) {
	var n narrowed
	n.is("creator", creator)
	query, args := n.query(`SELECT doc FROM ready `, `ORDER BY approved_ms DESC, variant_id DESC LIMIT ?`, limit)
	return docs[pipeline.Ready](t, query, args...)
}

// DropReady takes back what was approved of a variant: no channel is handed it.
func (t *Tx) DropReady(variant string) error {
	if _, err := t.exec(`DELETE FROM waiting WHERE variant_id = $1`, variant); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM ready WHERE variant_id = $1`, variant)
	return err
}

// OffersOver is the approved files whose offer has ended.
func (t *Tx) OffersOver() ([]pipeline.Ready, error) {
	return docs[pipeline.Ready](t, `SELECT doc FROM ready WHERE offer_ms > 0 AND offer_ms <= now_ms ORDER BY variant_id`)
}

// promisedFor is how long a file that was posted is promised on.
const promisedFor = 7 * 24 * time.Hour

// PromisedFiles is the files of a recording that are approved or handed out,
// each once with all captions that went with it, though a newer revision may
// stand in the manifest.
func (t *Tx) PromisedFiles(recording string) ([]pipeline.Ready, error) {
	var out []pipeline.Ready
	seen := map[[2]string]int{} // where in out it is
	for _, from := range []struct {
		where string
		args  []any
	}{
		{`ready WHERE recording_id = $1`, []any{recording}},
		{`claims WHERE recording_id = $1 AND (state IN ('claimed', 'scheduled', 'unknown') OR (state = 'posted' AND posted_ms > now_ms - $2))`,
			[]any{recording, promisedFor.Milliseconds()}},
	} {
		all, err := docs[pipeline.Ready](t, `SELECT doc FROM `+from.where, from.args...)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			one := [2]string{r.File, r.Poster}
			if i, known := seen[one]; known {
				out[i].Captions = append(out[i].Captions, r.Captions...)
				continue
			}
			seen[one] = len(out)
			out = append(out, r)
		}
	}
	return out, nil
}

// Promised is the keys of PromisedFiles, of their posters and their captions:
// whoever removes files leaves them.
func (t *Tx) Promised(recording string) (map[string]bool, error) {
	all, err := t.PromisedFiles(recording)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, r := range all {
		out[r.File], out[r.Poster] = true, true
		for _, c := range r.Captions {
			out[c.SRT], out[c.VTT] = true, true
		}
	}
	delete(out, "")
	return out, nil
}
