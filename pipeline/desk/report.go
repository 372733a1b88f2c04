package desk

import (
	"errors"
	"net/url"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Report is what became of a claim.
type Report struct {
	State      pipeline.ClaimState // scheduled, posted, failed, removed, released
	At         *time.Time          // scheduled: for when; posted, removed: when; nil: now
	DraftID    string
	URL        string
	ExternalID string
	Failure    *pipeline.PostFailure
}

// from is which states a report may come from.
var from = map[pipeline.ClaimState][]pipeline.ClaimState{
	pipeline.Scheduled: {pipeline.Claimed, pipeline.Unknown, pipeline.Scheduled},
	pipeline.Posted:    {pipeline.Claimed, pipeline.Scheduled, pipeline.Unknown, pipeline.Posted},
	pipeline.Failed:    {pipeline.Claimed, pipeline.Scheduled, pipeline.Unknown, pipeline.Failed},
	pipeline.Released:  {pipeline.Claimed, pipeline.Scheduled, pipeline.Unknown, pipeline.Released},
	pipeline.Removed:   {pipeline.Posted, pipeline.Removed},
}

const (
	afterSchedule = 24 * time.Hour  // a scheduled post that is not reported by then is unknown
	ahead         = 5 * time.Minute // of our clock a reporter's may be, or behind it
)

// Keep keeps what a scheduler reports of its claim; the same report twice is
// one. revision is the one that the claim was read with, 0 for any. Conflict
// where the claim is in a state that this cannot follow on.
func (d *Desk) Keep(tx *catalog.Tx, who Who, id string, revision int, r Report) (catalog.HandedOut, error) {
	h, err := tx.Claim(who.Creator, id)
	if err != nil {
		return h, err
	}
	if err := tx.Enter(h.Creator); err != nil {
		return h, err
	}
	if _, err := tx.RunOut(h.Creator); err != nil {
		return h, err
	}
	if h, err = tx.Claim(who.Creator, id); err != nil {
		return h, err
	}
	now, err := tx.Now()
	if err != nil {
		return h, err
	}
	if err := may(h, who, revision, r, now); err != nil {
		return h, err
	}
	was := h.State
	blocks := write(&h.Claim, r, now)
	if err := tx.PutClaim(h, blocks); err != nil {
		return h, err
	}
	if blocks {
		if err := tx.AwaitNot(h.Channel, h.Variant); err != nil {
			return h, err
		}
	}
	if err := d.follow(tx, h, was); err != nil {
		return h, err
	}
	return tx.Claim(who.Creator, id)
}

// may refuses a report that cannot be true, or is not for who reports to make.
func may(h catalog.HandedOut, who Who, revision int, r Report, now time.Time) error {
	allowed, known := from[r.State]
	switch {
	case !known:
		return pipeline.Fail(pipeline.Invalid, "bad_state", "scheduled, posted, failed, removed or released", "%q cannot be reported", r.State).At("/state")
	case h.By != who.Token && !who.Over:
		return pipeline.Fail(pipeline.Conflict, "not_yours", "whoever claimed it reports on it; an editor may too", "%s was claimed by another", h.ID)
	case revision != 0 && revision != h.Revision:
		return catalog.Stale("claim", h.ID)
	case !slices.Contains(allowed, h.State):
		return pipeline.Fail(pipeline.Conflict, "bad_change", "read the claim: GET /v1/claims/"+h.ID, "%s is %s, which %s cannot follow", h.ID, h.State, r.State)
	case r.State == pipeline.Posted && r.At != nil && r.At.After(now.Add(ahead)):
		return pipeline.Fail(pipeline.Invalid, "in_the_future", "report it as scheduled", "posted at %s is still to come", r.At.Format(time.RFC3339)).At("/posted_at")
	case r.State == pipeline.Scheduled && r.At != nil && r.At.Before(h.ClaimedAt.Add(-ahead)):
		return pipeline.Fail(pipeline.Invalid, "in_the_past", "give the time to come at which it will be posted, such as the claim's post_at; what went out is reported as posted",
			"%s is before %s was claimed, at %s", r.At.Format(time.RFC3339), h.ID, h.ClaimedAt.UTC().Format(time.RFC3339)).At("/at")
	case r.At != nil && r.At.Year() < 2000:
		return pipeline.Fail(pipeline.Invalid, "bad_time", "check the clock", "%s is no time of a post", r.At.Format(time.RFC3339)).At("/posted_at")
	case r.State == pipeline.Scheduled && r.At == nil:
		return pipeline.Fail(pipeline.Invalid, "no_time", "say when it will be posted", "scheduled for when?").At("/at")
	case r.State == pipeline.Failed && (r.Failure == nil || r.Failure.Code == ""):
		return pipeline.Fail(pipeline.Invalid, "no_code", "say what the platform answered", "failed with what?").At("/code")
	case h.Revoked && (r.State == pipeline.Scheduled):
		return pipeline.Fail(pipeline.Conflict, "revoked", "release it", "%s was recalled: it is not to be posted", h.Variant)
	}
	if u, err := url.Parse(r.URL); r.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		return pipeline.Fail(pipeline.Invalid, "bad_url", "give the post's https:// address", "%q is no address of a post", r.URL).At("/url")
	}
	return nil
}

// write is what a report changes of a claim, and whether this very file is not
// to be handed out there again.
func write(c *pipeline.Claim, r Report, now time.Time) (blocks bool) {
	at := &now
	if r.At != nil {
		at = r.At
	}
	c.State = r.State
	switch r.State {
	case pipeline.Scheduled:
		c.ScheduledAt, c.Until = at, later(*at, now).Add(afterSchedule)
		c.DraftID = or(r.DraftID, c.DraftID)
	case pipeline.Posted:
		if c.PostedAt == nil || r.At != nil {
			c.PostedAt = at
		}
		c.URL, c.ExternalID, c.Failure = or(r.URL, c.URL), or(r.ExternalID, c.ExternalID), nil
	case pipeline.Removed:
		if c.RemovedAt == nil || r.At != nil {
			c.RemovedAt = at
		}
	case pipeline.Failed:
		c.Failure = r.Failure
		return !r.Failure.Retryable
	}
	return false
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// follow does what a report leads to.
func (d *Desk) follow(tx *catalog.Tx, h catalog.HandedOut, was pipeline.ClaimState) error {
	c := h.Claim
	if c.State == was {
		return nil
	}
	switch c.State {
	case pipeline.Posted:
		on, err := tx.ChannelEver(c.Channel)
		if err != nil {
			return err
		}
		return d.tell(tx, c.Creator, pipeline.TellClipPosted, postMessage(c, h.Ready, on.Platform))
	case pipeline.Released, pipeline.Failed:
		return d.giveBack(tx, c)
	}
	return nil
}

// giveBack has a channel wait for a clip again.
func (d *Desk) giveBack(tx *catalog.Tx, c pipeline.Claim) error {
	ch, err := tx.Channel(c.Creator, c.Channel)
	if errors.Is(err, pipeline.NotFound) {
		return nil // it was removed
	}
	if err != nil {
		return err
	}
	all, err := tx.ReadyOf(c.Clip)
	if err != nil {
		return err
	}
	p := plans{tx: tx}
	for _, r := range all {
		if err := p.await(ch, r); err != nil {
			return err
		}
	}
	return nil
}
