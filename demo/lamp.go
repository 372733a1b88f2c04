package demo

import (
	"math"
	"math/rand/v2"
)

// lamp is what is sold: a moon on a ring of walnut. It is drawn in a box 600
// wide and 640 high, the moon around (300, 280), the counter at 560.
type lamp struct {
	size  float32
	off   *sprite
	on    *sprite
	halo  *sprite // around it, box of its own
	pool  *sprite // on the counter
	cover *sprite // the cloth
}

const (
	moonX, moonY = 300, 280
	moonR        = 190
)

// newLamp makes it in a size, out of focus by soft units of its box.
func newLamp(scale, size, soft float32) *lamp {
	l := &lamp{size: size}
	k := scale * size
	draw := func(lit bool) *sprite {
		c := newCanvas(0, 0, 600, 640, k)
		c.lampRing()
		c.moon(lit)
		c.blur(soft)
		return c.sprite()
	}
	l.off, l.on = draw(false), draw(true)
	c := newCanvas(moonX-640, moonY-640, 1280, 1280, k)
	c.shine(moonX, moonY, 640, 640, hex(0xFFB060), 0.4)
	c.shine(moonX, moonY, 330, 330, hex(0xFFD9A8), 0.28)
	l.halo = c.sprite()
	c = newCanvas(moonX-700, 520, 1400, 200, k)
	c.shine(moonX, 600, 700, 86, hex(0xFFBE78), 0.34)
	l.pool = c.sprite()
	c = newCanvas(0, 0, 600, 640, k)
	c.drape()
	c.blur(soft)
	l.cover = c.sprite()
	return l
}

func (c *canvas) lampRing() {
	c.fill(ellipse(moonX, 566, 170, 22), flat(black.at(0.55)))
	c.fill(new(shape).move(186, 470).cube(240, 520, 360, 520, 414, 470).line(436, 560).cube(380, 584, 220, 584, 164, 560),
		linear(164, 0, woodDark, 436, 0, hex(0x9A6238)))
	c.fill(ellipse(moonX, 470, 114, 26), linear(186, 0, black, 414, 0, woodDark.to(wood, 0.6)))
}

// moon is a ball with seas and craters, dark or lit from inside.
func (c *canvas) moon(lit bool) {
	dice := rand.New(rand.NewPCG(21, 22))
	type sea struct{ x, y, r, d float32 }
	var seas []sea
	for i := range 46 {
		a, q := dice.Float64()*2*math.Pi, math.Sqrt(dice.Float64())*0.94
		r := 8 + 16*dice.Float32()
		if i < 9 {
			r = 40 + 38*dice.Float32()
		}
		seas = append(seas, sea{float32(math.Cos(a) * q), float32(math.Sin(a) * q), r / moonR, 0.08 + 0.16*dice.Float32()})
	}
	c.fill(circle(moonX, moonY, moonR), func(x, y float32) ink {
		u, v := (x-moonX)/moonR, (y-moonY)/moonR
		z := float32(math.Sqrt(float64(max(0, 1-u*u-v*v))))
		dark := float32(0)
		for _, s := range seas {
			du, dv := u-s.x, v-s.y
			if d := (du*du + dv*dv) / (s.r * s.r); d < 1 {
				dark += s.d * (1 - d)
			}
		}
		if lit {
			base := hex(0xFF9E45).to(hex(0xFFF3DA), z*1.12)
			return base.to(hex(0xC96A28), dark*1.5)
		}
		light := max(0, 0.55*u-0.5*v+0.66*z)
		base := hex(0x1D1618).to(hex(0x8D7B70), light)
		return base.to(black, dark*1.6)
	})
	if !lit {
		c.fill(new(shape).move(430, 142).cube(500, 210, 510, 330, 440, 410).cube(494, 326, 486, 214, 430, 142), flat(rim.at(0.35)))
	}
}

// drape is a cloth that lies over the lamp, in folds.
func (c *canvas) drape() {
	out := new(shape).move(300, 62).cube(440, 60, 506, 190, 512, 330).cube(518, 430, 540, 520, 574, 574).
		cube(540, 596, 516, 568, 480, 584).cube(440, 606, 410, 574, 366, 588).cube(330, 606, 286, 576, 240, 590).
		cube(196, 604, 160, 572, 118, 586).cube(84, 596, 52, 590, 28, 572).cube(60, 516, 82, 430, 88, 330).cube(94, 190, 160, 60, 300, 62)
	c.fill(out, func(x, y float32) ink {
		u := (x - 300) / 270
		fold := 0.5 + 0.5*float32(math.Sin(float64(u*9+u*u*u*4)))
		deep := min(max((y-150)/330, 0), 1)
		light := min(max(0.52+0.42*u-(y-60)/1500, 0.05), 1)
		v := light * (1 - deep*0.62*(1-fold))
		return cloth.to(black, 0.82).to(hex(0xD14A3E), v)
	})
	c.fill(new(shape).move(300, 62).cube(440, 60, 506, 190, 512, 330).cube(498, 190, 430, 74, 300, 62), flat(rim.at(0.5)))
	for _, x := range []float32{176, 262, 344, 420} { // the folds' lit edges
		bend := (x - 300) * 0.3
		c.fill(new(shape).move(x, 300).quad(x+bend*0.4, 430, x+bend, 570).line(x+bend+5, 568).quad(x+bend*0.4+6, 430, x, 300), flat(hex(0xFF8A6A).at(0.16)))
	}
}

// lay puts the lamp on a frame: its box's corner at pixel (x, y). off is how far the
// cloth has been pulled away, lit how bright the moon is: both 0 … 256.
func (l *lamp) lay(f *frame, x, y, off, lit int) {
	if off >= 40 {
		f.lay(l.halo, x, y, lit*off/256)
	}
	f.lay(l.off, x, y, 256)
	if off > 0 {
		f.lay(l.on, x, y, min(256, lit*off/128))
		f.lay(l.pool, x, y, lit*off/256)
	}
	if off < 256 {
		rise := off * off / 256 * l.cover.h / 256
		f.lay(l.cover, x+rise/5, y-rise*5/4, 256-max(0, off-120)*256/136)
	}
}
