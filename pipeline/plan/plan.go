// Package plan decides where clips go in and out. It is pure: the same
// moment, words and signals give the same clips.
package plan

import (
	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Input is all that a plan is made from. All windows are on the timeline.
type Input struct {
	Rate    timeline.Rate
	Bounds  timeline.Window // frames that can be shown: the excerpt within the recording
	Moment  pipeline.Moment
	Signals pipeline.Signals
	Words   []captions.Word // of the best transcript, in order; may be empty
	Shorts  int             // at most
}

// Draft is a clip as planned, before it has an ID.
type Draft struct {
	Kind   pipeline.ClipKind
	N      int // 1 … within its kind, best first
	Window timeline.Window
	Why    []string
	Text   string // the words inside
	Notes  []pipeline.Note
}
