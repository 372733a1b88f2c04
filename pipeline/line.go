package pipeline

// Step is one verb of the line: the package, the task kind, the metric label
// and the log attribute.
type Step string

// The steps, and the two kinds of work that render is done in.
const (
	Ingest     Step = "ingest"     // object → recording
	Detect     Step = "detect"     // recording → marks, moments
	Excerpt    Step = "excerpt"    // moment → excerpt and its signals
	Transcribe Step = "transcribe" // excerpt → transcript
	Plan       Step = "plan"       // moment, words, signals → clips, variants, missing segments
	Render     Step = "render"     // a run: contiguous missing segments → segments
	Assemble   Step = "assemble"   // render's other half: segments and sound → one variant
	Publish    Step = "publish"    // variants → manifest
)

// Line is the order of the steps. Nothing else says what comes next.
var Line = []Step{Ingest, Detect, Excerpt, Transcribe, Plan, Render, Assemble, Publish}

// Next is the step after s, and false after the last one.
func Next(s Step) (Step, bool) {
	for i, x := range Line {
		if x == s && i+1 < len(Line) {
			return Line[i+1], true
		}
	}
	return "", false
}
