package timeline

import "fmt"

// Window is the half-open stretch [In, Out) in whole frames from the
// recording's zero. A window with Out <= In is empty.
type Window struct {
	In  int64 `json:"in_frame"`
	Out int64 `json:"out_frame"`
}

// Frames is the window's length; an empty window has none.
func (w Window) Frames() int64 {
	if w.Out <= w.In {
		return 0
	}
	return w.Out - w.In
}

// IsEmpty reports whether the window holds no frame.
func (w Window) IsEmpty() bool { return w.Out <= w.In }

// Contains reports whether frame f lies in the window.
func (w Window) Contains(f int64) bool { return f >= w.In && f < w.Out }

// Covers reports whether all of o lies in w.
func (w Window) Covers(o Window) bool { return o.In >= w.In && o.Out <= w.Out }

// Intersect is what both windows hold; it may be empty.
func (w Window) Intersect(o Window) Window {
	return Window{max(w.In, o.In), min(w.Out, o.Out)}
}

// Overlaps reports whether the windows share a frame.
func (w Window) Overlaps(o Window) bool { return !w.Intersect(o).IsEmpty() }

// Union is the smallest window that holds both. An empty window adds nothing.
func (w Window) Union(o Window) Window {
	switch {
	case w.IsEmpty():
		return o
	case o.IsEmpty():
		return w
	}
	return Window{min(w.In, o.In), max(w.Out, o.Out)}
}

// Grow adds before frames in front and after frames behind.
func (w Window) Grow(before, after int64) Window {
	return Window{w.In - before, w.Out + after}
}

// Clamp moves both edges into o.
func (w Window) Clamp(o Window) Window {
	return Window{min(max(w.In, o.In), o.Out), min(max(w.Out, o.In), o.Out)}
}

// String is "[in, out)".
func (w Window) String() string { return fmt.Sprintf("[%d, %d)", w.In, w.Out) }
