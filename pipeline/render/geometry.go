package render

import (
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// The layouts.
const (
	fill = "fill" // the middle of the picture, cut to the aspect
	fit  = "fit"  // the whole picture over a blurred, darkened copy of itself
)

// rect is a rectangle in pixels.
type rect struct {
	X      int64 `json:"x"`
	Y      int64 `json:"y"`
	Width  int64 `json:"width"`
	Height int64 `json:"height"`
}

// geometry is how an upright picture comes to fill a canvas.
type geometry struct {
	Layout string `json:"layout"`
	Width  int64  `json:"width"` // of the canvas, pixels, even
	Height int64  `json:"height"`
	Crop   rect   `json:"crop"`             // of the upright picture, in its own pixels: what fill shows
	Fit    *rect  `json:"fit,omitempty"`    // on the canvas: where fit shows the whole picture
	Behind *rect  `json:"behind,omitempty"` // of the fitted picture: what fit blurs behind it
}

// placed is the geometry of an aspect and layout for pictures of v. The canvas
// is the aspect's size divided by scale. Where the whole picture has the
// aspect already, fit is fill. False means an unknown aspect.
func placed(v pipeline.Video, aspect, layout string, scale int64) (geometry, bool) {
	w, h, ok := pipeline.Size(aspect)
	if !ok {
		return geometry{}, false
	}
	tw, th := int64(w), int64(h)
	g := geometry{Layout: fill, Width: even(tw / max(scale, 1)), Height: even(th / max(scale, 1))}
	uw, uh, sn, sd := upright(v)
	g.Crop = middle(uw, uh, tw*sd, th*sn)
	if layout != fit {
		return g, true
	}
	fitted := inside(g.Width, g.Height, uw*sn, uh*sd)
	if fitted.Width >= g.Width-2 && fitted.Height >= g.Height-2 {
		return g, true
	}
	behind := middle(fitted.Width, fitted.Height, tw, th)
	g.Layout, g.Fit, g.Behind = fit, &fitted, &behind
	return g, true
}

// upright is the coded size and the sample aspect after the turn that shows
// pictures upright.
func upright(v pipeline.Video) (w, h, sarNum, sarDen int64) {
	w, h, sarNum, sarDen = int64(v.Width), int64(v.Height), v.SAR.Num, v.SAR.Den
	if sarNum <= 0 || sarDen <= 0 {
		sarNum, sarDen = 1, 1
	}
	if v.Rotation%180 != 0 {
		w, h, sarNum, sarDen = h, w, sarDen, sarNum
	}
	return w, h, sarNum, sarDen
}

// middle is the largest centred rectangle of w×h pixels with the ratio
// num:den, on even pixels.
func middle(w, h, num, den int64) rect {
	cw, ch := w, h
	if byWidth := timeline.DivRound(w, den, num); byWidth <= h {
		ch = byWidth
	} else {
		cw = timeline.DivRound(h, num, den)
	}
	cw, ch = min(even(cw+1), even(w)), min(even(ch+1), even(h))
	cw, ch = max(cw, 2), max(ch, 2)
	return rect{X: max((w-cw)/4*2, 0), Y: max((h-ch)/4*2, 0), Width: cw, Height: ch}
}

// inside is the largest centred rectangle of the ratio num:den on a canvas.
func inside(w, h, num, den int64) rect {
	fw, fh := w, timeline.DivRound(w, den, num)
	if fh > h {
		fw, fh = timeline.DivRound(h, num, den), h
	}
	fw, fh = max(even(fw), 2), max(even(fh), 2)
	return rect{X: (w - fw) / 4 * 2, Y: (h - fh) / 4 * 2, Width: fw, Height: fh}
}

// even is n without its last bit.
func even(n int64) int64 { return n &^ 1 }
