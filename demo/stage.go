package demo

import (
	"math"
	"slices"

	"dropcut/pipeline/timeline"
)

// stage draws any frame of the show. It may be used by many goroutines at
// once: a frame depends on nothing but its number.
type stage struct {
	show    show
	w, h    int
	scale   float32
	sets    [shots]*set
	cuts    []cut
	overlay *overlay
	loud    []float32 // the host's voice, frame by frame, 0 … 1
}

// cut is where a camera goes on air.
type cut struct {
	at   int64
	shot shot
}

func newStage(s show, w, h int) *stage {
	scale := float32(w) / 1920
	g := &stage{show: s, w: w, h: h, scale: scale, cuts: s.cuts(), overlay: newOverlay(scale), loud: s.loudness()}
	build := [shots]func(float32) *set{wide: newWide, close: newClose, product: newProduct, crowded: newCrowd}
	done := make(chan int)
	for i, f := range build {
		go func() {
			if f != nil {
				g.sets[i] = f(scale)
			}
			done <- i
		}()
	}
	for range build {
		<-done
	}
	g.sets[away] = newAway(g.sets[wide])
	return g
}

// nearReveal are the cuts around the reveal: milliseconds from it.
var nearReveal = []struct {
	ms   int64
	shot shot
}{{-62000, wide}, {-50000, close}, {-43500, product}, {-36500, close}, {-23000, crowded}, {-17000, close}, {-10000, wide}, {-5400, product}, {5000, crowded},
	{9400, close}, {19600, product}, {25600, close}, {31800, crowded}, {36600, close}, {42600, wide}, {48600, close}, {54000, crowded}, {59600, close}, {68000, wide}}

// turns are the cameras of a quiet evening, in order.
var turns = []shot{close, wide, close, crowded, close, product, wide}

// cuts says which camera is on air when.
func (s show) cuts() []cut {
	const calm = 180 * 30 // frames; a shorter recording cuts faster
	share := func(ms int64) int64 {
		return timeline.DivRound(rate.FramesOfMillis(ms), min(s.frames, calm), calm)
	}
	from, to := s.reveal+share(nearReveal[0].ms), s.reveal+share(80000)
	step := max(60, share(17000))
	var out []cut
	add := func(at int64, x shot) {
		if at >= 0 && at < s.frames && !s.still.Contains(at) && at != s.still.Out {
			out = append(out, cut{at, x})
		}
	}
	add(0, wide)
	for at, i := step, 1; at < s.frames; at, i = at+step, i+1 {
		if at < from || at > to {
			add(at, turns[i%len(turns)])
		}
	}
	for _, c := range nearReveal {
		add(max(s.reveal+share(c.ms), 1), c.shot)
	}
	out = append(out, cut{s.still.In, away}, cut{s.still.Out, close})
	slices.SortStableFunc(out, func(a, b cut) int { return int(a.at - b.at) })
	return slices.CompactFunc(out, func(a, b cut) bool { return a.at == b.at })
}

// cameraAt is the camera on air at frame n.
func (g *stage) cameraAt(n int64) shot {
	on := wide
	for _, c := range g.cuts {
		if c.at > n {
			break
		}
		on = c.shot
	}
	return on
}

// loudness is how loud the host is in each frame.
func (s show) loudness() []float32 {
	out := make([]float32, s.frames)
	for _, x := range s.sentences {
		first := rate.Frames(x.at)
		for n := first; n < s.frames; n++ {
			a, b := rate.Samples(n, hz)-samplesAt(x.at), rate.Samples(n+1, hz)-samplesAt(x.at)
			if a >= int64(len(x.voice)) {
				break
			}
			var top float32
			for _, v := range x.voice[max(a, 0):max(min(b, int64(len(x.voice))), 0)] {
				top = max(top, v, -v)
			}
			out[n] = top
		}
	}
	return out
}

// draw makes frame n.
func (g *stage) draw(f *frame, n int64) {
	camera := g.cameraAt(n)
	x := g.sets[camera]
	t := float64(n) / 30
	f.put(x.plate)
	lay := func(all []glow) {
		for _, l := range all {
			dx, dy, k := l.at(t)
			f.lay(l.s, px(f, l.x+dx), px(f, l.y+dy), k)
		}
	}
	lay(x.back)
	if x.host != nil {
		x.host.lay(f, px(f, x.hostX), px(f, x.hostY), g.pose(n, x.host.size))
	}
	if x.front != nil {
		f.lay(x.front, 0, 0, 256)
	}
	if x.lamp != nil {
		off, lit := g.lampAt(n)
		x.lamp.lay(f, px(f, x.lampX), px(f, x.lampY), off, lit)
	}
	joy := g.joy(n)
	for i, p := range x.near {
		g.person(f, p, i, t, joy)
	}
	lay(x.glows)
	g.overlay.lay(f, g.show, n, x.chat)
}

func (g *stage) person(f *frame, p person, i int, t, joy float64) {
	hop := math.Abs(math.Sin(math.Pi * (t*p.speed + p.phase)))
	sway := math.Sin(2 * math.Pi * (t*0.11*p.speed + p.phase))
	up := px(f, p.high*float32(0.1*sway+joy*hop))
	side := px(f, p.high*0.25*float32(sway))
	if p.arms != nil && (joy > 0.05 || i%4 == 0) {
		rise := joy
		if i%4 == 0 {
			rise = max(joy, 0.75)
		}
		f.lay(p.arms, side, px(f, p.high*9*float32(1-rise))-up, int(256*min(1, rise*2)))
	}
	f.lay(p.s, side, -up, 256)
}

// joy is how glad everybody is: at the reveal, and again at the end.
func (g *stage) joy(n int64) float64 {
	var out float64
	for _, at := range []int64{g.show.reveal, g.show.soldOut} {
		t := float64(n-at) / 30
		if t > -0.2 && t < 9 {
			out = max(out, min(1, (t+0.2)*4)*min(1, (9-t)/3))
		}
	}
	if n > g.show.reveal && n < g.show.soldOut {
		out = max(out, 0.22)
	}
	return out
}

// lampAt is how far the cloth is off and how bright the moon is.
func (g *stage) lampAt(n int64) (off, lit int) {
	t := float64(n-g.show.reveal) / 30
	if t < -0.25 {
		return 0, 0
	}
	ease := min(max((t+0.25)/0.8, 0), 1)
	ease = ease * ease * (3 - 2*ease)
	glow := min(max((t+0.1)/1.1, 0), 1) * (0.94 + 0.06*math.Sin(t*1.7))
	return int(256 * ease), int(256 * glow)
}

// pose is how the host stands in frame n.
func (g *stage) pose(n int64, size float32) pose {
	t := float64(n) / 30
	unit := float64(g.scale * size)
	loud := float64(g.loud[min(n, int64(len(g.loud))-1)])
	p := pose{sway: int(math.Round(unit * (9*math.Sin(t*0.9) + 5*math.Sin(t*2.3)))),
		bob: int(math.Round(unit * (4*math.Sin(t*1.7) - 9*loud)))}
	p.blink = math.Mod(t, 3.7) < 0.13
	switch {
	case loud > 0.45:
		p.mouth = 2
	case loud > 0.12:
		p.mouth = 1
	}
	talk := 0.0
	for k := n - 20; k < n+8; k++ { // hands follow the voice, slowly
		if k >= 0 && k < int64(len(g.loud)) {
			talk += float64(g.loud[k]) / 14
		}
	}
	talk = min(1, talk)
	left, right := talk*(0.22+0.2*math.Sin(t*1.3)), talk*(0.3+0.25*math.Sin(t*1.9+1))
	up := g.joy(n)
	left, right = max(left, up*(0.86+0.1*math.Sin(t*9))), max(right, up*(0.86+0.1*math.Sin(t*9+2)))
	p.left, p.right = armPose(left), armPose(right)
	return p
}

func armPose(k float64) int { return int(min(max(k, 0), 1)*(poses-1) + 0.5) }

// busy is the stretch that is drawn frame by frame; the rest of the evening
// moves ten times a second, as a laptop's encoder might.
func (s show) busy() timeline.Window {
	return timeline.Window{In: s.reveal - 75*30, Out: s.reveal + 80*30}
}
