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

// run is what is decoded in one go: showings of one edit that follow each other.
type run struct {
	shows  []showing
	part   []taken
	stands int64 // when the first picture in sight is shown, in ticks of the source
}

// takePictures takes what shows the passages, from a picture that stands alone
// before each edit. Pictures that are only decoded are given times that hide
// them, where their own would not.
func (s *slicedTrack) takePictures(each samples, parts []passage) {
	var runs []run
	for _, shows := range s.runs(parts) {
		if r := takeRun(each, shows); len(r.part) > 0 {
			runs = append(runs, r)
		}
	}
	if len(parts) > 1 || len(runs) > 1 {
		s.mult = max(1, min(math.MaxUint32/s.scale, (90_000+s.scale-1)/s.scale))
	}
	from := s.ticks(parts[0].from) + 1
	end := parts[len(parts)-1]
	for i := range runs {
		next, hide := (s.ticks(end.to)+s.ticks(end.late))*s.mult, int64(math.MaxInt64)
		if i+1 < len(runs) {
			next = runs[i+1].begin(s.mult)
		} else {
			hide = next
		}
		s.place(&runs[i], i > 0 || runs[i].stands > from, next, hide)
		s.taken = append(s.taken, runs[i].part...)
	}
}

func takeRun(each samples, shows []showing) run {
	r := run{shows: shows}
	first, last := int64(-1), int64(-1)
	for _, x := range shows {
		a, b, at := extent(each, x)
		if a < 0 {
			continue
		}
		if first < 0 {
			first, r.stands = a, at
		}
		first, last = min(first, a), max(last, b)
	}
	if first < 0 {
		return r
	}
	delta := shows[0].delta
	begin := lastSync(each, first, r.stands-delta)
	each(func(i int64, y sample) bool {
		if i >= begin && i <= last {
			r.part = append(r.part, taken{sample: y, at: y.pts + delta, due: y.dts + delta})
		}
		return i < last
	})
	return r
}

// begin is when the run begins in the slice, with what it hides before.
func (r *run) begin(mult int64) int64 {
	out := (r.stands + r.shows[0].late) * mult
	for _, x := range r.part {
		if x.at < r.stands {
			out--
		}
	}
	return out
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

// place gives the pictures of a run their times in the slice; inside says that
// something may be shown before the run, next when what follows it begins in
// the slice, hide from when on nothing need be hidden. What is decoded only for others and would be shown
// inside another run, or far away, is squeezed into an instant, in the order in
// which a decoder gives it out.
func (s *slicedTrack) place(r *run, inside bool, next, hide int64) {
	head, tail := r.shows[0], r.shows[len(r.shows)-1]
	far := head.floor - s.ticks(int64(longestGap))
	var before, after []*taken
	for i := range r.part {
		y, x := &r.part[i], head
		for _, later := range r.shows[1:] {
			if y.at >= later.floor {
				x = later
			}
		}
		switch {
		case y.at < r.stands && (inside || y.at < far):
			before = append(before, y)
		case y.at >= tail.hi && (y.at+x.late)*s.mult < hide:
			after = append(after, y)
		}
		y.at, y.due = (y.at+x.late)*s.mult, (y.due+x.late)*s.mult
	}
	squeeze(before, (r.stands+head.late)*s.mult)
	squeeze(after, next)
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
