package demo

import (
	"math"
	"math/rand/v2"
)

// crowdLoop is how long the sounds of the crowd are before they repeat.
const crowdLoop = 17 * hz

// murmur is many voices far away: noise through moving formants, each voice
// coming and going.
func murmur() loop { return crowd(26, 5, 0.16, 180, 420, 0.5) }

// cheer is the same people with their arms up: higher, all at once, with
// whistles and clapping.
func cheer() loop {
	l := crowd(40, 6, 0.17, 420, 900, 0.12)
	noise := rand.New(rand.NewPCG(7, 7))
	for range 14 {
		whistle(l, noise)
	}
	for range 900 {
		l.add(noise.IntN(crowdLoop), hz/25, noise.Float32(), hiss(noise, 0.05+0.12*noise.Float64(), 160, 0.5))
	}
	return l
}

// crowd mixes voices whose first formant lies around low … high Hz. rest is
// how much of the time each is silent.
func crowd(voices int, seed uint64, loud float64, low, high, rest float64) loop {
	l := loop{make([]float32, crowdLoop), make([]float32, crowdLoop)}
	noise := rand.New(rand.NewPCG(seed, 9))
	for range voices {
		f1 := low + (high-low)*noise.Float64()
		f2 := f1 * (2.1 + 0.8*noise.Float64())
		speed, phase := 0.4+1.6*noise.Float64(), noise.Float64()
		turns := math.Round(speed * crowdLoop / hz) // whole turns, so that the loop closes
		var a, b resonator
		var wave, k float64
		n := 0
		pan := 0.15 + 0.7*noise.Float32()
		l.add(0, crowdLoop, pan, func(t float64) float64 {
			if n%256 == 0 { // a throat moves slowly
				wave = math.Sin(2 * math.Pi * (turns*t*hz/crowdLoop + phase))
				a.tune(f1*(1+0.12*wave), 90)
				b.tune(f2*(1-0.08*wave), 160)
				k = loud * max(0, wave*0.7+1.2-2*rest) * (0.55 + 0.45*min(1, t*8, (float64(crowdLoop)/hz-t)*8))
			}
			n++
			breath := noise.Float64()*2 - 1
			return k * (a.pass(breath) + 0.5*b.pass(breath))
		})
	}
	return l
}

// resonator is a two-pole filter: what a throat does to breath.
type resonator struct{ in, first, second, y1, y2 float64 }

// tune sets it to a frequency and a width, in Hz.
func (r *resonator) tune(f, width float64) {
	k := 1 - math.Pi*width/hz // close to exp of the same, for narrow widths
	r.in, r.first, r.second = (1-k)*1.6, 2*k*math.Cos(2*math.Pi*f/hz), k*k
}

func (r *resonator) pass(x float64) float64 {
	y := x*r.in + r.first*r.y1 - r.second*r.y2
	r.y2, r.y1 = r.y1, y
	return y
}

func whistle(l loop, noise *rand.Rand) {
	f, long := 1500+900*noise.Float64(), 0.5+0.5*noise.Float64()
	turn := 0.0
	l.add(noise.IntN(crowdLoop), int(long*hz), 0.2+0.6*noise.Float32(), func(t float64) float64 {
		turn += f * (1 + 0.35*math.Sin(math.Pi*t/long)) / hz
		return 0.035 * math.Sin(2*math.Pi*turn) * math.Sin(math.Pi*t/long)
	})
}
