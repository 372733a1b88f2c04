package shares

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"dropcut/pipeline"
)

// sample is what a cumulative counter stood at.
type sample struct {
	at, received time.Time
	n            int64
}

// counter is one cumulative counter of one post by one source: samples in order
// of time, after the post, none below the one before it. At the post it is zero.
type counter struct {
	from    time.Time
	samples []sample
	fell    *fall // the deepest fall that was held level; nil: none
}

// fall is where a platform's counter went down.
type fall struct {
	at       time.Time
	from, to int64
}

// newCounter puts samples in order, keeps one of each time, and holds the
// counter level where it falls.
//
// Of two samples of one time the one that came later corrects the other. A
// counter that falls is held at the highest it had: platforms answer from caches
// that lag, so adding up every rise would count what comes back twice
// (100, 98, 100 is 100, not 102).
func newCounter(from time.Time, samples []sample) counter {
	s := slices.Clone(samples)
	slices.SortFunc(s, func(a, b sample) int {
		return cmp.Or(a.at.Compare(b.at), a.received.Compare(b.received), cmp.Compare(a.n, b.n))
	})
	c := counter{from: from}
	for _, v := range s {
		if n := len(c.samples); n > 0 && c.samples[n-1].at.Equal(v.at) {
			c.samples[n-1] = v
			continue
		}
		c.samples = append(c.samples, v)
	}
	highest := int64(0)
	for i, v := range c.samples {
		if v.n < highest {
			if c.fell == nil || highest-v.n > c.fell.from-c.fell.to {
				c.fell = &fall{at: v.at, from: highest, to: v.n}
			}
			c.samples[i].n = highest
		}
		highest = max(highest, v.n)
	}
	return c
}

// around is the index of the first sample at or after t, len(samples) if none is.
func (c counter) around(t time.Time) int {
	i, _ := slices.BinarySearchFunc(c.samples, t, func(s sample, t time.Time) int { return s.at.Compare(t) })
	return i
}

// before is the last sample before index i: the post itself, where it was zero, if none is.
func (c counter) before(i int) sample {
	if i == 0 {
		return sample{at: c.from}
	}
	return c.samples[i-1]
}

// last is when the newest sample was taken; the post when there is none.
func (c counter) last() time.Time { return c.before(len(c.samples)).at }

// at is what the counter stood at, on the straight line between the samples on
// either side, rounded to the nearest whole one; after the last sample it is that.
func (c counter) at(t time.Time) int64 {
	i := c.around(t)
	a := c.before(i)
	if i == len(c.samples) || !t.After(a.at) {
		return a.n
	}
	b := c.samples[i]
	return a.n + share(b.n-a.n, t.Sub(a.at), b.at.Sub(a.at))
}

// share is n × part ÷ whole, rounded to the nearest, with no overflow on the
// way. 0 ≤ part ≤ whole, 0 < whole.
func share(n int64, part, whole time.Duration) int64 {
	hi, lo := bits.Mul64(uint64(n), uint64(part))
	q, r := bits.Div64(hi, lo, uint64(whole))
	if r >= uint64(whole)-r {
		q++
	}
	return int64(q)
}

// isTight reports whether samples lie so close around t that the line between
// them is as good as a sample there.
func (c counter) isTight(t time.Time) bool {
	i := c.around(t)
	if i == len(c.samples) {
		return false
	}
	after := c.samples[i].at
	return after.Sub(t) <= near || after.Sub(c.before(i).at) <= apart
}

// wide is how far apart the samples around t are.
func (c counter) wide(t time.Time) time.Duration {
	i := min(c.around(t), len(c.samples)-1)
	return c.samples[i].at.Sub(c.before(i).at)
}

// used is the samples that say something of the counter at t or before.
func (c counter) used(t time.Time) []sample {
	return c.samples[:min(c.around(t)+1, len(c.samples))]
}

// occurred is a source's events, each once.
type occurred struct {
	events  []pipeline.ShareEvent // in order of time
	doubles int                   // that came again
}

// once puts events in order and keeps the first that came of each ID.
func once(events []pipeline.ShareEvent) occurred {
	s := slices.Clone(events)
	slices.SortFunc(s, func(a, b pipeline.ShareEvent) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), a.Received.Compare(b.Received), a.At.Compare(b.At))
	})
	n := len(s)
	s = slices.CompactFunc(s, func(a, b pipeline.ShareEvent) bool { return a.ID == b.ID })
	slices.SortFunc(s, func(a, b pipeline.ShareEvent) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return occurred{events: s, doubles: n - len(s)}
}

// count is how many events there are in [from, until).
func (o occurred) count(from, until time.Time) (n int64) {
	for _, e := range o.within(from, until) {
		n += e.Events()
	}
	return n
}

// within is the events in [from, until).
func (o occurred) within(from, until time.Time) []pipeline.ShareEvent {
	at := func(e pipeline.ShareEvent, t time.Time) int { return e.At.Compare(t) }
	i, _ := slices.BinarySearchFunc(o.events, from, at)
	j, _ := slices.BinarySearchFunc(o.events, until, at)
	return o.events[i:max(i, j)]
}
