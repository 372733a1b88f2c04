package plan

import (
	"cmp"
	"slices"
	"sort"

	"dropcut/pipeline/timeline"
)

// pause is where a cut is not heard: an edge may lie anywhere in room, its
// ends included.
type pause struct {
	room   timeline.Window
	length int64 // of the quiet around it, frames
	quiet  bool  // measured in the sound, not only known from the words
}

// pausesIn finds the pauses of area in order: quiet stretches where no word
// is, and gaps between words whose sound nobody measured as quiet.
func pausesIn(area timeline.Window, s speech, quiet []timeline.Window, r rules) []pause {
	var out []pause
	for _, gap := range s.free(area) {
		from := sort.Search(len(quiet), func(i int) bool { return quiet[i].Out >= gap.In })
		found := false
		for _, q := range quiet[from:] {
			if q.In > gap.Out {
				break
			}
			room := timeline.Window{In: max(gap.In, q.In), Out: min(gap.Out, q.Out)}
			if q.Frames() >= r.pause {
				out = append(out, pause{room: room, length: q.Frames(), quiet: true})
				found = true
			}
		}
		if !found && len(s.words) > 0 {
			out = append(out, unheard(gap, area, r)...)
		}
	}
	return out
}

// unheard is what is known of a gap between words without its sound: a short
// one is a pause, of a long one only its ends.
func unheard(gap, area timeline.Window, r rules) []pause {
	switch {
	case gap.Frames() < r.pause:
		return nil
	case gap.Frames() <= r.unknown && gap.In > area.In && gap.Out < area.Out:
		return []pause{{room: gap, length: gap.Frames()}}
	}
	var out []pause
	most := min(r.second*2/3, gap.Frames())
	if gap.In > area.In { // behind a word
		out = append(out, pause{room: timeline.Window{In: gap.In, Out: gap.In + most}, length: most})
	}
	if gap.Out < area.Out && (len(out) == 0 || gap.Frames() >= 2*most) {
		out = append(out, pause{room: timeline.Window{In: gap.Out - most, Out: gap.Out}, length: most})
	}
	return out
}

// quietIn is the silences and gaps that touch area, in order, without overlap.
func quietIn(area timeline.Window, lists ...[]timeline.Window) []timeline.Window {
	var all []timeline.Window
	for _, l := range lists {
		for _, w := range l {
			if w = w.Intersect(area); !w.IsEmpty() {
				all = append(all, w)
			}
		}
	}
	slices.SortFunc(all, func(a, b timeline.Window) int {
		return cmp.Or(cmp.Compare(a.In, b.In), cmp.Compare(a.Out, b.Out))
	})
	var out []timeline.Window
	for _, w := range all {
		if n := len(out); n > 0 && w.In <= out[n-1].Out {
			out[n-1].Out = max(out[n-1].Out, w.Out)
		} else {
			out = append(out, w)
		}
	}
	return out
}

// pauseAt is the pause in which f lies, the longest where two touch.
func (p *planner) pauseAt(f int64) (pause, bool) {
	i := sort.Search(len(p.pauses), func(i int) bool { return p.pauses[i].room.Out >= f })
	best, ok := pause{}, false
	for ; i < len(p.pauses) && p.pauses[i].room.In <= f; i++ {
		if x := p.pauses[i]; !ok || x.length > best.length {
			best, ok = x, true
		}
	}
	return best, ok
}

// betterNear reports whether a pause longer than least lies within reach of f.
func (p *planner) betterNear(f, least int64) bool {
	i := sort.Search(len(p.pauses), func(i int) bool { return p.pauses[i].room.Out >= f-p.reach })
	for ; i < len(p.pauses) && p.pauses[i].room.In <= f+p.reach; i++ {
		if p.pauses[i].length > least {
			return true
		}
	}
	return false
}
