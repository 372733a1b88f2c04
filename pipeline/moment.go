package pipeline

import (
	"path"

	"dropcut/pipeline/timeline"
)

// MomentState is where a moment stands.
type MomentState string

// found → offered, or found → excerpted → planned → rendering → made, then superseded, or failed
const (
	MomentFound      MomentState = "found"
	MomentOffered    MomentState = "offered"
	MomentExcerpted  MomentState = "excerpted"
	MomentPlanned    MomentState = "planned"
	MomentRendering  MomentState = "rendering"
	MomentMade       MomentState = "made"
	MomentSuperseded MomentState = "superseded"
	MomentFailed     MomentState = "failed"
)

// Moment is the stretch worth showing, grown from marks.
type Moment struct {
	ID           string          `json:"id"`
	Recording    string          `json:"recording"`
	State        MomentState     `json:"state"`
	SupersededBy string          `json:"superseded_by,omitempty"`
	Window       timeline.Window `json:"window"`
	Payoff       timeline.Window `json:"payoff"` // the instant or short range that must be seen
	Given        bool            `json:"given"`  // a person gave the range: plan keeps to it
	GivenSlack   int64           `json:"given_slack"`
	Label        string          `json:"label"`
	Confidence   float64         `json:"confidence"`
	Marks        []Mark          `json:"marks"`
	Folder       string          `json:"folder,omitempty"` // below its recording's; given once, when it is first to be rendered
	Published    *Published      `json:"published,omitempty"`
	Failure      *Error          `json:"failure,omitempty"`  // why it is failed; nil in any other state
	Words        []string        `json:"words,omitempty"`    // recipe IDs of the documents kept for it: heard, translated, proposed
	Proposed     []string        `json:"proposed,omitempty"` // opening lines that a language model wrote: a stranger's text
	Notes        []Note          `json:"notes,omitempty"`
}

// Published is what publish last did for a moment.
type Published struct {
	Round string       `json:"round"` // which call asked for it
	Key   string       `json:"key"`   // of the manifest in the output bucket
	Made  ManifestMade `json:"made"`

	Captions map[string][]ManifestCaption `json:"captions,omitempty"` // of each clip, by its ID: names beside the manifest
}

// CaptionsOf is a clip's captions as they were last published, with the keys of
// their files.
func (m Moment) CaptionsOf(clip string) (out []ManifestCaption) {
	if m.Published == nil {
		return nil
	}
	key := func(name string) string {
		if name == "" {
			return ""
		}
		return path.Join(path.Dir(m.Published.Key), name)
	}
	for _, c := range m.Published.Captions[clip] {
		out = append(out, ManifestCaption{Language: c.Language, SRT: key(c.SRT), VTT: key(c.VTT)})
	}
	return out
}

// Span is the window an excerpt of the moment covers, before clamping to the
// recording: the union of the moment and 90 s around the payoff, plus 30 s handles.
func (m Moment) Span(rate timeline.Rate) timeline.Window {
	s := func(n int64) int64 { return rate.FramesOfMillis(n * 1000) }
	return m.Window.Union(m.Payoff.Grow(s(90), s(90))).Grow(s(30), s(30))
}
