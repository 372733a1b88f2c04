package shares

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"dropcut/pipeline"
)

// Rate is the micro-share rate of one post, from one source; what others say
// stands beside it and is never mixed in.
type Rate struct {
	Post string    `json:"post"`
	From time.Time `json:"from"` // the window, half-open: 12 h from the post
	To   time.Time `json:"to"`   // or until it was removed
	Reading
	Why    string    `json:"why"`              // the source was chosen
	Beside []Reading `json:"beside,omitempty"` // what other sources say, the next best first
}

// RateOf counts one post as of now. Snapshots and events of other posts are not
// looked at; order and repetition do not matter. A post without a time was not
// posted.
func RateOf(p pipeline.Post, snapshots []pipeline.Snapshot, events []pipeline.ShareEvent, now time.Time) Rate {
	if p.PostedAt.IsZero() {
		return Rate{Post: p.ID, Reading: Reading{State: NoData, Notes: []pipeline.Note{note(NoPost, "it was claimed and not posted: nothing is counted")}}}
	}
	w := windowOf(p, now)
	out := Rate{Post: p.ID, From: w.from, To: w.end}
	readings := readAll(w, p.ID, snapshots, events)
	if len(readings) == 0 {
		out.Reading = read(w, "", nil, nil)
		return out
	}
	out.Reading, out.Beside = readings[0], readings[1:]
	out.Why = why(out.Reading, len(out.Beside))
	for _, b := range out.Beside {
		if out.isKnown() && b.isKnown() && !out.meets(b.Interval) {
			out.Notes = append(out.Notes, note(SourcesDiffer, "%s says %d of %d, which does not fit", b.Source, *b.Shares, *b.Views))
		}
	}
	return out
}

// readAll is what each source says, the one to go by first.
func readAll(w window, post string, snapshots []pipeline.Snapshot, events []pipeline.ShareEvent) []Reading {
	told := map[string][]pipeline.Snapshot{}
	sent := map[string][]pipeline.ShareEvent{}
	sources := map[string]bool{}
	for _, s := range snapshots {
		if s.Post == post {
			told[s.Source] = append(told[s.Source], s)
			sources[s.Source] = true
		}
	}
	for _, e := range events {
		if e.Post == post {
			sent[e.Source] = append(sent[e.Source], e)
			sources[e.Source] = true
		}
	}
	var out []Reading
	for _, s := range slices.Sorted(maps.Keys(sources)) {
		out = append(out, read(w, s, told[s], sent[s]))
	}
	slices.SortStableFunc(out, byTrust)
	return out
}

// byTrust puts first the source that knows most. It never looks at how high a
// rate is, so that nobody's favourite number wins.
func byTrust(a, b Reading) int {
	return cmp.Or(
		first(isWhole(a), isWhole(b)),
		cmp.Compare(grains[a.Grain], grains[b.Grain]),
		first(a.tight, b.tight),
		cmp.Compare(b.Samples, a.Samples),
		cmp.Compare(a.Source, b.Source),
	)
}

// grains in order of trust.
var grains = map[pipeline.Grain]int{pipeline.GrainInstant: 0, pipeline.GrainMoving: 1, pipeline.GrainDay: 2}

// isWhole reports whether a source tells both figures, and they can be a rate.
func isWhole(r Reading) bool { return r.Views != nil && r.Shares != nil && *r.Shares <= *r.Views }

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// why says in words what made this the source to go by.
func why(r Reading, others int) string {
	if !isWhole(r) {
		return "no source tells both re-shares and views"
	}
	exact := map[pipeline.Grain]string{
		pipeline.GrainInstant: "counters of the instant they were asked",
		pipeline.GrainMoving:  "counters that settle within 48 h",
		pipeline.GrainDay:     "counters of whole days",
	}[r.Grain]
	edge := "none close around 12 h"
	if r.tight {
		edge = "close around 12 h"
	}
	if others == 0 {
		return fmt.Sprintf("the only source: %s, %s, %s", exact, some(r.Samples, "sample"), edge)
	}
	return fmt.Sprintf("the best of %d sources: both figures, %s, %s, %s", others+1, exact, some(r.Samples, "sample"), edge)
}
