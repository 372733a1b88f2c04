package captions

import (
	"fmt"
	"slices"
	"strings"

	"dropcut/pipeline/timeline"
)

const (
	hookWords = 10 // more are cut
	hookLines = 3
	stub      = 25 // cost of a line that is less than half as wide as another
)

// SetHook draws a hook in a language on its plate from frame in for
// rate.HookFrames: whole on its first frame, because that is the clip's cover.
// Text that is too long is stepped down, then broken into a third line, then
// cut at a word; Problems say so. Empty text has no events.
func SetHook(text, tag string, c Canvas, rate timeline.Rate, in int64, f *Fonts) ([]Event, []Problem) {
	if f == nil || rate.IsZero() || !c.usable() {
		return nil, nil
	}
	tag = writtenIn(text, tag)
	fc := f.typeface(hookDesign, tag)
	clean, emoji := cleaned(text, fc.draws)
	var problems []Problem
	if emoji > 0 {
		problems = append(problems, emojiProblem("a hook"))
	}
	if clean == "" {
		return nil, problems
	}
	clean, bad := writable(fc, clean)
	var lost missing
	if lost.add(bad) {
		return nil, append(problems, lost.problem(fc, fmt.Sprintf("the hook %q is", clean)))
	}
	if !IsSpoken(clean) {
		return nil, problems
	}
	s, d := newStage(c), designs[hookDesign]
	lines, percent, whole := breakHook(piecesOf(clean, tag), s, d, fc)
	if len(lines) == 0 {
		return nil, append(problems, Problem{"hook_too_wide", "the hook fits in no size", "use shorter words"})
	}
	if !whole {
		problems = append(problems, Problem{"hook_shortened", fmt.Sprintf("the hook %q is shown as %q", clean, strings.Join(lines, " ")), "eight words at most read best"})
	}
	g := set(s, d, fc, fc.frame(lines), percent, hookBaseline(s, d, fc, percent, lines), lines)
	g.mark = directionMark(lines, tag)
	return g.hook(timeline.Window{In: in, Out: in + rate.HookFrames()}), problems
}

// hookBaseline is the last baseline of so many lines whose plate begins at the
// top of the safe box, or at the house's place on a phone.
func hookBaseline(s stage, d design, fc *typeface, percent int, lines []string) float64 {
	top := float64(s.safe.Top)
	if s.phone {
		top = 300 * s.scale
	}
	fr := fc.frame(lines)
	em := fc.em(s.pixels(d, percent))
	return top + d.above(fr, fc, em/s.scale)*s.scale + s.pitch(d, fr, percent, em)*float64(len(lines)-1)
}

// hook is a hook's plate and letters.
func (g setting) hook(w timeline.Window) []Event {
	path, box := g.platePath()
	out := []Event{{Window: w, Layer: hookGround, Style: hookPlate, Box: box, Text: tags(`\pos(0,0)`, fade(0, 120), `\p1`) + path}}
	for i, l := range g.lines {
		out = append(out, Event{Window: w, Layer: hookLetters, Style: hookDesign, Box: g.box(i, 0),
			Text: tags(g.place(i, 0), fade(0, 120)) + g.letters(plainLine(l), noWord)})
	}
	return out
}

// piece is what a hook's line may begin and end with: a word, or a phrase of a
// script that runs on.
type piece struct {
	text   string
	joined bool // to the one before it
}

func piecesOf(text, tag string) []piece {
	var out []piece
	for _, w := range strings.Fields(text) {
		for k, p := range phrases(w, tag) {
			out = append(out, piece{p, k > 0})
		}
	}
	return out
}

// breakHook finds lines and size; whole is false when words had to go.
func breakHook(all []piece, s stage, d design, fc *typeface) (lines []string, size int, whole bool) {
	limit := s.width(d) / fc.em(s.pixels(d, 100))
	for n := min(len(all), hookWords); n > 0; n-- {
		texts := slices.Clone(all[:n])
		whole = n == len(all)
		if !whole {
			texts[n-1].text = strings.TrimRight(texts[n-1].text, ".,;:!?-–—…、。，") + "…"
		}
		cut := newCutter(fc, limit*100/smallest, timeline.Rate30)
		var parts []piece
		for _, t := range texts {
			if fc.measure(t.text).advance <= cut.limit {
				parts = append(parts, t)
				continue
			}
			for k, p := range cut.pieces(t.text, hookLines) {
				parts = append(parts, piece{p, t.joined && k == 0})
			}
		}
		if lines := bestLines(parts, limit, fc); lines != nil {
			if p, ok := largest(s, d, fc, fc.frame(lines), lines, func(p int) float64 { return hookBaseline(s, d, fc, p, lines) }); ok {
				return lines, p, whole && cut.lost == 0
			}
		}
	}
	return nil, 0, false
}

// joinPieces is pieces on one line.
func joinPieces(all []piece) string {
	var b strings.Builder
	for i, p := range all {
		if i > 0 && !p.joined {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// bestLines tries every way to break into at most three lines and takes the
// one that reads best; nil when none fits at the smallest size.
func bestLines(words []piece, limit float64, fc *typeface) []string {
	g := grammars["en"]
	var best []string
	least := float64(forbidden)
	try := func(cost float64, lines ...string) {
		widest, narrowest := 0.0, limit
		for _, l := range lines {
			w := fc.measure(l).advance
			widest, narrowest = max(widest, w), min(narrowest, w)
		}
		step, ok := fit(widest, 1, limit)
		if !ok {
			return
		}
		cost += 2.5*float64(100-step) + 20*(widest-narrowest)/limit
		if len(lines) > 1 && narrowest < widest/2 {
			cost += stub
		}
		if cost < least {
			least, best = cost, lines
		}
	}
	join := func(i, j int) string { return joinPieces(words[i:j]) }
	after := func(i int) float64 { return float64(g.breakCost(words[i-1].text, words[i].text)) }
	n := len(words)
	try(0, join(0, n))
	for i := 1; i < n; i++ {
		try(5+after(i), join(0, i), join(i, n))
		for j := i + 1; j < n && n <= hookWords+maxPieces; j++ {
			try(45+after(i)+after(j), join(0, i), join(i, j), join(j, n))
		}
	}
	return best
}
