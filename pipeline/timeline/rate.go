package timeline

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Rate is an exact number of frames a second, Num/Den in lowest terms.
// The zero Rate is unknown; no method but IsZero and String may be called on it.
type Rate struct {
	Num int64
	Den int64
}

// The rates a timeline may have.
var (
	Rate23976 = Rate{24000, 1001}
	Rate24    = Rate{24, 1}
	Rate25    = Rate{25, 1}
	Rate2997  = Rate{30000, 1001}
	Rate30    = Rate{30, 1}
	Rate50    = Rate{50, 1}
	Rate5994  = Rate{60000, 1001}
	Rate60    = Rate{60, 1}
)

// Standards lists the rates a timeline may have, slowest first.
func Standards() []Rate {
	return []Rate{Rate23976, Rate24, Rate25, Rate2997, Rate30, Rate50, Rate5994, Rate60}
}

// NewRate reduces num/den to lowest terms.
// A rate that is not positive gives the zero Rate.
func NewRate(num, den int64) Rate {
	if num <= 0 || den <= 0 {
		return Rate{}
	}
	g := gcd(num, den)
	return Rate{num / g, den / g}
}

// ParseRate reads "30000/1001", "30" or "29.97" (decimal forms are snapped to
// the standard rate within one part in a thousand, else kept exactly).
func ParseRate(s string) (Rate, error) {
	s = strings.TrimSpace(s)
	r, ok := new(big.Rat).SetString(s)
	if !ok || r.Sign() <= 0 || !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return Rate{}, fmt.Errorf("frame rate %q is not a positive number or fraction", s)
	}
	rate := NewRate(r.Num().Int64(), r.Denom().Int64())
	if strings.ContainsRune(s, '.') {
		if std, ok := rate.standardWithin(1000); ok {
			return std, nil
		}
	}
	return rate, nil
}

// Standard is the timeline's rate for a recording whose own rate is r.
// A standard rate (within one part in two thousand, as containers round) is
// kept; a variable or odd one becomes the nearer of 30 and 60.
func Standard(r Rate, variable bool) Rate {
	if r.IsZero() {
		return Rate30
	}
	if !variable {
		if std, ok := r.standardWithin(2000); ok {
			return std
		}
	}
	if r.Num > 45*r.Den {
		return Rate60
	}
	return Rate30
}

// standardWithin finds the standard rate nearest to r, if it is nearer than one part in parts.
func (r Rate) standardWithin(parts int64) (Rate, bool) {
	best, found := Rate{}, false
	var bestDiff *big.Rat
	for _, s := range Standards() {
		diff := new(big.Rat).Sub(r.rat(), s.rat())
		diff.Abs(diff)
		limit := new(big.Rat).Mul(s.rat(), big.NewRat(1, parts))
		if diff.Cmp(limit) > 0 {
			continue
		}
		if !found || diff.Cmp(bestDiff) < 0 {
			best, bestDiff, found = s, diff, true
		}
	}
	return best, found
}

func (r Rate) rat() *big.Rat { return big.NewRat(r.Num, r.Den) }

// IsZero reports whether the rate is unknown.
func (r Rate) IsZero() bool { return r.Num == 0 }

// String is "30000/1001", and "30/1" for whole rates, as ffprobe writes them.
func (r Rate) String() string {
	return strconv.FormatInt(r.Num, 10) + "/" + strconv.FormatInt(r.Den, 10)
}

// MarshalText and UnmarshalText keep a rate as "num/den" in JSON.
func (r Rate) MarshalText() ([]byte, error) {
	if r.IsZero() {
		return nil, nil
	}
	return []byte(r.String()), nil
}

// UnmarshalText reads what MarshalText wrote; empty is the zero Rate.
func (r *Rate) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*r = Rate{}
		return nil
	}
	v, err := ParseRate(string(b))
	if err != nil {
		return err
	}
	*r = v
	return nil
}

// Timescale is the track timescale of made files: 512 × rate for whole rates,
// the numerator otherwise (24000, 30000 or 60000). See docs/design.md, Render.
func (r Rate) Timescale() int64 {
	if r.Den == 1 {
		return 512 * r.Num
	}
	return r.Num
}

// FrameTicks is the length of one frame in ticks of Timescale: exact.
func (r Rate) FrameTicks() int64 {
	if r.Den == 1 {
		return 512
	}
	return r.Den
}

// Frames is the whole number of frames nearest to d (halves go up).
func (r Rate) Frames(d time.Duration) int64 {
	return DivRound(int64(d), r.Num, r.Den*int64(time.Second))
}

// FramesFloor is the last frame that starts at or before d.
func (r Rate) FramesFloor(d time.Duration) int64 {
	return divFloor(int64(d), r.Num, r.Den*int64(time.Second))
}

// FramesCeil is the first frame that starts at or after d.
func (r Rate) FramesCeil(d time.Duration) int64 {
	return -divFloor(-int64(d), r.Num, r.Den*int64(time.Second))
}

// Duration is when frame f starts, rounded to the nearest nanosecond.
func (r Rate) Duration(f int64) time.Duration {
	return time.Duration(DivRound(f, r.Den*int64(time.Second), r.Num))
}

// Millis is when frame f starts, rounded to the nearest millisecond.
func (r Rate) Millis(f int64) int64 {
	return DivRound(f, r.Den*1000, r.Num)
}

// FramesOfMillis is the whole number of frames nearest to ms milliseconds.
func (r Rate) FramesOfMillis(ms int64) int64 {
	return DivRound(ms, r.Num, r.Den*1000)
}

// Centis is the ASS time (hundredths of a second) at which an event must begin
// or end so that a renderer which shows an event while begin <= t < end, with t
// cut to whole milliseconds, switches exactly at frame f. It holds for every
// rate up to 60, because at least one hundredth lies in each frame.
func (r Rate) Centis(f int64) int64 {
	return divFloor(f, r.Den*1000, r.Num) / 10
}

// Samples is how many sound samples at rate hz lie before frame f starts (rounded to nearest).
func (r Rate) Samples(f, hz int64) int64 {
	return DivRound(f, r.Den*hz, r.Num)
}

// Grid is the distance of segment grid points: round(2 × rate) frames.
func (r Rate) Grid() int64 { return DivRound(2, r.Num, r.Den) }

// HookFrames is how long every hook lasts: ceil(2.5 × rate) frames.
func (r Rate) HookFrames() int64 { return -divFloor(-5, r.Num, 2*r.Den) }

// DivRound is a×b÷c rounded to the nearest integer, halves towards plus
// infinity, without overflow in between. c must be positive.
func DivRound(a, b, c int64) int64 {
	n := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	n.Mul(n, big.NewInt(2)).Add(n, big.NewInt(c))
	d := new(big.Int).Mul(big.NewInt(c), big.NewInt(2))
	return floorDiv(n, d)
}

func divFloor(a, b, c int64) int64 {
	return floorDiv(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c))
}

// floorDiv is ⌊n÷d⌋ for positive d (big.Int's Div is Euclidean, which is floor for d > 0).
func floorDiv(n, d *big.Int) int64 { return new(big.Int).Div(n, d).Int64() }

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
