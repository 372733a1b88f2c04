package render

import (
	"slices"

	"dropcut/pipeline/timeline"
)

// minSegment is how many frames a segment has at least: two encodes of one
// picture each in a row would be two IDRs with one idr_pic_id (H.264 7.4.3).
const minSegment = 8

// Cuts is where the pictures of one moment are cut, in order: the in and out
// of every clip's window, the end of every hook, and a grid counted from the
// recording's zero. Two cuts are never nearer than eight frames: a grid point
// gives way to a hook's end, and that to a window's edge. The order of windows
// does not matter.
func Cuts(windows []timeline.Window, rate timeline.Rate) []int64 {
	var edges, hooks, grid []int64
	for _, w := range windows {
		if w.IsEmpty() {
			continue
		}
		edges = append(edges, w.In, w.Out)
		if end := w.In + rate.HookFrames(); end < w.Out {
			hooks = append(hooks, end)
		}
		step := rate.Grid()
		first := w.In + step - 1
		for at := first - mod(first, step); at < w.Out; at += step {
			grid = append(grid, at)
		}
	}
	var out []int64
	for _, points := range [][]int64{edges, hooks, grid} {
		slices.Sort(points)
		for _, p := range points {
			out = insert(out, p)
		}
	}
	return out
}

// mod is a modulo n, never negative.
func mod(a, n int64) int64 { return ((a % n) + n) % n }

// insert puts p into the ordered cuts unless one is too near.
func insert(cuts []int64, p int64) []int64 {
	i, _ := slices.BinarySearch(cuts, p)
	if i > 0 && p-cuts[i-1] < minSegment || i < len(cuts) && cuts[i]-p < minSegment {
		return cuts
	}
	return slices.Insert(cuts, i, p)
}

// Segments is a window cut at the cuts that lie inside it: it is covered
// without gap or overlap. A cut nearer than eight frames to its edges is passed over.
func Segments(w timeline.Window, cuts []int64) []timeline.Window {
	var out []timeline.Window
	at := w.In
	for _, c := range cuts {
		if c-w.In < minSegment || w.Out-c < minSegment {
			continue
		}
		out = append(out, timeline.Window{In: at, Out: c})
		at = c
	}
	if at < w.Out {
		out = append(out, timeline.Window{In: at, Out: w.Out})
	}
	return out
}
