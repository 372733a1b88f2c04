package pipeline

import "slices"

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

// line is the order of the steps: what may follow what. Compose alone leads to
// several: it reserves what is missing and makes assemble wait for it, and
// publish for all. Nothing else says what comes next.
var line = map[Step][]Step{
	Ingest:     {Detect},
	Detect:     {Excerpt},
	Excerpt:    {Transcribe},
	Transcribe: {Plan},
	Plan:       {Compose},
	Compose:    {Render, Sound, Assemble, Publish},
}

// Next is the one step that follows s; false where the line ends or forks.
func Next(s Step) (Step, bool) {
	if to := line[s]; len(to) == 1 {
		return to[0], true
	}
	return "", false
}

// Follows reports whether the line lets work of kind to come from kind from.
func Follows(from, to Step) bool { return slices.Contains(line[from], to) }
