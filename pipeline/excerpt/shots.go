package excerpt

import (
	"cmp"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// A thumb is a picture so small that two can be compared at once: rows of RGB.
const (
	thumbWidth  = 48
	thumbHeight = 27
	thumbBytes  = thumbWidth * thumbHeight * 3
)

// glance is a thumb and when its picture is shown, on the excerpt's clock.
type glance struct {
	at    int64
	thumb []byte
}

// change is how much differs between two thumbs, 0 … 1: half what differs in
// place, half what differs in the colours wherever they are. A pan changes the
// first, a flickering light the second, a new shot both.
func change(a, b []byte) float64 {
	var moved, mixed int
	var colours [3][9]int
	for i := range a {
		d := int(a[i]) - int(b[i])
		moved += max(d, -d)
		c := &colours[i%3]
		pour(c, a[i], 1)
		pour(c, b[i], -1)
	}
	for _, c := range colours {
		for _, n := range c {
			mixed += max(n, -n)
		}
	}
	return float64(moved)/float64(len(a))/255/2 + float64(mixed)/float64(2*32*len(a))/2
}

// pour adds a value to the two bins it lies between, so that a slow fade does
// not tip a whole plain from one bin into the next.
func pour(bins *[9]int, v byte, by int) {
	over := int(v & 31)
	bins[v>>5] += by * (32 - over)
	bins[v>>5+1] += by * over
}

const (
	suspected  = 0.05             // change between two keyframes between which a shot may begin
	longApart  = 10 * time.Second // keyframes this far apart say nothing of what is between
	shotChange = 0.06             // change between neighbours at a new shot, at least …
	outstands  = 3.0              // … and this many times what is usual before and after it
	nearby     = 8                // neighbours that are before and after
	flash      = 3                // pictures after which a flash is over
	surely     = 0.35             // change of which nobody doubts
	evident    = 0.15             // change that goes with an encoder's own opinion
	starting   = time.Second      // what a look costs beside its pictures, in pictures

	stillChange = 0.004
	stillLasts  = 4 * time.Second
)

// stretch is the time between two keyframes, and how much changed over it.
type stretch struct {
	from, to int64 // on the excerpt's clock; to is a keyframe too
	change   float64
}

// suspects is the stretches in which a shot may begin, as far as most
// nanoseconds in sum allow; those that changed most have the first claim.
// Behind the last keyframe nobody knows what changed until the end. sure are
// keyframes that begin a shot: an encoder that puts one before its turn, into a
// picture that changed much, saw a new shot there.
func suspects(keys []glance, end, most int64) (out []stretch, sure map[int64]float64) {
	sure = map[int64]float64{}
	if n := len(keys) - 1; n >= 0 && end > keys[n].at {
		out = append(out, stretch{keys[n].at, end, suspected})
	}
	turn := usual(keys)
	for i := 1; i < len(keys); i++ {
		s := stretch{keys[i-1].at, keys[i].at, change(keys[i-1].thumb, keys[i].thumb)}
		switch {
		case s.to-s.from < turn*9/10 && s.change >= evident:
			sure[s.to] = min(1, s.change/surely)
		case s.change >= suspected || s.to-s.from > int64(longApart):
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b stretch) int { return cmp.Compare(b.change, a.change) })
	n, sum := 0, int64(0)
	for n < len(out) {
		if sum += out[n].to - out[n].from + int64(starting); sum > most {
			break
		}
		n++
	}
	out = out[:n]
	slices.SortFunc(out, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	return out, sure
}

// usual is how far apart most keyframes are: zero where each comes at will.
func usual(keys []glance) int64 {
	var apart []int64
	for i := 1; i < len(keys); i++ {
		apart = append(apart, keys[i].at-keys[i-1].at)
	}
	if len(apart) < 4 {
		return 0
	}
	slices.Sort(apart)
	n := 0
	for _, a := range apart {
		if d := a - apart[len(apart)/2]; max(d, -d) < int64(50*time.Millisecond) {
			n++
		}
	}
	if n*2 <= len(apart) {
		return 0
	}
	return apart[len(apart)/2]
}

// joined makes one stretch of those that touch.
func joined(all []stretch) []stretch {
	var out []stretch
	for _, s := range all {
		if n := len(out) - 1; n >= 0 && out[n].to == s.from {
			out[n].to, out[n].change = s.to, max(out[n].change, s.change)
			continue
		}
		out = append(out, s)
	}
	return out
}

// cuts is which of the pictures begin a new shot, and how sure that is. The
// picture before differs suddenly, more than neighbours do, and for good.
func cuts(all []glance) map[int]float64 {
	out := map[int]float64{}
	steps := make([]float64, len(all))
	for i := 1; i < len(all); i++ {
		steps[i] = change(all[i-1].thumb, all[i].thumb)
	}
	for i := 1; i < len(all); i++ {
		if steps[i] < shotChange {
			continue
		}
		usual := max(median(steps[max(1, i-nearby):i]), median(steps[i+1:min(len(all), i+nearby+1)]))
		if slices.Max(steps[max(1, i-flash):min(len(all), i+flash+1)]) > steps[i] || usual*outstands > steps[i] {
			continue
		}
		before, after := all[max(i-1-flash, 0)].thumb, all[min(i+flash, len(all)-1)].thumb
		if min(change(all[i-1].thumb, after), change(before, all[i].thumb)) < steps[i]/2 {
			continue // a flash comes and goes
		}
		out[i] = min(1, steps[i]/surely)
	}
	return out
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// still is the stretches in which consecutive keyframes are the same picture.
func still(keys []glance, frame func(int64) int64) []timeline.Window {
	var out []timeline.Window
	for i := 0; i+1 < len(keys); {
		k := i + 1
		for k < len(keys) && change(keys[i].thumb, keys[k].thumb) < stillChange {
			k++
		}
		if last := keys[k-1].at; k-i > 2 && last-keys[i].at >= int64(stillLasts) {
			out = append(out, timeline.Window{In: frame(keys[i].at), Out: frame(last)})
		}
		i = max(k-1, i+1)
	}
	return out
}

// seen is what the pictures say.
type seen struct {
	shots  []pipeline.Shot
	frozen []timeline.Window
}
