package demo

import "math/rand/v2"

// frame is one picture as the encoder takes it: 4:2:0, BT.709, limited range.
type frame struct {
	w, h    int
	y, u, v []byte
}

func newFrame(w, h int) *frame {
	all := make([]byte, w*h*3/2)
	return &frame{w, h, all[:w*h], all[w*h : w*h*5/4], all[w*h*5/4:]}
}

// bytes is the whole picture, planes one after the other.
func (f *frame) bytes() []byte { return f.y[:len(f.y)*3/2] }

// sprite is a piece of picture ready to be laid on frames. It is premultiplied:
// what it adds, and how much it leaves of what lies below. So light, which only
// adds, and things, which cover, are the same.
type sprite struct {
	left, top  int // pixel of the stage's corner of it; even
	w, h       int // even
	y, a       []byte
	u, v, half []byte // colour around 128, and its cover; half the size
	rows       []span // which pixels of a row are not empty
}

type span struct{ from, to int }

// bt709 is the luma of display values, and the scale of both colour differences.
func bt709(r, g, b float32) (y, u, v float32) {
	y = 0.2126*r + 0.7152*g + 0.0722*b
	return y, (b - y) / 1.8556, (r - y) / 1.5748
}

// sprite turns the canvas into one. A little noise hides the steps of 8 bits,
// which in the dark would show as rings.
func (c *canvas) sprite() *sprite {
	s := &sprite{left: int(c.left*c.scale+0.5) &^ 1, top: int(c.top*c.scale+0.5) &^ 1, w: c.w, h: c.h,
		y: make([]byte, c.w*c.h), a: make([]byte, c.w*c.h), rows: make([]span, c.h)}
	half := c.w * c.h / 4
	s.u, s.v, s.half = make([]byte, half), make([]byte, half), make([]byte, half)
	noise := rand.New(rand.NewPCG(1, 2))
	for py := range c.h {
		row := span{c.w, 0}
		for px := range c.w {
			p := c.pix[4*(py*c.w+px):]
			y, _, _ := bt709(p[0], p[1], p[2])
			i := py*c.w + px
			s.a[i] = level(255 * p[3])
			if y > 0 || p[3] > 0 {
				s.y[i] = level(219*min(y, 1) + noise.Float32() - 0.5)
			}
			if s.a[i] != 0 || s.y[i] != 0 {
				row.from, row.to = min(row.from, px), px+1
			}
		}
		s.rows[py] = span{row.from &^ 1, min((row.to+1)&^1, c.w)}
	}
	c.halve(s)
	return s
}

// halve fills the sprite's colour from the means of four pixels.
func (c *canvas) halve(s *sprite) {
	for py := 0; py < c.h; py += 2 {
		for px := 0; px < c.w; px += 2 {
			var m [4]float32
			for _, o := range [4]int{0, 1, c.w, c.w + 1} {
				for k, v := range c.pix[4*(py*c.w+px+o):][:4] {
					m[k] += v / 4
				}
			}
			_, u, v := bt709(m[0], m[1], m[2])
			i := py/2*(c.w/2) + px/2
			s.u[i], s.v[i], s.half[i] = level(128+224*u), level(128+224*v), level(255*m[3])
		}
	}
}

func level(v float32) byte { return byte(min(max(v+0.5, 0), 255)) }

// lay puts the sprite on a frame, moved by (dx, dy) pixels, with k of 256 of
// its strength. Colour moves in steps of two pixels, which nobody sees.
func (f *frame) lay(s *sprite, dx, dy, k int) {
	if k <= 0 {
		return
	}
	k = min(k, 256)
	x, y := s.left+dx, s.top+dy
	for row := range s.h {
		if y+row < 0 || y+row >= f.h {
			continue
		}
		from, to := max(s.rows[row].from, -x), min(s.rows[row].to, f.w-x)
		if from >= to {
			continue
		}
		at := (y+row)*f.w + x
		blend(f.y[at+from:at+to], s.y[row*s.w+from:], s.a[row*s.w+from:], k)
	}
	f.tint(s, x>>1, y>>1, k)
}

func (f *frame) tint(s *sprite, x, y, k int) {
	w, fw := s.w/2, f.w/2
	for row := range s.h / 2 {
		if y+row < 0 || y+row >= f.h/2 {
			continue
		}
		a, b := s.rows[2*row], s.rows[2*row+1]
		from, to := max(min(a.from, b.from)/2, -x), min(max(a.to, b.to)/2, fw-x)
		if from >= to {
			continue
		}
		at, src := (y+row)*fw+x, row*w+from
		mix(f.u[at+from:at+to], s.u[src:], s.half[src:], k)
		mix(f.v[at+from:at+to], s.v[src:], s.half[src:], k)
	}
}

// blend lays luma: what is left of dst above the black level, plus src.
func blend(dst, src, cover []byte, k int) {
	const black = 16
	src, cover = src[:len(dst)], cover[:len(dst)]
	k32 := int32(k)
	for i := range dst {
		add := int32(src[i]) * k32 >> 8
		if c := int32(cover[i]); c != 0 {
			c *= k32 // 0 … 65280
			old := int32(dst[i]) - black
			add -= (old*(c+c>>8) + 32768) >> 16
		}
		dst[i] = byte(min(int32(dst[i])+add, 235))
	}
}

// mix lays colour, which lies around 128.
func mix(dst, src, cover []byte, k int) {
	src, cover = src[:len(dst)], cover[:len(dst)]
	k32 := int32(k)
	for i := range dst {
		add := (int32(src[i]) - 128) * k32 >> 8
		if c := int32(cover[i]); c != 0 {
			c *= k32
			add -= ((int32(dst[i])-128)*(c+c>>8) + 32768) >> 16
		}
		dst[i] = byte(min(max(int32(dst[i])+add, 16), 240))
	}
}

// put copies a whole picture.
func (f *frame) put(o *frame) { copy(f.bytes(), o.bytes()) }
