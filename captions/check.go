package captions

import (
	"fmt"
	"slices"

	"dropcut/pipeline/timeline"
)

// Fault is one rule of reading that one caption of a clip does not keep.
type Fault struct {
	Rule   string // columns, lines, flash, short, long, fast, gap, early, box, clip, overlap
	Window timeline.Window
	Detail string
	Said   bool // the words are said so: no caption that keeps time with them, and no two as one, can do better
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
	said := map[timeline.Window]bool{}
	for _, f := range r.Faults {
		if f.Said {
			said[f.Window] = true
		}
	}
	if len(said) > 0 {
		text += fmt.Sprintf("; %d on screen as long as their words allow, shorter than is easy to read", len(said))
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
		var before, next *Cue
		if i > 0 {
			before = &shown[i-1]
		}
		if i+1 < len(shown) {
			next = &shown[i+1]
		}
		r.Faults = append(r.Faults, t.checkText(c)...)
		r.Faults = append(r.Faults, t.checkReading(c, before, next)...)
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

// flash is the least that a caption may be on screen, whatever its words are
// (outputs: a group of karaoke). Nothing excuses less.
const flash = 250

// checkReading looks at how long a caption can be read. Its words excuse it
// where it stands for as long as they allow and would read no better as one with
// a caption beside it; so does the clip that cuts it.
func (t Track) checkReading(c Cue, before, next *Cue) (out []Fault) {
	shown := c.Window.Frames()
	if shown < t.rate.FramesOfMillis(flash) {
		return []Fault{{Rule: "flash", Window: c.Window, Detail: fmt.Sprintf("%d ms, %d are the least", t.rate.Millis(shown), flash)}}
	}
	sh := newShape(t.Style, grammar{}, 1, t.rate)
	if want := max(sh.least, sh.word*int64(spokenIn(c.Words))); shown < want {
		out = append(out, Fault{Rule: "short", Window: c.Window, Detail: fmt.Sprintf("%d ms, %d would be read", t.rate.Millis(shown), t.rate.Millis(want))})
	}
	if long := c.columns(); sh.pace > 0 && float64(long) > sh.pace*float64(shown) {
		out = append(out, Fault{Rule: "fast", Window: c.Window, Detail: fmt.Sprintf("%d letters in %d ms", long, t.rate.Millis(shown))})
	}
	if len(out) == 0 {
		return nil
	}
	excused := c.cutIn || c.cutOut || c.full && !t.better(before, &c) && !t.better(&c, next)
	for i := range out {
		out[i].Said = excused
	}
	return out
}

// better reports whether two captions that follow each other, one of them hard
// to read, would be easier to read as one that fits. Those that a clip cuts
// were whole when they were broken.
func (t Track) better(a, b *Cue) bool {
	if a == nil || b == nil || a.closed || a.cutIn || a.cutOut || b.cutIn || b.cutOut {
		return false
	}
	fc := t.fonts.typeface(t.Style, t.tag)
	s := newStage(t.Canvas)
	d := designs[t.Style]
	sh := newShape(t.Style, grammarOf(t.Language), s.width(d)/fc.em(s.pixels(d, 100)), t.rate)
	sh.columnsMost, sh.space = s.columnsMost(t.Style), fc.space()
	words := slices.Concat(a.Words, b.Words)
	texts := make([]string, len(words))
	for i := range words {
		texts[i] = words[i].Text
	}
	sh.take(texts, words, func(text string) float64 { return fc.measure(text).advance })
	return sh.helps(words, 0, len(a.Words), len(words), a.Window, b.Window)
}

// checkTime looks at when a caption stands, and at what comes after it.
func (t Track) checkTime(c Cue, next *Cue) (out []Fault) {
	fault := func(rule, detail string, args ...any) {
		out = append(out, Fault{Rule: rule, Window: c.Window, Detail: fmt.Sprintf(detail, args...)})
	}
	if shown := c.Window.Frames(); shown > t.rate.FramesOfMillis(7000) {
		fault("long", "%d ms", t.rate.Millis(shown))
	}
	if ahead := c.Words[0].Start - c.Window.In; ahead > t.rate.FramesOfMillis(earliest) {
		fault("early", "%d ms before its first word", t.rate.Millis(ahead))
	}
	if next == nil {
		return out
	}
	switch gap := next.Window.In - c.Window.Out; {
	case gap < 0:
		fault("overlap", "%d frames", -gap)
	case gap > 2 && gap < t.rate.FramesOfMillis(500):
		fault("gap", "%d ms until the next", t.rate.Millis(gap))
	}
	return out
}
