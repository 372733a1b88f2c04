package pipeline

// Brief is what a creator asks for a recording, beside the recording itself:
// where marks and words lie, which looks and hooks to make. Zero fields mean
// the defaults of docs/design.md.
type Brief struct {
	Flags        []string  `json:"flags,omitempty"` // --mark, in order
	Marks        []Sidecar `json:"marks,omitempty"`
	Transcripts  []Sidecar `json:"transcripts,omitempty"`
	Hooks        []string  `json:"hooks,omitempty"`
	Aspects      []string  `json:"aspects,omitempty"`
	Layouts      []string  `json:"layouts,omitempty"`
	Styles       []string  `json:"styles,omitempty"`
	Languages    []string  `json:"languages,omitempty"`
	Pointing     []string  `json:"pointing,omitempty"`      // further words that make a chapter a mark
	Spoken       string    `json:"spoken,omitempty"`        // tag of the language spoken; "" lets a recogniser tell
	Translate    []string  `json:"translate,omitempty"`     // languages that captions are put into
	ProposeHooks bool      `json:"propose_hooks,omitempty"` // a language model may write opening lines
	Shorts       int       `json:"shorts"`                  // at most, 0 … 3; in a brief that defaults are still to be added to, less than 0 is not said
	Mask         bool      `json:"mask,omitempty"`          // hide swear words in captions and hooks
	AllVariants  bool      `json:"all_variants,omitempty"`
	PlanOnly     bool      `json:"plan_only,omitempty"`
	NoProposals  bool      `json:"no_proposals,omitempty"` // without a mark there is no moment

	Plan       *Sidecar  `json:"plan,omitempty"`        // the drop plan as it came
	Drop       *DropPlan `json:"drop,omitempty"`        // what it says
	Defaults   *Sidecar  `json:"defaults,omitempty"`    // the creator's .dropcut.yaml as it came
	UsualHooks []string  `json:"usual_hooks,omitempty"` // of the creator's defaults
	Dictionary []Term    `json:"dictionary,omitempty"`  // of the plan, then of the defaults
	Zone       string    `json:"zone,omitempty"`        // IANA name of where the recorder's clock is; "" is this machine's
}

// UsualShorts is how many shorts a moment has at most where nobody says how many.
const UsualShorts = 3

// Sidecar is a file that came with a recording. Its bytes are kept in the data
// bucket under their digest, so that a later change of the file changes nothing
// that is being made.
type Sidecar struct {
	Name   string `json:"name"` // as the person knows it
	Digest string `json:"digest"`
	Asked  bool   `json:"asked,omitempty"` // named by a person, not found beside the recording
}
