package pipeline

// Brief is what a creator asks for a recording, beside the recording itself:
// where marks and words lie, which looks and hooks to make. Zero fields mean
// the defaults of docs/design.md.
type Brief struct {
	Flags       []string `json:"flags,omitempty"`       // --mark, in order
	Marks       []string `json:"marks,omitempty"`       // keys of files of marks, in the sidecar bucket
	Transcripts []string `json:"transcripts,omitempty"` // keys of transcripts, in the sidecar bucket
	Hooks       []string `json:"hooks,omitempty"`
	Aspects     []string `json:"aspects,omitempty"`
	Layouts     []string `json:"layouts,omitempty"`
	Styles      []string `json:"styles,omitempty"`
	Languages   []string `json:"languages,omitempty"`
	Pointing    []string `json:"pointing,omitempty"` // further words that make a chapter a mark
	Shorts      int      `json:"shorts"`             // at most, 0 … 3
	AllVariants bool     `json:"all_variants,omitempty"`
	PlanOnly    bool     `json:"plan_only,omitempty"`
}
