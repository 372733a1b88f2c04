package recording

import (
	"context"
	"sort"
)

// seek finds the last picture that stands alone and is shown at or before t
// (timeline, ticks): the first one when there is none.
func (s *survey) seek(ctx context.Context, b *bytes, t int64) (unit, error) {
	lead := int64(0)
	for range 6 {
		lo, err := s.near(ctx, b, t-lead)
		if err != nil {
			return unit{}, err
		}
		key, found := unit{}, false
		err = s.walk(ctx, b, lo.pos, s.end, func(u unit) bool {
			if !u.picture || u.at < s.first.at {
				return true
			}
			i := s.stretchOf(u.at)
			if u.key && s.timeAt(i, u.shown) <= t {
				key, found = u, true
			}
			return s.timeAt(i, u.order) <= t
		})
		if err != nil || found {
			return key, err
		}
		if lo.pos <= s.first.pos {
			break
		}
		lead = max(2*(t-lo.time), lead*2, s.ticks(4e9))
	}
	return s.first, nil
}

// near is a place whose pictures are decoded at or before t, not far from it.
func (s *survey) near(ctx context.Context, b *bytes, t int64) (knot, error) {
	i := sort.Search(len(s.knots), func(i int) bool { return s.knots[i].time > t })
	if i == 0 {
		return s.knots[0], nil
	}
	lo := s.knots[i-1]
	if i == len(s.knots) {
		return lo, nil
	}
	hi := s.knots[i]
	for range 40 {
		bytes, ticks := hi.pos-lo.pos, hi.time-lo.time
		if lo.key || bytes <= surveyInterval || ticks <= s.ticks(2e9) {
			break
		}
		off := mulDiv(bytes, t-lo.time, ticks) - surveyInterval/2
		mid, ok, err := s.sample(ctx, b, lo.pos+min(max(off, bytes/8), bytes-bytes/8), hi.pos)
		if err != nil {
			return knot{}, err
		}
		if !ok || mid.pos <= lo.pos || mid.pos >= hi.pos {
			break
		}
		if mid.time = s.timeAt(s.stretchOf(mid.pos), mid.order); mid.time > t {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo, nil
}

// soundAhead is how far in front of its pictures sound is looked for: writers
// put it there, as decoders need it later.
const soundAhead = 256 << 10

// soundFrom is where sound that belongs to the picture key may begin.
func (s *survey) soundFrom(key unit) int64 { return max(s.start, key.at-soundAhead) }

// along follows the times of packets in the order of their bytes, from the
// picture key on and from the sound in front of it.
type along struct {
	*survey
	key  unit
	from int64 // when key is shown, in ticks of the timeline
	near int64 // when the last picture is decoded
}

func (s *survey) along(key unit) along {
	t := s.timeAt(s.stretchOf(key.at), key.shown)
	return along{survey: s, key: key, from: t, near: t}
}

// time is when the packet at a place is due, and in which stretch; false for
// one that no slice from key on needs.
func (a *along) time(at, raw int64, picture bool) (t int64, in int, ok bool) {
	if picture || at < a.key.at {
		in = a.stretchOf(at)
		t = a.timeAt(in, raw)
	} else {
		t, in = a.timeOf(at, raw, a.near)
	}
	if picture && at >= a.key.at {
		a.near = t
	}
	return t, in, !(at < a.key.at && (picture || t < a.from-a.ticks(2e9)))
}
