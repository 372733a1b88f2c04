package transcript

import (
	"math"
	"slices"
	"time"
	"unicode"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// SoundStep is how long one level of a Sound lasts.
const SoundStep = 20 * time.Millisecond

// Sound is how loud a stretch of a recording is: a level each SoundStep from
// From on, in dB below full scale: 0 is as loud as can be, 120 is silence.
type Sound struct {
	From  time.Duration // on the timeline
	Below []byte
}

// What is fitted, in steps. Longer cues are no cues: their words stay where
// they were shared out to.
const (
	mostSteps  = 1500                        // of a cue: 30 s
	pauseSteps = 5                           // quiet that nobody speaks in: 100 ms
	leastSteps = 3                           // loud ones a word has on average
	nearby     = 3 * time.Second / SoundStep // that say what is loud here
	contrast   = 8.0                         // dB between floor and peaks, else nothing is told
	nearFloor  = 0.3                         // of the way from the floor to the peaks is quiet
)

// Refine moves the estimated words of every cue to where the cue is loud: no
// word is said in a pause, and words end where it is quieter, the more so
// behind a comma or a stop. Words stay in order and in their cue (nothing moves
// outside it), and stay marked as estimated. Words with times of their own, and
// cues whose sound tells nothing (music, noise), stay as they are.
func Refine(words []captions.Word, s Sound, rate timeline.Rate) []captions.Word {
	out := slices.Clone(words)
	for from := 0; from < len(out); {
		to := from
		for to < len(out) && out[to].Estimated && !out[to].LastOfCue {
			to++
		}
		if to < len(out) && out[to].Estimated {
			to++
			if fitted := fit(out[from:to], s, rate); fitted != nil {
				copy(out[from:to], fitted)
			}
		}
		from = max(to, from+1)
	}
	return out
}

// fit is one cue's words where they are heard; nil when that cannot be told.
func fit(cue []captions.Word, s Sound, rate timeline.Rate) []captions.Word {
	zero := rate.Duration(cue[0].Start)
	first := int((zero - s.From + SoundStep - 1) / SoundStep)
	last := int((rate.Duration(cue[len(cue)-1].End) - s.From) / SoundStep)
	if zero < s.From || last > len(s.Below) || last-first > mostSteps || last-first < leastSteps*len(cue) {
		return nil
	}
	c := newHearing(s.Below, first, last)
	if c == nil || len(c.loud) < leastSteps*len(cue) {
		return nil
	}
	ends := c.share(cue)
	out := slices.Clone(cue)
	frame := func(step int) int64 { return rate.Frames(s.From + time.Duration(first+step)*SoundStep) }
	from := 0
	for i := range out {
		out[i].Start, out[i].End = frame(c.loud[from]), frame(c.loud[ends[i]-1]+1)
		from = ends[i]
	}
	return tidy(out, cue[0].Start, cue[len(cue)-1].End)
}

// tidy gives every word a frame inside the cue; nil where there is none.
func tidy(words []captions.Word, in, out int64) []captions.Word {
	at := in
	for i := range words {
		w := &words[i]
		w.Start = max(w.Start, at)
		w.End = max(w.End, w.Start+1)
		at = w.End
	}
	for i := len(words) - 1; i >= 0 && words[i].End > out; i-- {
		words[i].End = out
		words[i].Start = min(words[i].Start, out-1)
		out = words[i].Start
	}
	if words[0].Start < in {
		return nil
	}
	return words
}

// hearing is a cue's steps in which something is said.
type hearing struct {
	loud  []int     // steps of the cue, in order
	level []float64 // of each, 0 … 1 between floor and peaks
	pause []int     // steps of quiet before each
}

// newHearing listens to steps [first, last); nil when it cannot tell speech.
func newHearing(below []byte, first, last int) *hearing {
	near := slices.Clone(below[max(0, first-int(nearby)):min(len(below), last+int(nearby))])
	slices.Sort(near) // the loudest first
	peak := -float64(near[len(near)/20])
	floor := max(-float64(near[len(near)*9/10]), -75)
	if peak-floor < contrast {
		return nil
	}
	var h hearing
	quiet := 0
	for i := first; i < last; i++ {
		n := min(max((-float64(below[i])-floor)/(peak-floor), 0), 1)
		if n < nearFloor {
			quiet++
			continue
		}
		if quiet < pauseSteps { // too short for a pause: the sound of a consonant
			for k := i - quiet; k < i; k++ {
				h.add(k-first, 0, 0)
			}
			quiet = 0
		}
		h.add(i-first, n, quiet)
		quiet = 0
	}
	return &h
}

func (h *hearing) add(step int, level float64, pause int) {
	h.loud, h.level, h.pause = append(h.loud, step), append(h.level, level), append(h.pause, pause)
}

// share is where each word of a cue ends, as an index behind its last loud
// step: the cheapest way over all of them, where it costs to be longer or
// shorter than the letters ask for, to hold a pause, and to end where it is loud.
func (h *hearing) share(cue []captions.Word) []int {
	n, m := len(cue), len(h.loud)
	asked := h.asked(cue)
	held := make([]float64, m+1) // pauses before a step, summed
	for i, p := range h.pause {
		held[i+1] = held[i] + float64(p)
	}
	logs := make([]float64, m+1)
	for i := range logs {
		logs[i] = math.Log(float64(i) + 2)
	}
	const never = 1e18
	cost := make([]float64, m+1)
	for b := range cost {
		cost[b] = never
	}
	cost[0] = 0
	from := make([][]int, n)
	for i := range cue {
		next := make([]float64, m+1)
		from[i] = make([]int, m+1)
		longest := int(4*asked[i]) + 25
		for b := range next {
			next[b] = never
			for a := max(0, b-longest); a < b; a++ {
				if cost[a] >= never {
					continue
				}
				off := logs[b-a] - math.Log(asked[i]+2)
				if c := cost[a] + 1.5*off*off + 0.15*(held[b]-held[a+1]); c < next[b] {
					next[b], from[i][b] = c, a
				}
			}
			if next[b] < never && b < m {
				next[b] += h.ending(b, captions.EndsClause(cue[i].Text))
			}
		}
		cost = next
	}
	ends := make([]int, n)
	for i, b := n-1, m; i >= 0; i-- {
		ends[i] = b
		b = from[i][b]
	}
	return ends
}

// ending is what it costs to end a word before step b.
func (h *hearing) ending(b int, stop bool) float64 {
	paused := min(float64(h.pause[b]), 50)
	switch {
	case paused > 0 && stop:
		return -0.5 - 0.1*paused
	case paused > 0:
		return -0.03 * paused
	case stop:
		return 0.5 + 0.8*h.level[b]
	}
	return 0.8 * h.level[b]
}

// asked is how many loud steps each word would have by its letters.
func (h *hearing) asked(cue []captions.Word) []float64 {
	out := make([]float64, len(cue))
	total := 0.0
	for i, w := range cue {
		for _, r := range w.Text {
			switch {
			case unicode.IsDigit(r):
				out[i] += 4
			case unicode.IsLetter(r):
				out[i]++
			}
		}
		out[i]++
		total += out[i]
	}
	for i := range out {
		out[i] *= float64(len(h.loud)) / total
	}
	return out
}
