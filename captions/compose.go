package captions

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

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
	track := Track{Language: t.Language, Style: style, Canvas: c, rate: rate, fonts: f}
	if style != Karaoke && style != Phrase || rate.IsZero() || f == nil || !c.usable() {
		return track
	}
	s := newStage(c)
	fc := f.face(style)
	said, problems := readable(t.Words[:min(len(t.Words), maxWords)], fc)
	shown := casing(style, t.Language, said)
	d := designs[style]
	em := fc.em(s.pixels(d, 100))
	limit := s.width(d) / em
	cut := newCutter(fc, limit*100/smallest, rate)
	said, shown = cut.words(said, shown)
	track.Problems = append(problems, cut.problems()...)
	if len(said) == 0 {
		return track
	}
	sh := newShape(style, grammarOf(t.Language), limit, rate)
	sh.space = fc.space()
	for _, w := range shown {
		sh.width = append(sh.width, fc.measure(w).advance)
	}
	groups := sh.group(said)
	windows := sh.windows(said, groups, rate)
	for i, lines := range groups {
		track.Cues = append(track.Cues, newCue(windows[i], lines, said, shown))
	}
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
		sh.least = rate.FramesOfMillis(833)
		sh.pace = 0.55 * 20 / float64(rate.FramesOfMillis(1000)) // 20 letters a second, 0.55 em each
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
			x.End = min(x.End, w.Out)
			line = append(line, len(c.Words))
			c.Words = append(c.Words, x)
		}
		c.Lines = append(c.Lines, line)
	}
	return c
}

// finish gives every cue its size, its key word and its neighbours. A cue that
// fits at no size is left out.
func (t *Track) finish(s stage, d design, fc *face, sh *shape) {
	kept, last := t.Cues[:0], s.baseline(t.Style, fc)
	for _, c := range t.Cues {
		if p, ok := largest(s, d, fc, c.texts(), func(int) float64 { return last }); ok {
			c.percent = p
			if t.Style == Phrase {
				c.key = sh.grammar.keyword(c.Words)
			}
			kept = append(kept, c)
		}
	}
	if n := len(t.Cues) - len(kept); n > 0 {
		t.Problems = append(t.Problems, Problem{"caption_too_wide", fmt.Sprintf("%d captions fit in no size and are left out", n), "break the line in the transcript"})
	}
	t.Cues = kept
	for i := 1; i < len(kept); i++ {
		if kept[i-1].Window.Out == kept[i].Window.In {
			kept[i-1].leads, kept[i].follows = true, true
		}
	}
}

// texts are the cue's lines.
func (c Cue) texts() []string {
	out := make([]string, len(c.Lines))
	for i, l := range c.Lines {
		parts := make([]string, len(l))
		for k, w := range l {
			parts[k] = c.Words[w].Text
		}
		out[i] = strings.Join(parts, " ")
	}
	return out
}

// largest is the largest step, in percent, at which all lines lie in the safe
// box by their ink, down to half the size for what no rule foresaw. last says
// where the last baseline is at a step.
func largest(s stage, d design, fc *face, lines []string, last func(percent int) float64) (int, bool) {
	for _, p := range append(slices.Clone(steps), 70, 60, 50) {
		if set(s, d, fc, p, last(p), lines).inside() {
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

// readable cleans words for the picture. A caption in which a letter cannot be
// written is left out whole: half a sentence says something else.
func readable(words []Word, fc *face) (out []Word, problems []Problem) {
	var lost missing
	emoji := 0
	for from := 0; from < len(words); {
		to := stretch(words, from)
		clean, dropped := make([]Word, 0, to-from), false
		for _, w := range words[from:to] {
			text, pictures := Clean(w.Text)
			if pictures {
				emoji++
			}
			text, bad := writable(fc, text)
			dropped = dropped || lost.add(bad)
			if IsSpoken(text) && w.End > w.Start {
				w.Text = text
				clean = append(clean, w)
			}
		}
		switch {
		case dropped:
			lost.captions++
		case len(clean) > 0:
			clean[len(clean)-1].LastOfCue = words[to-1].LastOfCue
			out = append(out, clean...)
		}
		from = to
	}
	if emoji > 0 {
		problems = append(problems, Problem{"emoji_removed", fmt.Sprintf("%d words had emoji, which captions cannot show", emoji), ""})
	}
	if lost.captions > 0 {
		problems = append(problems, lost.problem(fc, fmt.Sprintf("%d captions", lost.captions)))
	}
	return out, problems
}

// stretch is the end of the cue or sentence that begins at from.
func stretch(words []Word, from int) int {
	for i := from; i < len(words); i++ {
		if words[i].LastOfCue || endsSentence(words[i].Text) || i-from >= 40 {
			return i + 1
		}
	}
	return len(words)
}

// writable takes out signs that the face lacks and names the letters it lacks.
func writable(fc *face, text string) (string, []rune) {
	lacks := fc.lacks(text)
	var letters []rune
	for _, r := range text {
		if (unicode.IsLetter(r) || unicode.IsNumber(r)) && (!inScript(r) || slices.Contains(lacks, r)) {
			letters = append(letters, r)
		}
	}
	if len(lacks) > 0 {
		text = strings.Map(func(r rune) rune {
			if slices.Contains(lacks, r) {
				return -1
			}
			return r
		}, text)
	}
	return strings.TrimSpace(text), letters
}

// inScript reports whether a letter is of a script that captions are set in.
func inScript(r rune) bool {
	return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Inherited)
}

// missing collects letters that could not be written.
type missing struct {
	letters  []rune
	captions int
}

func (m *missing) add(letters []rune) bool {
	for _, r := range letters {
		if len(m.letters) < 8 && !slices.Contains(m.letters, r) {
			m.letters = append(m.letters, r)
		}
	}
	return len(letters) > 0
}

func (m *missing) problem(fc *face, what string) Problem {
	hint := "captions are set in Latin, Greek and Cyrillic letters so far"
	if !slices.ContainsFunc(m.letters, func(r rune) bool { return !inScript(r) }) {
		hint = "install Inter: apt-get install fonts-inter, or brew install --cask font-inter"
	}
	return Problem{"font_missing", fmt.Sprintf("%s left out: the font %s has no %s", what, fc.name, strings.Join(strings.Split(string(m.letters), ""), " ")), hint}
}
