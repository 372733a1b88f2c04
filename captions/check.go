package captions

import (
	"fmt"

	"dropcut/pipeline/timeline"
)

// Fault is one rule of reading that one caption of a clip does not keep.
type Fault struct {
	Rule   string // columns, lines, short, long, fast, gap, early, box, clip, overlap
	Window timeline.Window
	Detail string
	Said   bool // the words are said so: no caption that keeps time with them can do better
}

// Report is how a clip's captions keep the rules (reference: Netflix, BBC and
// the short-form convention).
type Report struct {
	Captions int
	Faults   []Fault
}

// OK reports whether every rule is kept, but where the words themselves are
// said too fast to be read.
func (r Report) OK() bool {
	for _, f := range r.Faults {
		if !f.Said {
			return false
		}
	}
	return true
}

// Detail is the report in one line.
func (r Report) Detail() string {
	text := fmt.Sprintf("%d captions", r.Captions)
	said := 0
	for _, f := range r.Faults {
		if f.Said {
			said++
		}
	}
	if said > 0 {
		text += fmt.Sprintf("; %d on screen as long as their words allow, shorter than is easy to read", said)
	}
	for _, f := range r.Faults {
		if !f.Said {
			return text + fmt.Sprintf("; %s at frame %d: %s", f.Rule, f.Window.In, f.Detail)
		}
	}
	return text
}

// earliest is how long before its first word a caption may come (80 ms).
const earliest = 80

// Check looks at every caption as a clip shows it.
func (t Track) Check(clip timeline.Window) Report {
	var r Report
	var shown []Cue
	for _, c := range t.Cues {
		if !c.Window.Overlaps(clip) {
			continue
		}
		if c, ok := c.trim(clip, t.rate); ok {
			shown = append(shown, c)
		}
	}
	r.Captions = len(shown)
	for i, c := range shown {
		var next *Cue
		if i+1 < len(shown) {
			next = &shown[i+1]
		}
		r.Faults = append(r.Faults, t.checkText(c)...)
		r.Faults = append(r.Faults, t.checkTime(c, next)...)
	}
	safe := newStage(t.Canvas).safe
	for _, e := range t.Events(clip) {
		if !safe.covers(e.Box) {
			r.Faults = append(r.Faults, Fault{Rule: "box", Window: e.Window, Detail: fmt.Sprintf("%v leaves %v", e.Box, safe)})
		}
		if !clip.Covers(e.Window) {
			r.Faults = append(r.Faults, Fault{Rule: "clip", Window: e.Window, Detail: fmt.Sprintf("it leaves the clip %v", clip)})
		}
	}
	return r
}

// checkText looks at a caption's lines.
func (t Track) checkText(c Cue) (out []Fault) {
	most := newStage(t.Canvas).columnsMost(t.Style)
	if n := len(c.Lines); n > designs[t.Style].lines {
		out = append(out, Fault{Rule: "lines", Window: c.Window, Detail: fmt.Sprintf("%d lines", n)})
	}
	for _, l := range c.texts() {
		if n := columns(l); n > most {
			out = append(out, Fault{Rule: "columns", Window: c.Window, Detail: fmt.Sprintf("%q is %d letters long, %d are the most", l, n, most)})
		}
	}
	return out
}

// columns is how long a caption is to a reader.
func (c Cue) columns() int {
	n := 0
	for i, w := range c.Words {
		if i > 0 && !w.Joined {
			n++
		}
		n += columns(w.Text)
	}
	return n
}

// checkTime looks at when a caption stands, and at what comes after it.
func (t Track) checkTime(c Cue, next *Cue) (out []Fault) {
	fault := func(rule string, said bool, detail string, args ...any) {
		out = append(out, Fault{Rule: rule, Window: c.Window, Detail: fmt.Sprintf(detail, args...), Said: said})
	}
	shown, full := c.Window.Frames(), c.full || c.cutIn || c.cutOut
	sh := newShape(t.Style, grammar{}, 1, t.rate)
	if shown > sh.longest {
		fault("long", false, "%d ms", t.rate.Millis(shown))
	}
	if want := max(sh.least, sh.word*int64(spokenIn(c.Words))); shown < want {
		fault("short", full, "%d ms, %d would be read", t.rate.Millis(shown), t.rate.Millis(want))
	}
	if long := c.columns(); sh.pace > 0 && float64(long) > sh.pace*float64(shown) {
		fault("fast", full, "%d letters in %d ms", long, t.rate.Millis(shown))
	}
	if ahead := c.Words[0].Start - c.Window.In; ahead > t.rate.FramesOfMillis(earliest) {
		fault("early", false, "%d ms before its first word", t.rate.Millis(ahead))
	}
	if next == nil {
		return out
	}
	switch gap := next.Window.In - c.Window.Out; {
	case gap < 0:
		fault("overlap", false, "%d frames", -gap)
	case gap > 2 && gap < t.rate.FramesOfMillis(500):
		fault("gap", false, "%d ms until the next", t.rate.Millis(gap))
	}
	return out
}
