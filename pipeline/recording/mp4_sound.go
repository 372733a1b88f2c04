package recording

import (
	"sort"
	"time"
)

// gap is a stretch (nanoseconds, as the source counts) in which no picture
// follows the one before it.
type gap struct{ from, to int64 }

// sounds reports for each of the gaps, which are in order and never overlap,
// whether sound goes on for most of it: then a picture stands still and the
// clock has not jumped. Every table is walked once, however many gaps there are.
func (m *mp4Index) sounds(gaps []gap) []bool {
	out := make([]bool, len(gaps))
	if len(gaps) == 0 {
		return out
	}
	for _, t := range m.tracks {
		if t.kind != "soun" {
			continue
		}
		h := hearing{gaps: gaps, heard: make([]int64, len(gaps)), whole: make([]int, len(gaps)+1)}
		t.table.each(func(_ int64, s sample) bool {
			if at, ok := t.source(s); ok {
				h.add(t.ns(at), t.ns(at)+min(t.ns(s.dur), int64(time.Second)))
			}
			return true // edits may go back
		})
		for _, f := range m.frags {
			for _, x := range f.tracks {
				if x.id == t.id {
					d := t.spans[0].delta
					h.add(t.ns(x.dts+d), min(t.ns(x.end+d), t.ns(x.dts+d)+x.count*int64(time.Second)))
				}
			}
		}
		h.tell(out)
	}
	return out
}

// hearing adds up how much of each gap one track fills.
type hearing struct {
	gaps  []gap
	heard []int64 // of gaps that sound begins or ends in
	whole []int   // how many more stretches of sound cover a gap wholly than the one before it
	at    int     // the gap that was heard last
}

// add notes sound in [from, to).
func (h *hearing) add(from, to int64) {
	if !(h.at < len(h.gaps) && h.gaps[h.at].to > from && (h.at == 0 || h.gaps[h.at-1].to <= from)) {
		h.at = sort.Search(len(h.gaps), func(i int) bool { return h.gaps[i].to > from })
	}
	first, last := h.at, h.at
	if last < len(h.gaps) && h.gaps[last].to < to {
		last = sort.Search(len(h.gaps), func(i int) bool { return h.gaps[i].to >= to })
	}
	if first+1 < last { // all between them, without a look at each
		h.whole[first+1]++
		h.whole[last]--
	}
	h.part(first, from, to)
	if last > first {
		h.part(last, from, to)
	}
}

func (h *hearing) part(i int, from, to int64) {
	if i < len(h.gaps) {
		h.heard[i] += max(0, min(to, h.gaps[i].to)-max(from, h.gaps[i].from))
	}
}

// tell sets what is heard for most of its time.
func (h *hearing) tell(out []bool) {
	covered := 0
	for i, g := range h.gaps {
		covered += h.whole[i]
		out[i] = out[i] || covered > 0 || h.heard[i]*2 > g.to-g.from
	}
}
