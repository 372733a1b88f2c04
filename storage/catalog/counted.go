package catalog

import (
	"database/sql"
	"math"
	"time"

	"dropcut/pipeline"
)

// What was counted of posts.

// everBy is until when a name is a post's that no other post has.
const everBy = math.MaxInt64

// PutPost has a post counted: from now on it has what its sources name by any of
// Post.Names, also what came before, and its platform is asked for counters.
// Called again it replaces what was said before. It needs ID, Creator and
// PostedAt. A name that several posts have (a variant on two channels) is the
// first one's until the second is posted, and after that nobody's: then who is
// meant cannot be told.
func (t *Tx) PutPost(p pipeline.Post) error {
	before, err := t.namesOf(p.ID)
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM post_names WHERE post_id = $1`, p.ID); err != nil {
		return err
	}
	names := p.Names()
	for _, name := range names {
		if _, err := t.exec(`INSERT INTO post_names (creator, named, post_id, posted_ms, until_ms) VALUES ($1, $2, $3, $4, 0) ON CONFLICT DO NOTHING`,
			p.Creator, name, p.ID, p.PostedAt.UnixMilli()); err != nil {
			return err
		}
	}
	for _, name := range append(names, before...) {
		if err := t.shareName(p.Creator, name); err != nil {
			return err
		}
	}
	return t.putPoll(p)
}

func (t *Tx) namesOf(post string) (out []string, err error) {
	err = t.each(`SELECT named FROM post_names WHERE post_id = $1`, []any{post}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		out = append(out, name)
		return err
	})
	return out, err
}

// shareName says of each post that has a name until when it is meant by it.
func (t *Tx) shareName(creator, name string) error {
	_, err := t.exec(`UPDATE post_names SET until_ms = CASE
		  WHEN EXISTS (SELECT 1 FROM post_names o WHERE o.creator = $1 AND o.named = $2
		    AND (o.posted_ms < post_names.posted_ms OR o.posted_ms = post_names.posted_ms AND o.post_id < post_names.post_id)) THEN 0
		  ELSE COALESCE((SELECT MIN(o.posted_ms) FROM post_names o WHERE o.creator = $1 AND o.named = $2 AND o.post_id <> post_names.post_id), $3) END
		WHERE creator = $1 AND named = $2`, creator, name, int64(everBy))
	return err
}

// ofPost joins what a source says to the post it says it of. What happened from
// until_ms on is not of that post.
const ofPost = `FROM post_names n JOIN share_subjects s ON s.creator = n.creator AND s.named = n.named JOIN share_sources o ON o.id = s.source_id `

// Stretches is how the events of a post are counted: from From (zero: ever) to
// To, that one not included (zero: ever), in steps from From on. No stretch has
// events on both sides of one of Edges, nor such that came after Late and such
// that did not.
type Stretches struct {
	From, To time.Time
	Step     time.Duration // 0: one
	Edges    []time.Time   // in order; few, for each is compared with every event
	Late     time.Time     // zero: nothing is late
}

// ShareCount is the share events of one source in a stretch of time.
type ShareCount struct {
	Source string
	First  time.Time // when the first of them happened
	Events int64
	Last   time.Time // when the last of them came here
}

// ShareCurve counts a post's events, by source and stretch; those without events
// are left out. However many there are, counts alone are loaded.
func (t *Tx) ShareCurve(post string, s Stretches) ([]ShareCount, error) {
	var n narrowed
	step := "0"
	if s.Step > 0 {
		step = "(e.occurred_ms - " + n.arg(s.From.UnixMilli()) + ") / " + n.arg(max(s.Step.Milliseconds(), 1))
	}
	side := "0"
	for _, at := range s.Edges {
		side += " + CASE WHEN e.occurred_ms < " + n.arg(at.UnixMilli()) + " THEN 0 ELSE 1 END"
	}
	late := "0"
	if !s.Late.IsZero() {
		late = "CASE WHEN e.received_ms > " + n.arg(s.Late.UnixMilli()) + " THEN 1 ELSE 0 END"
	}
	n.when("n.post_id = ? AND e.occurred_ms < n.until_ms", post)
	if !s.From.IsZero() {
		n.when("e.occurred_ms >= ?", s.From.UnixMilli())
	}
	if !s.To.IsZero() {
		n.when("e.occurred_ms < ?", s.To.UnixMilli())
	}
	var out []ShareCount
	err := t.each(`SELECT source, COUNT(*), MIN(occurred_ms) AS began, MAX(received_ms) FROM (SELECT o.source, e.occurred_ms, e.received_ms, `+
		step+` AS step, `+side+` AS side, `+late+` AS late `+ofPost+`JOIN share_events e ON e.subject_id = s.id `+n.where()+`) AS told
		GROUP BY source, step, side, late ORDER BY source, began, late`, n.args, func(rows *sql.Rows) error {
		var c ShareCount
		var first, last int64
		err := rows.Scan(&c.Source, &c.Events, &first, &last)
		c.First, c.Last = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
		out = append(out, c)
		return err
	})
	return out, err
}

// SharesFrom is the first event of a post from a time on, of each source that
// has one.
func (t *Tx) SharesFrom(post string, from time.Time) ([]ShareCount, error) {
	var out []ShareCount
	err := t.each(`SELECT source, MIN(first) FROM (SELECT o.source, (SELECT MIN(e.occurred_ms) FROM share_events e
		  WHERE e.subject_id = s.id AND e.occurred_ms >= $2 AND e.occurred_ms < n.until_ms) AS first `+ofPost+`WHERE n.post_id = $1) AS told
		WHERE first IS NOT NULL GROUP BY source ORDER BY source`, []any{post, from.UnixMilli()}, func(rows *sql.Rows) error {
		c := ShareCount{Events: 1}
		var first int64
		err := rows.Scan(&c.Source, &first)
		c.First = time.UnixMilli(first).UTC()
		c.Last = c.First
		out = append(out, c)
		return err
	})
	return out, err
}

// SnapshotsOf is every snapshot of a post, by source and time. Where a source
// names it in two ways, what came first is taken of each instant.
func (t *Tx) SnapshotsOf(post string) ([]pipeline.Snapshot, error) {
	var out []pipeline.Snapshot
	err := t.each(`SELECT o.source, c.id, c.observed_ms, c.views, c.shares, c.likes, c.comments, c.grain, c.received_ms `+ofPost+`JOIN snapshots c ON c.subject_id = s.id
		WHERE n.post_id = $1 AND c.observed_ms < n.until_ms ORDER BY o.source, c.observed_ms, c.received_ms, c.id`, []any{post}, func(rows *sql.Rows) error {
		s := pipeline.Snapshot{Post: post}
		var at, received int64
		err := rows.Scan(&s.Source, &s.ID, &at, &s.Views, &s.Shares, &s.Likes, &s.Comments, &s.Grain, &received)
		s.At, s.Received = time.UnixMilli(at).UTC(), time.UnixMilli(received).UTC()
		if n := len(out); n == 0 || out[n-1].Source != s.Source || !out[n-1].At.Equal(s.At) {
			out = append(out, s)
		}
		return err
	})
	return out, err
}

// IsPost reports whether a key names a post of a creator now: what is counted
// under one that does not waits for its post.
func (t *Tx) IsPost(creator, key string) (bool, error) {
	return t.some(`SELECT COUNT(*) FROM post_names WHERE creator = $1 AND named = $2 AND until_ms > 0`, creator, key)
}

// Stray is what a source counts under a name that no post has.
type Stray struct {
	Source    string `json:"source"`
	Named     string `json:"named"`
	Events    int64  `json:"events"`
	Snapshots int64  `json:"snapshots"`
}

// Strays is what was counted for a creator and is no post's yet, by name.
func (t *Tx) Strays(creator string, most int) ([]Stray, error) {
	var out []Stray
	err := t.each(`SELECT o.source, s.named, (SELECT COUNT(*) FROM share_events e WHERE e.subject_id = s.id), (SELECT COUNT(*) FROM snapshots c WHERE c.subject_id = s.id)
		FROM share_subjects s JOIN share_sources o ON o.id = s.source_id
		WHERE s.creator = $1 AND NOT EXISTS (SELECT 1 FROM post_names n WHERE n.creator = s.creator AND n.named = s.named)
		ORDER BY s.named, o.source LIMIT $2`, []any{creator, most}, func(rows *sql.Rows) error {
		var w Stray
		err := rows.Scan(&w.Source, &w.Named, &w.Events, &w.Snapshots)
		out = append(out, w)
		return err
	})
	return out, err
}
