package plan

import (
	"fmt"
	"slices"
	"sort"

	"dropcut/pipeline/timeline"
)

// side is the in-point or the out-point of a clip.
type side int

const (
	inPoint side = iota
	outPoint
)

// edge is a place where a clip may begin or end.
type edge struct {
	at     int64
	points int64    // hundredths; more is better
	why    []string // what is good about it, best first
	open   bool     // not in a pause
	faulty string   // what it leaves in the clip that nobody wants
	length int64    // of its pause
}

// What makes an edge good or bad, in points.
const (
	onSentence = 40
	perhaps    = 18 // a sentence by its words alone, or an estimated time
	inWords    = -18
	heardPause = 30 // for 600 ms …
	longPause  = 12 // … and so much more for 2 s
	onShot     = 20
	flash      = -15 // a shot of less than 400 ms at the edge
	noAir      = -6
	inSound    = -14 // the sound goes on and nobody knows what it is
	deadAir    = -4  // each second of it at the edge
)

// grade says how good an edge at f is. It never looks at other clips.
func (p *planner) grade(f int64, s side) edge {
	e := edge{at: f}
	pz, paused := p.pauseAt(f)
	if paused {
		e.length = pz.length
		e.points += p.pausePoints(pz) + p.airPoints(f, s, pz)
		if p.breathes(pz, s) {
			e.points, e.faulty = e.points+breathFault*100, "it leaves a breath in the clip"
		}
		if pz.quiet && p.isDead(f, s, pz) {
			e.points, e.faulty = e.points+deadFault*100, "it leaves dead air in the clip"
		}
	} else if e.open = len(p.said.words) > 0 || len(p.sound.at) > 0; e.open {
		e.points += inSound * 100
	}
	e.points += p.sound.hush(timeline.Window{In: f - p.second/2, Out: f + p.second/2}) * 10
	e.why = append(e.why, p.sentencePoints(&e, s)...)
	e.why = append(e.why, p.shotPoints(&e, s)...)
	if paused {
		e.why = append(e.why, p.pauseReason(pz, s))
	}
	return e
}

func (p *planner) pausePoints(x pause) int64 {
	ms := p.rate.Millis(x.length)
	points := min(ms, 600)*heardPause/6 + min(max(ms-600, 0), 1400)*longPause/14
	if !x.quiet {
		points = points * 2 / 3
	}
	return points
}

// airPoints judges where in its pause an edge lies: a little air is left on
// the clip's side and none of the neighbour's sound, but no dead air.
func (p *planner) airPoints(f int64, s side, x pause) int64 {
	air, beyond, want := f-x.room.In, x.room.Out-f, p.airAfter
	if s == inPoint {
		air, beyond, want = x.room.Out-f, f-x.room.In, p.airBefore
	}
	want = min(want, x.length/2)
	switch {
	case air < want*2/3, beyond < min(p.second/10, x.length/3):
		return noAir * 100
	case air > want:
		return max(p.points(air-want, deadAir*100), -20*100)
	}
	return 0
}

func (p *planner) pauseReason(x pause, s side) string {
	ms := p.rate.Millis(x.length)
	what := fmt.Sprintf("%d ms of silence", ms)
	switch {
	case !x.quiet:
		what = fmt.Sprintf("a pause of %d ms between words", ms)
	case ms >= 10_000:
		what = "a long silence"
	}
	if s == inPoint {
		return "starts after " + what
	}
	return "ends in " + what
}

// sentencePoints adds what the words next to the edge say.
func (p *planner) sentencePoints(e *edge, s side) []string {
	next, hasNext := p.said.after(e.at)
	prev, hasPrev := p.said.before(e.at)
	near := p.second * 3 / 2
	follows := hasNext && p.said.words[next].Start-e.at <= near
	precedes := hasPrev && e.at-p.said.words[prev].End <= near
	sure := 1 // where a list of words begins or ends
	switch {
	case s == inPoint && !follows, s == outPoint && !precedes:
		return nil
	case s == inPoint:
		sure = p.said.sentence(next, p.rules)
	case hasNext:
		sure = p.said.sentence(next, p.rules)
	case p.said.ends(prev):
		sure = 2
	}
	word := map[side][]string{inPoint: {"starts on a sentence"}, outPoint: {"ends with a sentence"}}[s]
	switch sure {
	case 2:
		e.points += onSentence * 100
		return word
	case 1:
		e.points += perhaps * 100
		if s == inPoint && next > 0 && !p.said.ends(next-1) {
			return nil
		}
		return word
	}
	e.points += inWords * 100
	return nil
}

// shotPoints adds what the pictures at the edge say.
func (p *planner) shotPoints(e *edge, s side) []string {
	i := sort.Search(len(p.shots), func(i int) bool { return p.shots[i].at >= e.at })
	if i < len(p.shots) && p.shots[i].at == e.at {
		e.points += onShot * p.shots[i].sure
		if s == inPoint {
			return []string{"starts on a new shot"}
		}
		return []string{"ends before the next shot"}
	}
	short := p.second * 2 / 5
	if s == inPoint && i < len(p.shots) && p.shots[i].at-e.at < short || s == outPoint && i > 0 && e.at-p.shots[i-1].at < short {
		e.points += flash * 100
	}
	return nil
}

// places lists frames where an edge may be good: in pauses, on shots, between
// words, and every half second for want of anything better.
func (p *planner) places(s side) []int64 {
	out := []int64{p.area.In, p.area.Out, p.must.In, p.must.Out}
	step := max(p.second/2, 1)
	for _, x := range p.pauses {
		w := x.room
		if s == inPoint {
			out = append(out, w.Out-min(p.airBefore, w.Frames()/2))
		} else {
			out = append(out, w.In+min(p.airAfter, w.Frames()/2))
		}
		for f := w.In + step; f < w.Out; f += step {
			out = append(out, f)
		}
	}
	for _, b := range p.said.blocks {
		out = append(out, b.In, b.Out)
	}
	for _, x := range p.shots {
		out = append(out, x.at)
	}
	for f := p.area.In; f <= p.area.Out; f += step {
		out = append(out, f)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// edges grades every place of one side and keeps those worth having: none
// inside a word, none in the sound where a pause lies within reach, none in a
// short pause beside one half as long again, and one in each fifth of a second.
func (p *planner) edges(s side) []edge {
	var out []edge
	bucket := max(p.second/5, 1)
	for _, f := range p.places(s) {
		if f < p.area.In || f > p.area.Out || p.said.cuts(f) {
			continue
		}
		e := p.grade(f, s)
		if e.open && p.betterNear(f, 0) || !e.open && p.isMinor(e, s) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].at/bucket == f/bucket {
			if e.points > out[n-1].points {
				out[n-1] = e
			}
			continue
		}
		out = append(out, e)
	}
	return out
}

// isMinor reports whether an edge lies in a short pause though one half as long
// again is near, and no breath lies between the two.
func (p *planner) isMinor(e edge, s side) bool {
	if e.length >= p.second || !p.betterNear(e.at, e.length*3/2) {
		return false
	}
	x, _ := p.pauseAt(e.at)
	return !p.breathes(x, 1-s)
}

// shift moves every edge of one clip side by as little as it takes to keep to
// the spacing of hard boundaries; edges that cannot are left out.
func (p *planner) shift(all []edge, s side) []edge {
	var out []edge
	for _, e := range all {
		for d := int64(0); d <= 2*apart; d++ {
			if at, ok := p.free(e, d, s); ok {
				if at != e.at {
					e = p.grade(at, s)
				}
				out = append(out, e)
				break
			}
		}
	}
	return out
}

// free finds a frame d away from an edge where a boundary may lie.
func (p *planner) free(e edge, d int64, s side) (int64, bool) {
	for _, at := range []int64{e.at + d, e.at - d} {
		if p.area.In <= at && at <= p.area.Out && !p.said.cuts(at) && p.fits(at, s) {
			if now := p.grade(at, s); !now.open || e.open && !p.betterNear(at, 0) {
				return at, true
			}
		}
	}
	return 0, false
}

// fits reports whether boundaries of an edge at f keep their distance from all others.
func (p *planner) fits(f int64, s side) bool {
	if s == inPoint && !p.clear(f+p.hook) {
		return false
	}
	return p.clear(f)
}

func (p *planner) clear(f int64) bool {
	return !slices.ContainsFunc(p.bounds, func(b int64) bool { return b != f && b-f < apart && f-b < apart })
}

// settle keeps a clip's hard boundaries.
func (p *planner) settle(w timeline.Window) {
	p.bounds = append(p.bounds, w.In, w.Out, w.In+p.hook)
}
