package demo

import "math"

// The host is drawn in a box 1000 wide and 1150 high: the head around
// (500, 250), the shoulders at 450. A size of one is the close shot.
const (
	hostWide = 1000
	hostHigh = 1150
)

var (
	skin      = hex(0xD9986B)
	skinShade = hex(0x7E4A33)
	jacket    = hex(0x27304F)
	jacketLow = hex(0x12131F)
	hair      = hex(0x1A1114)
	rim       = hex(0xFFB870)
)

// host is the figure in pieces, each a sprite of the same corner.
type host struct {
	size  float32
	body  *sprite
	head  *sprite
	blink *sprite
	mouth [3]*sprite // shut, half open, open
	left  []*sprite  // arm: from the counter to the air
	right []*sprite
}

const poses = 14

func newHost(scale, size float32) *host {
	h := &host{size: size}
	piece := func(x0, y0, x1, y1 float32, draw func(c *canvas)) *sprite {
		c := newCanvas(x0, y0, x1-x0, y1-y0, scale*size)
		draw(c)
		return c.sprite()
	}
	h.body = piece(180, 330, 820, hostHigh, torso)
	h.head = piece(330, 56, 670, 430, head)
	h.blink = piece(400, 220, 600, 270, lids)
	for i := range h.mouth {
		h.mouth[i] = piece(440, 290, 560, 350, func(c *canvas) { mouth(c, i) })
	}
	for i := range poses {
		k := float64(i) / (poses - 1)
		h.left = append(h.left, piece(0, 60, 420, 1000, func(c *canvas) { arm(c, k, true) }))
		h.right = append(h.right, piece(580, 60, 1000, 1000, func(c *canvas) { arm(c, k, false) }))
	}
	return h
}

// standing is the host as one picture, for where he is too far away to move.
func standing(scale, size, x, y float32) *canvas {
	c := newCanvas(0, 0, hostWide, hostHigh, scale*size)
	torso(c)
	head(c)
	mouth(c, 1)
	arm(c, 0.3, true)
	arm(c, 0.45, false)
	c.left, c.top, c.scale = x, y, scale
	return c
}

func torso(c *canvas) {
	c.fill(new(shape).move(448, 350).line(552, 350).cube(552, 420, 580, 440, 610, 452).line(390, 452).cube(420, 440, 448, 420, 448, 350),
		linear(440, 0, skinShade, 570, 0, skin.to(skinShade, 0.25)))
	c.fill(ellipse(500, 384, 62, 36), flat(hex(0x4A2A20).at(0.55))) // shadow of the chin
	body := new(shape).move(432, 418).cube(360, 440, 268, 446, 246, 520).cube(226, 640, 240, 900, 236, 1160).line(764, 1160).
		cube(760, 900, 774, 640, 754, 520).cube(732, 446, 640, 440, 568, 418).cube(552, 470, 448, 470, 432, 418)
	c.fill(body, linear(240, 0, jacketLow, 760, 0, jacket))
	shirt := new(shape).move(440, 420).cube(455, 478, 545, 478, 560, 420).line(532, 640).line(500, 720).line(468, 640)
	c.fill(shirt, linear(440, 0, hex(0xA8967C), 560, 0, cream))
	for _, side := range []float32{-1, 1} { // lapels of the coat
		l := new(shape).move(500+side*66, 416).cube(500+side*84, 520, 500+side*40, 650, 500+side*2, 740).line(500+side*2, 800).
			cube(500+side*60, 700, 500+side*118, 560, 500+side*106, 424)
		c.fill(l, linear(400, 0, cloth.to(black, 0.4), 600, 0, cloth))
	}
	apron := new(shape).move(330, 790).cube(420, 812, 580, 812, 670, 790).line(690, 1160).line(310, 1160)
	c.fill(apron, linear(310, 0, hex(0x3B2A20), 690, 0, hex(0x6E5138)))
	c.fill(new(shape).move(322, 786).cube(420, 812, 580, 812, 678, 786).line(678, 806).cube(580, 832, 420, 832, 322, 806), flat(hex(0x8A6A48)))
	// Light of the lanterns along the right edge.
	c.fill(new(shape).move(600, 432).cube(660, 440, 732, 452, 754, 520).cube(774, 640, 760, 900, 764, 1160).line(756, 1160).
		cube(752, 900, 762, 650, 742, 530).cube(722, 468, 660, 452, 600, 440), flat(rim.at(0.75)))
}

func head(c *canvas) {
	for _, side := range []float32{-1, 1} { // ears
		x := 500 + side*104
		c.fill(ellipse(x, 262, 19, 30), linear(380, 0, skinShade, 620, 0, skin))
	}
	face := new(shape).move(396, 220).cube(392, 320, 430, 384, 500, 388).cube(570, 384, 608, 320, 604, 220).
		cube(600, 130, 400, 130, 396, 220)
	c.fill(face, linear(392, 250, skinShade, 590, 210, skin))
	c.fill(new(shape).move(604, 220).cube(608, 320, 570, 384, 500, 388).cube(540, 350, 556, 300, 556, 222), linear(520, 0, rim.at(0), 606, 0, rim.at(0.6)))
	c.fill(ellipse(440, 312, 24, 15), flat(rose.at(0.13)))
	c.fill(ellipse(558, 312, 24, 15), flat(rose.at(0.2)))
	c.fill(circle(506, 104, 36), flat(rim.at(0.5)))
	c.fill(circle(500, 108, 36), linear(470, 80, hair, 540, 120, hex(0x3A241E)))
	top := new(shape).move(386, 236).cube(370, 96, 630, 96, 614, 236).cube(610, 196, 586, 176, 566, 172).
		cube(520, 188, 440, 188, 412, 186).cube(398, 198, 390, 214, 386, 236)
	c.fill(top, linear(390, 110, hair, 640, 150, hex(0x4A2C22)))
	band := new(shape).move(388, 196).cube(430, 164, 570, 164, 612, 196).line(614, 222).cube(570, 190, 430, 190, 386, 222)
	c.fill(band, linear(388, 0, hex(0x9C8B76), 612, 0, hex(0xFFF1DC)))
	c.fill(circle(500, 182, 11), flat(cloth))
	for _, side := range []float32{-1, 1} {
		x := 500 + side*46
		c.fill(new(shape).move(x-22, 232).cube(x-10, 222, x+10, 222, x+22, 231).line(x+21, 237).cube(x+10, 229, x-10, 229, x-21, 238), flat(hair))
		c.fill(ellipse(x, 256, 8.5, 11), flat(hex(0x1B0F0E)))
		c.fill(circle(x+3, 252, 2.8), flat(hex(0xFFEAD0)))
	}
	c.fill(new(shape).move(503, 262).cube(512, 284, 516, 294, 508, 299).cube(502, 302, 494, 300, 491, 297).
		cube(500, 299, 508, 295, 503, 262), flat(skinShade.at(0.55)))
}

// lids hide the eyes for a blink.
func lids(c *canvas) {
	for _, side := range []float32{-1, 1} {
		x := 500 + side*46
		c.fill(ellipse(x, 255, 13, 14.5), linear(392, 250, skinShade, 590, 210, skin))
		c.fill(new(shape).move(x-12, 257).cube(x-5, 264, x+5, 264, x+12, 257).line(x+12, 260).cube(x+5, 268, x-5, 268, x-12, 260), flat(hair))
	}
}

func mouth(c *canvas, open int) {
	switch open {
	case 0:
		c.fill(new(shape).move(468, 326).cube(486, 343, 514, 343, 532, 325).cube(516, 350, 484, 350, 468, 326), flat(hex(0x5A2420)))
	case 1:
		c.fill(new(shape).move(470, 324).cube(490, 330, 510, 330, 530, 324).cube(524, 346, 476, 346, 470, 324), flat(hex(0x4A1416)))
		c.fill(new(shape).move(476, 326).cube(490, 331, 510, 331, 524, 326).line(521, 332).cube(510, 335, 490, 335, 479, 332), flat(cream))
	default:
		c.fill(new(shape).move(466, 320).cube(488, 326, 512, 326, 534, 320).cube(530, 360, 470, 360, 466, 320), flat(hex(0x4A1416)))
		c.fill(new(shape).move(473, 322).cube(490, 327, 510, 327, 527, 322).line(524, 330).cube(510, 334, 490, 334, 476, 330), flat(cream))
		c.fill(ellipse(500, 345, 14, 6), flat(hex(0xB4484A)))
	}
}

// arm is one sleeve and hand: k 0 rests on the counter, 1 is up in the air.
func arm(c *canvas, k float64, left bool) {
	shoulder := [2]float64{712, 520}
	upper, fore := 0.42-k*1.05, -0.55-k*1.5 // from straight down, towards the outside
	elbow := [2]float64{shoulder[0] + 205*math.Sin(upper), shoulder[1] + 205*math.Cos(upper)}
	bend := upper + fore
	bend = bend*(1-k) + (math.Pi-0.42)*k
	if k < 0.999 {
		bend = (upper-0.95)*(1-k) + (math.Pi-0.42)*k
	}
	hand := [2]float64{elbow[0] + 190*math.Sin(bend), elbow[1] + 190*math.Cos(bend)}
	at := func(p [2]float64) (float32, float32) {
		if left {
			return float32(1000 - p[0]), float32(p[1])
		}
		return float32(p[0]), float32(p[1])
	}
	sx, sy := at(shoulder)
	ex, ey := at(elbow)
	hx, hy := at(hand)
	tint, edge := jacket, rim.at(0.7)
	if left {
		tint, edge = jacketLow.to(jacket, 0.45), rim.at(0.18)
	}
	wx, wy := ex+(hx-ex)*0.62, ey+(hy-ey)*0.62
	c.fill(stroke(wx, wy, hx, hy, 50), linear(hx-40, 0, skinShade, hx+40, 0, skin))
	c.fill(circle(hx, hy, 37), linear(hx-40, hy, skinShade, hx+40, hy, skin))
	dx, dy := (hx-ex)/190, (hy-ey)/190
	c.fill(stroke(hx, hy, hx+dx*46, hy+dy*46, 42), linear(hx-40, hy, skinShade, hx+40, hy, skin))
	side := float32(1)
	if left {
		side = -1
	}
	c.fill(stroke(hx, hy, hx-side*dy*34+dx*24, hy+side*dx*34+dy*24, 24), linear(hx-40, hy, skinShade, hx+40, hy, skin))
	c.fill(stroke(sx+4, sy+3, ex+4, ey+3, 102), flat(edge))
	c.fill(stroke(ex+4, ey+2, wx+4, wy+2, 88), flat(edge))
	c.fill(stroke(sx, sy, ex, ey, 102), flat(tint))
	c.fill(stroke(ex, ey, wx, wy, 88), linear(ex, ey, tint, wx, wy, tint.to(black, 0.2)))
}

// lay puts the host on a frame: its box's corner at pixel (x, y).
func (h *host) lay(f *frame, x, y int, p pose) {
	sway, bob := p.sway, p.bob
	f.lay(h.body, x+sway/2, y+bob/3, 256)
	f.lay(h.head, x+sway, y+bob, 256)
	if p.blink {
		f.lay(h.blink, x+sway, y+bob, 256)
	}
	f.lay(h.mouth[p.mouth], x+sway, y+bob, 256)
	f.lay(h.left[p.left], x+sway/2, y+bob/3, 256)
	f.lay(h.right[p.right], x+sway/2, y+bob/3, 256)
}

// pose is how the host stands in one frame; sway and bob are pixels.
type pose struct {
	sway, bob   int
	blink       bool
	mouth       int
	left, right int
}
