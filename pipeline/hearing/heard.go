package hearing

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"

	"gonum.org/v1/gonum/dsp/fourier"
)

// What Listen reads: mono, 16-bit little endian.
const (
	Rate = 16000 // samples a second: what makes a crowd's hiss lies below 8 kHz
	Hop  = 100 * time.Millisecond

	hopSamples = Rate / int(time.Second/Hop)
	size       = 1024 // samples of one spectrum: 64 ms, so that the harmonics of a low voice lie apart
	hops       = 864_000
)

// Heard is what is heard in one Hop.
type Heard struct {
	Level  int16 // of the whole, tenths of a dB below full scale; Silent and more
	Noise  int16 // how much its spectrum is like noise, in hundredths: about 75 in noise, below 50 in voices and music
	Change int16 // how much its spectrum rose since the one before, tenths of a dB a band
}

// Silent is the Level of digital silence.
const Silent = -1200

// Listen reads samples to their end, at most a day of them, and says what is
// heard in each whole hop.
func Listen(r io.Reader) ([]Heard, error) {
	l := newListener()
	raw := make([]byte, 2*hopSamples)
	var out []Heard
	for len(out) < hops {
		_, err := io.ReadFull(r, raw)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, l.hear(raw))
	}
	return out, nil
}

// listener remembers what one hop needs of the one before.
type listener struct {
	fft    *fourier.FFT
	window [size]float64
	hop    [hopSamples]float64
	cut    [size]float64
	bins   []complex128
	power  [size/2 + 1]float64
	before [bands]float64
}

func newListener() *listener {
	l := &listener{fft: fourier.NewFFT(size), bins: make([]complex128, size/2+1)}
	for i := range l.window {
		l.window[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/size)
	}
	for i := range l.before {
		l.before[i] = floor
	}
	return l
}

func (l *listener) hear(raw []byte) Heard {
	energy := 0.0
	for i := range l.hop {
		v := float64(int16(binary.LittleEndian.Uint16(raw[2*i:]))) / 32768
		l.hop[i] = v
		energy += v * v
	}
	l.spectrum()
	noise, change := l.bandwise()
	return Heard{Level: int16(max(math.Round(100*math.Log10(energy/float64(hopSamples)+1e-12)), Silent)), Noise: noise, Change: change}
}

// spectrum is the mean power of two spectra of the hop.
func (l *listener) spectrum() {
	clear(l.power[:])
	for _, from := range []int{0, hopSamples - size} {
		for i := range l.cut {
			l.cut[i] = l.hop[from+i] * l.window[i]
		}
		l.fft.Coefficients(l.bins, l.cut[:])
		for i, c := range l.bins {
			l.power[i] += (real(c)*real(c) + imag(c)*imag(c)) / size
		}
	}
}

// The bands are as wide as a third of an octave, or a little more, from 200 Hz
// to 7 kHz: a hum is below, and what codecs leave out above.
const (
	bands   = 12
	lowest  = 200.0
	highest = 7000.0
	floor   = -90.0 // dB; what is below it in a band is nothing
)

var edges = func() (out [bands + 1]int) {
	for i := range out {
		hz := lowest * math.Pow(highest/lowest, float64(i)/bands)
		out[i] = int(math.Round(hz * size / Rate))
	}
	return out
}()

// bandwise judges each band: how flat its spectrum is, which does not depend
// on how loud or dull the whole is, and how much louder it became.
func (l *listener) bandwise() (noise, change int16) {
	flat, heard, rise := 0.0, 0, 0.0
	for b := range bands {
		sum, logs := 0.0, 0.0
		part := l.power[edges[b]:edges[b+1]]
		for _, p := range part {
			sum += p + 1e-12
			logs += math.Log(p + 1e-12)
		}
		n := float64(len(part))
		level := max(10*math.Log10(sum/n), floor)
		if level > floor {
			flat += math.Exp(logs/n) / (sum / n)
			heard++
		}
		rise += max(level-l.before[b], 0)
		l.before[b] = level
	}
	if heard > bands/2 {
		noise = int16(math.Round(100 * flat / float64(heard)))
	}
	return noise, int16(math.Round(10 * rise / bands))
}
