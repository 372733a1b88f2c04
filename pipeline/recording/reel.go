package recording

import (
	"context"

	"dropcut/pipeline/timeline"
)

// unit is one picture, or one packet of another track, in a container that has
// no complete list of them. Times are the container's own ticks, as they stand
// there.
type unit struct {
	pos     int64 // from where a walk finds it again
	at      int64 // its own first byte
	order   int64 // when it is decoded; when it is shown, where the container knows no more
	shown   int64
	picture bool
	key     bool // a picture that stands alone
	track   int
}

// reel is a container whose pictures are found by walking over its bytes.
type reel interface {
	// walk calls each for every whole unit that begins in [from, to), in the
	// order of its bytes, until each says no. It finds its footing when from is
	// no beginning, and steps over damage.
	walk(ctx context.Context, b *bytes, from, to int64, each func(unit) bool) error
	ticking() ticking
}

// ticking is how a container's clock runs.
type ticking struct {
	scale timeline.Rate // ticks a second
	wrap  int64         // after so many ticks the clock begins again; 0 is never
	short int64         // some writers begin again after so many; 0 is none
	slack int64         // how far a picture's order may go back without a jump
	grain int64         // times are whole multiples of it
}

// ticks is d nanoseconds in ticks, rounded to the nearest.
func (t ticking) ticks(ns int64) int64 {
	return timeline.DivRound(ns, t.scale.Num, t.scale.Den*1e9)
}

// nanos is n ticks in nanoseconds, rounded to the nearest.
func (t ticking) nanos(n int64) int64 {
	return timeline.DivRound(n, t.scale.Den*1e9, t.scale.Num)
}

// step is the way from one raw time to another near it, over a wrap if that is
// the shorter way.
func (t ticking) step(from, to int64) int64 {
	d := to - from
	if t.wrap == 0 {
		return d
	}
	if d = modulo(d, t.wrap); d > t.wrap/2 {
		d -= t.wrap
	}
	return d
}

// since is the way from a raw time to a later one; times up to an hour before
// it are negative.
func (t ticking) since(from, to int64) int64 {
	if t.wrap == 0 {
		return to - from
	}
	hour := t.ticks(3600e9)
	return modulo(to-from+hour, t.wrap) - hour
}

func modulo(a, m int64) int64 { return ((a % m) + m) % m }

// stretch is a part of a recording in which the clock runs straight.
type stretch struct {
	pos int64 // the first byte of its first picture
	ref int64 // a raw time in it: when its first picture is shown
	at  int64 // when that is on the timeline, in ticks
}

// knot is a picture whose place and time are known.
type knot struct {
	pos   int64
	order int64 // raw
	time  int64 // order on the timeline, in ticks; set once the stretches are known
	key   bool  // an index says that it stands alone, and what lies next to it
}
