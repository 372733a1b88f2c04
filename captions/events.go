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
		case Subtitle:
			out = append(out, t.subtitle(c)...)
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
	out := Cue{Window: w, Words: kept, Lines: lines, percent: c.percent, key: key, follows: c.follows, leads: c.leads, full: c.full, closed: c.closed, frame: c.frame}
	out.cutIn, out.cutOut = w.In != c.Window.In, w.Out != c.Window.Out
	return out, w.Frames() >= rate.FramesOfMillis(250)
}

// setting is one cue's geometry: where each of its lines stands.
type setting struct {
	stage
	design
	frame     frame
	face      *typeface
	size      float64 // ASS font size
	em        float64
	mark      string // of direction, at the head of every line
	lines     []string
	extents   []extent
	baselines []float64
}

// set places lines above a last baseline.
func set(s stage, d design, f *typeface, fr frame, percent int, last float64, lines []string) setting {
	g := setting{stage: s, design: d, face: f, frame: fr, size: s.pixels(d, percent), lines: lines}
	g.em = f.em(g.size)
	pitch := s.pitch(d, fr, percent, g.em)
	for i, l := range lines {
		g.extents = append(g.extents, f.measure(l))
		g.baselines = append(g.baselines, last-float64(len(lines)-1-i)*pitch)
	}
	return g
}

// at is where \an5 puts line i: the middle of its box.
func (g setting) at(i int) (x, y int) {
	return int(math.Round(g.middle)), int(math.Round(g.baselines[i] - g.extents[i].middle()*g.em))
}

// middle is how far above the baseline the middle of the renderer's box lies,
// in ems: there \an5 puts its position.
func (e extent) middle() float64 { return (e.ascent - e.descent) / 2 }

// box is where line i's ink lies, with a stroke or halo of so many pixels.
func (g setting) box(i int, around float64) Box {
	e := g.extents[i]
	x, y := g.at(i)
	left := float64(x) - e.advance/2*g.em
	base := float64(y) + e.middle()*g.em
	return Box{
		int(math.Floor(left + e.left*g.em - around - 1)), int(math.Floor(base + e.top*g.em - around - 1)),
		int(math.Ceil(left + e.right*g.em + around + 1)), int(math.Ceil(base + e.bottom*g.em + around + 1)),
	}
}

// shade is where the soft shadow of line i lies.
func (g setting) shade(i int) Box {
	box, drop := g.box(i, g.around()*g.scale), g.drop*g.scale
	box.Top, box.Bottom = box.Top+int(drop), box.Bottom+int(math.Ceil(drop))
	return box
}

// inside reports whether letters, stroke and plate lie in the safe box.
func (g setting) inside() bool {
	var all Box
	if g.padding > 0 {
		_, all = g.platePath()
	} else {
		all = g.shade(0)
	}
	for i := range g.lines {
		all = all.union(g.box(i, g.stroke*g.scale))
		if g.padding == 0 {
			all = all.union(g.shade(i))
		}
	}
	all.Bottom++ // a clip may trim a caption to words of another face, and round otherwise
	all.Top--
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
