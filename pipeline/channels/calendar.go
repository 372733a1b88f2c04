package channels

import "time"

// day is a day of the local calendar.
type day struct {
	year  int
	month time.Month
	day   int
}

func dayOf(local time.Time) day {
	y, m, d := local.Date()
	return day{y, m, d}
}

// after is the day n days later; days that a zone left out are counted too.
func (d day) after(n int) day {
	return dayOf(time.Date(d.year, d.month, d.day+n, 0, 0, 0, 0, time.UTC))
}

// weekday counts from Monday, 0.
func weekday(d time.Weekday) int { return (int(d) + 6) % 7 }

func (d day) weekday() int {
	return weekday(time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Weekday())
}

// exists reports whether the zone had the day: Apia had no 30 December 2011.
func (d day) exists(zone *time.Location) bool { return dayOf(first(zone, d, 0, 0)) == d }

// first is the first instant at which the clocks of a zone show the time of a
// day, or a later one: the end of the missing hour for what lies in it, the
// first of the two for what lies in the doubled hour.
func first(zone *time.Location, d day, hour, minute int) time.Time {
	wall := time.Date(d.year, d.month, d.day, hour, minute, 0, 0, time.UTC)
	t := wall.Add(-16 * time.Hour).In(zone) // no zone ever was so far ahead
	for {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		switch {
		case at.Before(t):
			return t
		case end.IsZero() || at.Before(end):
			return at
		}
		t = end
	}
}

// turn is the next full local hour or midnight after t, by the unit, or an
// earlier change of the clocks.
func turn(t time.Time, unit time.Duration) time.Time {
	_, offset := t.Zone()
	past := (t.Unix() + int64(offset)) % int64(unit/time.Second)
	next := t.Add(unit - time.Duration(past)*time.Second)
	if _, end := t.ZoneBounds(); !end.IsZero() && end.Before(next) {
		return end
	}
	return next
}

// whole is t, or the next whole second.
func whole(t time.Time) time.Time {
	if s := t.Truncate(time.Second); !s.Equal(t) {
		return s.Add(time.Second)
	}
	return t
}
