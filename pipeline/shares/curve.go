package shares

import "time"

// Point is what had been counted so long after the post.
type Point struct {
	Minutes int    `json:"minutes"` // after the post
	Shares  *int64 `json:"shares"`  // nil: not told
	Views   *int64 `json:"views"`   // nil: not told
	Sampled bool   `json:"sampled"` // a sample was taken at this minute; else it lies on the line between two
}

// Curve is how a reading grew: a point every Step from the post to Until,
// and one there. It is empty without figures, and on a reading that was read back
// from JSON.
func (r Reading) Curve() []Point {
	out := []Point{}
	if r.Until == nil || r.views.from.IsZero() {
		return out
	}
	from := r.views.from
	sampled := map[int]bool{}
	for _, c := range []counter{r.views, r.shares} {
		for _, s := range c.samples {
			sampled[int(s.at.Sub(from)/time.Minute)] = true
		}
	}
	for d := time.Duration(0); ; d += Step {
		d = min(d, r.Until.Sub(from))
		m := int(d / time.Minute)
		out = append(out, r.point(from.Add(d), m, sampled[m]))
		if d == r.Until.Sub(from) {
			return out
		}
	}
}

func (r Reading) point(t time.Time, minutes int, sampled bool) Point {
	p := Point{Minutes: minutes, Sampled: sampled}
	if r.Views != nil {
		n := r.views.at(t)
		p.Views = &n
	}
	if r.Shares != nil {
		n := r.occurred.count(r.views.from, t)
		if !r.byEvents {
			n = r.shares.at(t)
		}
		p.Shares = &n
	}
	return p
}
