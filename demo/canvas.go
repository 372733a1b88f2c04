package demo

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// ink is a colour in display values, 0 … 1 each, and how much it covers.
type ink struct{ r, g, b, a float32 }

// hex is an opaque ink: 0xRRGGBB.
func hex(c uint32) ink {
	return ink{float32(c>>16&255) / 255, float32(c>>8&255) / 255, float32(c&255) / 255, 1}
}

// at is the ink with another cover.
func (c ink) at(a float32) ink { c.a = a; return c }

// to is the ink part of the way to another one.
func (c ink) to(o ink, k float32) ink {
	k = min(max(k, 0), 1)
	return ink{c.r + (o.r-c.r)*k, c.g + (o.g-c.g)*k, c.b + (o.b-c.b)*k, c.a + (o.a-c.a)*k}
}

// paint gives the ink of a point of the stage.
type paint func(x, y float32) ink

func flat(c ink) paint { return func(_, _ float32) ink { return c } }

// linear runs from one ink at (x0, y0) to another at (x1, y1).
func linear(x0, y0 float32, c0 ink, x1, y1 float32, c1 ink) paint {
	dx, dy := x1-x0, y1-y0
	n := dx*dx + dy*dy
	return func(x, y float32) ink { return c0.to(c1, ((x-x0)*dx+(y-y0)*dy)/n) }
}

// radial runs from one ink in the middle to another at radius r.
func radial(cx, cy, r float32, c0, c1 ink) paint {
	return func(x, y float32) ink {
		return c0.to(c1, float32(math.Hypot(float64(x-cx), float64(y-cy)))/r)
	}
}

// canvas is a picture while it is drawn: premultiplied, four floats a pixel.
// Everything is drawn in units of a stage 1920 wide, whatever its size.
type canvas struct {
	w, h  int
	left  float32 // of the stage, at the canvas's left edge
	top   float32
	scale float32 // pixels a unit
	pix   []float32
}

// newCanvas covers width × height units of the stage from (left, top). Its
// sides are even, for half of the colour is thrown away later.
func newCanvas(left, top, width, height, scale float32) *canvas {
	even := func(v float32) int { return max(2, int(math.Ceil(float64(v*scale)/2))*2) }
	c := &canvas{w: even(width), h: even(height), left: left, top: top, scale: scale}
	c.pix = make([]float32, 4*c.w*c.h)
	return c
}

// x and y are pixels of stage units.
func (c *canvas) x(v float32) float32 { return (v - c.left) * c.scale }
func (c *canvas) y(v float32) float32 { return (v - c.top) * c.scale }

// over lays an ink on the pixel that begins at pix[i], covered by k.
func (c *canvas) over(i int, v ink, k float32) {
	a := v.a * k
	p := c.pix[i : i+4 : i+4]
	p[0] += (v.r - p[0]) * a
	p[1] += (v.g - p[1]) * a
	p[2] += (v.b - p[2]) * a
	p[3] += (1 - p[3]) * a
}

// each calls f for the pixels of a box in stage units, with their middles.
func (c *canvas) each(x0, y0, x1, y1 float32, f func(i int, x, y float32)) {
	left, right := max(0, int(c.x(x0))), min(c.w, int(c.x(x1))+2)
	top, bottom := max(0, int(c.y(y0))), min(c.h, int(c.y(y1))+2)
	for py := top; py < bottom; py++ {
		y := (float32(py)+0.5)/c.scale + c.top
		for px := left; px < right; px++ {
			f(4*(py*c.w+px), (float32(px)+0.5)/c.scale+c.left, y)
		}
	}
}

// fill paints the inside of a shape, with smooth edges.
func (c *canvas) fill(s *shape, p paint) {
	x0, y0, x1, y1 := s.box()
	left, top := max(0, int(c.x(x0))-1), max(0, int(c.y(y0))-1)
	right, bottom := min(c.w, int(c.x(x1))+2), min(c.h, int(c.y(y1))+2)
	if right <= left || bottom <= top {
		return
	}
	r := vector.NewRasterizer(right-left, bottom-top)
	s.trace(r, func(x, y float32) (float32, float32) { return c.x(x) - float32(left), c.y(y) - float32(top) })
	mask := image.NewAlpha(image.Rect(0, 0, right-left, bottom-top))
	r.DrawOp = draw.Src
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	c.stain(mask, left, top, p)
}

// stain paints through a mask whose corner lies at pixel (left, top).
func (c *canvas) stain(mask *image.Alpha, left, top int, p paint) {
	for y := range mask.Rect.Dy() {
		if top+y < 0 || top+y >= c.h {
			continue
		}
		for x := range mask.Rect.Dx() {
			m := mask.Pix[y*mask.Stride+x]
			if m == 0 || left+x < 0 || left+x >= c.w {
				continue
			}
			px, py := float32(left+x)+0.5, float32(top+y)+0.5
			c.over(4*((top+y)*c.w+left+x), p(px/c.scale+c.left, py/c.scale+c.top), float32(m)/255)
		}
	}
}

// shine adds light around a point: k in the middle, nothing at radius r.
func (c *canvas) shine(cx, cy, rx, ry float32, v ink, k float32) {
	c.each(cx-rx, cy-ry, cx+rx, cy+ry, func(i int, x, y float32) {
		dx, dy := (x-cx)/rx, (y-cy)/ry
		d := 1 - (dx*dx + dy*dy)
		if d <= 0 {
			return
		}
		d *= d * k
		p := c.pix[i : i+4 : i+4]
		p[0] += (1 - p[0]) * v.r * d
		p[1] += (1 - p[1]) * v.g * d
		p[2] += (1 - p[2]) * v.b * d
	})
}

// blur softens everything by about r units, as a lens would.
func (c *canvas) blur(r float32) {
	n := int(r * c.scale / 2)
	if n < 1 {
		return
	}
	line := make([]float32, max(c.w, c.h)*4)
	for range 3 {
		for y := range c.h {
			smooth(c.pix[4*y*c.w:], line, c.w, 4, n)
		}
		for x := range c.w {
			smooth(c.pix[4*x:], line, c.h, 4*c.w, n)
		}
	}
}

// smooth replaces count pixels, step floats apart, by the mean of 2n+1.
func smooth(p, line []float32, count, step, n int) {
	for i := range count {
		copy(line[4*i:4*i+4], p[i*step:i*step+4])
	}
	var sum [4]float32
	at := func(i int) []float32 { return line[4*min(max(i, 0), count-1):] }
	for i := -n; i <= n; i++ {
		for k, v := range at(i)[:4] {
			sum[k] += v
		}
	}
	inv := 1 / float32(2*n+1)
	for i := range count {
		in, out := at(i + n + 1)[:4], at(i - n)[:4]
		for k := range sum {
			p[i*step+k] = sum[k] * inv
			sum[k] += in[k] - out[k]
		}
	}
}

// lay puts another canvas of the same stage on this one, k of it.
func (c *canvas) lay(o *canvas, k float32) {
	dx, dy := int(math.Round(float64((o.left-c.left)*c.scale))), int(math.Round(float64((o.top-c.top)*c.scale)))
	for y := range o.h {
		for x := range o.w {
			if x+dx < 0 || x+dx >= c.w || y+dy < 0 || y+dy >= c.h {
				continue
			}
			q := o.pix[4*(y*o.w+x):]
			if q[3] <= 0 {
				continue
			}
			p := c.pix[4*((y+dy)*c.w+x+dx):]
			keep := 1 - q[3]*k
			for i := range 4 {
				p[i] = p[i]*keep + q[i]*k
			}
		}
	}
}

// add puts another canvas of the same corner and size on this one as light: it
// brightens and hides nothing.
func (c *canvas) add(o *canvas, k float32) {
	for i := 0; i < len(c.pix); i += 4 {
		for n := i; n < i+3; n++ {
			c.pix[n] += (1 - min(c.pix[n], 1)) * o.pix[n] * k
		}
	}
}
