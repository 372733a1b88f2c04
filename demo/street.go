package demo

import (
	"math"
	"math/rand/v2"
)

// The palette: night, wood, cloth, lantern.
var (
	night    = hex(0x0B0810)
	dusk     = hex(0x2A1420)
	ember    = hex(0x5A2A1C)
	wood     = hex(0x6B3E24)
	woodDark = hex(0x2B170F)
	cloth    = hex(0x8E2A2A)
	cream    = hex(0xE9D3AE)
	amber    = hex(0xFFB45C)
	lantern  = hex(0xFF8A3C)
	moonlit  = hex(0xFFE9C4)
	teal     = hex(0x4FC3C7)
	rose     = hex(0xFF6B7A)
	black    = hex(0x070509)
)

// street paints what lies behind everything, out of focus: sky, far stalls,
// pools of light. horizon is where the ground begins.
func (c *canvas) street(horizon float32, seed uint64) {
	c.fill(rect(-50, -50, 1970, 1130), linear(0, 0, night, 0, horizon, dusk.to(ember, 0.25)))
	c.fill(rect(-50, horizon, 1970, 1130), linear(0, horizon, hex(0x2E1813), 0, 1080, black))
	dice := rand.New(rand.NewPCG(seed, 11))
	for i := range 9 { // far stalls, each with its own light
		x := float32(i)*235 - 110 + dice.Float32()*60
		roof := horizon - 250 - dice.Float32()*70
		tint := []ink{cloth, hex(0x34506B), hex(0x7A5A2A), hex(0x4A2B52)}[dice.IntN(4)]
		c.fill(rect(x, roof+60, x+190, horizon+10), linear(0, roof, tint.to(night, 0.62), 0, horizon, ember.to(night, 0.35)))
		c.fill(new(shape).move(x-26, roof+74).line(x+18, roof).line(x+172, roof).line(x+216, roof+74), flat(tint.to(night, 0.3)))
		c.shine(x+95, roof+120, 150, 120, amber, 0.5)
		c.shine(x+95, horizon+60, 220, 70, lantern, 0.14)
	}
	for range 26 { // walkers
		x, h := dice.Float32()*1920, 120+dice.Float32()*60
		c.fill(ellipse(x, horizon+20-h, 15, 18), flat(black.at(0.75)))
		c.fill(plate(x-24, horizon+40-h, x+24, horizon+40, 22), flat(black.at(0.75)))
	}
}

// glow is a light that breathes. Its sprite only adds.
type glow struct {
	s      *sprite
	x, y   float32 // of its middle, in units
	base   float64 // strength, 0 … 1
	swing  float64 // how much it breathes
	speed  float64 // breaths a second
	phase  float64
	wander float32 // how far it drifts, in units
}

// at is where and how bright it is, t seconds from zero.
func (g glow) at(t float64) (dx, dy float32, k int) {
	a := 2 * math.Pi * (t*g.speed + g.phase)
	k = int(256 * (g.base + g.swing*math.Sin(a)))
	d := g.wander * float32(math.Sin(a*0.37+g.phase*9))
	return d, d * 0.35, k
}

// disc is a lamp far out of focus: a pale coin with a brighter rim.
func disc(r, scale float32, v ink, k float32) *sprite {
	c := newCanvas(0, 0, 2*r+4, 2*r+4, scale)
	m := r + 2
	soft := max(2.2/scale, r*0.07)
	c.each(0, 0, 2*m, 2*m, func(i int, x, y float32) {
		d := float32(math.Hypot(float64(x-m), float64(y-m)))
		edge := min(max((r-d)/soft, 0), 1)
		q := d / r
		b := edge * edge * (3 - 2*edge) * (0.62 + 0.38*q*q*q*q) * k
		c.pix[i], c.pix[i+1], c.pix[i+2] = v.r*b, v.g*b, v.b*b
	})
	return c.sprite()
}

// halo is light around a thing.
func halo(rx, ry, scale float32, v ink, k float32) *sprite {
	c := newCanvas(0, 0, 2*rx, 2*ry, scale)
	c.shine(rx, ry, rx, ry, v, k)
	return c.sprite()
}

// lamps are the street's lights out of focus: many small ones far off, a few
// large ones near. big is the largest radius.
func lamps(scale, big, top, bottom float32, count int, seed uint64) []glow {
	dice := rand.New(rand.NewPCG(seed, 13))
	tints := []ink{amber, amber, lantern, lantern, moonlit, rose, hex(0xFFC978), teal}
	var kinds []*sprite
	var radii []float32
	for i := range 24 {
		near := float32(i) / 23
		r := big * (0.22 + 0.78*near*near)
		kinds = append(kinds, disc(r, scale, tints[dice.IntN(len(tints))], 0.46-0.24*near))
		radii = append(radii, r)
	}
	var out []glow
	for range count {
		i := int(float64(len(kinds)) * math.Pow(dice.Float64(), 1.8))
		y := top + (bottom-top)*(dice.Float32()+dice.Float32())/2
		out = append(out, glow{s: kinds[i], x: dice.Float32()*2000 - 40 - radii[i], y: y - radii[i],
			base: 0.62 + 0.2*dice.Float64(), swing: 0.05 + 0.2*dice.Float64(), speed: 0.05 + 0.22*dice.Float64(),
			phase: dice.Float64(), wander: 6 * dice.Float32()})
	}
	return out
}

// string of bulbs from one point to another; it also gives their glows.
func (c *canvas) bulbs(x0, y0, x1, y1, drop float32, count int, size float32) []glow {
	c.fill(wire(x0, y0, x1, y1, drop, 2.2), flat(black))
	h := halo(size*7, size*7, c.scale, amber, 0.55)
	var out []glow
	for i := range count {
		t := (float32(i) + 0.5) / float32(count)
		x := x0 + (x1-x0)*t
		y := y0 + (y1-y0)*t + 4*drop*t*(1-t)
		c.fill(plate(x-size*0.4, y, x+size*0.4, y+size*0.9, 2), flat(black))
		c.fill(ellipse(x, y+size*1.7, size, size*1.15), radial(x, y+size*1.7, size*1.2, moonlit, amber))
		out = append(out, glow{s: h, x: x - size*7, y: y + size*1.7 - size*7, base: 0.72, swing: 0.1, speed: 0.3 + 0.13*float64(i%5), phase: float64(i) * 0.37})
	}
	return out
}
