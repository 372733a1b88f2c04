package render

import (
	"cmp"
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

const (
	mostStrands = 8  // looks of one stretch that ride together: more hold too many pictures in memory
	cellSeconds = 10 // about how long one run is
)

// lack is what one variant misses: some of its segments, in order.
type lack struct {
	aspect string
	canvas geometry
	events []captions.Event
	refs   []pipeline.SegmentRef
}

// cuts is where the missing segments begin, and where the last of them ends.
func (l lack) cuts() []int64 {
	var out []int64
	for _, r := range l.refs {
		out = append(out, r.In)
	}
	if n := len(l.refs); n > 0 {
		out = append(out, l.refs[n-1].Out)
	}
	return out
}

// cells groups cuts into stretches of at most about most frames.
func cells(cuts []int64, most int64) []int64 {
	var out []int64
	for i, c := range cuts {
		if i == 0 || i < len(cuts)-1 && cuts[i+1]-out[len(out)-1] > most {
			out = append(out, c)
		}
	}
	return out
}

// cellOf is the number of the cell in which frame at lies.
func cellOf(starts []int64, at int64) int {
	i, found := slices.BinarySearch(starts, at)
	if found {
		return i
	}
	return i - 1
}

// runs groups what is missing into runs: contiguous segments of one look and
// cell are a strand; strands of one cell ride together.
func (d *drafter) runs(lacks []lack, starts []int64) []runOrder {
	byCell := map[int][]strand{}
	var order []int
	for _, l := range lacks {
		for _, refs := range contiguous(l.refs, starts) {
			cell := cellOf(starts, refs[0].In)
			if byCell[cell] == nil {
				order = append(order, cell)
			}
			w := timeline.Window{In: refs[0].In, Out: refs[len(refs)-1].Out}
			byCell[cell] = append(byCell[cell], strand{Canvas: l.canvas, Script: d.script(l.aspect, l.events, w), Segments: refs})
		}
	}
	slices.Sort(order)
	var out []runOrder
	for _, cell := range order {
		strands := byCell[cell]
		sortTogether(strands)
		for group := range slices.Chunk(strands, mostStrands) {
			out = append(out, d.run(slices.Clone(group)))
		}
	}
	return out
}

// sortTogether puts strands that begin together, and of these those of one
// canvas, beside each other.
func sortTogether(strands []strand) {
	first := map[string]int{}
	for i, s := range strands {
		if _, ok := first[hashOf(s.Canvas)]; !ok {
			first[hashOf(s.Canvas)] = i
		}
	}
	slices.SortStableFunc(strands, func(a, b strand) int {
		return cmp.Or(cmp.Compare(a.window().In, b.window().In), cmp.Compare(first[hashOf(a.Canvas)], first[hashOf(b.Canvas)]))
	})
}

// contiguous splits segments where one is missing between them, and at cells.
func contiguous(refs []pipeline.SegmentRef, starts []int64) [][]pipeline.SegmentRef {
	var out [][]pipeline.SegmentRef
	for i, r := range refs {
		if i == 0 || refs[i-1].Out != r.In || cellOf(starts, refs[i-1].In) != cellOf(starts, r.In) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], r)
	}
	return out
}

// run is the order of one process; its longest strand, whose progress is
// reported, comes first.
func (d *drafter) run(strands []strand) runOrder {
	slices.SortStableFunc(strands, func(a, b strand) int { return cmp.Compare(b.window().Frames(), a.window().Frames()) })
	o := runOrder{Moment: d.moment.ID, Picture: d.picture, Strands: strands}
	if texts := o.scripts(); len(texts) > 0 {
		o.Fonts = d.fonts.Digests(texts...)
	}
	return o
}
