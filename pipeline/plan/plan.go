// Package plan decides where clips go in and out. Plan is pure: the same
// moment, words and signals give the same clips. Step does it for the line.
//
// Read rules.go for what is kept to, edges.go for what makes a good in-point
// or out-point, choose.go for which pair becomes a clip.
package plan

import (
	"fmt"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Input is all that a plan is made from. All windows are on the timeline.
type Input struct {
	Rate     timeline.Rate
	Bounds   timeline.Window // frames that can be shown: the excerpt within the recording
	Moment   pipeline.Moment
	Signals  pipeline.Signals
	Words    []captions.Word // of the best transcript, in order; may be empty
	Language string          // of the words, BCP 47; und or empty where nobody says
	Shorts   int             // at most
}

// Draft is a clip as planned, before it has an ID.
type Draft struct {
	Kind   pipeline.ClipKind
	N      int // 1 … within its kind, best first
	Window timeline.Window
	Why    []string
	Text   string // the words inside
	Notes  []pipeline.Note
	Points int64            // how good the window is; 0 where it was given, or nothing else was possible
	Over   []pipeline.Rival // windows that lost against it, best first
	Aside  bool             // it does not show the payoff, only what lies around it
}

// Plan gives the core, if there is room for one, and then the shorts, best
// first. What could not be given, and why, stands in the notes.
//
// Every window lies within Bounds. No edge lies inside a word, unless a person
// gave it or words leave no other place, which the draft then notes. Hard
// boundaries of all drafts coincide or lie at least eight frames apart.
func Plan(in Input) ([]Draft, []pipeline.Note) {
	r := rulesAt(in.Rate)
	if in.Bounds.Frames() < r.shortMin {
		return nil, []pipeline.Note{{Code: codeTooShort,
			Detail: fmt.Sprintf("there are %s of recording around this moment and a short needs 15 s", spoken(r, in.Bounds.Frames())),
			Hint:   "give a longer recording"}}
	}
	p := newPlanner(in, r)
	p.wish = wished(in, r)
	p.ins, p.outs = p.edges(inPoint), p.edges(outPoint)
	if p.wish.kind == pipeline.Short && p.wish.exact && in.Shorts > 0 {
		p.addGivenShort()
	} else {
		p.addCore()
	}
	p.addShorts()
	return p.drafts()
}

// planner is one plan on its way.
type planner struct {
	rules
	in     Input
	area   timeline.Window // where clips may lie
	must   timeline.Window // what the core and the first short show
	onset  int64           // the instant itself, inside the payoff; -1 when unknown
	told   string          // how it is known
	wish   wish
	said   speech
	sound  sound
	pauses []pause
	shots  []shot
	still  []timeline.Window
	ins    []edge // all that are worth having
	outs   []edge
	bounds []int64 // hard boundaries so far

	core   *Draft
	shorts []Draft
	notes  []pipeline.Note
}

// shot is the first frame of a new shot, and how sure that is in hundredths.
type shot struct{ at, sure int64 }

func newPlanner(in Input, r rules) *planner {
	p := &planner{rules: r, in: in, onset: -1}
	payoff := payoffIn(in)
	p.area = in.Moment.Window.Union(payoff.Grow(r.area, r.area)).Intersect(in.Bounds)
	if most := r.rate.Frames(areaMost); p.area.Frames() > most {
		p.area = payoff.Grow(most/2, most/2).Intersect(in.Bounds)
	}
	p.said = speechIn(in.Words, in.Language, p.area)
	p.pauses = pausesIn(p.area, p.said, quietIn(p.area, in.Signals.Silences, in.Signals.Gaps), r)
	p.sound = soundIn(in.Signals.Loudness, p.area, r)
	p.still = quietIn(p.area, in.Signals.Frozen)
	for _, s := range in.Signals.Shots {
		if p.area.Contains(s.At) && s.At > p.area.In && (len(p.shots) == 0 || s.At > p.shots[len(p.shots)-1].at) {
			p.shots = append(p.shots, shot{s.At, int64(min(max(s.Score, 0), 1)*100 + 0.5)})
		}
	}
	p.must = payoff
	if payoff.Frames() > 5*r.second {
		if c, ok := p.climax(payoff); ok {
			p.onset, p.told = c.at, c.why
			p.must = p.must.Union(timeline.Window{In: p.before(c.at), Out: c.at + r.onsetAfter}).Intersect(p.area)
		}
	}
	return p
}

// before is from where on a climax at f is shown: a little of what led to it,
// but not where that is nothing but silence.
func (p *planner) before(f int64) int64 {
	from := f - p.onsetBefore
	if x, ok := p.pauseAt(from); ok && x.quiet && x.room.Out > from && x.room.Out >= f-p.second {
		return min(x.room.Out-p.airBefore, f)
	}
	return from
}

// payoffIn is the payoff within bounds: at least one frame, at most what a core holds with room to spare.
func payoffIn(in Input) timeline.Window {
	p := in.Moment.Payoff
	if w := in.Moment.Window; p.IsEmpty() && (p.In < w.In || p.In > w.Out) { // nobody said where
		p.In = w.In + w.Frames()/2
		p.Out = p.In
	}
	if p = p.Clamp(in.Bounds); p.IsEmpty() {
		p.In = min(p.In, in.Bounds.Out-1)
		p.Out = p.In + 1
	}
	if most := in.Rate.Frames(coreShortest); p.Frames() > most {
		p.In = p.Out - most
	}
	return p
}

// drafts numbers what was found and adds its words.
func (p *planner) drafts() ([]Draft, []pipeline.Note) {
	var out []Draft
	if p.core != nil {
		out = append(out, *p.core)
	}
	out = append(out, p.shorts...)
	n := map[pipeline.ClipKind]int{}
	for i := range out {
		n[out[i].Kind]++
		out[i].N = n[out[i].Kind]
		out[i].Text = said(p.said.words, out[i].Window)
		out[i].Aside = out[i].Kind == pipeline.Short && out[i].N > 1 && !p.shows(out[i].Window)
	}
	return out, p.notes
}

// shows reports whether w holds the payoff: the instant itself where it is
// known, else all of it, or nothing but it.
func (p *planner) shows(w timeline.Window) bool {
	if p.onset >= 0 {
		return w.Covers(timeline.Window{In: p.onset, Out: p.onset + p.second})
	}
	payoff := payoffIn(p.in)
	return w.Covers(payoff) || payoff.Covers(w)
}

// The codes of plan's notes.
const (
	codeTooShort    = "too_short"
	codeNoCore      = "no_core"
	codeFewerShorts = "fewer_shorts"
	codePayoffCut   = "payoff_cut"
	codeWordCut     = "word_cut"
	codeRange       = "range_changed"
)

// spoken is a length as people read it.
func spoken(r rules, frames int64) string {
	ms := r.rate.Millis(frames)
	return fmt.Sprintf("%d.%d s", ms/1000, ms%1000/100)
}
