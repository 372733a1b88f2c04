package pipeline

import "strings"

// Step is one verb of the line: the package, the task kind, the metric label
// and the log attribute.
type Step string

// The steps. Compose, render, sound and assemble are one verb to a person:
// render. They are four kinds of work because each is done, kept and tried
// again on its own.
const (
	Ingest     Step = "ingest"     // object → recording
	Detect     Step = "detect"     // recording → marks, moments
	Excerpt    Step = "excerpt"    // moment → excerpt and its signals
	Transcribe Step = "transcribe" // excerpt → transcript
	Plan       Step = "plan"       // moment, words, signals → clips
	Compose    Step = "compose"    // clips × looks × hooks → variants, and what is missing for them
	Render     Step = "render"     // a run: contiguous missing segments → segments
	Sound      Step = "sound"      // one clip's window → its sound
	Assemble   Step = "assemble"   // segments and sound → one variant
	Publish    Step = "publish"    // variants → manifest
)

// Line is every step in the order in which a recording meets them.
func Line() []Step {
	return []Step{Ingest, Detect, Excerpt, Transcribe, Plan, Compose, Render, Sound, Assemble, Publish}
}

// line is the order of the steps: which step the subjects of one lead to, by
// the kind of subject (the prefix of its ID). Nothing else says what comes next.
var line = map[Step]map[string]Step{
	Ingest:     {RecordingID: Detect},
	Detect:     {MomentID: Excerpt, RecordingID: Publish}, // a recording without a moment is published as that
	Excerpt:    {MomentID: Transcribe},
	Transcribe: {MomentID: Plan},
	Plan:       {MomentID: Compose},
	Compose:    {RunID: Render, ClipID: Sound, VariantID: Assemble, MomentID: Publish},
	Assemble:   {MomentID: Compose}, // encoders that do not match: the minority is made again
}

// Next is the step that a subject goes to after step s; false where the line ends.
func Next(s Step, subject string) (Step, bool) {
	prefix, _, _ := strings.Cut(subject, "_")
	to, ok := line[s][prefix]
	return to, ok
}
