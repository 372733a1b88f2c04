package catalog

import (
	"database/sql"
	"slices"

	"dropcut/pipeline"
)

// What upkeep asks of what was handed out and of what is counted.

// InTwoHands is a clip, or a variant in hand, that one channel has more than once.
type InTwoHands struct {
	Channel string
	Clip    string
	First   string // claims, by ID
	Last    string
	Claims  int64
}

// InTwoHands is what is in two hands though nobody asked for it again, by the
// last claim. The indexes of claims refuse it: this is what there is where they
// are broken, or were put aside.
func (t *Tx) InTwoHands() ([]InTwoHands, error) {
	var out []InTwoHands
	err := t.each(`SELECT channel_id, clip_id, MIN(id), MAX(id) AS last, COUNT(*) FROM claims
		WHERE NOT again AND state IN `+handedOut+` GROUP BY channel_id, clip_id HAVING COUNT(*) > 1
		UNION SELECT channel_id, MIN(clip_id), MIN(id), MAX(id) AS last, COUNT(*) FROM claims
		WHERE state IN ('claimed', 'scheduled', 'unknown') GROUP BY channel_id, variant_id HAVING COUNT(*) > 1
		ORDER BY last`, nil, func(rows *sql.Rows) error {
		var h InTwoHands
		err := rows.Scan(&h.Channel, &h.Clip, &h.First, &h.Last, &h.Claims)
		out = append(out, h)
		return err
	})
	return out, err
}

// Undated is the claims that are posted, and nobody knows when.
func (t *Tx) Undated() ([]string, error) {
	return t.texts(`SELECT id FROM claims WHERE state IN ('posted', 'removed') AND posted_ms = 0 ORDER BY id`)
}

// Uncounted is the posts that are not counted by each of their names, by ID.
func (t *Tx) Uncounted() ([]string, error) {
	var out []string
	var p pipeline.Post
	var has []string
	judge := func() {
		if slices.ContainsFunc(p.Names(), func(name string) bool { return !slices.Contains(has, plain([]any{name})[0].(string)) }) {
			out = append(out, p.ID)
		}
		has = nil
	}
	err := t.each(`SELECT c.id, h.platform, c.variant_id, c.url, c.external_id, COALESCE(n.named, '')
		FROM claims c JOIN channels h ON h.id = c.channel_id LEFT JOIN post_names n ON n.post_id = c.id AND n.creator = c.creator AND n.posted_ms = c.posted_ms
		WHERE c.posted_ms > 0 ORDER BY c.id`, nil, func(rows *sql.Rows) error {
		var now pipeline.Post
		var name string
		if err := rows.Scan(&now.ID, &now.Platform, &now.Variant, &now.URL, &now.ExternalID, &name); err != nil {
			return err
		}
		if p.ID != "" && p.ID != now.ID {
			judge()
		}
		p, has = now, append(has, name)
		return nil
	})
	if p.ID != "" {
		judge()
	}
	return out, err
}

// CountPosted has a post counted anew.
func (t *Tx) CountPosted(post string) error {
	h, err := t.Claim("", post)
	if err != nil || h.PostedAt == nil {
		return err
	}
	return t.countPosted(h.Claim)
}

// Misdated is a name under which events are counted to two posts, to none, or
// until another time than another post of that name was posted.
type Misdated struct {
	Creator string
	Named   string
	Posts   int64 // that have the name
	Counted int64 // of these, those that are counted by it; it should be one
	Gone    int64 // of these, those that are none
}

// Misdated is every such name.
func (t *Tx) Misdated() ([]Misdated, error) {
	var out []Misdated
	err := t.each(`SELECT creator, named, COUNT(*), SUM(CASE WHEN until_ms > 0 THEN 1 ELSE 0 END), SUM(gone) FROM (
		  SELECT n.creator, n.named, n.until_ms, CASE WHEN c.id IS NULL THEN 1 ELSE 0 END AS gone,
		    ROW_NUMBER() OVER (PARTITION BY n.creator, n.named ORDER BY n.posted_ms, n.post_id) AS place,
		    LEAD(n.posted_ms) OVER (PARTITION BY n.creator, n.named ORDER BY n.posted_ms, n.post_id) AS until
		  FROM post_names n LEFT JOIN claims c ON c.id = n.post_id) AS told
		GROUP BY creator, named
		HAVING SUM(gone) > 0 OR SUM(CASE WHEN until_ms = CASE WHEN place > 1 THEN 0 ELSE COALESCE(until, $1) END THEN 0 ELSE 1 END) > 0
		ORDER BY creator, named`, []any{int64(everBy)}, func(rows *sql.Rows) error {
		var m Misdated
		err := rows.Scan(&m.Creator, &m.Named, &m.Posts, &m.Counted, &m.Gone)
		out = append(out, m)
		return err
	})
	return out, err
}

// Redate says anew whose a name is, and until when.
func (t *Tx) Redate(creator, named string) error {
	if _, err := t.exec(`DELETE FROM post_names WHERE creator = $1 AND named = $2 AND post_id NOT IN (SELECT id FROM claims)`, creator, named); err != nil {
		return err
	}
	return t.shareName(creator, named)
}

// Unnamed is events and snapshots of which nobody knows what they are of, or
// that are kept under another source than they are counted by: their number.
type Unnamed struct {
	Subject   int64
	Events    int64
	Snapshots int64
}

// Unnamed is every number that stands for nothing, or for another source's.
func (t *Tx) Unnamed() ([]Unnamed, error) {
	var out []Unnamed
	err := t.each(`SELECT subject_id, SUM(events), SUM(snapshots) FROM (
		  SELECT e.subject_id, COUNT(*) AS events, 0 AS snapshots FROM share_events e
		    LEFT JOIN share_subjects s ON s.id = e.subject_id AND s.source_id = e.source_id
		    LEFT JOIN share_sources o ON o.id = s.source_id AND o.creator = s.creator WHERE o.id IS NULL GROUP BY e.subject_id
		  UNION ALL SELECT c.subject_id, 0 AS events, COUNT(*) AS snapshots FROM snapshots c
		    LEFT JOIN share_subjects s ON s.id = c.subject_id
		    LEFT JOIN share_sources o ON o.id = s.source_id AND o.creator = s.creator WHERE o.id IS NULL GROUP BY c.subject_id) AS told
		GROUP BY subject_id ORDER BY subject_id`, nil, func(rows *sql.Rows) error {
		var u Unnamed
		err := rows.Scan(&u.Subject, &u.Events, &u.Snapshots)
		out = append(out, u)
		return err
	})
	return out, err
}
