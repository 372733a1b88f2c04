package pipeline

import "time"

// ClaimState is where a claim stands.
type ClaimState string

// claimed → scheduled → posted → removed, or released | failed | unknown. A
// claim whose time ran out is unknown: what it was for may be public already.
const (
	Claimed   ClaimState = "claimed"
	Scheduled ClaimState = "scheduled"
	Posted    ClaimState = "posted"
	Removed   ClaimState = "removed"
	Released  ClaimState = "released"
	Failed    ClaimState = "failed"
	Unknown   ClaimState = "unknown"
)

// Ready is an approved file: what may be handed to schedulers.
type Ready struct {
	Creator   string   `json:"creator"`
	Recording string   `json:"recording"`
	Moment    string   `json:"moment"`
	Clip      string   `json:"clip"`
	Kind      ClipKind `json:"kind"`
	N         int      `json:"n"`
	Variant   string   `json:"variant"`
	Look      Look     `json:"look"`
	Hook      Hook     `json:"hook"`
	Digest    string   `json:"digest"`
	File      string   `json:"file"` // its key in the output
	Poster    string   `json:"poster,omitempty"`

	Captions []ManifestCaption `json:"captions,omitempty"` // beside it, with keys for names

	Width      int        `json:"width"`
	Height     int        `json:"height"`
	FrameRate  string     `json:"frame_rate"` // 30000/1001
	LengthMS   int64      `json:"length_ms"`
	Bytes      int64      `json:"bytes"`
	Silent     bool       `json:"silent,omitempty"`      // it has no sound
	Label      string     `json:"label"`                 // the moment's
	Words      string     `json:"words"`                 // what is said in the clip
	OfferUntil *time.Time `json:"offer_until,omitempty"` // of a hook that speaks of an offer, where somebody said when it ends
	Approved   time.Time  `json:"approved_at"`
}

// Claim is a scheduler's exclusive right to post a variant on a channel, and
// then what became of it: a claim that was posted is the post.
type Claim struct {
	ID          string       `json:"id"`
	Creator     string       `json:"creator"`
	Channel     string       `json:"channel"` // its ID
	Moment      string       `json:"moment"`
	Clip        string       `json:"clip"`
	Kind        ClipKind     `json:"kind"`
	Variant     string       `json:"variant"`
	Digest      string       `json:"digest"` // of the file that was handed out: no other is meant
	State       ClaimState   `json:"state"`
	By          string       `json:"by"`              // the token that claimed
	Again       bool         `json:"again,omitempty"` // it was asked for although the clip was posted there
	ClaimedAt   time.Time    `json:"claimed_at"`
	Until       time.Time    `json:"until"`   // a claim that was not reported on by then is unknown
	PostAt      time.Time    `json:"post_at"` // when it is best posted
	ScheduledAt *time.Time   `json:"scheduled_at,omitempty"`
	DraftID     string       `json:"draft_id,omitempty"` // the scheduler's own
	PostedAt    *time.Time   `json:"posted_at,omitempty"`
	RemovedAt   *time.Time   `json:"removed_at,omitempty"`
	URL         string       `json:"url,omitempty"`
	ExternalID  string       `json:"external_id,omitempty"` // the platform's
	Failure     *PostFailure `json:"failure,omitempty"`
	Revoked     bool         `json:"revoked,omitempty"` // it was recalled: not to be posted, or to be removed by hand
	Changed     time.Time    `json:"changed_at"`
}

// PostFailure is why a platform did not take a clip.
type PostFailure struct {
	Code      string     `json:"code"`
	Message   string     `json:"platform_message,omitempty"`
	Retryable bool       `json:"retryable"`
	RetryAt   *time.Time `json:"retry_at,omitempty"` // not handed out there before; nil: at once
}

// Verdict is what an editor said of one made file.
type Verdict struct {
	ID      string    `json:"id"`
	Creator string    `json:"creator"`
	Variant string    `json:"variant"`
	Digest  string    `json:"digest"`
	Says    Says      `json:"says"`
	Reason  string    `json:"reason,omitempty"` // of a rejection
	By      string    `json:"by"`               // the token, or the channel that takes siblings
	At      time.Time `json:"at"`
}

// Says is the word of a verdict.
type Says string

// The words of verdicts.
const (
	Approve Says = "approve"
	Reject  Says = "reject"
)
