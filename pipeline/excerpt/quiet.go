package excerpt

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"dropcut/pipeline/timeline"
)

// A level is taken every hop, over two hops.
const (
	hop        = 10 * time.Millisecond
	hopSamples = pcmRate / 100
	mostHops   = 1 << 20
	silentDB   = -120.0
)

// levels is the level of mono 16-bit samples: RMS in dB below full scale, one
// each hop, over the hop and the one after it. samples is how many were read.
func levels(r io.Reader) (out []float64, samples int64, err error) {
	in := bufio.NewReaderSize(r, 1<<16)
	buf := make([]byte, 2*hopSamples)
	before, have := 0.0, false
	for len(out) < mostHops {
		n, err := io.ReadFull(in, buf)
		energy := 0.0
		for i := 0; i+1 < n; i += 2 {
			v := float64(int16(binary.LittleEndian.Uint16(buf[i:]))) / 32768
			energy += v * v
		}
		samples += int64(n / 2)
		if have {
			out = append(out, decibel((before+energy)/(2*hopSamples)))
		}
		before, have = energy, n > 0
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return out, samples, nil
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return out, samples, nil
}

// below is levels as they are kept: every other one, whole dB below full scale.
func below(levels []float64) []byte {
	out := make([]byte, 0, (len(levels)+1)/2)
	for i := 0; i < len(levels); i += 2 {
		out = append(out, byte(min(max(math.Round(-levels[i]), 0), -silentDB)))
	}
	return out
}

func decibel(power float64) float64 {
	if power <= 1e-12 {
		return silentDB
	}
	return 10 * math.Log10(power)
}

const (
	silenceLasts = 500 * time.Millisecond
	gapLasts     = 150 * time.Millisecond
	silenceDB    = -50.0 // what counts as silence …
	belowLoud    = 20.0  // … but in a quiet recording only what is this much below its loud parts
	leastDB      = -85.0
	nothingDB    = -75.0

	around     = 5 * time.Second // how far a gap's surroundings reach
	nearFloor  = 0.3             // of the way from their floor to their peaks is still quiet,
	belowPeaks = 10.0            // and at least this many dB below them
)

// silences is where nothing is heard for silenceLasts or longer, in hops.
func silences(levels []float64) []run {
	threshold := max(min(silenceDB, percentile(levels, 95)-belowLoud), leastDB)
	return runs(len(levels), int(silenceLasts/hop), func(i int) bool { return levels[i] < threshold })
}

// gaps is where a cut is not heard for gapLasts or longer, in hops: the sound
// is near the floor of its own surroundings and well below their peaks, or
// silent.
func gaps(levels []float64) []run {
	loud := percentile(levels, 95)
	silent := max(min(silenceDB, loud-belowLoud), leastDB)
	thresholds := make([]float64, len(levels))
	const block = int(time.Second / hop)
	for i := 0; i < len(levels); i += block {
		near := levels[max(0, i-int(around/hop)):min(len(levels), i+block+int(around/hop))]
		floor, peak := percentile(above(near, nothingDB), 5), percentile(near, 90)
		t := max(min(floor+nearFloor*(peak-floor), peak-belowPeaks), silent)
		for k := i; k < min(i+block, len(levels)); k++ {
			thresholds[k] = t
		}
	}
	return runs(len(levels), int(gapLasts/hop), func(i int) bool { return levels[i] < thresholds[i] })
}

// above is the levels above least: what a muted microphone gives is nobody's floor.
func above(levels []float64, least float64) []float64 {
	out := make([]float64, 0, len(levels))
	for _, l := range levels {
		if l > least {
			out = append(out, l)
		}
	}
	return out
}

// percentile is the level that p % of all lie below; silentDB for none.
func percentile(levels []float64, p int) float64 {
	if len(levels) == 0 {
		return silentDB
	}
	sorted := slices.Sorted(slices.Values(levels))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}

// run is a stretch of hops, [from, to).
type run struct{ from, to int }

// runs is the stretches of at least that many hops in which quiet holds. A
// level reaches over two hops, so its stretch is one longer.
func runs(n, least int, quiet func(int) bool) []run {
	var out []run
	for i := 0; i < n; i++ {
		if !quiet(i) {
			continue
		}
		from := i
		for i < n && quiet(i) {
			i++
		}
		if r := (run{from, i + 1}); r.to-r.from >= least {
			out = append(out, r)
		}
	}
	return out
}

// onTimeline is stretches of hops, counted from frame start, as windows: whole
// frames inside them, and nothing outside bounds.
func onTimeline(all []run, start int64, rate timeline.Rate, bounds timeline.Window) []timeline.Window {
	out := []timeline.Window{}
	zero := rate.Duration(start)
	for _, r := range all {
		w := timeline.Window{In: rate.FramesCeil(zero + time.Duration(r.from)*hop), Out: rate.FramesFloor(zero + time.Duration(r.to)*hop)}
		if w = w.Intersect(bounds); !w.IsEmpty() {
			out = append(out, w)
		}
	}
	return out
}
