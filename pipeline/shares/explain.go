package shares

import (
	"slices"
	"time"

	"dropcut/pipeline"
)

// asides are what may be left out, in the order in which it is told.
var asides = []struct{ code, why string }{
	{BeforePost, "from before the post, when its counters were zero"},
	{AfterRemoval, "from after the removal"},
	{InFuture, "of a time that has not come"},
	{Negative, "below zero"},
}

// explain writes the notes: what is missing first, then what makes the figures
// uncertain, then what was left out.
func (r *reader) explain() {
	r.explainMissing()
	if r.Views != nil || r.Shares != nil {
		r.explainEdge()
		r.explainGrain()
		r.explainFall("views", r.views)
		r.explainFall("re-shares", r.shares)
		r.explainLate()
	}
	if n := r.occurred.doubles; n > 0 {
		r.tell(Duplicates, "%s came again and counted once", some(n, "event"))
	}
	for _, a := range asides {
		if n := r.aside[a.code]; n > 0 {
			r.tell(a.code, "%s %s left out: %s", some(n, "figure"), map[bool]string{true: "was", false: "were"}[n == 1], a.why)
		}
	}
}

func (r *reader) tell(code, format string, args ...any) {
	r.Notes = append(r.Notes, note(code, format, args...))
}

func (r *reader) explainMissing() {
	switch {
	case r.Views == nil && r.Shares == nil:
		r.tell(NoSnapshots, "nothing is told of this post")
	case r.Shares == nil:
		r.tell(SharesNotTold, "%s tells views and no re-shares, which is not none", r.Source)
	case r.Views == nil:
		r.tell(ViewsNotTold, "%s tells re-shares and no views, and views of another source are not mixed in", r.Source)
	case *r.Shares > *r.Views:
		r.tell(MoreShares, "%d re-shares of %d views cannot be a rate", *r.Shares, *r.Views)
	}
	if !r.byEvents && len(r.occurred.events) > 0 {
		r.tell(EventsBeside, "%s sends events too, %d in this stretch; its counters were taken", r.Source, r.Events)
	}
}

func (r *reader) explainEdge() {
	if r.isCut() {
		r.tell(RemovedEarly, "the post was removed after %s: counted up to the last sample before", spoken(r.end.Sub(r.from)))
	}
	if !r.isOver() || r.isCut() || r.tight || r.Views == nil || r.Shares == nil {
		return
	}
	if r.Until.Before(r.end) {
		r.tell(NoSampleAfter, "no sample after 12 h: counted up to the last one, at %s", spoken(r.Until.Sub(r.from)))
		return
	}
	gap := time.Duration(0)
	for _, c := range []counter{r.views, r.shares} {
		if len(c.samples) > 0 && !c.isTight(r.end) {
			gap = max(gap, c.wide(r.end))
		}
	}
	r.tell(WideGap, "samples on either side of 12 h lie %s apart: the figure between them is an estimate", spoken(gap))
}

func (r *reader) explainGrain() {
	switch {
	case r.Estimated:
		r.tell(DayLevel, "%s knows whole days only: what falls within 12 h is an estimate", r.Source)
	case r.isMoving():
		r.tell(StillMoving, "%s may still change its counters of this time for %s", r.Source, spoken(r.end.Add(settles).Sub(r.now)))
	case r.Grain == pipeline.GrainMoving:
		r.tell(Moved, "%s brings its counters up to 48 h late: the figures may be low", r.Source)
	}
}

func (r *reader) explainFall(what string, c counter) {
	if c.fell != nil && !c.fell.at.After(*r.Until) {
		r.tell(Fell, "%s fell from %d to %d after %s and were held level", what, c.fell.from, c.fell.to, spoken(c.fell.at.Sub(r.from)))
	}
}

// explainLate marks data of the window that came more than a day after it.
func (r *reader) explainLate() {
	n, last := 0, time.Duration(0)
	count := func(received time.Time, figures int64) {
		if late := received.Sub(r.end); late > lateAfter {
			n, last = n+int(figures), max(last, late)
		}
	}
	seen := map[time.Time]bool{}
	for _, s := range slices.Concat(r.views.used(*r.Until), r.shares.used(*r.Until)) {
		if at := s.at.UTC(); !seen[at] {
			seen[at] = true
			count(s.received, 1)
		}
	}
	if r.byEvents {
		for _, e := range r.occurred.within(r.from, *r.Until) {
			count(e.Received, e.Events())
		}
	}
	if n > 0 {
		r.tell(Late, "%s came up to %s after the window's end, and counted", some(n, "figure"), spoken(last))
	}
}
