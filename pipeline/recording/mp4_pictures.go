package recording

import (
	"cmp"
	"math"
	"slices"
)

// showing is a span, shown in one passage: pictures from tick lo (which
// stands at the beginning) to hi, shown delta later than the media counts and
// then late ticks later than that.
type showing struct {
	span
	lo, hi, floor, late int64
}

func (s *slicedTrack) showings(parts []passage) []showing {
	var out []showing
	for _, p := range parts {
		for _, x := range s.spans {
			lo, hi := max(s.ticks(p.from), x.from+x.delta), min(s.ticks(p.to), x.to+x.delta)
			if lo < hi {
				out = append(out, showing{x, lo, hi, max(s.ticks(p.floor)-1, x.from+x.delta), s.ticks(p.late)})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b showing) int { return cmp.Compare(a.lo+a.late, b.lo+b.late) })
	return out
}

// takePictures takes what shows the passages, from a picture that stands alone
// before each edit. Pictures that are only decoded are given times that hide
// them, where their own would not.
func (s *slicedTrack) takePictures(each samples, parts []passage) {
	runs := s.runs(parts)
	if len(parts) > 1 || len(runs) > 1 {
		s.mult = max(1, min(math.MaxUint32/s.scale, (90_000+s.scale-1)/s.scale))
	}
	for i, run := range runs {
		first, last, stands := int64(-1), int64(-1), int64(0)
		for _, x := range run {
			a, b, at := extent(each, x)
			if a < 0 {
				continue
			}
			if first < 0 {
				first, stands = a, at
			}
			first, last = min(first, a), max(last, b)
		}
		if first < 0 {
			continue
		}
		delta := run[0].delta
		begin := lastSync(each, first, stands-delta)
		var part []taken
		each(func(i int64, y sample) bool {
			if i >= begin && i <= last {
				part = append(part, taken{sample: y, at: y.pts + delta, due: y.dts + delta})
			}
			return i < last
		})
		s.place(part, run, stands, i > 0, i < len(runs)-1)
		s.taken = append(s.taken, part...)
	}
}

// runs are showings of one edit that follow each other: they are decoded in one go.
func (s *slicedTrack) runs(parts []passage) [][]showing {
	var out [][]showing
	for _, x := range s.showings(parts) {
		if n := len(out); n > 0 && out[n-1][0].span == x.span {
			out[n-1] = append(out[n-1], x)
		} else {
			out = append(out, []showing{x})
		}
	}
	return out
}

// extent is which samples show x, and when the first of them, which stands when
// x begins, is shown. first is -1 when nothing does.
func extent(each samples, x showing) (first, last, stands int64) {
	first, last, stands = -1, -1, math.MinInt64
	standing := int64(-1)
	each(func(i int64, s sample) bool {
		at := s.pts + x.delta
		switch {
		case !x.holds(s.pts) || at >= x.hi:
		case at > x.lo:
			if first < 0 {
				first = i
			}
			last = i
		case at >= x.floor && at >= stands:
			stands, standing = at, i
		}
		return true
	})
	switch {
	case standing < 0 && first < 0:
		return -1, -1, 0
	case standing < 0:
		stands = x.lo
	case first < 0:
		first, last = standing, standing
	default:
		first, last = min(first, standing), max(last, standing)
	}
	return first, last, stands
}

// lastSync is the last sample that stands alone before first and is shown no
// later than pts: the pictures between it and what follows it in time, but not
// in the file, need the one before.
func lastSync(each samples, first, pts int64) int64 {
	found, any := int64(0), int64(-1)
	each(func(i int64, s sample) bool {
		if any < 0 {
			any, found = i, i
		}
		if i <= first && s.sync && s.pts <= pts {
			found = i
		}
		return i < first
	})
	return found
}

// place gives part the times of the slice. What is decoded only for others and
// would be shown inside another run, or far away, is squeezed into an instant.
func (s *slicedTrack) place(part []taken, run []showing, stands int64, follows, followed bool) {
	head, tail := run[0], run[len(run)-1]
	far := head.floor - s.ticks(int64(longestGap))
	var before, after []*taken
	for i := range part {
		y, x := &part[i], head
		for _, later := range run[1:] {
			if y.at >= later.floor {
				x = later
			}
		}
		switch {
		case y.at < stands && (follows || y.at < far):
			before = append(before, y)
		case y.at >= tail.hi && followed:
			after = append(after, y)
		}
		y.at, y.due = (y.at+x.late)*s.mult, (y.due+x.late)*s.mult
	}
	squeeze(before, (stands+head.late)*s.mult)
	squeeze(after, (tail.hi+tail.late)*s.mult)
}

// squeeze shows pictures, in their order, in the ticks just before end.
func squeeze(group []*taken, end int64) {
	n := int64(len(group))
	for i, y := range group { // in order of decoding
		y.due = end - 2*n + int64(i)
	}
	slices.SortStableFunc(group, func(a, b *taken) int { return cmp.Compare(a.at, b.at) })
	for i, y := range group {
		y.at = end - n + int64(i)
	}
}
