package demo

import "math"

// stall paints the stall of the wide shot: posts, counter, awning, sign. The
// host stands behind the counter, so front gives the counter and awning apart.
func (c *canvas) stallBack() {
	c.fill(rect(430, 220, 1490, 760), linear(0, 220, hex(0x1C0F12), 0, 760, hex(0x3A2016)))
	for i := range 3 { // shelves with jars
		y := float32(400 + i*112)
		c.fill(rect(456, y, 742, y+9), flat(woodDark.to(wood, 0.4)))
		c.fill(rect(1180, y, 1464, y+9), flat(woodDark.to(wood, 0.4)))
		for k := range 7 {
			for _, x := range []float32{474 + float32(k)*38, 1198 + float32(k)*38} {
				tint := []ink{hex(0x7A4B2A), hex(0x3F5A57), hex(0x8C6B3C), hex(0x5E2F36)}[(i*3+k*5+int(x))%4]
				h := float32(38 + (i*7+k*13)%26)
				c.fill(plate(x, y-h, x+26, y, 7), linear(x, 0, tint.to(black, 0.45), x+26, 0, tint))
				c.fill(rect(x+4, y-h-6, x+22, y-h+2), flat(woodDark))
			}
		}
	}
	c.shine(960, 470, 520, 330, amber, 0.42)
}

func (c *canvas) stallFront() {
	for _, x := range []float32{432, 1466} {
		c.fill(rect(x, 210, x+24, 1000), linear(x, 0, wood, x+24, 0, woodDark))
	}
	c.counter(400, 1520, 716, 42, 330)
	c.awning(372, 1548, 150, 116, 13)
	c.board()
}

// counter is a table top and its front of planks.
func (c *canvas) counter(x0, x1, y, thick, deep float32) {
	c.fill(rect(x0+18, y+thick, x1-18, y+deep), linear(0, y, wood.to(woodDark, 0.35), 0, y+deep, black))
	for x := x0 + 18; x < x1-20; x += 92 {
		c.fill(rect(x, y+thick, x+3, y+deep), flat(black.at(0.6)))
	}
	c.fill(rect(x0+18, y+thick, x1-18, y+thick+26), linear(0, y+thick, black.at(0.7), 0, y+thick+26, black.at(0)))
	c.fill(plate(x0, y, x1, y+thick, 7), linear(0, y, hex(0xB5763F), 0, y+thick, wood.to(woodDark, 0.3)))
	c.fill(rect(x0+6, y+2, x1-6, y+5), flat(hex(0xFFCF8E).at(0.55)))
	m := (x0 + x1) / 2
	c.shine(m, y+thick/2, (x1-x0)*0.32, 60, amber, 0.35)
}

// awning is striped, with round teeth, lit from below.
func (c *canvas) awning(x0, x1, y, high float32, stripes int) {
	w := (x1 - x0) / float32(stripes)
	for i := range stripes {
		tint := cloth
		if i%2 == 1 {
			tint = cream
		}
		x := x0 + float32(i)*w
		top := func(x float32) float32 { return x0 + 46 + (x-x0)*(x1-x0-92)/(x1-x0) }
		shade := tint.to(night, 0.42)
		c.fill(new(shape).move(top(x), y).line(top(x+w)+0.6, y).line(x+w+0.6, y+high).line(x, y+high),
			linear(0, y, shade.to(black, 0.45), 0, y+high, tint.to(night, 0.18)))
		s := new(shape).move(x, y+high-1).line(x+w+0.6, y+high-1).line(x+w+0.6, y+high+18).
			cube(x+w, y+high+46, x, y+high+46, x, y+high+18)
		c.fill(s, linear(0, y+high, tint.to(black, 0.3), 0, y+high+46, tint.to(lantern, 0.22)))
	}
	c.fill(rect(x0, y+high-3, x1, y+high+3), flat(black.at(0.35)))
}

// board is the name above the counter, in neon.
func (c *canvas) board() {
	const text = "NIGHT MARKET"
	const size = 46
	w := long(text, size, bold)
	x, y := 960-w/2, float32(392)
	c.fill(plate(x-40, y-58, x+w+40, y+26, 14), linear(0, y-58, hex(0x1A0D10), 0, y+26, hex(0x120A0D)))
	for _, hang := range []float32{x - 10, x + w + 10} {
		c.fill(rect(hang, 300, hang+3, y-56), flat(black))
	}
	light := newCanvas(c.left, c.top, float32(c.w)/c.scale, float32(c.h)/c.scale, c.scale)
	light.letters(x, y, size, bold, rose, text)
	soft := newCanvas(c.left, c.top, float32(c.w)/c.scale, float32(c.h)/c.scale, c.scale)
	soft.lay(light, 1)
	soft.blur(15)
	c.add(soft, 0.9)
	c.letters(x, y, size, bold, hex(0xFFD9D6), text)
}

// lantern is a paper lantern: ribs, caps, a light inside.
func (c *canvas) paperLantern(x, y, r float32, tint ink) {
	c.fill(rect(x-1.5, y-r-70, x+1.5, y-r), flat(black))
	c.fill(ellipse(x, y, r, r*0.84), radial(x, y+r*0.1, r*1.15, hex(0xFFE3AE), tint))
	for i := -3; i <= 3; i++ {
		k := float32(i) / 3.6
		w := r * float32(math.Sqrt(float64(1-k*k)))
		c.fill(plate(x-w, y+k*r*0.84-1.2, x+w, y+k*r*0.84+1.2, 1), flat(cloth.at(0.4)))
	}
	c.fill(plate(x-r*0.34, y-r*0.92, x+r*0.34, y-r*0.76, 3), flat(woodDark))
	c.fill(plate(x-r*0.34, y+r*0.76, x+r*0.34, y+r*0.92, 3), flat(woodDark))
}
