package recording

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// longestGap is how long nothing may be shown before the timeline leaves the
// gap out: a jump of the clock, not a picture that stands still.
const longestGap = 5 * time.Second

// frameFacts are what the times of pictures say about their rate.
type frameFacts struct {
	SourceRate timeline.Rate
	Variable   bool
	Rate       timeline.Rate // the timeline's
}

// ratePictures is how many pictures are looked at to know a rate.
const ratePictures = 1 << 16

// rateOf works out the rate of pictures shown at ticks (ascending, scale ticks
// a second, as exact as the container has them). declared is what the container
// says of itself, zero when it says nothing; it decides only between rates that
// fit equally. Single pictures may be missing: the others then still lie on the
// grid of a constant rate.
func rateOf(ticks []int64, scale timeline.Rate, declared timeline.Rate) frameFacts {
	ticks = ticks[:min(len(ticks), ratePictures)]
	if declared.Num > 1e7 || declared.Den > 1e7 {
		declared = timeline.Rate{} // nobody's rate, and its products would overflow
	}
	if len(ticks) < 2 || scale.IsZero() {
		return frameFacts{declared, false, timeline.Standard(declared, false)}
	}
	steps := stepsOf(ticks)
	if len(steps) == 0 {
		return frameFacts{declared, false, timeline.Standard(declared, false)}
	}
	best, found, worst := timeline.Rate{}, false, int64(0)
	for _, r := range append([]timeline.Rate{declared}, timeline.Standards()...) {
		if r.IsZero() {
			continue
		}
		off, ok := onGrid(ticks, scale, r)
		if !ok {
			continue
		}
		if r == declared {
			return frameFacts{r, false, timeline.Standard(r, false)}
		}
		if !found || off < worst {
			best, found, worst = r, true, off
		}
	}
	if found {
		return frameFacts{best, false, timeline.Standard(best, false)}
	}
	median := slices.Sorted(slices.Values(steps))[len(steps)/2]
	source := timeline.NewRate(scale.Num, scale.Den*median)
	if even(steps, median) {
		span := ticks[len(ticks)-1] - ticks[0]
		if mean := timeline.NewRate(scale.Num*int64(len(ticks)-1), scale.Den*span); len(steps) == len(ticks)-1 && !mean.IsZero() {
			source = mean
		}
		return frameFacts{source, false, timeline.Standard(source, false)}
	}
	return frameFacts{source, true, timeline.Standard(source, true)}
}

// stepsOf is the distances between neighbours that are neither equal nor further
// apart than a picture can stand.
func stepsOf(ticks []int64) []int64 {
	out := make([]int64, 0, len(ticks))
	for i := 1; i < len(ticks); i++ {
		if d := ticks[i] - ticks[i-1]; d > 0 {
			out = append(out, d)
		}
	}
	return out
}

// onGrid reports whether nearly all pictures lie on the grid of rate r, most of
// them one frame from the last, and how far off the grid they are, summed in
// thousandths of a tick.
func onGrid(ticks []int64, scale, r timeline.Rate) (off int64, ok bool) {
	frame := mulDiv(r.Den, 1000*scale.Num, scale.Den*r.Num)
	slack := slackOf(frame, 1000)
	astray, far, last := 0, 0, int64(-1)
	for _, t := range ticks {
		t -= ticks[0]
		k := mulDiv(t, r.Num*scale.Den, scale.Num*r.Den)
		d := 1000*t - mulDiv(k, 1000*scale.Num*r.Den, scale.Den*r.Num)
		if d = max(d, -d); d > slack {
			astray++
		}
		off += d
		if k != last+1 {
			far++
		}
		last = k
	}
	return off, astray*50 <= len(ticks) && far*10 <= len(ticks)
}

// slackOf is how far from its place a picture may lie: a tenth of a frame, or
// what a container rounds to, but never so far that any place would do.
func slackOf(frame, tick int64) int64 { return min(max(tick, frame/10), frame/3) }

// even reports whether nearly all steps are like the median one.
func even(steps []int64, median int64) bool {
	odd := 0
	for _, s := range steps {
		if d := s - median; max(d, -d) > slackOf(median, 1) {
			odd++
		}
	}
	return odd*50 <= len(steps)
}

// mulDiv is a×b÷c rounded to the nearest integer for non-negative a, b and
// positive c, exact up to 128 bits; what does not fit is the largest number.
func mulDiv(a, b, c int64) int64 {
	if a < 0 || b < 0 || c <= 0 {
		return timeline.DivRound(a, b, max(c, 1))
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	hi += carry
	if hi >= uint64(c) {
		return timeline.Forever
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(min(q, uint64(timeline.Forever)))
}

// clockWith makes the clock of pictures shown at times (nanoseconds, ascending)
// of which the last stands for hold: gaps of nothing longer than longestGap are
// left out of the timeline, but for those in which the sound goes on: there the
// picture stands still. facts are what rateOf found.
func clockWith(times []int64, hold int64, facts frameFacts, sounds func([]gap) []bool) Clock {
	c := Clock{SourceRate: facts.SourceRate, Variable: facts.Variable, Rate: facts.Rate}
	if len(times) == 0 {
		return c
	}
	c.Zero = times[0]
	gaps := gapsOf(times)
	heard := sounds(gaps)
	var cut int64
	from, at := times[0], int64(0)
	for i, g := range gaps {
		if heard[i] {
			continue
		}
		if len(c.Pieces) > mostPieces {
			break
		}
		end := g.from + min(hold, g.to-g.from)
		c.Pieces = append(c.Pieces, timeline.Piece{From: from, To: end, At: at})
		at += end - from
		from = g.to
		cut += from - end
	}
	c.Pieces = append(c.Pieces, timeline.Piece{From: from, To: timeline.Forever, At: at})
	c.Frames = max(1, c.Rate.Frames(time.Duration(at+times[len(times)-1]+hold-from)))
	if n := len(c.Pieces) - 1; n > 0 {
		c.Notes = append(c.Notes, jumped(n, cut))
	}
	return c
}

// gapsOf is where nothing new is shown for longer than is usual, the first
// mostGaps of them.
func gapsOf(times []int64) []gap {
	var out []gap
	allowed := allowedGap(times)
	for i := 1; i < len(times) && len(out) < mostGaps; i++ {
		if times[i]-times[i-1] > allowed {
			out = append(out, gap{times[i-1], times[i]})
		}
	}
	return out
}

// mostGaps is more than a week of pictures has that each stand for longestGap.
const mostGaps = 1 << 17

// mostPieces is more jumps than a clock that means anything has.
const mostPieces = 1000

// allowedGap is longestGap, or more where pictures are seldom by nature, such as
// slides, but never more than a minute.
func allowedGap(times []int64) int64 {
	steps := stepsOf(times[:min(len(times), ratePictures)])
	if len(steps) == 0 {
		return int64(longestGap)
	}
	slices.Sort(steps)
	return min(max(int64(longestGap), 10*steps[len(steps)/2]), int64(time.Minute))
}

// jumped tells that the recording's clock is not straight.
func jumped(n int, cut int64) pipeline.Note {
	return pipeline.Note{Code: "clock_jumps",
		Detail: fmt.Sprintf("the recording's clock jumps %d times; %v in which nothing was recorded are left out, so that later times differ from what a player shows", n, time.Duration(cut).Round(time.Second))}
}
