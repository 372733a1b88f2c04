package captions

import (
	"fmt"
	"math"
	"strings"

	"dropcut/pipeline/timeline"
)

// Layers: a hook lies over captions, letters over their plate or shadow.
const (
	captionGround = iota
	captionLetters
	hookGround
	hookLetters
)

// Events are the track's cues as one clip shows them: a cue that lies partly
// outside is shown for its part, with only the words that are wholly inside.
// What remains shorter than a quarter of a second is left out. The same cue
// gives the same events in every clip that holds it whole.
func (t Track) Events(clip timeline.Window) []Event {
	var out []Event
	for _, c := range t.Cues {
		if !c.Window.Overlaps(clip) {
			continue
		}
		c, ok := c.trim(clip, t.rate)
		if !ok {
			continue
		}
		switch t.Style {
		case Karaoke:
			out = append(out, t.karaoke(c)...)
		case Phrase:
			out = append(out, t.phrase(c)...)
		}
	}
	return out
}

// trim is the part of a cue that a clip shows.
func (c Cue) trim(clip timeline.Window, rate timeline.Rate) (Cue, bool) {
	if clip.Covers(c.Window) {
		return c, true
	}
	kept, lines := make([]Word, 0, len(c.Words)), [][]int(nil)
	key := -1
	for _, l := range c.Lines {
		var line []int
		for _, i := range l {
			if !clip.Covers(c.Words[i].Window()) {
				continue
			}
			if i == c.key {
				key = len(kept)
			}
			line = append(line, len(kept))
			kept = append(kept, c.Words[i])
		}
		if len(line) > 0 {
			lines = append(lines, line)
		}
	}
	if len(kept) == 0 {
		return Cue{}, false
	}
	first, last := kept[0], kept[len(kept)-1]
	w := c.Window.Intersect(clip)
	if first != c.Words[0] {
		w.In = first.Start
	}
	if last != c.Words[len(c.Words)-1] {
		w.Out = last.End
	}
	out := Cue{Window: w, Words: kept, Lines: lines, percent: c.percent, key: key, follows: c.follows, leads: c.leads}
	out.cutIn, out.cutOut = w.In != c.Window.In, w.Out != c.Window.Out
	return out, w.Frames() >= rate.FramesOfMillis(250)
}

// setting is one cue's geometry: where each of its lines stands.
type setting struct {
	stage
	design
	face      *face
	size      float64 // ASS font size
	em        float64
	lines     []string
	extents   []extent
	baselines []float64
}

// set places lines above a last baseline.
func set(s stage, d design, f *face, percent int, last float64, lines []string) setting {
	g := setting{stage: s, design: d, face: f, size: s.pixels(d, percent), lines: lines}
	g.em = f.em(g.size)
	for i, l := range lines {
		g.extents = append(g.extents, f.measure(l))
		g.baselines = append(g.baselines, last-float64(len(lines)-1-i)*d.pitch*s.scale*float64(percent)/100)
	}
	return g
}

// at is where \an5 puts line i: the middle of its box.
func (g setting) at(i int) (x, y int) {
	return int(math.Round(g.middle)), int(math.Round(g.baselines[i] - g.face.middle()*g.em))
}

// box is where line i's ink lies, with a stroke or halo of so many pixels.
func (g setting) box(i int, around float64) Box {
	e := g.extents[i]
	x, y := g.at(i)
	left := float64(x) - e.advance/2*g.em
	base := float64(y) + g.face.middle()*g.em
	return Box{
		int(math.Floor(left + e.left*g.em - around - 1)), int(math.Floor(base + e.top*g.em - around - 1)),
		int(math.Ceil(left + e.right*g.em + around + 1)), int(math.Ceil(base + e.bottom*g.em + around + 1)),
	}
}

// inside reports whether letters, stroke and plate lie in the safe box.
func (g setting) inside() bool {
	var all Box
	if g.padding > 0 {
		_, all = g.platePath()
	} else {
		all = g.box(0, g.stroke*g.scale)
	}
	for i := range g.lines {
		all = all.union(g.box(i, g.stroke*g.scale))
	}
	return g.safe.covers(all)
}

// covers reports whether all of o lies in b.
func (b Box) covers(o Box) bool {
	return b.Left <= o.Left && b.Top <= o.Top && b.Right >= o.Right && b.Bottom >= o.Bottom
}

func (b Box) union(o Box) Box {
	return Box{min(b.Left, o.Left), min(b.Top, o.Top), max(b.Right, o.Right), max(b.Bottom, o.Bottom)}
}

// tags is one override block, from pieces.
func tags(parts ...string) string { return "{" + strings.Join(parts, "") + "}" }

// place is the tags that put line i where it belongs.
func (g setting) place(i, down int) string {
	x, y := g.at(i)
	p := fmt.Sprintf(`\pos(%d,%d)`, x, y+down)
	if full := g.pixels(g.design, 100); g.size != full {
		p += fmt.Sprintf(`\fs%d`, int(g.size))
	}
	return p
}

func colour(rgb int) string {
	return fmt.Sprintf(`\1c&H%02X%02X%02X&`, rgb&0xFF, rgb>>8&0xFF, rgb>>16)
}

// pop lets a group of words grow into place; its neighbours do not move.
const pop = `\fscx92\fscy92\t(0,80,\fscx100\fscy100)`

// karaoke draws one line: its shadow for as long as it stands, and the letters
// once for every word that is spoken.
func (t Track) karaoke(c Cue) []Event {
	s, d, f := newStage(t.Canvas), designs[Karaoke], t.fonts.face(Karaoke)
	g := set(s, d, f, c.percent, s.baseline(Karaoke, f), c.texts())
	move := ""
	states := c.states(t.rate)
	if !c.cutIn && t.rate.Millis(states[0].Frames()) >= 80 {
		move = pop
	}
	around, drop := d.stroke*s.scale, d.drop*s.scale
	shade := g.box(0, around+reach*d.blur*s.scale)
	shade.Top, shade.Bottom = shade.Top+int(drop), shade.Bottom+int(math.Ceil(drop))
	blur := fmt.Sprintf(`\blur%g`, math.Round(d.blur*s.scale*10)/10)
	out := []Event{{Window: c.Window, Layer: captionGround, Style: karaokeShadow, Box: shade,
		Text: tags(g.place(0, int(math.Round(drop))), blur, move) + escape(g.lines[0])}}
	for _, w := range states {
		out = append(out, Event{Window: w, Layer: captionLetters, Style: Karaoke, Box: g.box(0, around),
			Text: tags(g.place(0, 0), move) + c.lit(w)})
		move = ""
	}
	return out
}

// reach is how far a blur is seen, against its strength. Measured.
const reach = 1.5

// states are the windows between which the lit word changes: each word's from
// its onset to the next one's. A word too short to be seen is lit together
// with the next.
func (c Cue) states(rate timeline.Rate) []timeline.Window {
	least := rate.FramesCeil(120e6)
	var out []timeline.Window
	in := c.Window.In
	for _, w := range c.Words[1:] {
		if w.Start-in >= least && c.Window.Out-w.Start >= least {
			out = append(out, timeline.Window{In: in, Out: w.Start})
			in = w.Start
		}
	}
	return append(out, timeline.Window{In: in, Out: c.Window.Out})
}

// lit is the line with the words coloured that begin in w.
func (c Cue) lit(w timeline.Window) string {
	var b strings.Builder
	on := false
	for i, x := range c.Words {
		if i > 0 {
			b.WriteByte(' ')
		}
		now := w.Contains(max(x.Start, c.Window.In))
		if now != on {
			b.WriteString(tags(colour(map[bool]int{true: yellow, false: white}[now])))
			on = now
		}
		b.WriteString(escape(x.Text))
	}
	return b.String()
}

// phrase draws one or two lines on one plate.
func (t Track) phrase(c Cue) []Event {
	s, d, f := newStage(t.Canvas), designs[Phrase], t.fonts.face(Phrase)
	g := set(s, d, f, c.percent, s.baseline(Phrase, f), c.texts())
	ground, letters, out := 60, 60, 60
	if c.follows { // the plate stands already
		ground = 0
	}
	if c.cutIn {
		ground, letters = 0, 0
	}
	if c.leads || c.cutOut {
		out = 0
	}
	path, box := g.platePath()
	events := []Event{{Window: c.Window, Layer: captionGround, Style: phrasePlate, Box: box, Text: tags(`\pos(0,0)`, fade(ground, out), `\p1`) + path}}
	for i, line := range c.Lines {
		events = append(events, Event{Window: c.Window, Layer: captionLetters, Style: Phrase, Box: g.box(i, 0),
			Text: tags(g.place(i, 0), fade(letters, out)) + c.keyed(line)})
	}
	return events
}

func fade(in, out int) string {
	if in == 0 && out == 0 {
		return ""
	}
	return fmt.Sprintf(`\fad(%d,%d)`, in, out)
}

// keyed is one line with the cue's key word coloured.
func (c Cue) keyed(line []int) string {
	parts := make([]string, len(line))
	for k, i := range line {
		parts[k] = escape(c.Words[i].Text)
		if i == c.key {
			parts[k] = tags(colour(yellow)) + parts[k] + tags(colour(white))
		}
	}
	return strings.Join(parts, " ")
}
