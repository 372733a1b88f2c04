package demo

import (
	"math"
	"math/rand/v2"
)

// loop is stereo sound that may be repeated without a seam.
type loop struct{ left, right []float32 }

// beat is a quarter note at 90 a minute, in samples: exact, so that the loop closes.
const beat = hz * 60 / 90

// note is a pitch by its number: 69 is 440 Hz.
func note(n int) float64 { return 440 * math.Pow(2, float64(n-69)/12) }

// chords are four bars, and their basses: D minor 9, G 13, C major 9, A minor 7.
var chords = []struct {
	bass  int
	notes []int
}{{38, []int{53, 57, 60, 64}}, {43, []int{53, 57, 59, 64}}, {36, []int{52, 55, 59, 62}}, {45, []int{52, 55, 60, 64}}}

// music is eight bars: soft keys, a bass, a slow beat.
func music() loop {
	const bars = 8
	l := loop{make([]float32, bars*4*beat), make([]float32, bars*4*beat)}
	noise := rand.New(rand.NewPCG(3, 4))
	for bar := range bars {
		at, c := bar*4*beat, chords[bar%len(chords)]
		for i, n := range c.notes {
			l.keys(at+i*hz/60, note(n), 3.6*beat, 0.3+0.13*float32(i))
			l.keys(at+2*beat+beat/2+i*hz/90, note(n), 1.4*beat, 0.7-0.13*float32(i))
		}
		l.bass(at, note(c.bass), 1.6*beat)
		l.bass(at+5*beat/2, note(c.bass+12*(bar%2)), 1.1*beat)
		l.drums(at, bar, noise)
	}
	return l
}

// add puts sound into the loop, around its end if need be. pan 0 is left, 1 right.
func (l loop) add(at, count int, pan float32, f func(t float64) float64) {
	for i := range count {
		v := float32(f(float64(i) / hz))
		k := (at + i) % len(l.left)
		l.left[k] += v * (1 - pan)
		l.right[k] += v * pan
	}
}

func (l loop) keys(at int, pitch float64, long int, pan float32) {
	end := float64(long) / hz
	l.add(at, long, pan, func(t float64) float64 {
		bell := 0.35 * math.Exp(-9*t) * math.Sin(2*math.Pi*pitch*4*t)
		v := math.Sin(2*math.Pi*pitch*t+0.9*math.Exp(-3*t)*math.Sin(2*math.Pi*pitch*t)) + bell
		return 0.11 * v * math.Exp(-1.5*t) * min(1, t*120) * min(1, (end-t)*25) * (1 + 0.12*math.Sin(2*math.Pi*4.5*t))
	})
}

func (l loop) bass(at int, pitch float64, long int) {
	end := float64(long) / hz
	l.add(at, long, 0.5, func(t float64) float64 {
		v := math.Sin(2*math.Pi*pitch*t) + 0.25*math.Sin(4*math.Pi*pitch*t)
		return 0.3 * v * min(1, t*90) * min(1, (end-t)*40) * math.Exp(-0.8*t)
	})
}

func (l loop) drums(at, bar int, noise *rand.Rand) {
	kick := func(t float64) float64 {
		return 0.55 * math.Sin(2*math.Pi*(46*t+2.2*(1-math.Exp(-28*t)))) * math.Exp(-9*t)
	}
	for _, k := range []int{0, 5 * beat / 2} {
		l.add(at+k, beat, 0.5, kick)
	}
	if bar%4 == 3 {
		l.add(at+7*beat/2, beat/2, 0.5, kick)
	}
	for _, k := range []int{beat, 3 * beat} {
		l.add(at+k, beat/2, 0.47, hiss(noise, 0.22, 16, 0.35))
	}
	for k := range 8 { // swung
		swing := (k % 2) * beat / 10
		l.add(at+k*beat/2+swing, beat/6, 0.62, hiss(noise, 0.05+0.025*float64(1-k%2), 55, 0.9))
	}
}

// hiss is a burst of noise that dies away at a speed; bright takes its low part out.
func hiss(noise *rand.Rand, loud, speed, bright float64) func(float64) float64 {
	low := 0.0
	return func(t float64) float64 {
		v := noise.Float64()*2 - 1
		low += (v - low) * 0.3
		return loud * (v - bright*low) * math.Exp(-speed*t)
	}
}
