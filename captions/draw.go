package captions

import (
	"fmt"
	"math"

	"dropcut/pipeline/timeline"
)

// laid is where a cue's lines stand.
func (t Track) laid(c Cue) setting {
	s, f, lines := newStage(t.Canvas), t.fonts.typeface(t.Style, t.tag), c.texts()
	g := set(s, designs[t.Style], f, c.frame, c.percent, s.baseline(t.Style, f, c.frame), lines)
	g.mark = directionMark(lines, t.tag)
	return g
}

// pop lets a group of words grow into place; its neighbours do not move.
const pop = `\fscx92\fscy92\t(0,80,\fscx100\fscy100)`

// karaoke draws one line: its shadow for as long as it stands, and the letters
// once for every word that is spoken.
func (t Track) karaoke(c Cue) []Event {
	g := t.laid(c)
	move := ""
	states := c.states(t.rate)
	if !c.cutIn && t.rate.Millis(states[0].Frames()) >= 80 {
		move = pop
	}
	out := []Event{g.shadow(0, c.Window, karaokeShadow, c.line(0), move)}
	for _, w := range states {
		lit := func(i int) bool { return w.Contains(max(c.Words[i].Start, c.Window.In)) }
		out = append(out, Event{Window: w, Layer: captionLetters, Style: Karaoke, Box: g.box(0, g.stroke*g.scale),
			Text: tags(g.place(0, 0), move) + g.letters(c.line(0), lit)})
		move = ""
	}
	return out
}

// reach is how far a blur is seen, against its strength. Measured.
const reach = 1.5

// shadow is the soft shadow under line i.
func (g setting) shadow(i int, w timeline.Window, style string, l textLine, move string) Event {
	blur := fmt.Sprintf(`\blur%g`, math.Round(g.blur*g.scale*10)/10)
	return Event{Window: w, Layer: captionGround, Style: style, Box: g.shade(i),
		Text: tags(g.place(i, int(math.Round(g.drop*g.scale))), blur, move) + g.letters(l, noWord)}
}

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

// subtitle draws still lines with a soft shadow.
func (t Track) subtitle(c Cue) []Event {
	g := t.laid(c)
	var out []Event
	for i := range c.Lines {
		out = append(out, g.shadow(i, c.Window, subtitleShadow, c.line(i), ""),
			Event{Window: c.Window, Layer: captionLetters, Style: Subtitle, Box: g.box(i, g.stroke*g.scale),
				Text: tags(g.place(i, 0)) + g.letters(c.line(i), noWord)})
	}
	return out
}

// phrase draws one or two lines on one plate, with its key word coloured.
func (t Track) phrase(c Cue) []Event {
	g := t.laid(c)
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
	for i := range c.Lines {
		events = append(events, Event{Window: c.Window, Layer: captionLetters, Style: Phrase, Box: g.box(i, 0),
			Text: tags(g.place(i, 0), fade(letters, out)) + g.letters(c.line(i), func(w int) bool { return w == c.key })})
	}
	return events
}

func fade(in, out int) string {
	if in == 0 && out == 0 {
		return ""
	}
	return fmt.Sprintf(`\fad(%d,%d)`, in, out)
}
