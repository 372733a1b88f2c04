package pipeline

// Note tells a person something about a result that is not a failure: what
// could not be given, why, and what would mend it.
type Note struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}
