package pipeline

import "time"

// Post is a clip that was put on a platform, as counting sees it.
type Post struct {
	ID         string // its claim's
	Creator    string
	Channel    string
	Platform   Platform
	Zone       string // the channel's: posting hours are its local ones
	Recording  string
	Moment     string
	Clip       string
	Kind       ClipKind
	Variant    string
	Hook       string // its text
	HookKind   string // question, offer …; "" for none
	Style      string
	Aspect     string
	Length     time.Duration
	URL        string
	ExternalID string
	PostedAt   time.Time
	RemovedAt  *time.Time
}

// Snapshot is a platform's cumulative counters of one post at one time. Samples
// of one source are never mixed with another's.
type Snapshot struct {
	ID       string    `json:"id"`
	Post     string    `json:"post"`
	Source   string    `json:"source"`      // who says so: tiktok_api, x_api, csv:NAME, api:TOKEN …
	At       time.Time `json:"observed_at"` // when the platform said so
	Views    *int64    `json:"views"`       // nil: not told
	Shares   *int64    `json:"shares"`      // nil: not told; nothing is not none
	Likes    *int64    `json:"likes,omitempty"`
	Comments *int64    `json:"comments,omitempty"`
	Grain    Grain     `json:"grain,omitempty"`
	Received time.Time `json:"received_at"` // when it came here
}

// Grain is how exact in time a source's counters are.
type Grain string

// GrainInstant counters are of the instant they were asked; GrainMoving ones may
// still change for 48 h (Instagram); GrainDay ones are of whole days (YouTube): a
// snapshot of them is of the end of its day, and adds up all days until then.
const (
	GrainInstant Grain = ""
	GrainMoving  Grain = "moving"
	GrainDay     Grain = "day"
)

// ShareEvent is one counted re-share. It is counted once by source and ID.
type ShareEvent struct {
	ID       string    `json:"id"` // the source's own
	Source   string    `json:"source"`
	Post     string    `json:"post"`
	At       time.Time `json:"occurred_at"`
	Received time.Time `json:"received_at"`
	N        int64     `json:"-"` // how many events this stands for, told apart where it matters (shares.Edges); 0: itself alone
}

// Events is how many events it stands for.
func (e ShareEvent) Events() int64 { return max(e.N, 1) }
