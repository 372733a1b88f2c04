package shares

import (
	"slices"
	"time"

	"dropcut/pipeline"
)

// State is how far a rate is to be trusted.
type State string

// The states of a rate, in the order in which they apply.
const (
	Open        State = "open"        // the window is not over: the figures are of what there is so far
	NoData      State = "no_data"     // no source tells both re-shares and views
	LowSample   State = "low_sample"  // fewer than 200 views: no rate to compare by
	Provisional State = "provisional" // an estimate, or figures that may still change: a note says why
	Final       State = "final"       // later data may correct it, waiting will not
)

// Reading is what one source says of one post's first 12 hours. Both figures are
// of the same stretch [posted, Until).
type Reading struct {
	Source    string          `json:"source"` // "": none tells anything
	State     State           `json:"state"`
	Shares    *int64          `json:"shares"` // nil: not told, which is not none
	Views     *int64          `json:"views"`  // nil: not told
	Interval                  // Wilson's
	Until     *time.Time      `json:"until"` // the window's end, or as far as the source tells; nil without figures
	Estimated bool            `json:"estimated"`
	Grain     pipeline.Grain  `json:"grain,omitempty"` // the coarsest of its snapshots
	Samples   int             `json:"samples"`         // times at which the source told counters, of those that were used
	Events    int             `json:"events"`          // events in the stretch, each once
	Notes     []pipeline.Note `json:"notes"`

	views, shares counter // for the curve
	byEvents      bool    // Shares are events
	occurred      occurred
	tight         bool // samples lie close around the edge
}

// IsCounted reports whether the reading goes into sums: the window is over and
// both figures are known. Posts of few views are in: leaving them out would
// leave out what did not catch on.
func (r Reading) IsCounted() bool {
	return r.State == Final || r.State == Provisional || r.State == LowSample
}

// has reports whether a note of that code stands on the reading.
func (r Reading) has(code string) bool {
	return slices.ContainsFunc(r.Notes, func(n pipeline.Note) bool { return n.Code == code })
}

// isSettled reports whether waiting changes nothing, however few views there are.
func (r Reading) isSettled() bool {
	return r.tight && !r.Estimated && !r.has(RemovedEarly) && !r.has(StillMoving)
}

// window is the stretch in which a post is counted, half-open.
type window struct {
	from, end time.Time
	removed   *time.Time // when the post was
	now       time.Time
}

func windowOf(p pipeline.Post, now time.Time) window {
	w := window{from: p.PostedAt, end: p.PostedAt.Add(Span), removed: p.RemovedAt, now: now}
	if p.RemovedAt != nil && p.RemovedAt.Before(w.end) {
		w.end = *p.RemovedAt
	}
	return w
}

// isCut reports whether a removal ended the window early.
func (w window) isCut() bool { return w.end.Before(w.from.Add(Span)) }

func (w window) isOver() bool { return !w.now.Before(w.end) }

// reader reads one source.
type reader struct {
	window
	Reading
	aside map[string]int // what was left out, by code
}

// read is what one source says. Neither order nor repetition of its data matters.
func read(w window, source string, snapshots []pipeline.Snapshot, events []pipeline.ShareEvent) Reading {
	r := reader{window: w, aside: map[string]int{}}
	r.Source, r.Notes = source, []pipeline.Note{}
	r.load(snapshots, events)
	r.figure()
	r.judge()
	r.explain()
	return r.Reading
}

// load sorts the data into counters and events, and sets aside what is not of
// this post's life.
func (r *reader) load(snapshots []pipeline.Snapshot, events []pipeline.ShareEvent) {
	var views, shares []sample
	for _, s := range snapshots {
		if code := r.outside(s.At); code != "" {
			// A counter that stands at zero before the post says nothing wrong.
			if code != BeforePost || value(s.Views) != 0 || value(s.Shares) != 0 {
				r.aside[code]++
			}
			continue
		}
		if grains[s.Grain] > grains[r.Grain] {
			r.Grain = s.Grain
		}
		views = r.keep(views, s, s.Views)
		shares = r.keep(shares, s, s.Shares)
	}
	r.views, r.shares = newCounter(r.from, views), newCounter(r.from, shares)
	r.occurred = once(slices.DeleteFunc(slices.Clone(events), func(e pipeline.ShareEvent) bool {
		code := r.outside(e.At)
		if code == BeforePost && e.At.Equal(r.from) {
			return false
		}
		if code != "" {
			r.aside[code] += int(e.Events())
		}
		return code != ""
	}))
}

// outside is why data of a time are not of this post's life, "" if they are.
func (r *reader) outside(at time.Time) string {
	switch {
	case at.After(r.now):
		return InFuture
	case !at.After(r.from):
		return BeforePost
	case r.removed != nil && at.After(*r.removed):
		return AfterRemoval
	}
	return ""
}

func (r *reader) keep(to []sample, s pipeline.Snapshot, n *int64) []sample {
	if n == nil {
		return to
	}
	if *n < 0 {
		r.aside[Negative]++
		return to
	}
	return append(to, sample{at: s.At, received: s.Received, n: *n})
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// figure takes both figures of the longest stretch of which both are told.
func (r *reader) figure() {
	hasViews, hasShares := len(r.views.samples) > 0, len(r.shares.samples) > 0
	r.byEvents = !hasShares && len(r.occurred.events) > 0
	until := r.end
	if r.now.Before(until) {
		until = r.now
	}
	if hasViews {
		until = earlier(until, r.views.last())
	}
	if hasShares {
		until = earlier(until, r.shares.last())
	}
	events := r.occurred.count(r.from, until)
	r.Events = int(events)
	if hasViews {
		n := r.views.at(until)
		r.Views = &n
	}
	switch {
	case hasShares:
		n := r.shares.at(until)
		r.Shares = &n
	case r.byEvents:
		r.Shares = &events
	}
	if r.Views != nil || r.Shares != nil {
		r.Until = &until
	}
	if r.Views != nil && r.Shares != nil {
		r.Interval = Wilson(*r.Shares, *r.Views)
	}
	r.tight = hasViews && r.views.isTight(r.end) && (r.byEvents || hasShares && r.shares.isTight(r.end))
	r.Samples = len(r.times(until))
}

// times is when the source told counters that were used.
func (r *reader) times(until time.Time) []time.Time {
	var out []time.Time
	for _, s := range slices.Concat(r.views.used(until), r.shares.used(until)) {
		out = append(out, s.at)
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// judge gives the state.
func (r *reader) judge() {
	r.Estimated = r.Grain == pipeline.GrainDay && r.Samples > 0
	switch {
	case !r.isOver():
		r.State = Open
	case r.Views == nil || r.Shares == nil || *r.Shares > *r.Views:
		r.State = NoData
	case *r.Views < enough:
		r.State = LowSample
	case !r.tight || r.isCut() || r.Estimated || r.isMoving(): // as isSettled, before there are notes
		r.State = Provisional
	default:
		r.State = Final
	}
}

func (r *reader) isMoving() bool {
	return r.Grain == pipeline.GrainMoving && r.now.Before(r.end.Add(settles))
}
