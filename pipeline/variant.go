package pipeline

// VariantState is where a variant's revision stands.
type VariantState string

// offered → rendering → made → approved | rejected, any of the last three → replaced, or failed
const (
	VariantOffered   VariantState = "offered"
	VariantRendering VariantState = "rendering"
	VariantMade      VariantState = "made"
	VariantApproved  VariantState = "approved"
	VariantRejected  VariantState = "rejected"
	VariantReplaced  VariantState = "replaced"
	VariantFailed    VariantState = "failed"
)

// Variant is clip × look × hook, in its newest revision.
type Variant struct {
	ID       string       `json:"id"`
	Clip     string       `json:"clip"`
	Look     Look         `json:"look"`
	HookN    int          `json:"hook_n"` // 1 … among all hooks the clip ever had, the hook's for life; 0 for none
	Hook     Hook         `json:"hook"`
	Revision int          `json:"revision"`
	State    VariantState `json:"state"`
	Lead     bool         `json:"lead,omitempty"`  // the clip's poster is taken from it
	Input    string       `json:"input"`           // hash of all that decides the bytes: windows, cues, hook, look, sound
	Sound    string       `json:"sound,omitempty"` // recipe of the clip's sound; "" without sound
	Segments []SegmentRef `json:"segments"`
	Made     *MadeFile    `json:"made,omitempty"`
	Failure  *Error       `json:"failure,omitempty"`
	Notes    []Note       `json:"notes,omitempty"`
}

// SegmentRef names one segment of a variant by what it was made from.
type SegmentRef struct {
	Recipe string `json:"recipe"`
	Digest string `json:"digest,omitempty"` // of its bytes; empty until it is made
	In     int64  `json:"in_frame"`
	Out    int64  `json:"out_frame"`
}

// Frames is the segment's length.
func (s SegmentRef) Frames() int64 { return s.Out - s.In }

// MadeFile is a finished file and how it was proved.
type MadeFile struct {
	Key      string   `json:"key"`    // in the output bucket
	Digest   string   `json:"digest"` // "sha256:…"
	Width    int      `json:"width"`
	Height   int      `json:"height"`
	Frames   int64    `json:"frames"`
	Bytes    int64    `json:"bytes"`
	Loudness *float64 `json:"loudness_lufs"`    // nil without sound
	Poster   string   `json:"poster,omitempty"` // key of a JPEG of its first picture
	Checks   []Check  `json:"checks"`
	Notes    []Note   `json:"notes,omitempty"`
}

// Check is one thing that was verified about a made file.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}
