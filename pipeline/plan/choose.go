package plan

import (
	"fmt"
	"sort"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// want says which clip is looked for.
type want struct {
	min, max, aim int64
	within        timeline.Window   // both edges lie in it
	must          timeline.Window   // shown whole; empty: nothing must be
	lead, tail    int64             // liked before and after must
	slow          int64             // nobody waits longer for the moment itself
	home          timeline.Window   // liked to lie in
	apart         []timeline.Window // shares at most half of the shorter with each
	lively        int64             // weight of how loud it is
	cut           bool              // words may be cut: nothing else is left
}

// found is a window with what speaks for it.
type found struct {
	window  timeline.Window
	in, out edge
	points  int64
}

// choose finds the best window for w.
func (p *planner) choose(w want) (found, bool) {
	if w.cut {
		return p.plain(w)
	}
	ins, outs := p.shift(p.ins, inPoint), p.shift(p.outs, outPoint)
	sort.SliceStable(ins, func(i, j int) bool { return ins[i].at < ins[j].at })
	sort.SliceStable(outs, func(i, j int) bool { return outs[i].at < outs[j].at })
	var best found
	ok := false
	for _, in := range ins {
		if in.at < w.within.In || !w.must.IsEmpty() && in.at > w.must.In {
			continue
		}
		from := sort.Search(len(outs), func(i int) bool { return outs[i].at >= in.at+w.min })
		for _, out := range outs[from:] {
			if out.at > in.at+w.max || out.at > w.within.Out {
				break
			}
			c := found{window: timeline.Window{In: in.at, Out: out.at}, in: in, out: out}
			if !w.must.IsEmpty() && out.at < w.must.Out || w.repeats(c.window) || w.must.IsEmpty() && p.dull(c.window) {
				continue
			}
			if c.points = in.points + out.points + p.worth(c.window, w); !ok || c.points > best.points {
				best, ok = c, true
			}
		}
	}
	return best, ok
}

// worth judges a window apart from its edges.
func (p *planner) worth(c timeline.Window, w want) int64 {
	points := p.sound.interest(c) * w.lively
	off := c.Frames() - w.aim
	points -= p.points(max(off, -off), 100)
	if !w.must.IsEmpty() {
		from, to := p.instant(w.must)
		lead, tail := from-c.In, c.Out-to
		points -= p.points(max(w.lead-lead, 0), 150) + p.points(max(w.tail-tail, 0), 150) + p.points(max(lead-w.slow, 0), 200)
	}
	if !w.home.IsEmpty() {
		points -= p.points(c.Frames()-c.Intersect(w.home).Frames(), 80)
	}
	for _, o := range w.apart {
		points -= p.points(c.Intersect(o).Frames(), 250)
	}
	return points
}

// instant is the moment itself, as nearly as it is known: where the sound
// rises and has been heard, else all that must be shown.
func (p *planner) instant(must timeline.Window) (from, to int64) {
	if p.onset >= 0 && must.Contains(p.onset) {
		return p.onset, min(p.onset+p.onsetAfter, must.Out)
	}
	return must.In, must.Out
}

// repeats reports whether c is a near-duplicate of a clip there is.
func (w want) repeats(c timeline.Window) bool {
	for _, o := range w.apart {
		if c.Intersect(o).Frames()*2 > min(c.Frames(), o.Frames()) {
			return true
		}
	}
	return false
}

// plain finds a window without regard for words: around must, as near to the
// wanted length as bounds allow.
func (p *planner) plain(w want) (found, bool) {
	length := min(max(w.aim, w.must.Frames()), w.max, w.within.Frames())
	if length < w.min {
		return found{}, false
	}
	in := w.must.In - (length-w.must.Frames())/2
	in = min(max(in, w.within.In), w.within.Out-length)
	for d := int64(0); d <= 16*apart; d++ {
		for _, x := range []int64{in - d, in + d} {
			c := timeline.Window{In: x, Out: x + length}
			if w.within.Covers(c) && p.fits(c.In, inPoint) && p.clear(c.Out) {
				return found{window: c, in: p.grade(c.In, inPoint), out: p.grade(c.Out, outPoint)}, true
			}
		}
	}
	return found{}, false
}

// addCore finds the core.
func (p *planner) addCore() {
	if p.in.Bounds.Frames() < p.coreMin {
		p.notes = append(p.notes, pipeline.Note{Code: codeNoCore,
			Detail: fmt.Sprintf("there are %s of recording around this moment and a core needs 60 s, so it has shorts only", spoken(p.rules, p.in.Bounds.Frames())),
			Hint:   "give a longer recording for a core"})
		return
	}
	if p.wish.kind == pipeline.Core && p.wish.exact {
		p.addGivenCore()
		return
	}
	w := want{min: p.coreMin, max: p.coreMax, aim: p.coreAim, within: p.area, must: p.must, lead: 12 * p.second, tail: 8 * p.second, slow: 30 * p.second,
		home: p.in.Moment.Window, lively: 10}
	p.wish.core(&w)
	f, ok := p.choose(w)
	if !ok {
		w.must = payoffIn(p.in)
		f, ok = p.choose(w)
	}
	d := Draft{Kind: pipeline.Core}
	if !ok {
		w.cut = true
		if f, ok = p.choose(w); !ok {
			return
		}
		d.Notes = p.wordCut(f.window)
	}
	d.Window = f.window
	d.Why = p.reasons(f, p.holds(f.window))
	d.Notes = append(d.Notes, p.wish.changed(f.window, d.Kind)...)
	p.core = &d
	p.settle(d.Window)
}

// addShorts finds the shorts: the first shows the payoff, the others what lies around it.
func (p *planner) addShorts() {
	asked := min(p.in.Shorts, mostShorts)
	if len(p.shorts) < asked && len(p.shorts) == 0 {
		p.addFirstShort()
	}
	for len(p.shorts) < asked {
		f, ok := p.choose(p.another())
		if !ok {
			break
		}
		p.add(f, Draft{Kind: pipeline.Short, Why: p.reasons(f, p.place(f.window))})
	}
	if n := len(p.shorts); n < asked {
		why := "nothing else around this moment is worth a short of its own"
		if n == 0 {
			why = "the words around this moment leave no place for a short's edges"
		}
		p.notes = append(p.notes, pipeline.Note{Code: codeFewerShorts, Detail: fmt.Sprintf("%d of %d shorts: %s", n, asked, why),
			Hint: "mark another moment of the recording"})
	}
}

func (p *planner) add(f found, d Draft) {
	d.Window = f.window
	p.shorts = append(p.shorts, d)
	p.settle(d.Window)
}

// addFirstShort finds the short that shows the payoff, or as much of it as a short can show.
func (p *planner) addFirstShort() {
	w := want{min: p.shortMin, max: p.shortMax, aim: p.shortAim, within: p.area, must: p.must, lead: 2 * p.second, tail: 4 * p.second, slow: 8 * p.second,
		home: p.home(), lively: 10}
	p.wish.short(&w)
	payoff := payoffIn(p.in)
	var d Draft
	for _, w.must = range []timeline.Window{p.must, payoff, p.heart(p.shortMin - 2*p.second), p.heart(2 * p.second)} {
		if f, ok := p.choose(w); ok {
			d = Draft{Kind: pipeline.Short, Why: p.reasons(f, p.holds(f.window))}
			if !f.window.Covers(payoff) {
				d.Notes = []pipeline.Note{{Code: codePayoffCut,
					Detail: fmt.Sprintf("the marked stretch lasts %s and a short at most 30 s, so the short shows its strongest part", spoken(p.rules, payoff.Frames())),
					Hint:   "mark the instant itself for a short that holds all of it"}}
			}
			d.Notes = append(d.Notes, p.wish.changed(f.window, d.Kind)...)
			p.add(f, d)
			return
		}
	}
}

// heart is the part of the payoff that matters most, at most so many frames:
// around the rise of the sound, else its end, which is where people press.
func (p *planner) heart(most int64) timeline.Window {
	payoff := payoffIn(p.in)
	w := timeline.Window{In: max(payoff.In, payoff.Out-most), Out: payoff.Out}
	if p.onset >= 0 {
		w.In = min(max(p.onset-most*3/8, payoff.In), w.In)
		w.Out = w.In + min(most, payoff.Frames())
	}
	return w
}

// home is where shorts are liked to lie: inside the core, whose segments they then share.
func (p *planner) home() timeline.Window {
	if p.core != nil {
		return p.core.Window
	}
	return p.in.Moment.Window
}

// another is a short beside those there are, of the moment and not of what
// happened long before or after.
func (p *planner) another() want {
	aside := 5 * p.second
	w := want{min: p.shortMin, max: p.shortMax, aim: p.shortAim - 3*p.second, home: p.home(), lively: 20}
	w.within = p.home().Union(p.in.Moment.Window).Grow(aside, aside).Intersect(p.area)
	for _, s := range p.shorts {
		w.apart = append(w.apart, s.Window)
	}
	return w
}

// dull reports whether nobody would watch w: mostly silent, or far quieter
// than the rest and without words, or a still picture without words.
func (p *planner) dull(w timeline.Window) bool {
	var still int64
	for _, s := range p.still {
		still += s.Intersect(w).Frames()
	}
	return p.sound.silence(w) > 50 || (p.sound.interest(w) < -120 || still*5 > w.Frames()*4) && !p.said.any(w)
}
