package pipeline

import "time"

// DropPlan is what a creator says of a drop before it happens, in a drop.yaml.
// Every field may be missing.
type DropPlan struct {
	File       string              `json:"file"` // its name, as the person knows it
	Name       string              `json:"name,omitempty"`
	Planned    *time.Time          `json:"planned,omitempty"`
	Line       int                 `json:"line,omitempty"` // where Planned stands in the file, 1 …
	Zone       string              `json:"zone,omitempty"` // IANA name; "" where the file names none
	Words      []Term              `json:"words,omitempty"`
	Price      string              `json:"price,omitempty"` // as it is written
	Stock      string              `json:"stock,omitempty"`
	Link       string              `json:"link,omitempty"` // http or https
	OfferUntil *time.Time          `json:"offer_until,omitempty"`
	Hooks      []PlannedHook       `json:"hooks,omitempty"`
	Post       map[string]PostText `json:"post,omitempty"` // by channel
	FollowUp   *FollowUp           `json:"follow_up,omitempty"`
}

// Term is a word or a name as its creator writes it, and how recognisers and
// people mishear it.
type Term struct {
	Write string   `json:"write"`
	Heard []string `json:"heard,omitempty"`
}

// PlannedHook is an opening line of a drop plan.
type PlannedHook struct {
	Text  string `json:"text"`
	Offer bool   `json:"offer,omitempty"` // it speaks of the offer: to be withdrawn when that ends
}

// PostText is what is written beside a clip on one channel, and answers
// prepared for those who ask.
type PostText struct {
	Text    string  `json:"text,omitempty"`
	Offer   bool    `json:"offer,omitempty"`
	Replies []Reply `json:"replies,omitempty"`
}

// Reply is an answer written beforehand; To is what it answers, or empty.
type Reply struct {
	To  string `json:"to,omitempty"`
	Say string `json:"say"`
}

// FollowUp is a text for later.
type FollowUp struct {
	After time.Duration `json:"after_ns,omitempty"` // the post; 0 where the creator chooses
	Text  string        `json:"text"`
	Offer bool          `json:"offer,omitempty"`
}

// Withdrawn is when what is bound to the offer must go, in RFC 3339; "" where
// the plan names no end.
func (p *DropPlan) Withdrawn() string {
	if p == nil || p.OfferUntil == nil {
		return ""
	}
	return p.OfferUntil.Format(time.RFC3339)
}
