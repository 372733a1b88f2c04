package demo

import "math/rand/v2"

// person is one silhouette at the front: it hops when it is glad.
type person struct {
	s     *sprite
	arms  *sprite // raised, with a phone or without; nil for some
	speed float64
	phase float64
	high  float32 // how far it hops, in units
}

// people are a row of silhouettes: heads at about y, size units wide, seen
// from behind, lit from in front by the stall.
func people(scale, y, size float32, count int, soft float32, seed uint64, gapFrom, gapTo float32) []person {
	dice := rand.New(rand.NewPCG(seed, 17))
	var out []person
	for i := range count {
		x := (float32(i)+0.5)*1920/float32(count) + (dice.Float32()-0.5)*size*0.5
		if x > gapFrom && x < gapTo {
			continue
		}
		k := size * (0.86 + 0.28*dice.Float32())
		top := y + (dice.Float32()-0.5)*size*0.7
		p := person{s: figure(scale, x, top, k, soft, dice), speed: 1.5 + dice.Float64(), phase: dice.Float64(), high: k * 0.16}
		if dice.IntN(3) > 0 {
			p.arms = raised(scale, x, top, k, soft, dice)
		}
		out = append(out, p)
	}
	return out
}

// figure is a head and shoulders around (x, top of the head).
func figure(scale, x, top, k, soft float32, dice *rand.Rand) *sprite {
	c := newCanvas(x-k*1.6, top-k*0.4, k*3.2, 1130-top+k, scale)
	tint := []ink{hex(0x120B10), hex(0x160D0E), hex(0x0E0B12)}[dice.IntN(3)]
	edge := amber.to(lantern, dice.Float32()).at(0.5)
	neck := top + k*1.12
	shoulders := new(shape).move(x-k*0.2, neck-k*0.2).cube(x-k*0.3, neck+k*0.12, x-k*1.1, neck+k*0.1, x-k*1.2, neck+k*0.7).
		line(x-k*1.3, 1180).line(x+k*1.3, 1180).line(x+k*1.2, neck+k*0.7).cube(x+k*1.1, neck+k*0.1, x+k*0.3, neck+k*0.12, x+k*0.2, neck-k*0.2)
	skull := ellipse(x, top+k*0.58, k*0.44, k*0.56)
	c.fill(shoulders.moved(0, -k*0.028), flat(edge))
	c.fill(skull.moved(0, -k*0.03), flat(edge))
	c.fill(shoulders, linear(0, neck, tint.to(ember, 0.22), 0, neck+k*1.1, tint.to(black, 0.5)))
	c.fill(skull, linear(0, top, tint.to(ember, 0.3), 0, top+k, tint))
	switch dice.IntN(4) {
	case 0: // a bun
		c.fill(circle(x, top-k*0.02, k*0.2), flat(tint.to(ember, 0.2)))
	case 1: // a cap
		c.fill(new(shape).move(x-k*0.47, top+k*0.5).cube(x-k*0.46, top-k*0.1, x+k*0.46, top-k*0.1, x+k*0.47, top+k*0.5), flat(tint.to(hex(0x4A3A40), 0.3)))
	case 2: // long hair
		c.fill(new(shape).move(x-k*0.46, top+k*0.5).cube(x-k*0.5, top-k*0.16, x+k*0.5, top-k*0.16, x+k*0.46, top+k*0.5).
			line(x+k*0.5, top+k*1.35).quad(x, top+k*1.5, x-k*0.5, top+k*1.35), flat(tint.to(ember, 0.16)))
	}
	c.blur(soft)
	return c.sprite()
}

// raised is an arm in the air, mostly with a phone that glows.
func raised(scale, x, top, k, soft float32, dice *rand.Rand) *sprite {
	c := newCanvas(x-k*2, top-k*1.9, k*4, k*4.4, scale)
	side := float32(1)
	if dice.IntN(2) == 0 {
		side = -1
	}
	tint := hex(0x140C10)
	hx, hy := x+side*k*(0.75+0.3*dice.Float32()), top-k*(0.5+0.4*dice.Float32())
	c.fill(stroke(x+side*k*0.95, top+k*1.7, hx, hy, k*0.32), flat(tint.to(ember, 0.25)))
	c.fill(circle(hx, hy, k*0.19), flat(tint.to(ember, 0.4)))
	if dice.IntN(3) > 0 {
		w, h := k*0.3, k*0.56
		c.fill(plate(hx-w, hy-h*1.1, hx+w, hy+h*0.3, k*0.07), flat(black))
		c.fill(plate(hx-w*0.88, hy-h*1.04, hx+w*0.88, hy+h*0.24, k*0.05), linear(0, hy-h, hex(0xFFD9A0), 0, hy, hex(0x8A4A30)))
		c.shine(hx, hy-h*0.4, k*0.14, k*0.14, moonlit, 0.9)
	}
	c.blur(soft)
	return c.sprite()
}
