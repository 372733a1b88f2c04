package plan

import (
	"fmt"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// wish is the range that a person gave. A range of 60–90 s is the core's
// window and one of 15–30 s the first short's; any other is kept as nearly as
// the lengths of clips allow. The zero wish is none.
type wish struct {
	given  bool
	window timeline.Window
	slack  int64
	kind   pipeline.ClipKind // whose window it is meant to be
	exact  bool              // its length is one of that kind
	rules  rules
}

func wished(in Input, r rules) wish {
	w := wish{given: in.Moment.Given, window: in.Moment.Window.Intersect(in.Bounds), slack: min(max(in.Moment.GivenSlack, 0), r.second), rules: r}
	n := w.window.Frames()
	if !w.given || n == 0 {
		return wish{}
	}
	w.kind = pipeline.Core
	if n <= r.shortMax {
		w.kind = pipeline.Short
	}
	w.exact = n >= w.least(w.kind) && n <= w.most(w.kind)
	return w
}

// core bends what is wanted of a core to the wish: around a shorter range, inside a longer one.
func (g wish) core(w *want) {
	switch n := g.window.Frames(); {
	case !g.given:
	case n > w.max:
		w.within = w.within.Intersect(g.window)
		w.aim = w.max
	default:
		w.must = w.must.Union(g.window)
		if w.must.Frames() > w.max {
			w.must = g.window
		}
		w.aim, w.lead, w.tail = max(n, w.min), 0, 0
		if g.kind == pipeline.Short {
			w.aim = w.min
		}
	}
}

// short bends what is wanted of the first short: around a shorter range, inside a longer one.
func (g wish) short(w *want) {
	switch {
	case !g.given:
	case g.kind == pipeline.Short:
		w.must = g.window
		w.aim = w.min
	default:
		w.within = w.within.Intersect(g.window)
		w.home = g.window
	}
}

// changed says what a length rule made of a range that was given.
func (g wish) changed(w timeline.Window, kind pipeline.ClipKind) []pipeline.Note {
	n := g.window.Frames()
	say := func(format string, args ...any) []pipeline.Note {
		return []pipeline.Note{{Code: codeRange, Detail: fmt.Sprintf(format, args...), Hint: "give a range of 60–90 s for the core or of 15–30 s for a short"}}
	}
	switch {
	case !g.given || g.kind != kind:
		return nil
	case n < w.Frames():
		return say("the given range of %s was grown to %s: a %s lasts at least %s", spoken(g.rules, n), spoken(g.rules, w.Frames()), kind, spoken(g.rules, g.least(kind)))
	case n > w.Frames():
		return say("the given range of %s was shortened to %s: a %s lasts at most %s", spoken(g.rules, n), spoken(g.rules, w.Frames()), kind, spoken(g.rules, g.most(kind)))
	}
	return nil
}

func (g wish) least(kind pipeline.ClipKind) int64 {
	if kind == pipeline.Core {
		return g.rules.coreMin
	}
	return g.rules.shortMin
}

func (g wish) most(kind pipeline.ClipKind) int64 {
	if kind == pipeline.Core {
		return g.rules.coreMax
	}
	return g.rules.shortMax
}

func (p *planner) addGivenCore() {
	f := p.kept()
	d := f.draft(pipeline.Core, p.reasons(f, p.keptWhy(f.window)), p.keptNotes(f.window))
	p.core = &d
	p.settle(f.window)
}

// addGivenShort keeps the given short and then finds a core. Where the short's
// boundaries leave no place for a core, the core goes first and the short's
// edges give way by a few frames.
func (p *planner) addGivenShort() {
	f := p.kept()
	d := f.draft(pipeline.Short, p.reasons(f, p.keptWhy(f.window)), p.keptNotes(f.window))
	p.add(d)
	p.addCore()
	if p.core != nil || p.in.Bounds.Frames() < p.coreMin {
		return
	}
	p.shorts, p.bounds = nil, nil
	p.addCore()
	f.window = timeline.Window{In: p.beside(f.window.In, inPoint), Out: p.beside(f.window.Out, outPoint)}
	d.Window, d.Why = f.window, p.reasons(f, "kept as it was given, but for a few frames that the core needs")
	p.add(d)
}

// beside is the frame nearest to f at which a boundary may lie.
func (p *planner) beside(f int64, s side) int64 {
	for d := int64(0); d <= 4*apart; d++ {
		for _, x := range []int64{f + d, f - d} {
			if x >= p.in.Bounds.In && x <= p.in.Bounds.Out && p.fits(x, s) {
				return x
			}
		}
	}
	return f
}

// kept is the given window with each edge at the best point within the range's
// own precision. Without any, it is exact.
func (p *planner) kept() found {
	g := p.wish
	best := func(at int64, s side) edge {
		e := p.grade(at, s)
		if p.said.cuts(at) {
			e.points -= 100 * 100
		}
		enough := e.points + 10*100 // moved only for something better
		for d := int64(1); d <= g.slack; d++ {
			for _, f := range []int64{at - d, at + d} {
				w := timeline.Window{In: f, Out: g.window.Out}
				if s == outPoint {
					w = timeline.Window{In: g.window.In, Out: f}
				}
				if !p.in.Bounds.Covers(w) || p.said.cuts(f) {
					continue
				}
				if x := p.grade(f, s); x.points >= enough && x.points > e.points {
					e = x
				}
			}
		}
		return e
	}
	f := found{in: best(g.window.In, inPoint), out: best(g.window.Out, outPoint)}
	f.window = timeline.Window{In: f.in.at, Out: f.out.at}
	if n := f.window.Frames(); n < g.least(g.kind) || n > g.most(g.kind) {
		f = found{window: g.window, in: p.grade(g.window.In, inPoint), out: p.grade(g.window.Out, outPoint)}
	}
	return f
}

func (p *planner) keptWhy(w timeline.Window) string {
	if w == p.wish.window {
		return "kept as it was given"
	}
	return fmt.Sprintf("kept as it was given, the edges moved by at most %d ms to a better point", p.rate.Millis(p.wish.slack))
}

// keptNotes says when a given edge lies inside a word.
func (p *planner) keptNotes(w timeline.Window) []pipeline.Note {
	var out []pipeline.Note
	for _, x := range []struct {
		at   int64
		what string
	}{{w.In, "starts"}, {w.Out, "ends"}} {
		if p.said.cuts(x.at) {
			out = append(out, pipeline.Note{Code: codeWordCut, Detail: "the given range " + x.what + " inside a word and was kept",
				Hint: "move that edge by a few tenths of a second"})
		}
	}
	return out
}
