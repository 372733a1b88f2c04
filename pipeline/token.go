package pipeline

import "time"

// Token lets a program or a person in. Its text is shown once and kept nowhere.
type Token struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Creator string     `json:"creator,omitempty"` // whose things it reaches; "" for everybody's
	Scopes  []Scope    `json:"scopes"`
	Created time.Time  `json:"created_at"`
	Expires *time.Time `json:"expires_at,omitempty"` // nil: never
	Used    *time.Time `json:"used_at,omitempty"`    // to a minute
	Revoked *time.Time `json:"revoked_at,omitempty"`
}

// Scope is what a token may be used for.
type Scope string

// The scopes. Who may do anything may read what belongs to it.
const (
	ScopeCreator   Scope = "creator"   // recordings, marks, drop plans, channels, webhooks
	ScopeEditor    Scope = "editor"    // verdicts, variants, recalls
	ScopeScheduler Scope = "scheduler" // claims, posts, counted shares
	ScopeAdmin     Scope = "admin"     // everything, tokens too
)

// Scopes is every scope.
var Scopes = []Scope{ScopeCreator, ScopeEditor, ScopeScheduler, ScopeAdmin}
