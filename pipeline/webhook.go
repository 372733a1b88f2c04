package pipeline

import (
	"slices"
	"time"
)

// What a creator's webhooks can be told.
const (
	TellVariantReady    = "variant.ready"        // ReadyVariant
	TellVariantRevoked  = "variant.revoked"      // RevokedVariant
	TellClipPosted      = "clip.posted"          // PostedClip
	TellRecordingFailed = "recording.failed"     // FailedRecording
	TellWindowClosed    = "shares.window_closed" // ClosedWindow
)

// TellKinds is every kind of message.
var TellKinds = []string{TellVariantReady, TellVariantRevoked, TellClipPosted, TellRecordingFailed, TellWindowClosed}

// IsTold reports whether there is such a kind of message.
func IsTold(kind string) bool { return slices.Contains(TellKinds, kind) }

// ReadyVariant is the data of variant.ready: an approved variant can be claimed.
type ReadyVariant struct {
	Variant    string   `json:"variant"`
	Digest     string   `json:"digest"` // of the approved file
	Clip       string   `json:"clip"`
	Kind       ClipKind `json:"kind"`
	Moment     string   `json:"moment"`
	Recording  string   `json:"recording"`
	Aspect     string   `json:"aspect"`
	Layout     string   `json:"layout"`
	Style      string   `json:"style"`
	Language   string   `json:"language"`
	Hook       string   `json:"hook"`
	DurationMS int64    `json:"duration_ms"`
}

// RevokedVariant is the data of variant.revoked: nobody may post it any more,
// and what is posted of it is to be removed by hand.
type RevokedVariant struct {
	Variant   string        `json:"variant"`
	Digest    string        `json:"digest"`
	Clip      string        `json:"clip"`
	Moment    string        `json:"moment"`
	Recording string        `json:"recording"`
	Reason    string        `json:"reason"`       // snake_case: sold_out, offer_over, by_hand …
	Claims    []RevokedWork `json:"claims"`       // those that are not over, the newest, at most twenty; never null
	Count     int           `json:"claims_count"` // of those that are not over, listed here or not
	At        string        `json:"claims_at"`    // where the API lists them all
}

// RevokedWork is a claim of a revoked variant that is not over: one to let go,
// or a post to remove.
type RevokedWork struct {
	Claim   string     `json:"claim"`
	Channel string     `json:"channel"`
	State   ClaimState `json:"state"`
	URL     string     `json:"url,omitempty"`    // of what is posted
	URLAt   string     `json:"url_at,omitempty"` // where the API shows a URL that is too long for a message
}

// PostedClip is the data of clip.posted.
type PostedClip struct {
	Claim      string    `json:"claim"`
	Channel    string    `json:"channel"`
	Platform   Platform  `json:"platform"`
	Variant    string    `json:"variant"`
	Digest     string    `json:"digest"`
	Clip       string    `json:"clip"`
	Kind       ClipKind  `json:"kind"`
	Moment     string    `json:"moment"`
	Recording  string    `json:"recording"`
	URL        string    `json:"url"`
	ExternalID string    `json:"external_id,omitempty"`
	PostedAt   time.Time `json:"posted_at"`
}

// FailedRecording is the data of recording.failed: of a recording, or of what
// lies under a key and could not be taken in.
type FailedRecording struct {
	Recording string `json:"recording,omitempty"` // "" of what could not be taken in
	Name      string `json:"name"`
	Key       string `json:"key"`
	Failure   Told   `json:"failure"`
}

// Told is a failure as it is told to strangers: short, and with no cause.
type Told struct {
	Code      string `json:"code"`
	Step      Step   `json:"step,omitempty"`
	Detail    string `json:"detail"`
	Hint      string `json:"hint,omitempty"`
	Retryable bool   `json:"retryable"`
}

// ClosedWindow is the data of shares.window_closed: the first 12 h of a post
// are over, and what was counted in them is told. Late counts may still move it.
type ClosedWindow struct {
	Post      string    `json:"post"` // its claim
	Channel   string    `json:"channel"`
	Platform  Platform  `json:"platform"`
	Variant   string    `json:"variant"`
	Clip      string    `json:"clip"`
	Kind      ClipKind  `json:"kind"`
	Moment    string    `json:"moment"`
	Recording string    `json:"recording"`
	PostedAt  time.Time `json:"posted_at"`
	ClosedAt  time.Time `json:"closed_at"`
	State     string    `json:"state"`  // provisional, final, low_sample, no_data
	Shares    *int64    `json:"shares"` // null: not told
	Views     *int64    `json:"views"`
	Rate      *float64  `json:"rate"` // shares ÷ views; null where either is not known, or there are no views
	Low       *float64  `json:"low"`  // of its 95 % interval
	High      *float64  `json:"high"`
}
