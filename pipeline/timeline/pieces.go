package timeline

import (
	"math"
	"time"
)

// Forever is the To of a piece that lasts until the recording ends.
const Forever = int64(math.MaxInt64 / 4)

// Piece maps a stretch of a recording's own clock to its timeline.
// From and To are source timestamps in nanoseconds, half-open; At is the time
// on the timeline, in nanoseconds, at which From is shown. To may be
// Forever: until the end.
type Piece struct {
	From int64 `json:"from_ns"`
	To   int64 `json:"to_ns"`
	At   int64 `json:"at_ns"`
}

// Pieces are the pieces of one recording in order of the timeline. They never
// overlap on the timeline; a plain recording has one.
type Pieces []Piece

// ToTimeline is the time on the timeline at which source timestamp ns is shown.
// Where clocks repeat (a jump back), the first piece that holds ns wins.
func (p Pieces) ToTimeline(ns int64) (time.Duration, bool) {
	for _, x := range p {
		if ns >= x.From && ns < x.To {
			return time.Duration(ns - x.From + x.At), true
		}
	}
	return 0, false
}

// ToSource is the source timestamp shown at d on the timeline, and the index
// of its piece.
func (p Pieces) ToSource(d time.Duration) (ns int64, piece int, ok bool) {
	for i, x := range p {
		if int64(d) >= x.At && int64(d)-x.At < x.To-x.From {
			return int64(d) - x.At + x.From, i, true
		}
	}
	return 0, 0, false
}

// In is the pieces that show anything in [from, to) of the timeline, cut to it:
// what a recipe must name.
func (p Pieces) In(from, to time.Duration) Pieces {
	var out Pieces
	for _, x := range p {
		lo, hi := max(x.At, int64(from)), int64(to)
		if end := x.To - x.From; x.At <= hi && hi-x.At > end {
			hi = x.At + end
		}
		if lo < hi {
			out = append(out, Piece{From: lo - x.At + x.From, To: hi - x.At + x.From, At: lo})
		}
	}
	return out
}
