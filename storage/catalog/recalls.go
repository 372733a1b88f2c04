package catalog

import (
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"dropcut/pipeline"
)

// Recall says that something is not to be posted any more: one variant, or all
// of a moment or a recording that speaks of an offer, also what is planned or
// made there later. Exactly one is named.
type Recall struct {
	ID        string // in order of time
	Variant   string
	Moment    string
	Recording string
	Reason    string
	By        string // a token; "" where its offer ended
	At        time.Time
	lifted    bool // of a variant: it may be posted, though all there is recalled
}

// of is what is recalled, and of which kind that is.
func (r Recall) of() (kind, id string) {
	switch {
	case r.Variant != "":
		return "variant", r.Variant
	case r.Moment != "":
		return "moment", r.Moment
	}
	return "recording", r.Recording
}

// PutRecall keeps a recall; the first of two stands. What was lifted is recalled
// anew.
func (t *Tx) PutRecall(creator string, r Recall) error {
	kind, id := r.of()
	within := r.Recording
	if r.Moment != "" {
		m, err := t.Moment(r.Moment)
		if err != nil {
			return err
		}
		within = m.Recording
	}
	_, err := t.exec(`INSERT INTO recalls (subject_id, kind, recording_id, id, creator, reason, holder, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, now_ms) ON CONFLICT (subject_id) DO UPDATE SET id = excluded.id, reason = excluded.reason,
		  holder = excluded.holder, at_ms = excluded.at_ms, lifted = FALSE WHERE recalls.lifted`,
		id, kind, within, pipeline.Mint(pipeline.RecallID), creator, r.Reason, r.By)
	if err != nil || within == "" {
		return err
	}
	return t.sweep(within)
}

// LiftRecall ends the recall of a variant, a moment or a recording, and reports
// whether there was one.
func (t *Tx) LiftRecall(id string) (bool, error) {
	n, err := t.exec(`DELETE FROM recalls WHERE subject_id = $1 AND NOT lifted`, id)
	return n > 0, err
}

// Except allows one variant to be posted of what is recalled.
func (t *Tx) Except(creator, variant string) error {
	_, err := t.exec(`INSERT INTO recalls (subject_id, kind, recording_id, id, creator, reason, holder, at_ms, lifted)
		VALUES ($1, 'variant', '', $2, $3, '', '', now_ms, TRUE)`, variant, pipeline.Mint(pipeline.RecallID), creator)
	return err
}

// ExceptNot ends an exception, where there is one.
func (t *Tx) ExceptNot(variant string) error {
	_, err := t.exec(`DELETE FROM recalls WHERE subject_id = $1 AND lifted`, variant)
	return err
}

// RecallOf is the recall that a variant is under: its own, else one of all
// there, where it or its approved file speaks of an offer; nil where it may be
// posted.
func (t *Tx) RecallOf(variant string) (*Recall, error) {
	all, err := t.recalls(`WHERE subject_id = $1 OR recording_id = (SELECT m.recording_id FROM variants v
		JOIN clips c ON c.id = v.clip_id JOIN moments m ON m.id = c.moment_id WHERE v.id = $1)`, variant)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(r Recall) bool { return r.Variant == variant }); i >= 0 && all[i].lifted {
		return nil, nil
	} else if i >= 0 {
		return &all[i], nil
	}
	m, offer, err := t.offerOf(variant)
	if err != nil || !offer {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(r Recall) bool { return r.Recording != "" }); i >= 0 {
		return &all[i], nil
	}
	joined, err := t.joined(m)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(r Recall) bool { return slices.Contains(joined, r.Moment) }); i >= 0 {
		return &all[i], nil
	}
	return nil, nil
}

// offerOf is a variant's moment, and whether the variant, or its approved file,
// speaks of an offer.
func (t *Tx) offerOf(variant string) (m pipeline.Moment, offer bool, err error) {
	v, err := t.Variant(variant)
	if err != nil {
		return m, false, err
	}
	if offer = v.Hook.Offer; !offer {
		if offer, err = t.some(`SELECT COUNT(*) FROM ready WHERE variant_id = $1 AND offer`, variant); err != nil {
			return m, false, err
		}
	}
	_, m, _, err = t.Lineage(v.Clip)
	return m, offer, err
}

// joined is a moment and all that became one with it: what it became part of,
// what became part of that, and so on.
func (t *Tx) joined(m pipeline.Moment) ([]string, error) {
	all, err := docs[pipeline.Moment](t, `SELECT doc FROM moments WHERE recording_id = $1`, m.Recording)
	if err != nil {
		return nil, err
	}
	out := []string{m.ID}
	for grown := true; grown; {
		grown = false
		for _, o := range all {
			part, whole := slices.Contains(out, o.ID), slices.Contains(out, o.SupersededBy)
			switch {
			case o.SupersededBy == "" || part == whole:
				continue
			case part:
				out = append(out, o.SupersededBy)
			default:
				out = append(out, o.ID)
			}
			grown = true
		}
	}
	return out, nil
}

// OfferVariants is the variants of a recording, or of a moment and all that
// became one with it, that speak of an offer, or whose approved file does.
func (t *Tx) OfferVariants(recording, moment string) ([]string, error) {
	var n narrowed
	if moment != "" {
		m, err := t.Moment(moment)
		if err != nil {
			return nil, err
		}
		joined, err := t.joined(m)
		if err != nil {
			return nil, err
		}
		recording = m.Recording
		n.isOne("m.id", joined)
	}
	n.when("m.recording_id = ?", recording)
	var out []string
	for _, clips := range []string{"AND c.retired", "AND NOT c.retired"} { // each has an index
		err := t.each(`SELECT v.doc, COALESCE(r.offer, FALSE) FROM variants v JOIN clips c ON c.id = v.clip_id JOIN moments m ON m.id = c.moment_id
			LEFT JOIN ready r ON r.variant_id = v.id `+n.where()+clips, n.args, func(rows *sql.Rows) error {
			var body string
			var offer bool
			if err := rows.Scan(&body, &offer); err != nil {
				return err
			}
			var v pipeline.Variant
			if err := json.Unmarshal([]byte(body), &v); err != nil {
				return err
			}
			if offer || v.Hook.Offer {
				out = append(out, v.ID)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return out, nil
}

// Recalls is what a creator recalled (creator "": everybody), newest first,
// behind the recall's ID before.
func (t *Tx) Recalls(creator, before string, limit int) ([]Recall, error) {
	query, args := page("id", creator, before, limit, "NOT lifted")
	return t.recalls(query, args...)
}

func (t *Tx) recalls(where string, args ...any) ([]Recall, error) {
	var out []Recall
	err := t.each(`SELECT subject_id, kind, id, reason, holder, at_ms, lifted FROM recalls `+where, args, func(rows *sql.Rows) error {
		var r Recall
		var of, kind string
		var ms int64
		if err := rows.Scan(&of, &kind, &r.ID, &r.Reason, &r.By, &ms, &r.lifted); err != nil {
			return err
		}
		r.At = time.UnixMilli(ms).UTC()
		switch kind {
		case "variant":
			r.Variant = of
		case "moment":
			r.Moment = of
		default:
			r.Recording = of
		}
		out = append(out, r)
		return nil
	})
	return out, err
}
