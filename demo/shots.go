package demo

// shot is one camera.
type shot int

const (
	wide shot = iota
	close
	product
	crowded
	away // wide, the host gone, everything still
	shots
)

// set is what one camera sees, ready to be laid on frames.
type set struct {
	plate *frame  // all that never moves
	back  []glow  // lights behind the host
	host  *host   // nil where nobody stands
	hostX float32 // its box's corner, in units
	hostY float32
	lamp  *lamp // nil where it is not seen
	lampX float32
	lampY float32
	front *sprite // a counter that hides the host's hands; nil for none
	near  []person
	glows []glow // lights in front of everything
	chat  bool
}

// film turns a canvas that covers the stage into a plate.
func (c *canvas) film() *frame {
	f := newFrame(c.w, c.h)
	for i := range f.y {
		f.y[i] = 16
	}
	for i := range f.u {
		f.u[i], f.v[i] = 128, 128
	}
	f.lay(c.sprite(), 0, 0, 256)
	return f
}

func stageCanvas(scale float32) *canvas { return newCanvas(0, 0, 1920, 1080, scale) }

func newWide(scale float32) *set {
	c := stageCanvas(scale)
	c.street(640, 1)
	c.blur(12)
	for _, g := range lamps(scale, 46, 150, 640, 26, 2) { // those that never change, behind the stall
		c.shine(g.x+40, g.y+40, 26, 26, amber, 0.25)
	}
	bulbs := append(c.bulbs(-20, 96, 700, 60, 46, 11, 7), c.bulbs(690, 60, 1940, 120, 58, 17, 7)...)
	c.shine(960, 930, 900, 190, lantern, 0.2)
	c.stallBack()
	s := &set{plate: nil, host: newHost(scale, 0.5), hostX: 662, hostY: 400, lamp: newLamp(scale, 0.36, 0), lampX: 1072, lampY: 524, chat: true}
	front := newCanvas(360, 130, 1200, 950, scale)
	front.stallFront()
	for _, x := range []float32{520, 1400} {
		front.paperLantern(x, 392, 46, lantern)
		s.glows = append(s.glows, glow{s: halo(210, 210, scale, lantern, 0.5), x: x - 210, y: 392 - 210, base: 0.8, swing: 0.07, speed: 0.21, phase: float64(x) / 900})
	}
	s.front = front.sprite()
	s.back = append(aside(lamps(scale, 58, 90, 640, 74, 3), 58), bulbs...)
	s.near = people(scale, 916, 104, 11, 2.4, 5, 0, 0)
	s.plate = c.film()
	return s
}

func newClose(scale float32) *set {
	c := stageCanvas(scale)
	c.street(760, 4)
	c.shine(960, 420, 900, 520, ember, 0.7)
	c.shine(1500, 260, 700, 420, lantern, 0.22)
	c.blur(34)
	s := &set{plate: c.film(), back: lamps(scale, 104, 20, 720, 74, 6), host: newHost(scale, 1.02), hostX: 428, hostY: 172,
		lamp: newLamp(scale, 0.6, 0), lampX: 968, lampY: 582, chat: true}
	front := newCanvas(0, 880, 1920, 200, scale)
	front.counter(-40, 1960, 908, 60, 330)
	s.front = front.sprite()
	s.near = people(scale, 800, 250, 5, 17, 8, 420, 1500)
	return s
}

func newProduct(scale float32) *set {
	c := stageCanvas(scale)
	c.street(700, 9)
	c.shine(960, 380, 980, 520, ember, 0.6)
	c.blur(40)
	c.counter(-60, 1980, 842, 190, 400)
	c.priceCard(1364, 690)
	return &set{plate: c.film(), back: lamps(scale, 128, -20, 600, 64, 10), lamp: newLamp(scale, 1.3, 0), lampX: 570, lampY: 148}
}

// aside keeps lights, of at most radius r, that do not touch the stall.
func aside(all []glow, r float32) []glow {
	var out []glow
	for _, g := range all {
		if g.x > 1590 || g.x+2*r < 340 {
			out = append(out, g)
		}
	}
	return out
}

// priceCard is a small card that stands on the counter.
func (c *canvas) priceCard(x, y float32) {
	c.fill(ellipse(x+130, y+212, 160, 16), flat(black.at(0.6)))
	c.fill(new(shape).move(x, y).line(x+262, y-8).line(x+270, y+206).line(x-8, y+206), linear(x, y, cream, x+260, y+206, hex(0xA88B66)))
	for _, l := range []struct {
		dx, dy, size float32
		w            weight
		v            ink
		text         string
	}{
		{26, 52, 30, bold, cloth, "Moon Lamp"}, {26, 124, 66, bold, woodDark, "$48"},
		{26, 176, 24, plain, hex(0x6B4A30), "50 made, by hand"},
	} {
		c.letters(x+l.dx, y+l.dy, l.size, l.w, l.v, l.text)
	}
}

func newCrowd(scale float32) *set {
	c := stageCanvas(scale)
	c.street(600, 12)
	c.stallBack()
	c.lay(standing(scale, 0.5, 662, 400), 1)
	c.stallFront()
	for _, x := range []float32{520, 1400} {
		c.paperLantern(x, 392, 46, lantern)
		c.shine(x, 392, 240, 240, lantern, 0.6)
	}
	c.shine(960, 560, 520, 330, amber, 0.5)
	c.blur(13)
	far := people(scale, 706, 72, 15, 3, 14, 0, 0)
	near := people(scale, 806, 138, 8, 5, 15, 0, 0)
	return &set{plate: c.film(), back: aside(lamps(scale, 74, 40, 600, 90, 16), 74), near: append(far, near...), chat: true,
		lamp: newLamp(scale, 0.36, 30), lampX: 1072, lampY: 524}
}

func newAway(w *set) *set {
	f := newFrame(w.plate.w, w.plate.h)
	f.put(w.plate)
	for _, g := range w.back {
		f.lay(g.s, px(f, g.x), px(f, g.y), int(190*g.base))
	}
	f.lay(w.front, 0, 0, 256)
	for _, p := range w.near {
		f.lay(p.s, 0, 0, 256)
	}
	for i, y := range f.y { // the lamps of the stall are turned down
		f.y[i] = 16 + byte(int(y-16)*9/16)
	}
	for i := range f.u {
		f.u[i], f.v[i] = byte(128+(int(f.u[i])-128)*9/16), byte(128+(int(f.v[i])-128)*9/16)
	}
	return &set{plate: f}
}

// px is a distance in pixels of a frame.
func px(f *frame, v float32) int {
	d := v * float32(f.w) / 1920
	if d < 0 {
		return int(d - 0.5)
	}
	return int(d + 0.5)
}
