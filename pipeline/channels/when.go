package channels

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
)

// Horizon is how far ahead a time is looked for.
const Horizon = 14 * 24 * time.Hour

// A clip is warm for a day: within it an hour is good enough that has so much
// of the audience of the best one. A later hour with a few more people is not
// worth the wait.
const (
	warm       = 24 * time.Hour
	goodEnough = 70 // per cent
)

// Reason is why there is no time.
type Reason struct {
	Code   string `json:"code"` // stable: paused, offer_over, offer_ends, full, or that of Check
	Detail string `json:"detail"`
}

// The codes of reasons that are an offer's, and not the channel's.
const (
	offerOver = "offer_over"
	offerEnds = "offer_ends"
)

// OfOffer reports whether a reason's code is of the offer that a clip speaks of:
// another clip may have a time.
func OfOffer(code string) bool { return code == offerOver || code == offerEnds }

// When is the next time at which a post on the channel is best put out, at or
// after now, in the channel's zone and to the whole second; or why there is
// none within Horizon. Taken are the posts of the channel, past and to come, in
// any order. NotAfter is when the offer that the clip speaks of ends: the post
// goes out before it; zero for none. The channel's slots are kept where there
// are any; else its audience decides; else the first time that is free.
func When(c pipeline.Channel, taken []time.Time, now, notAfter time.Time) (time.Time, *Reason) {
	if err := Check(c); err != nil {
		var e *pipeline.Error
		errors.As(err, &e)
		return time.Time{}, &Reason{e.Code, e.Detail}
	}
	zone, err := zoneOf(c.Zone)
	if err != nil {
		return time.Time{}, &Reason{"unknown_zone", err.Error()}
	}
	now = whole(now.Round(0)).In(zone)
	end, offer := now.Add(Horizon), !notAfter.IsZero()
	switch {
	case c.Paused:
		return time.Time{}, &Reason{"paused", "the channel is paused"}
	case offer && !notAfter.After(now):
		return time.Time{}, &Reason{offerOver, "the offer ended at " + shown(notAfter, zone)}
	case offer && notAfter.Before(end):
		end = notAfter
	default:
		offer = false
	}
	f := newFree(c, zone, taken, now, end)
	at, ok := time.Time{}, false
	switch {
	case len(c.Slots) > 0:
		at, ok = f.slot(c.Slots, now)
	case len(c.Audience) > 0:
		at, ok = f.audience(c.Audience, now)
	default:
		at, ok = f.from(now, end)
	}
	switch {
	case ok:
		return at.In(zone), nil
	case offer:
		return time.Time{}, &Reason{offerEnds, fmt.Sprintf("no time is free before the offer ends at %s%s", shown(notAfter, zone), rules(c))}
	}
	return time.Time{}, &Reason{"full", fmt.Sprintf("no time is free until %s%s", shown(end, zone), rules(c))}
}

func shown(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.RFC3339) }

// rules are what keeps posts apart, for people.
func rules(c pipeline.Channel) string {
	var out []string
	if len(c.Slots) > 0 {
		out = append(out, "only the slots")
	}
	if c.GapMS > 0 {
		out = append(out, (time.Duration(c.GapMS)*time.Millisecond).String()+" between posts")
	}
	if c.Daily > 0 {
		out = append(out, fmt.Sprintf("at most %d a day", c.Daily))
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// slot is the first slot that is free.
func (f *free) slot(slots []pipeline.Slot, now time.Time) (time.Time, bool) {
	ordered := slices.Clone(slots)
	slices.SortFunc(ordered, func(a, b pipeline.Slot) int { return strings.Compare(a.At, b.At) })
	// From yesterday, whose last slot a change of the clocks may have moved.
	for d, today := -1, dayOf(now); ; d++ {
		on := today.after(d)
		if !first(f.zone, on, 0, 0).Before(f.end) {
			return time.Time{}, false
		}
		if !on.exists(f.zone) {
			continue
		}
		for _, s := range ordered {
			if len(s.Days) > 0 && !slices.Contains(s.Days, weekdays[on.weekday()]) {
				continue
			}
			hour, minute := int(s.At[0]-'0')*10+int(s.At[1]-'0'), int(s.At[3]-'0')*10+int(s.At[4]-'0')
			if at := first(f.zone, on, hour, minute); !at.Before(now) && f.at(at) {
				return at, true
			}
		}
	}
}

// audience is the earliest free hour of the next day that is good enough; of
// the day after where nobody is there, and so on.
func (f *free) audience(hours []int, now time.Time) (time.Time, bool) {
	soonest, ok := f.from(now, f.end)
	for from := soonest; ok; from, ok = f.from(from.Add(warm), f.end) {
		type hour struct {
			at     time.Time
			people int
		}
		var all []hour
		best := 0
		for h, until := from, from.Add(warm); h.Before(until); {
			next := turn(h, time.Hour)
			if at, free := f.from(h, next); free && at.Before(until) {
				people := hours[weekday(at.Weekday())*24+at.Hour()]
				all, best = append(all, hour{at, people}), max(best, people)
			}
			h = next
		}
		for _, h := range all {
			if best > 0 && h.people*100 >= best*goodEnough {
				return h.at, true
			}
		}
	}
	return soonest, soonest.Before(f.end)
}
