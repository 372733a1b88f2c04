package captions

import (
	"fmt"
	"math"
	"slices"

	"dropcut/pipeline/timeline"
)

// maxWords bounds what one transcript may bring.
const maxWords = 50_000

// side bounds a canvas: a smaller one holds no letter, a larger one no picture.
const (
	sideLeast = 64
	sideMost  = 8192
)

// Compose breaks a transcript into cues once: clips only trim them. Words that
// the fonts cannot write take their caption with them, and Problems say so.
// The style none, and a style that is not known, give a track without cues.
func Compose(t Transcript, style string, c Canvas, rate timeline.Rate, f *Fonts) Track {
	track := Track{Language: t.Language, Style: style, Canvas: c, rate: rate, fonts: f, tag: tagOf(t)}
	if !isDrawn(style) || rate.IsZero() || f == nil || !c.usable() {
		return track
	}
	s := newStage(c)
	fc := f.typeface(style, track.tag)
	said, problems := readable(t.Words[:min(len(t.Words), maxWords)], t.Language, fc)
	said = inPhrases(said, track.tag)
	shown := casing(style, t.Language, said)
	d := designs[style]
	limit := s.width(d) / fc.em(s.pixels(d, 100))
	cut := newCutter(fc, limit*100/smallest, rate)
	cut.most = s.columnsMost(style)
	said, shown = cut.words(said, shown)
	track.Problems = append(problems, cut.problems()...)
	if len(said) == 0 {
		return track
	}
	sh := newShape(style, grammarOf(t.Language), limit, rate)
	sh.columnsMost = cut.most
	sh.space = fc.space()
	sh.take(shown, said, func(text string) float64 { return fc.measure(text).advance })
	groups := sh.eased(said, sh.group(said), rate)
	windows := sh.windows(said, groups, rate)
	sh.lent(said, groups, windows, rate)
	for i, lines := range groups {
		c := newCue(windows[i], lines, said, shown)
		_, last := ends(lines)
		c.closed = last == len(said) || sh.parts(said, last-1)
		track.Cues = append(track.Cues, c)
	}
	track.fill()
	track.finish(s, d, fc, sh)
	return track
}

func (c Canvas) usable() bool {
	return min(c.Width, c.Height) >= sideLeast && max(c.Width, c.Height) <= sideMost
}

// newShape is what a style wants, measured in ems.
func newShape(style string, g grammar, limit float64, rate timeline.Rate) *shape {
	sh := &shape{grammar: g, limit: limit, tight: limit * 100 / smallest, longest: rate.FramesOfMillis(7000),
		pause: rate.FramesOfMillis(700), least: rate.FramesOfMillis(250)}
	switch style {
	case Karaoke:
		sh.most, sh.best, sh.lines, sh.lineWords = 3, [2]int{2, 3}, 1, 3
	case Phrase:
		sh.most, sh.best, sh.lines, sh.lineWords = 8, [2]int{3, 6}, 2, 5
	case Subtitle:
		sh.most, sh.best, sh.lines, sh.lineWords = 12, [2]int{4, 8}, 2, 7
	}
	if style != Karaoke {
		sh.least = rate.FramesOfMillis(833)
		sh.word = rate.FramesOfMillis(300)
		sh.pace = lettersASecond / float64(rate.FramesOfMillis(1000))
	}
	return sh
}

// newCue moves a group's words into a cue of its own.
func newCue(w timeline.Window, lines [][]int, said []Word, shown []string) Cue {
	c := Cue{Window: w, percent: 100, key: -1}
	for _, l := range lines {
		var line []int
		for _, i := range l {
			x := said[i]
			x.Text = shown[i]
			x.Start, x.End = max(x.Start, w.In), min(x.End, w.Out)
			line = append(line, len(c.Words))
			c.Words = append(c.Words, x)
		}
		c.Lines = append(c.Lines, line)
	}
	return c
}

// fill marks the cues that stand for as long as they can: until the next
// begins or half a second before, or a second and a half after their last word.
func (t *Track) fill() {
	for i := range t.Cues {
		c := &t.Cues[i]
		limit := c.Words[len(c.Words)-1].End + t.rate.FramesOfMillis(1500)
		if i+1 < len(t.Cues) {
			next := t.Cues[i+1].Window.In
			c.full = c.Window.Out == next
			limit = min(limit, next-t.rate.FramesOfMillis(500))
		}
		c.full = c.full || c.Window.Out >= limit
	}
}

// finish gives every cue its size, its key word and its neighbours. A cue that
// fits at no size is left out.
func (t *Track) finish(s stage, d design, fc *typeface, sh *shape) {
	kept := t.Cues[:0]
	for _, c := range t.Cues {
		c.frame = fc.frame(c.texts())
		last := s.baseline(t.Style, fc, c.frame)
		if p, ok := largest(s, d, fc, c.frame, c.texts(), func(int) float64 { return last }); ok {
			c.percent = p
			if t.Style == Phrase {
				c.key = sh.grammar.keyword(c.Words)
			}
			kept = append(kept, c)
		} else if n := len(kept); n > 0 { // what it said stands between
			kept[n-1].closed = true
		}
	}
	if n := len(t.Cues) - len(kept); n > 0 {
		t.Problems = append(t.Problems, Problem{"caption_too_wide", fmt.Sprintf("%d captions fit in no size and are left out", n), "break the line in the transcript"})
	}
	t.Cues = kept
	t.close(sh)
	for i := 1; i < len(kept); i++ {
		if kept[i-1].Window.Out == kept[i].Window.In {
			kept[i-1].leads, kept[i].follows = true, true
		}
	}
}

// close leaves no gap that would flicker where a cue was left out: the cue
// before it stands until the next, or ends half a second before.
func (t *Track) close(sh *shape) {
	half := t.rate.FramesOfMillis(500)
	for i := 1; i < len(t.Cues); i++ {
		w, next := &t.Cues[i-1].Window, t.Cues[i].Window.In
		if gap := next - w.Out; gap <= 0 || gap >= half {
			continue
		}
		if w.Out = next; w.Frames() > sh.longest {
			w.Out = max(w.In+1, next-half)
		}
	}
}

// largest is the largest step, in percent, at which all lines lie in the safe
// box by their ink, down to half the size for what no rule foresaw. last says
// where the last baseline is at a step.
func largest(s stage, d design, fc *typeface, fr frame, lines []string, last func(percent int) float64) (int, bool) {
	for _, p := range append(slices.Clone(steps), 70, 60, 50) {
		in := set(s, d, fc, fr, p, last(p), lines).inside()
		for i := 0; in && len(lines) > 1 && i < len(lines); i++ { // a clip may leave any of them alone, at the bottom
			in = set(s, d, fc, fr, p, last(p), lines[i:i+1]).inside()
		}
		if in {
			return p, true
		}
	}
	return 0, false
}

// pixels is a design's ASS font size on the stage: whole pixels, so that a
// script is canonical.
func (s stage) pixels(d design, percent int) float64 {
	return max(1, math.Round(d.size*s.scale*float64(percent)/100))
}
