package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/timeline"
)

const (
	mostRendered = 5   // moments that go on down the line
	mostMoments  = 200 // moments that are kept at all

	mostAnchors = 50 // marks that a moment names; recording.json names all

	windowFront = 40 * time.Second  // of a point's moment before its event …
	windowBack  = 34 * time.Second  // … and behind it: with a lead of 15 s, 90 s and a bit
	windowMost  = 120 * time.Second // of any moment
	payoffMost  = 30 * time.Second  // what a short can show whole
)

// draft is a moment before it has an ID. Its first mark anchors it.
type draft struct {
	window timeline.Window
	payoff timeline.Window
	given  bool
	slack  int64
	marks  []pipeline.Mark
	sure   float64
	notes  []pipeline.Note
}

func (d draft) label() string {
	for _, m := range d.marks {
		if m.Label != "" {
			return m.Label
		}
	}
	return ""
}

func (d draft) rank() int { return habitOf(d.marks[0].Source).Rank }

// event is the stretch in which what a mark points at happened, clamped to the
// recording: for a point, its source's lead and trail, widened by its
// precision; for a range, the range.
func event(m pipeline.Mark, media pipeline.Media) timeline.Window {
	h := habitOf(m.Source)
	from, to := m.At-h.Lead, m.At+h.Trail+m.Precision
	if h.Lead == 0 {
		from -= m.Precision
	}
	if m.IsRange() {
		from, to = m.At, *m.End
	}
	w := timeline.Window{In: media.Rate.Frames(from), Out: media.Rate.Frames(to)}.Clamp(media.Length())
	if w.IsEmpty() && media.Frames > 0 { // a mark on the very last frame
		w.In = min(w.In, media.Frames-1)
		w.Out = w.In + 1
	}
	return w
}

// sprout is the moment of one mark alone.
func sprout(m found, media pipeline.Media) draft {
	s := func(d time.Duration) int64 { return media.Rate.Frames(d) }
	e := event(m.Mark, media)
	d := draft{window: e, payoff: e, marks: []pipeline.Mark{m.Mark}, sure: m.Confidence}
	if !m.IsRange() {
		d.window = fitted(e.Grow(s(windowFront), s(windowBack)), media)
		if m.Source == marks.SourceSignal {
			d.notes = append(d.notes, pipeline.Note{Code: codeProposed,
				Detail: "nobody pointed at this moment; it is proposed: " + strings.Join(m.Why, "; "), Hint: pointHint})
		}
		return d
	}
	if e.Frames() > s(windowMost) {
		d.notes = append(d.notes, pipeline.Note{Code: codeShortened,
			Detail: fmt.Sprintf("the mark at %s covers %s; a moment has at most %s, so its first two minutes are used",
				spoken(m.At), spoken(*m.End-m.At), spoken(windowMost)),
			Hint: "give the shorter range that you want"})
		d.window.Out = d.window.In + s(windowMost)
		d.payoff = d.window
	}
	d.given = !m.loose && len(d.notes) == 0
	if m.quiet != "" {
		d.notes = append(d.notes, deadAirNote(m))
	}
	d.slack = max(media.Rate.FramesFloor(m.Precision/2), 0)
	d.payoff = payoffOf(d.payoff, s(payoffMost))
	return d
}

// payoffOf is what must be seen of a range: all of it where a short can show
// it, else its second half, at most as long as a short. People begin a range
// with what leads up to the thing.
func payoffOf(w timeline.Window, most int64) timeline.Window {
	if w.Frames() <= most {
		return w
	}
	return timeline.Window{In: w.Out - min(w.Frames()/2, most), Out: w.Out}
}

// fitted moves a window into the recording and keeps its length where the
// recording is long enough.
func fitted(w timeline.Window, media pipeline.Media) timeline.Window {
	all := media.Length()
	switch {
	case w.In < all.In:
		w = timeline.Window{In: all.In, Out: w.Out + all.In - w.In}
	case w.Out > all.Out:
		w = timeline.Window{In: w.In - (w.Out - all.Out), Out: all.Out}
	}
	return w.Clamp(all)
}

// grow makes moments of the used marks, in order of time. Moments that overlap
// become one while their union is at most two minutes. A range that somebody
// gave stays as it is: what points into it only confirms it.
func grow(all []found, media pipeline.Media) []draft {
	var out []draft
	for _, m := range all {
		if m.Used() {
			out = append(out, sprout(m, media))
		}
	}
	for before := len(out) + 1; len(out) < before; {
		before = len(out)
		byTime(out)
		out = fused(out, media.Rate)
	}
	return out
}

// fused joins each draft, in order of time, to one shortly before it that it may be joined to.
func fused(all []draft, rate timeline.Rate) []draft {
	const back = 8 // between two that may be joined, ranges may lie that may not
	var out []draft
next:
	for _, d := range all {
		for i := len(out) - 1; i >= 0 && i >= len(out)-back; i-- {
			if both, ok := fuse(out[i], d, rate); ok {
				out[i] = both
				continue next
			}
		}
		out = append(out, d)
	}
	return out
}

func byTime(all []draft) {
	slices.SortStableFunc(all, func(a, b draft) int {
		if a.window.In != b.window.In {
			return int(min(max(a.window.In-b.window.In, -1), 1))
		}
		return int(min(max(b.window.Out-a.window.Out, -1), 1))
	})
}

// fuse is two drafts as one, if they may be. It may use up both.
func fuse(a, b draft, rate timeline.Rate) (draft, bool) {
	union := a.window.Union(b.window)
	switch {
	case !a.window.Overlaps(b.window) || a.given && b.given:
		return draft{}, false
	case a.isGuess() != b.isGuess():
		return confirmed(a, b), true
	}
	if b.given || !a.given && better(b, a) < 0 {
		a, b = b, a
	}
	both := a.payoff.Union(b.payoff)
	switch {
	case a.given && !b.payoff.Overlaps(a.window), !a.given && union.Frames() > rate.Frames(windowMost):
		return draft{}, false
	case a.given:
		union, both = a.window, a.payoff
	case a.payoff.Covers(b.payoff):
		both = b.payoff // the closer evidence: a press inside a chapter
	case b.payoff.Covers(a.payoff):
		both = a.payoff
	case both.Frames() > rate.Frames(payoffMost):
		both = a.payoff // two things: the surer one must be seen
	}
	a.window, a.payoff, a.sure = union, both, sum(a.sure, b.sure)
	a.marks = append(a.marks, b.marks[:min(len(b.marks), max(mostAnchors-len(a.marks), 0))]...)
	a.notes = append(a.notes, b.notes...)
	return a, true
}

// better orders drafts: surest first, then by source, then by time.
func better(a, b draft) int {
	switch {
	case a.sure != b.sure:
		return map[bool]int{true: -1, false: 1}[a.sure > b.sure]
	case a.rank() != b.rank():
		return a.rank() - b.rank()
	}
	return int(min(max(a.window.In-b.window.In, -1), 1))
}

// best is the drafts in the order they are worth making, and how many of them
// go on: where somebody marked anything, none that only a plan speaks for. What
// is beyond mostMoments is not kept.
func best(all []draft) (kept []draft, on int) {
	kept = slices.Clone(all)
	slices.SortStableFunc(kept, better)
	kept = kept[:min(len(kept), mostMoments)]
	if i := slices.IndexFunc(kept, draft.isGuess); i > 0 && !isProposed(kept[0].marks[0]) {
		return kept, min(i, mostRendered)
	}
	return kept, min(len(kept), mostRendered)
}
