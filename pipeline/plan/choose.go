package plan

import (
	"fmt"
	"slices"
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
	late          int64             // nobody stays longer after it; 0 says nothing
	home          timeline.Window   // liked to lie in
	apart         []timeline.Window // shares at most half of the shorter with each
	lively        int64             // weight of how loud it is
}

// found is a window with what speaks for it.
type found struct {
	window  timeline.Window
	in, out edge
	points  int64
	ledger  ledger
	over    []pipeline.Rival // windows that lost
}

// choose finds the best window for w.
func (p *planner) choose(w want) (found, bool) {
	ins, outs := p.shift(p.ins, inPoint), p.shift(p.outs, outPoint)
	sort.SliceStable(ins, func(i, j int) bool { return ins[i].at < ins[j].at })
	sort.SliceStable(outs, func(i, j int) bool { return outs[i].at < outs[j].at })
	c := contest{unlike: 2 * p.second}
	for _, in := range ins {
		if in.at < w.within.In || !w.must.IsEmpty() && in.at > w.must.In {
			continue
		}
		from := sort.Search(len(outs), func(i int) bool { return outs[i].at >= in.at+w.min })
		for _, out := range outs[from:] {
			if out.at > in.at+w.max || out.at > w.within.Out {
				break
			}
			f := found{window: timeline.Window{In: in.at, Out: out.at}, in: in, out: out}
			if !w.must.IsEmpty() && out.at < w.must.Out || w.repeats(f.window) || w.must.IsEmpty() && p.dull(f.window) {
				continue
			}
			f.ledger = p.worth(f.window, w)
			f.ledger.start, f.ledger.end = in.points, out.points
			f.points = f.ledger.sum()
			c.enter(f)
		}
	}
	return c.winner()
}

// worth judges a window apart from its edges.
func (p *planner) worth(c timeline.Window, w want) ledger {
	l := ledger{lively: p.sound.interest(c) * w.lively}
	off := c.Frames() - w.aim
	l.length -= p.points(max(off, -off), 100)
	if !w.must.IsEmpty() {
		from, to := p.instant(w.must)
		lead, tail := from-c.In, c.Out-to
		l.around -= p.points(max(w.lead-lead, 0), 150) + p.points(max(w.tail-tail, 0), 150) + p.points(max(lead-w.slow, 0), 200)
		if w.late > 0 {
			l.around -= p.points(max(tail-w.late, 0), 200)
		}
	}
	if !w.home.IsEmpty() {
		l.home -= p.points(c.Frames()-c.Intersect(w.home).Frames(), 80)
	}
	for _, o := range w.apart {
		l.apart -= p.points(c.Intersect(o).Frames(), 250)
	}
	return l
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

// squeezed finds a window in spite of everything: around must, as near to the
// wanted length as bounds allow, with edges that are good only in that they
// cut no word; with cuts true after false, in words where even that leaves nothing.
func (p *planner) squeezed(w want, cuts ...bool) (found, bool) {
	for _, cut := range cuts {
		var outs []int64
		for f := w.must.Out; f <= w.within.Out; f++ {
			if p.clear(f) && (cut || !p.said.cuts(f)) {
				outs = append(outs, f)
			}
		}
		best, least := timeline.Window{}, int64(-1)
		for in := max(w.within.In, w.must.Out-w.max); in <= w.must.In; in++ {
			if !p.fits(in, inPoint) || !cut && p.said.cuts(in) {
				continue
			}
			i, _ := slices.BinarySearch(outs, in+w.aim)
			for _, j := range []int{i - 1, i} { // the nearest to the wanted length on either side
				if j < 0 || j >= len(outs) || outs[j]-in < w.min || outs[j]-in > w.max {
					continue
				}
				length, uneven := outs[j]-in-w.aim, (w.must.In-in)-(outs[j]-w.must.Out)
				if off := max(length, -length) + max(uneven, -uneven); least < 0 || off < least {
					best, least = timeline.Window{In: in, Out: outs[j]}, off
				}
			}
		}
		if least >= 0 {
			return found{window: best, in: p.grade(best.In, inPoint), out: p.grade(best.Out, outPoint)}, true
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
	p.builds(&w, 25*p.second, 45*p.second, 20*p.second)
	p.wish.core(&w)
	f, ok := p.choose(w)
	if !ok {
		w.must = payoffIn(p.in)
		f, ok = p.choose(w)
	}
	if !ok {
		f, ok = p.squeezed(w, false)
	}
	if !ok {
		w.within = p.area
		f, ok = p.squeezed(w, false, true)
	}
	if !ok {
		return
	}
	d := f.draft(pipeline.Core, p.reasons(f, p.holds(f.window)), append(p.wordCut(f.window), p.wish.changed(f.window, pipeline.Core)...))
	p.core = &d
	p.settle(d.Window)
}

// addShorts finds the shorts: the first shows the payoff, the others what lies around it.
func (p *planner) addShorts() {
	asked := min(p.in.Shorts, mostShorts)
	if len(p.shorts) < asked && len(p.shorts) == 0 {
		p.addFirstShort()
	}
	for len(p.shorts) > 0 && len(p.shorts) < asked {
		f, ok := p.choose(p.another())
		if !ok {
			break
		}
		p.add(f.draft(pipeline.Short, p.reasons(f, p.place(f.window)), nil))
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

func (p *planner) add(d Draft) {
	p.shorts = append(p.shorts, d)
	p.settle(d.Window)
}

// addFirstShort finds the short that shows the payoff, or as much of it as a short can show.
func (p *planner) addFirstShort() {
	w := want{min: p.shortMin, max: p.shortMax, aim: p.shortAim, within: p.area, must: p.must, lead: 2 * p.second, tail: 4 * p.second, slow: 8 * p.second,
		home: p.home(), lively: 10}
	p.builds(&w, 10*p.second, 18*p.second, 5*p.second)
	p.wish.short(&w)
	musts := []timeline.Window{w.must, payoffIn(p.in), p.heart(p.shortMin - 2*p.second), p.heart(2 * p.second)}
	for _, find := range []func(want) (found, bool){p.choose, func(w want) (found, bool) { return p.squeezed(w, false) }} {
		for _, w.must = range musts {
			if f, ok := find(w); ok {
				p.add(f.draft(pipeline.Short, p.reasons(f, p.holds(f.window)), p.firstNotes(f.window)))
				return
			}
		}
	}
}

// builds bends what is wanted where the instant itself is known: a clip builds
// up to it and ends soon after.
func (p *planner) builds(w *want, lead, slow, late int64) {
	if p.onset >= 0 {
		w.lead, w.slow, w.tail, w.late = lead, slow, min(w.tail, 2*p.second), late
	}
}

// firstNotes says what the first short could not show, and what became of a given range.
func (p *planner) firstNotes(w timeline.Window) []pipeline.Note {
	out := p.wish.changed(w, pipeline.Short)
	if payoff := payoffIn(p.in); !w.Covers(payoff) {
		out = append(out, pipeline.Note{Code: codePayoffCut,
			Detail: fmt.Sprintf("the marked stretch lasts %s and the short does not hold all of it, so it shows the strongest part", spoken(p.rules, payoff.Frames())),
			Hint:   "mark the instant itself for a short that holds all of it"})
	}
	return out
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
	return p.sound.silence(w) > 35 || (p.sound.interest(w) < -120 || still*5 > w.Frames()*4) && !p.said.any(w)
}
