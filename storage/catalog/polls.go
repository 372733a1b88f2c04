package catalog

import (
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// Poll is a post whose platform is to be asked for its counters.
type Poll struct {
	Post       string
	Creator    string
	Platform   pipeline.Platform
	ExternalID string
	PostedAt   time.Time
	Now        time.Time // by the database's clock
}

// putPoll has a post's platform asked from its posting on, and no more once it
// is removed. What was asked is not asked again, unless another post is meant.
func (t *Tx) putPoll(p pipeline.Post) error {
	if p.ExternalID == "" || p.RemovedAt != nil {
		_, err := t.exec(`DELETE FROM polls WHERE post_id = $1`, p.ID)
		return err
	}
	_, err := t.exec(`INSERT INTO polls (post_id, creator, platform, external_id, posted_ms, due_ms) VALUES ($1, $2, $3, $4, $5, $5)
		ON CONFLICT (post_id) DO UPDATE SET platform = excluded.platform, external_id = excluded.external_id, posted_ms = excluded.posted_ms, due_ms = excluded.due_ms
		WHERE polls.platform <> excluded.platform OR polls.external_id <> excluded.external_id OR polls.posted_ms <> excluded.posted_ms`,
		p.ID, p.Creator, string(p.Platform), p.ExternalID, p.PostedAt.UnixMilli())
	return err
}

// DuePolls is the posts that a platform is to be asked for now, the most overdue first.
func (t *Tx) DuePolls(platform pipeline.Platform, most int) ([]Poll, error) {
	var out []Poll
	err := t.each(`SELECT post_id, creator, platform, external_id, posted_ms, now_ms FROM polls
		WHERE platform = $1 AND due_ms > 0 AND due_ms <= now_ms ORDER BY due_ms, post_id LIMIT $2`, []any{string(platform), most}, func(rows *sql.Rows) error {
		var p Poll
		var posted, now int64
		err := rows.Scan(&p.Post, &p.Creator, &p.Platform, &p.ExternalID, &posted, &now)
		p.PostedAt, p.Now = time.UnixMilli(posted).UTC(), time.UnixMilli(now).UTC()
		out = append(out, p)
		return err
	})
	return out, err
}

// Polled says when to ask for a post next; zero: no more.
func (t *Tx) Polled(post string, next time.Time) error {
	var due int64
	if !next.IsZero() {
		due = next.UnixMilli()
	}
	_, err := t.exec(`UPDATE polls SET due_ms = $2 WHERE post_id = $1`, post, due)
	return err
}
