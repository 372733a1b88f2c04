package catalog

import (
	"database/sql"
	"encoding/json"
	"time"

	"dropcut/pipeline"
)

// PostFilter narrows posts; "" is any.
type PostFilter struct {
	Creator, Recording, ID string
	Since                  time.Time // posted since; zero: ever
	Limit                  int
}

// Posts is claims that were posted, removed ones too, as counting sees them,
// newest first.
func (t *Tx) Posts(f PostFilter) ([]pipeline.Post, error) {
	var out []pipeline.Post
	var n narrowed
	n.when("c.posted_ms > 0")
	n.is("c.creator", f.Creator)
	n.is("c.recording_id", f.Recording)
	n.is("c.id", f.ID)
	if since := f.Since.UnixMilli(); since > 0 {
		n.when("c.posted_ms >= ?", since)
	}
	query, args := n.query(`SELECT c.id, c.creator, c.channel_id, c.url, c.external_id, c.posted_ms, c.removed_ms, c.doc, h.doc FROM claims c JOIN channels h ON h.id = c.channel_id `,
		`ORDER BY c.posted_ms DESC, c.id DESC LIMIT ?`, f.Limit)
	err := t.each(query, args, func(rows *sql.Rows) error {
		var p pipeline.Post
		var posted, removed int64
		var handed, channel string
		if err := rows.Scan(&p.ID, &p.Creator, &p.Channel, &p.URL, &p.ExternalID, &posted, &removed, &handed, &channel); err != nil {
			return err
		}
		var r pipeline.Ready
		var c pipeline.Channel
		if err := json.Unmarshal([]byte(handed), &r); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(channel), &c); err != nil {
			return err
		}
		p.Platform, p.Zone, p.PostedAt, p.RemovedAt = c.Platform, c.Zone, time.UnixMilli(posted).UTC(), at(removed)
		p.Recording, p.Moment, p.Clip, p.Kind, p.Variant = r.Recording, r.Moment, r.Clip, r.Kind, r.Variant
		p.Hook, p.HookKind, p.Style, p.Aspect, p.Length = r.Hook.Text, r.Hook.Kind, r.Look.Style, r.Look.Aspect, time.Duration(r.LengthMS)*time.Millisecond
		out = append(out, p)
		return nil
	})
	return out, err
}

// Posting is the creators of which something was posted since then.
func (t *Tx) Posting(since time.Time) ([]string, error) {
	return t.texts(`SELECT DISTINCT creator FROM claims WHERE posted_ms > 0 AND posted_ms >= $1 ORDER BY creator`, since.UnixMilli())
}

// Closing is the IDs of posts whose window of so long is over and was not told,
// the oldest first.
func (t *Tx) Closing(after time.Duration, most int) ([]string, error) {
	return t.texts(`SELECT id FROM claims WHERE posted_ms > 0 AND NOT closed AND posted_ms <= now_ms - $1 ORDER BY posted_ms, id LIMIT $2`, after.Milliseconds(), most)
}

// Close notes that a post's window was told, and reports whether this call did.
func (t *Tx) Close(post string) (bool, error) {
	n, err := t.exec(`UPDATE claims SET closed = TRUE WHERE id = $1 AND NOT closed`, post)
	return n > 0, err
}
