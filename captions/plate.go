package captions

import (
	"fmt"
	"math"
	"strings"
)

// row is one line's part of a plate.
type row struct{ left, top, right, bottom float64 }

type point struct{ x, y float64 }

// platePath draws the plate behind all lines as one outline, so that no seam
// shows where they meet, and gives the box it fills.
func (g setting) platePath() (string, Box) {
	rows := g.rows()
	radius := g.radius * g.scale
	level(rows, 2*radius)
	meet(rows)
	var right, left []point
	for i, r := range rows {
		if i == 0 || rows[i-1].right != r.right {
			right = append(right, point{r.right, r.top})
			left = append(left, point{r.left, r.top})
			if i > 0 {
				right = append(right[:len(right)-1], point{rows[i-1].right, r.top}, point{r.right, r.top})
				left = append(left[:len(left)-1], point{rows[i-1].left, r.top}, point{r.left, r.top})
			}
		}
	}
	last := rows[len(rows)-1]
	right, left = append(right, point{last.right, last.bottom}), append(left, point{last.left, last.bottom})
	outline := right
	for i := len(left) - 1; i >= 0; i-- {
		outline = append(outline, left[i])
	}
	box := Box{math.MaxInt, math.MaxInt, math.MinInt, math.MinInt}
	for _, p := range outline {
		x, y := int(math.Round(p.x)), int(math.Round(p.y))
		box = box.union(Box{x, y, x, y})
	}
	return rounded(outline, radius), box
}

// rows are each line's own plate: the letters and padding around them. Its
// height depends on the design and the scripts alone, so that plates do not
// jump.
func (g setting) rows() []row {
	pad := g.padding * g.scale
	em := g.em
	out := make([]row, len(g.lines))
	above, below := g.above(g.frame, g.face, em/g.scale)*g.scale, g.below(g.frame, em/g.scale)*g.scale
	for i := range g.lines {
		half := g.extents[i].advance/2*em + pad
		out[i] = row{g.middle - half, g.baselines[i] - above, g.middle + half, g.baselines[i] + below}
	}
	return out
}

// level makes neighbours one width where a step between them would be too
// small to be round.
func level(rows []row, least float64) {
	for range rows {
		for i := 1; i < len(rows); i++ {
			a, b := &rows[i-1], &rows[i]
			if d := math.Abs(a.right - b.right); d > 0 && d < least {
				a.right, b.right = max(a.right, b.right), max(a.right, b.right)
				a.left, b.left = min(a.left, b.left), min(a.left, b.left)
			}
		}
	}
}

// meet lets each row end where the next begins; the wider keeps its padding.
func meet(rows []row) {
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.right >= b.right {
			b.top = a.bottom
		} else {
			a.bottom = b.top
		}
	}
}

// rounded is a closed outline with round corners, as an ASS drawing.
func rounded(p []point, radius float64) string {
	const arc = 0.5523 // of a radius: a Bézier curve's handle for a quarter circle
	var b strings.Builder
	for i, at := range p {
		before, after := p[(i+len(p)-1)%len(p)], p[(i+1)%len(p)]
		r := min(radius, dist(before, at)/2, dist(at, after)/2)
		from, to := towards(at, before, r), towards(at, after, r)
		c1, c2 := towards(at, before, r*(1-arc)), towards(at, after, r*(1-arc))
		verb := "l"
		if i == 0 {
			verb = "m"
		}
		fmt.Fprintf(&b, "%s %s b %s %s %s ", verb, from, c1, c2, to)
	}
	return strings.TrimSpace(b.String())
}

func (p point) String() string {
	return fmt.Sprintf("%d %d", int(math.Round(p.x)), int(math.Round(p.y)))
}

func dist(a, b point) float64 { return math.Abs(a.x-b.x) + math.Abs(a.y-b.y) }

func towards(from, to point, by float64) point {
	d := dist(from, to)
	if d == 0 {
		return from
	}
	return point{from.x + (to.x-from.x)*by/d, from.y + (to.y-from.y)*by/d}
}
