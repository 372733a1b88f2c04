package detect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
)

// match is which older moment a draft is, and which ones it swallowed.
type match struct {
	old  *pipeline.Moment  // nil: it is new
	also []pipeline.Moment // superseded by it
}

// recognise finds for each draft the moment it was before: one whose anchoring
// mark it holds, else one it overlaps by half. Several become one under the
// oldest ID. gone is the older moments that are found no more.
func recognise(drafts []draft, old []pipeline.Moment) (matches []match, gone []pipeline.Moment) {
	matches = make([]match, len(drafts))
	taken := map[string]bool{}
	free := func(m pipeline.Moment) bool { return !taken[m.ID] && m.SupersededBy == "" }
	take := func(i int, m pipeline.Moment) {
		taken[m.ID] = true
		if matches[i].old == nil {
			matches[i].old = &m
		} else {
			matches[i].also = append(matches[i].also, m)
		}
	}
	old = slices.Clone(old)
	slices.SortFunc(old, func(a, b pipeline.Moment) int { return strings.Compare(a.ID, b.ID) }) // oldest first
	for i, d := range drafts {
		for _, m := range old {
			if free(m) && d.anchoredBy(m) {
				take(i, m)
			}
		}
	}
	for i, d := range drafts {
		for _, m := range old {
			if free(m) && halves(d.window, m.Window) && (matches[i].old == nil || m.State != pipeline.MomentSuperseded) {
				take(i, m)
			}
		}
	}
	for _, m := range old {
		if free(m) && m.State != pipeline.MomentSuperseded {
			gone = append(gone, m)
		}
	}
	return matches, gone
}

// anchoredBy reports whether one of the draft's marks is the old moment's anchor.
func (d draft) anchoredBy(m pipeline.Moment) bool {
	return len(m.Marks) > 0 && slices.ContainsFunc(d.marks, func(x pipeline.Mark) bool { return samePress(x, m.Marks[0]) })
}

// samePress reports whether two marks are one press: one source, one time
// within the precision of both.
func samePress(a, b pipeline.Mark) bool {
	return a.Source == b.Source && (a.At-b.At).Abs() <= max(a.Precision, b.Precision, time.Millisecond) && a.IsRange() == b.IsRange()
}

// halves reports whether the windows share half of the shorter.
func halves(a, b timeline.Window) bool {
	return a.Overlaps(b) && a.Intersect(b).Frames()*2 >= min(a.Frames(), b.Frames())
}

// settle makes moments of drafts, the first on of which go down the line:
// known ones keep ID, folder and what happened to them.
func settle(rec pipeline.Recording, drafts []draft, on int, matches []match, old []pipeline.Moment) []pipeline.Moment {
	out := make([]pipeline.Moment, len(drafts))
	for i, d := range drafts {
		m := pipeline.Moment{ID: "", Recording: rec.ID, State: pipeline.MomentFound}
		if matches[i].old != nil {
			m = *matches[i].old
		}
		m.Window, m.Payoff, m.Given, m.GivenSlack = d.window, d.payoff, d.given, d.slack
		m.Label, m.Confidence, m.Marks, m.Notes = d.label(), d.sure, d.marks, d.notes // notes of others: see renewed
		m.State = stateNow(m.State, i < on)
		out[i] = m
	}
	byWindow := make([]*pipeline.Moment, len(out))
	for i := range out {
		byWindow[i] = &out[i]
	}
	slices.SortStableFunc(byWindow, func(a, b *pipeline.Moment) int {
		return int(min(max(a.Window.In-b.Window.In, -1), 1))
	})
	n := lastFolder(old)
	for _, m := range byWindow {
		if m.ID == "" {
			m.ID = pipeline.Mint(pipeline.MomentID)
		}
		if m.Folder == "" && m.State != pipeline.MomentOffered {
			n++
			m.Folder = folderOf(rec, *m, n)
		}
	}
	return out
}

// folderOf names the folder of a moment that is its recording's n-th, below its
// recording's.
func folderOf(rec pipeline.Recording, m pipeline.Moment, n int) string {
	if rec.IsKeyedByID() {
		return "moments/" + m.ID
	}
	return fmt.Sprintf("%02d-%s", n, storage.SafeName(m.Label, "moment"))
}

// stateNow is where a moment that was found again stands.
func stateNow(was pipeline.MomentState, goesOn bool) pipeline.MomentState {
	switch was {
	case pipeline.MomentFound, pipeline.MomentOffered, pipeline.MomentSuperseded, pipeline.MomentFailed:
		if goesOn {
			return pipeline.MomentFound
		}
		return pipeline.MomentOffered
	}
	return was
}

// lastFolder is the highest number a moment's folder has.
func lastFolder(old []pipeline.Moment) int {
	last := 0
	for _, m := range old {
		head, _, _ := strings.Cut(m.Folder, "-")
		if n, err := strconv.Atoi(head); err == nil {
			last = max(last, n)
		}
	}
	return last
}
