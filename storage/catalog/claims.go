package catalog

import (
	"database/sql"
	"encoding/json"
	"time"

	"dropcut/pipeline"
)

// handedOut is the states of a claim that was not given back: while one has them,
// its channel is not handed that clip again. The index one_claim_a_clip says the same.
const handedOut = `('claimed', 'scheduled', 'posted', 'unknown', 'removed')`

// Await has a channel wait for a file: it may be handed it from then on, but not
// before notBefore. Nothing happens where the clip was handed out there, or the
// platform refused this very file for good.
func (t *Tx) Await(channel string, r pipeline.Ready, notBefore *time.Time) error {
	_, err := t.exec(`INSERT INTO waiting (channel_id, variant_id, clip_id, fresh_ms, approved_ms, not_before)
		SELECT CAST($1 AS TEXT), r.variant_id, r.clip_id, r.fresh_ms, r.approved_ms, CAST($3 AS BIGINT) FROM ready r WHERE r.variant_id = $2
		  AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.channel_id = $1 AND c.clip_id = r.clip_id
		    AND c.state IN `+handedOut+`)
		  AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.channel_id = $1 AND c.variant_id = r.variant_id AND c.digest = $4 AND c.blocks)
		ON CONFLICT (channel_id, variant_id) DO UPDATE SET approved_ms = excluded.approved_ms, not_before = excluded.not_before`,
		channel, r.Variant, ms(notBefore), r.Digest)
	return err
}

// AwaitNot has a channel wait no more for a variant; "" is every channel.
func (t *Tx) AwaitNot(channel, variant string) error {
	n := narrowed{}
	n.when("variant_id = ?", variant)
	n.is("channel_id", channel)
	_, err := t.exec(`DELETE FROM waiting `+n.where(), n.args...)
	return err
}

// AwaitNone empties what a channel waits for.
func (t *Tx) AwaitNone(channel string) error {
	_, err := t.exec(`DELETE FROM waiting WHERE channel_id = $1`, channel)
	return err
}

// Wanted narrows what a scheduler asks for; "" is anything.
type Wanted struct {
	Kind     pipeline.ClipKind
	Aspect   string
	Language string
	Variant  string
	Clip     string
}

// Is reports whether r is wanted.
func (w Wanted) Is(r pipeline.Ready) bool {
	return (w.Kind == "" || w.Kind == r.Kind) && (w.Aspect == "" || w.Aspect == r.Look.Aspect) &&
		(w.Language == "" || w.Language == r.Look.Language) && (w.Variant == "" || w.Variant == r.Variant) && (w.Clip == "" || w.Clip == r.Clip)
}

// Waiting is the wanted files that a channel may be handed at that instant (of
// the database's clock), newest recordings first, from the one behind skip, at
// most limit.
func (t *Tx) Waiting(channel string, w Wanted, at time.Time, skip, limit int) ([]pipeline.Ready, error) {
	var n narrowed
	n.when("w.channel_id = ? AND w.not_before <= ? AND (r.offer_ms = 0 OR r.offer_ms > ?)", channel, at.UnixMilli(), at.UnixMilli())
	n.is("r.kind", string(w.Kind))
	n.is("r.aspect", w.Aspect)
	n.is("r.language", w.Language)
	n.is("w.clip_id", w.Clip)
	n.is("w.variant_id", w.Variant)
	query, args := n.query(`SELECT r.doc FROM waiting w JOIN ready r ON r.variant_id = w.variant_id `,
		`ORDER BY w.fresh_ms DESC, w.approved_ms, w.variant_id LIMIT ? OFFSET ?`, limit, skip)
	return docs[pipeline.Ready](t, query, args...)
}

// WaitingOf is what a channel may be handed of one clip at that instant.
func (t *Tx) WaitingOf(channel, clip string, at time.Time) ([]pipeline.Ready, error) {
	return docs[pipeline.Ready](t, `SELECT r.doc FROM waiting w JOIN ready r ON r.variant_id = w.variant_id
		WHERE w.channel_id = $1 AND w.clip_id = $2 AND w.not_before <= $3 AND (r.offer_ms = 0 OR r.offer_ms > $3)
		ORDER BY w.approved_ms, w.variant_id`, channel, clip, at.UnixMilli())
}

// CountWaiting is how many files a channel may be handed, now or later.
func (t *Tx) CountWaiting(channel string) (n int64, err error) {
	err = t.one("count", `SELECT COUNT(*) FROM waiting WHERE channel_id = $1`, []any{channel}, &n)
	return n, err
}

// Hand gives a file to a scheduler, if nobody has the clip there. The clip is no
// longer waited for. choice is why this file of the clip, as JSON; nil for none.
func (t *Tx) Hand(c pipeline.Claim, r pipeline.Ready, choice json.RawMessage) (bool, error) {
	n, err := t.exec(`INSERT INTO claims (id, creator, channel_id, recording_id, moment_id, clip_id, kind, variant_id, digest, file, state, holder,
		  again, claimed_ms, until_ms, post_ms, at_ms, changed_ms, choice, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'claimed', $11, $12, $13, $14, $15, $15, now_ms, $16, $17) ON CONFLICT DO NOTHING`,
		c.ID, c.Creator, c.Channel, r.Recording, r.Moment, r.Clip, r.Kind, r.Variant, r.Digest, r.File, c.By,
		c.Again, c.ClaimedAt.UnixMilli(), c.Until.UnixMilli(), c.PostAt.UnixMilli(), string(choice), text(r))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.exec(`DELETE FROM waiting WHERE channel_id = $1 AND clip_id = $2`, c.Channel, r.Clip)
	return true, err
}

// claimColumns are what claimOf scans.
const claimColumns = `id, creator, channel_id, moment_id, clip_id, kind, variant_id, digest, state, holder, again, claimed_ms, until_ms, post_ms,
	scheduled_ms, draft_id, posted_ms, removed_ms, url, external_id, failure, revoked, changed_ms, revision, choice, doc`

// HandedOut is a claim and what was handed out with it.
type HandedOut struct {
	pipeline.Claim
	Ready    pipeline.Ready
	Revision int             // raised by every change
	Choice   json.RawMessage // why this file of its clip; nil where there was one alone
}

func claimOf(rows *sql.Rows) (h HandedOut, err error) {
	c := &h.Claim
	var claimed, until, post, scheduled, posted, removed, changed int64
	var failure, choice, body string
	if err = rows.Scan(&c.ID, &c.Creator, &c.Channel, &c.Moment, &c.Clip, &c.Kind, &c.Variant, &c.Digest, &c.State, &c.By, &c.Again, &claimed, &until, &post,
		&scheduled, &c.DraftID, &posted, &removed, &c.URL, &c.ExternalID, &failure, &c.Revoked, &changed, &h.Revision, &choice, &body); err != nil {
		return h, err
	}
	c.ClaimedAt, c.Until, c.PostAt, c.Changed = *orZero(claimed), *orZero(until), *orZero(post), *orZero(changed)
	c.ScheduledAt, c.PostedAt, c.RemovedAt = at(scheduled), at(posted), at(removed)
	if failure != "" {
		if err = json.Unmarshal([]byte(failure), &c.Failure); err != nil {
			return h, err
		}
	}
	if choice != "" {
		h.Choice = json.RawMessage(choice)
	}
	return h, json.Unmarshal([]byte(body), &h.Ready)
}

func orZero(ms int64) *time.Time {
	t := time.UnixMilli(ms).UTC()
	return &t
}

func (t *Tx) claims(where string, args ...any) ([]HandedOut, error) {
	var out []HandedOut
	err := t.each(`SELECT `+claimColumns+` FROM claims `+where, args, func(rows *sql.Rows) error {
		h, err := claimOf(rows)
		out = append(out, h)
		return err
	})
	return out, err
}

// Claim is a creator's claim with that ID; creator "" is anybody.
func (t *Tx) Claim(creator, id string) (HandedOut, error) {
	n := narrowed{}
	n.when("id = ?", id)
	n.is("creator", creator)
	all, err := t.claims(n.where(), n.args...)
	if err == nil && len(all) == 0 {
		err = noSuch("claim")
	}
	if err != nil {
		return HandedOut{}, err
	}
	return all[0], nil
}

// ClaimFilter narrows a list of claims; "" is any.
type ClaimFilter struct {
	Creator, Channel, Variant, Moment, Recording string
	States                                       []pipeline.ClaimState // none: every state
	Revoked                                      bool                  // only those that were recalled
	Before                                       string                // an ID: only what is older
	Since                                        time.Time             // changed since; zero: ever
	Limit                                        int
}

// narrowed is what f asks for.
func (f ClaimFilter) narrowed() (n narrowed) {
	states := make([]string, len(f.States))
	for i, s := range f.States {
		states[i] = string(s)
	}
	n.is("creator", f.Creator)
	n.is("channel_id", f.Channel)
	n.is("variant_id", f.Variant)
	n.is("moment_id", f.Moment)
	n.is("recording_id", f.Recording)
	n.isOne("state", states)
	if f.Revoked {
		n.when("revoked")
	}
	n.below("id", f.Before)
	if since := f.Since.UnixMilli(); since > 0 { // of what changed only IDs are read and sorted
		n.when("id IN (SELECT c.id FROM claims c WHERE c.changed_ms >= ?)", since)
	}
	return n
}

// Claims is claims, newest first.
func (t *Tx) Claims(f ClaimFilter) ([]HandedOut, error) {
	n := f.narrowed()
	query, args := n.query("", "ORDER BY id DESC LIMIT ?", f.Limit)
	return t.claims(query, args...)
}

// CountClaims is how many there are, whatever the limit.
func (t *Tx) CountClaims(f ClaimFilter) (count int, err error) {
	n := f.narrowed()
	err = t.one("count", `SELECT COUNT(*) FROM claims `+n.where(), n.args, &count)
	return count, err
}

// PutClaim keeps what became of a claim that was read in this transaction.
// blocks says that the platform refused this very file for good.
func (t *Tx) PutClaim(h HandedOut, blocks bool) error {
	c, failure := h.Claim, ""
	if c.Failure != nil {
		failure = text(c.Failure)
	}
	when := c.PostAt.UnixMilli()
	for _, at := range []*time.Time{c.ScheduledAt, c.PostedAt} {
		if at != nil {
			when = at.UnixMilli()
		}
	}
	n, err := t.exec(`UPDATE claims SET state = $3, until_ms = $4, at_ms = $5, scheduled_ms = $6, draft_id = $7, posted_ms = $8, removed_ms = $9,
		url = $10, external_id = $11, failure = $12, blocks = $13, revoked = $14, changed_ms = now_ms, revision = revision + 1
		WHERE id = $1 AND revision = $2`, c.ID, h.Revision, c.State, c.Until.UnixMilli(), when, ms(c.ScheduledAt), c.DraftID, ms(c.PostedAt), ms(c.RemovedAt),
		c.URL, c.ExternalID, failure, blocks, c.Revoked)
	if err == nil && n == 0 {
		err = Stale("claim", c.ID)
	}
	if err != nil || c.PostedAt == nil {
		return err
	}
	return t.countPosted(c)
}

// countPosted has the post counted that a claim became.
func (t *Tx) countPosted(c pipeline.Claim) error {
	on, err := doc[pipeline.Channel](t, "channel", `SELECT doc FROM channels WHERE id = $1`, c.Channel)
	if err != nil {
		return err
	}
	return t.PutPost(pipeline.Post{ID: c.ID, Creator: c.Creator, Platform: on.Platform, Variant: c.Variant, URL: c.URL, ExternalID: c.ExternalID,
		PostedAt: *c.PostedAt, RemovedAt: c.RemovedAt})
}

// Overdue is the creators with claims whose time ran out.
func (t *Tx) Overdue() ([]string, error) {
	return t.texts(`SELECT DISTINCT creator FROM claims WHERE state IN ('claimed', 'scheduled') AND until_ms <= now_ms`)
}

// RunOut makes a creator's claims unknown whose time ran out, and counts them.
func (t *Tx) RunOut(creator string) (int64, error) {
	return t.exec(`UPDATE claims SET state = 'unknown', changed_ms = now_ms, revision = revision + 1 WHERE `+ranOut, creator)
}

// ranOut is a creator's claims whose time ran out. They are found by their time
// (claims_due): few have run out, and of a creator there are ever more. A name
// that is computed is looked up in no index.
const ranOut = `state IN ('claimed', 'scheduled') AND until_ms <= now_ms AND creator || '' = $1`

// IsHeld reports whether a clip was handed out for a channel and not given back.
func (t *Tx) IsHeld(channel, clip string) (bool, error) {
	return t.some(`SELECT COUNT(*) FROM claims WHERE channel_id = $1 AND clip_id = $2 AND state IN `+handedOut, channel, clip)
}

// RetryAt is when a platform said that a clip may be tried again on a channel;
// nil where it said nothing, or that time has come.
func (t *Tx) RetryAt(channel, clip string) (*time.Time, error) {
	var latest *time.Time
	err := t.each(`SELECT failure FROM claims WHERE channel_id = $1 AND clip_id = $2 AND state = 'failed' AND failure <> ''`, []any{channel, clip}, func(rows *sql.Rows) error {
		var body string
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var f pipeline.PostFailure
		if err := json.Unmarshal([]byte(body), &f); err != nil {
			return err
		}
		if f.RetryAt != nil && (latest == nil || f.RetryAt.After(*latest)) {
			latest = f.RetryAt
		}
		return nil
	})
	return latest, err
}

// WaitsFor says whether a channel waits for a file.
type WaitsFor string

// The values of WaitsFor; "" is that it does not.
const (
	WaitsNow   WaitsFor = "now"
	WaitsLater WaitsFor = "later" // a platform said so
)

// Approved is an approved file, and whether a channel waits for it.
type Approved struct {
	pipeline.Ready
	Waits WaitsFor
}

// Approved is a creator's approved files as a channel sees them, newest
// recordings first, from the one behind skip, at most limit.
func (t *Tx) Approved(creator, channel string, skip, limit int) ([]Approved, error) {
	var out []Approved
	err := t.each(`SELECT r.doc, CASE WHEN w.not_before IS NULL THEN '' WHEN w.not_before > now_ms THEN 'later' ELSE 'now' END
		FROM ready r LEFT JOIN waiting w ON w.channel_id = $2 AND w.variant_id = r.variant_id
		WHERE r.creator = $1 ORDER BY r.fresh_ms DESC, r.approved_ms, r.variant_id LIMIT $4 OFFSET $3`, []any{creator, channel, skip, limit}, func(rows *sql.Rows) error {
		var a Approved
		var body string
		if err := rows.Scan(&body, &a.Waits); err != nil {
			return err
		}
		out = append(out, a)
		return json.Unmarshal([]byte(body), &out[len(out)-1].Ready)
	})
	return out, err
}

// CountReady is how many approved files a creator has.
func (t *Tx) CountReady(creator string) (n int, err error) {
	err = t.one("count", `SELECT COUNT(*) FROM ready WHERE creator = $1`, []any{creator}, &n)
	return n, err
}

// Taken is when posts go out on a channel, since then and in the future.
func (t *Tx) Taken(channel string, since time.Time) ([]time.Time, error) {
	var out []time.Time
	err := t.each(`SELECT at_ms FROM claims WHERE channel_id = $1 AND at_ms >= $2 AND state IN `+handedOut+` ORDER BY at_ms`,
		[]any{channel, since.UnixMilli()}, func(rows *sql.Rows) error {
			var ms int64
			err := rows.Scan(&ms)
			out = append(out, time.UnixMilli(ms).UTC())
			return err
		})
	return out, err
}

// texts reads a single column of text.
func (t *Tx) texts(query string, args ...any) ([]string, error) {
	var out []string
	err := t.each(query, args, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}

// RevokeClaims marks what was handed out of a variant, or only of one of its
// files where digest is not "", as not to be posted, or to be taken down.
func (t *Tx) RevokeClaims(variant, digest string) error {
	n := narrowed{}
	n.when("variant_id = ? AND "+stillOut, variant)
	n.is("digest", digest)
	_, err := t.exec(`UPDATE claims SET revoked = TRUE, changed_ms = now_ms, revision = revision + 1 `+n.where(), n.args...)
	return err
}
