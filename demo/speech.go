package demo

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// hz is the sound's rate.
const hz = 48000

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

func samplesLong(n int) time.Duration { return time.Duration(n) * time.Second / hz }

// samplesAt is how many samples lie before an instant.
func samplesAt(d time.Duration) int64 { return int64(d) * hz / int64(time.Second) }

func sortSentences(all []sentence) {
	slices.SortFunc(all, func(a, b sentence) int { return int(min(max(a.at-b.at, -1), 1)) })
}

// voice speaks sentences: with espeak-ng, or where that is missing with
// syllables of the same length that only sound like speech.
type voice struct {
	runner *ffmpeg.Runner
	dir    string
	babble bool
}

// say gives a sentence as mono samples at 48 kHz, without silence at its ends.
func (v *voice) say(ctx context.Context, text string) ([]float32, error) {
	if !v.babble {
		out, err := v.espeak(ctx, text)
		if err == nil || !errors.Is(err, pipeline.Unavailable) && !errors.Is(err, pipeline.Invalid) {
			return out, err
		}
		v.babble = true
	}
	return babble(text), nil
}

func (v *voice) espeak(ctx context.Context, text string) ([]float32, error) {
	const name = "sentence.wav"
	_, err := v.runner.Program(ctx, ffmpeg.Speaker, ffmpeg.Command{Dir: v.dir,
		Args: []string{"-v", "en-us+f4", "-s", "158", "-p", "42", "-g", "1", "-w", name, "--", text}})
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(v.dir, name))
	if err != nil {
		return nil, pipeline.Fail(pipeline.Invalid, "no_speech", "", "read what espeak-ng said: %w", err)
	}
	samples, from, err := readWAV(b)
	if err != nil {
		return nil, err
	}
	return polish(resample(trim(samples), from)), nil
}

// readWAV reads mono 16-bit samples and their rate. A length that the header
// does not know (a program that wrote to a pipe) is what there is.
func readWAV(b []byte) ([]float32, int, error) {
	bad := func(why string) error {
		return pipeline.Fail(pipeline.Invalid, "no_speech", "", "read what espeak-ng said: %s", why)
	}
	if len(b) < 44 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, 0, bad("no WAV file")
	}
	from := 0
	for at := 12; at+8 <= len(b); {
		kind, size := string(b[at:at+4]), int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		switch {
		case kind == "fmt " && len(body) >= 16:
			if binary.LittleEndian.Uint16(body[2:]) != 1 || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, 0, bad("not mono of 16 bits")
			}
			from = int(binary.LittleEndian.Uint32(body[4:]))
		case kind == "data" && from >= 8000 && from <= 96000:
			body = body[:min(size, len(body))]
			out := make([]float32, len(body)/2)
			for i := range out {
				out[i] = float32(int16(binary.LittleEndian.Uint16(body[2*i:]))) / 32768
			}
			return out, from, nil
		}
		if size > len(body) {
			break
		}
		at += 8 + size + size%2
	}
	return nil, 0, bad(fmt.Sprintf("no samples in %d bytes", len(b)))
}

// trim drops near-silence at both ends.
func trim(p []float32) []float32 {
	const quiet = 0.01
	loud := func(v float32) bool { return v > quiet || v < -quiet }
	from := slices.IndexFunc(p, loud)
	if from < 0 {
		return nil
	}
	to := len(p)
	for !loud(p[to-1]) {
		to--
	}
	return p[from:to]
}

// resample brings samples to 48 kHz with a windowed sinc, 16 taps a side.
func resample(p []float32, from int) []float32 {
	table := sincTable()
	out := make([]float32, len(p)*hz/from)
	for i := range out {
		at := i * from
		base, phase := at/hz, at%hz*phases/hz
		var sum float32
		for k, w := range table[phase] {
			if n := base - taps + 1 + k; n >= 0 && n < len(p) {
				sum += w * p[n]
			}
		}
		out[i] = sum
	}
	return out
}

const (
	taps   = 16 // a side
	phases = 512
)

// sincTable is the filter between two samples, in steps of a 512th.
var sincTable = sync.OnceValue(func() (table [phases][2 * taps]float32) {
	for i := range table {
		var sum float64
		for k := range 2 * taps {
			x := float64(i)/phases - float64(k-taps+1)
			w := sinc(x) * (0.5 + 0.5*math.Cos(math.Pi*x/(taps+1)))
			table[i][k] = float32(w)
			sum += w
		}
		for k := range table[i] {
			table[i][k] /= float32(sum)
		}
	}
	return table
})

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// polish takes the rumble out, evens loud and soft, and brings the peak to 0.9.
func polish(p []float32) []float32 {
	var low, top float32
	for i, v := range p {
		low += (v - low) * 0.012
		p[i] = float32(math.Tanh(float64(v-low) * 2.2))
		top = max(top, p[i], -p[i])
	}
	if top > 0 {
		for i := range p {
			p[i] *= 0.9 / top
		}
	}
	return p
}

// babble is a syllable for every two letters: a buzz through two formants.
func babble(text string) []float32 {
	var out []float32
	for n, r := range []rune(text) {
		if n%2 == 1 {
			continue
		}
		long := hz * 13 / 100
		f1, f2 := 300+float64(r*37%500), 900+float64(r*53%1300)
		for i := range long {
			t := float64(i) / hz
			pulse := math.Exp(-60 * math.Mod(t*190, 1) / 8)
			body := math.Sin(2*math.Pi*f1*t) + 0.6*math.Sin(2*math.Pi*f2*t)
			edge := math.Sin(math.Pi * float64(i) / float64(long))
			out = append(out, float32(0.45*pulse*body*edge))
		}
	}
	return out
}
