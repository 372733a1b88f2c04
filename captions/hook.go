package captions

import (
	"fmt"
	"strings"

	"dropcut/pipeline/timeline"
)

const (
	hookWords = 10 // more are cut
	hookLines = 3
	stub      = 25 // cost of a line that is less than half as wide as another
)

// SetHook draws a hook on its plate from frame in for rate.HookFrames: whole
// on its first frame, because that is the clip's cover. Text that is too long
// is stepped down, then broken into a third line, then cut at a word; Problems
// say so. Empty text has no events.
func SetHook(text string, c Canvas, rate timeline.Rate, in int64, f *Fonts) ([]Event, []Problem) {
	clean, emoji := Clean(text)
	var problems []Problem
	if emoji {
		problems = append(problems, Problem{"emoji_removed", "a hook had emoji, which it cannot show", ""})
	}
	if clean == "" || f == nil || rate.IsZero() || !c.usable() {
		return nil, problems
	}
	fc := f.face(hookDesign)
	clean, bad := writable(fc, clean)
	var lost missing
	if lost.add(bad) {
		return nil, append(problems, lost.problem(fc, fmt.Sprintf("the hook %q is", clean)))
	}
	if !IsSpoken(clean) {
		return nil, problems
	}
	s, d := newStage(c), designs[hookDesign]
	lines, percent, whole := breakHook(strings.Fields(clean), s, d, fc)
	if len(lines) == 0 {
		return nil, append(problems, Problem{"hook_too_wide", "the hook fits in no size", "use shorter words"})
	}
	if !whole {
		problems = append(problems, Problem{"hook_shortened", fmt.Sprintf("the hook %q is shown as %q", clean, strings.Join(lines, " ")), "eight words at most read best"})
	}
	return drawHook(lines, percent, s, d, fc, timeline.Window{In: in, Out: in + rate.HookFrames()}), problems
}

// hookBaseline is the last baseline of so many lines whose plate begins at the
// top of the safe box, or at the house's place on a phone.
func hookBaseline(s stage, d design, fc *face, percent, lines int) float64 {
	top := float64(s.safe.Top)
	if s.phone {
		top = 300 * s.scale
	}
	em, pitch := fc.em(s.pixels(d, percent)), d.pitch*s.scale*float64(percent)/100
	return top + d.padding*s.scale + fc.capital*em + pitch*float64(lines-1)
}

// drawHook is a hook's plate and letters.
func drawHook(lines []string, percent int, s stage, d design, fc *face, w timeline.Window) []Event {
	g := set(s, d, fc, percent, hookBaseline(s, d, fc, percent, len(lines)), lines)
	path, box := g.platePath()
	out := []Event{{Window: w, Layer: hookGround, Style: hookPlate, Box: box, Text: tags(`\pos(0,0)`, fade(0, 120), `\p1`) + path}}
	for i, l := range lines {
		out = append(out, Event{Window: w, Layer: hookLetters, Style: hookDesign, Box: g.box(i, 0), Text: tags(g.place(i, 0), fade(0, 120)) + escape(l)})
	}
	return out
}

// breakHook finds lines and size; whole is false when words had to go.
func breakHook(all []string, s stage, d design, fc *face) (lines []string, size int, whole bool) {
	limit := s.width(d) / fc.em(s.pixels(d, 100))
	for n := min(len(all), hookWords); n > 0; n-- {
		texts := append([]string(nil), all[:n]...)
		whole = n == len(all)
		if !whole {
			texts[n-1] = strings.TrimRight(texts[n-1], ".,;:!?-–—…") + "…"
		}
		cut := newCutter(fc, limit*100/smallest, timeline.Rate30)
		var parts []string
		for _, t := range texts {
			if fc.measure(t).advance <= cut.limit {
				parts = append(parts, t)
			} else {
				parts = append(parts, cut.pieces(t, hookLines)...)
			}
		}
		if lines := bestLines(parts, limit, fc); lines != nil {
			if p, ok := largest(s, d, fc, lines, func(p int) float64 { return hookBaseline(s, d, fc, p, len(lines)) }); ok {
				return lines, p, whole && cut.lost == 0
			}
		}
	}
	return nil, 0, false
}

// bestLines tries every way to break into at most three lines and takes the
// one that reads best; nil when none fits at the smallest size.
func bestLines(words []string, limit float64, fc *face) []string {
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
	join := func(i, j int) string { return strings.Join(words[i:j], " ") }
	n := len(words)
	try(0, join(0, n))
	for i := 1; i < n; i++ {
		c := float64(g.breakCost(words[i-1], words[i]))
		try(5+c, join(0, i), join(i, n))
		for j := i + 1; j < n && n <= hookWords+maxPieces; j++ {
			try(45+c+float64(g.breakCost(words[j-1], words[j])), join(0, i), join(i, j), join(j, n))
		}
	}
	return best
}
