package demo

import (
	"math"

	"golang.org/x/image/vector"
)

// shape is an outline in stage units: closed contours of lines and curves.
type shape struct {
	ops []op
}

type op struct {
	kind byte // m, l, q, c
	p    [6]float32
}

func (s *shape) move(x, y float32) *shape { s.ops = append(s.ops, op{'m', [6]float32{x, y}}); return s }
func (s *shape) line(x, y float32) *shape { s.ops = append(s.ops, op{'l', [6]float32{x, y}}); return s }
func (s *shape) quad(ax, ay, x, y float32) *shape {
	s.ops = append(s.ops, op{'q', [6]float32{ax, ay, x, y}})
	return s
}
func (s *shape) cube(ax, ay, bx, by, x, y float32) *shape {
	s.ops = append(s.ops, op{'c', [6]float32{ax, ay, bx, by, x, y}})
	return s
}

func (o op) points() int { return map[byte]int{'m': 1, 'l': 1, 'q': 2, 'c': 3}[o.kind] }

// box holds every point of the outline, the curves' handles too.
func (s *shape) box() (x0, y0, x1, y1 float32) {
	x0, y0, x1, y1 = math.MaxFloat32, math.MaxFloat32, -math.MaxFloat32, -math.MaxFloat32
	for _, o := range s.ops {
		for i := range o.points() {
			x, y := o.p[2*i], o.p[2*i+1]
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	return x0, y0, x1, y1
}

func (s *shape) trace(r *vector.Rasterizer, at func(x, y float32) (float32, float32)) {
	for i, o := range s.ops {
		ax, ay := at(o.p[0], o.p[1])
		bx, by := at(o.p[2], o.p[3])
		cx, cy := at(o.p[4], o.p[5])
		switch o.kind {
		case 'm':
			if i > 0 {
				r.ClosePath()
			}
			r.MoveTo(ax, ay)
		case 'l':
			r.LineTo(ax, ay)
		case 'q':
			r.QuadTo(ax, ay, bx, by)
		case 'c':
			r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.ClosePath()
}

// turned is the shape turned by angle (radians, clockwise) around (cx, cy).
func (s *shape) turned(cx, cy float32, angle float64) *shape {
	sin, cos := math.Sincos(angle)
	out := &shape{ops: make([]op, len(s.ops))}
	for i, o := range s.ops {
		for k := range o.points() {
			x, y := float64(o.p[2*k]-cx), float64(o.p[2*k+1]-cy)
			o.p[2*k], o.p[2*k+1] = cx+float32(x*cos-y*sin), cy+float32(x*sin+y*cos)
		}
		out.ops[i] = o
	}
	return out
}

// moved is the shape elsewhere.
func (s *shape) moved(dx, dy float32) *shape {
	out := &shape{ops: make([]op, len(s.ops))}
	for i, o := range s.ops {
		for k := range o.points() {
			o.p[2*k] += dx
			o.p[2*k+1] += dy
		}
		out.ops[i] = o
	}
	return out
}

// bow is how far a curve's handles stand out so that it looks round.
const bow = 0.5523

func ellipse(cx, cy, rx, ry float32) *shape {
	kx, ky := rx*bow, ry*bow
	return new(shape).move(cx+rx, cy).cube(cx+rx, cy+ky, cx+kx, cy+ry, cx, cy+ry).cube(cx-kx, cy+ry, cx-rx, cy+ky, cx-rx, cy).
		cube(cx-rx, cy-ky, cx-kx, cy-ry, cx, cy-ry).cube(cx+kx, cy-ry, cx+rx, cy-ky, cx+rx, cy)
}

func circle(cx, cy, r float32) *shape { return ellipse(cx, cy, r, r) }

func rect(x0, y0, x1, y1 float32) *shape {
	return new(shape).move(x0, y0).line(x1, y0).line(x1, y1).line(x0, y1)
}

// plate is a rectangle with round corners.
func plate(x0, y0, x1, y1, r float32) *shape {
	r = min(r, (x1-x0)/2, (y1-y0)/2)
	k := r * (1 - bow)
	return new(shape).move(x0+r, y0).line(x1-r, y0).cube(x1-k, y0, x1, y0+k, x1, y0+r).line(x1, y1-r).cube(x1, y1-k, x1-k, y1, x1-r, y1).
		line(x0+r, y1).cube(x0+k, y1, x0, y1-k, x0, y1-r).line(x0, y0+r).cube(x0, y0+k, x0+k, y0, x0+r, y0)
}

// wire is a thin line from one point to another that sags by drop.
func wire(x0, y0, x1, y1, drop, thick float32) *shape {
	mx, my := (x0+x1)/2, (y0+y1)/2+2*drop
	return new(shape).move(x0, y0).quad(mx, my, x1, y1).line(x1, y1+thick).quad(mx, my+thick, x0, y0+thick)
}

// stroke is a straight line of a thickness, with round ends.
func stroke(x0, y0, x1, y1, thick float32) *shape {
	a := math.Atan2(float64(y1-y0), float64(x1-x0))
	n := float32(math.Hypot(float64(x1-x0), float64(y1-y0)))
	return plate(x0-thick/2, y0-thick/2, x0+n+thick/2, y0+thick/2, thick/2).turned(x0, y0, a)
}
