package channels

import (
	"slices"
	"sort"
	"time"

	"dropcut/pipeline"
)

// free is the time of a channel in which a post may still go out.
type free struct {
	zone  *time.Location
	end   time.Time // no post then or later
	close []span    // around posts that are taken, in order, apart
	daily int
	days  map[day]int // posts that are taken, by local day
}

// span is what lies between two instants, both of which are outside.
type span struct{ from, to time.Time }

// longDay is longer than a day ever was, with any change of the clocks.
const longDay = 50 * time.Hour

func newFree(c pipeline.Channel, zone *time.Location, taken []time.Time, now, end time.Time) *free {
	f := &free{zone: zone, end: end, daily: c.Daily, days: map[day]int{}}
	gap := max(time.Duration(c.GapMS)*time.Millisecond, time.Second)
	reach := max(gap, longDay)
	earliest, latest := now.Add(-reach), end.Add(reach)
	var near []time.Time
	for _, t := range taken {
		if t.After(earliest) && t.Before(latest) {
			near = append(near, t.In(zone))
		}
	}
	slices.SortFunc(near, time.Time.Compare)
	for _, t := range near {
		f.days[dayOf(t)]++
		s := span{t.Add(-gap), t.Add(gap)}
		if n := len(f.close); n > 0 && s.from.Before(f.close[n-1].to) {
			f.close[n-1].to = s.to
			continue
		}
		f.close = append(f.close, s)
	}
	return f
}

// tooClose reports whether t lies too close to a post, and until when.
func (f *free) tooClose(t time.Time) (time.Time, bool) {
	i := sort.Search(len(f.close), func(i int) bool { return !f.close[i].from.Before(t) }) - 1
	if i < 0 || !t.Before(f.close[i].to) {
		return t, false
	}
	return f.close[i].to, true
}

func (f *free) isFull(local time.Time) bool {
	return f.daily > 0 && f.days[dayOf(local)] >= f.daily
}

// at reports whether a post may go out at t.
func (f *free) at(t time.Time) bool {
	_, close := f.tooClose(t)
	return !close && !f.isFull(t) && t.Before(f.end)
}

// from is the first whole second in [t, before) that is free.
func (f *free) from(t, before time.Time) (time.Time, bool) {
	if f.end.Before(before) {
		before = f.end
	}
	for t = whole(t); t.Before(before); {
		if until, close := f.tooClose(t); close {
			t = whole(until)
		} else if f.isFull(t) {
			t = turn(t, 24*time.Hour)
		} else {
			return t, true
		}
	}
	return t, false
}
