package counters

import (
	"cmp"
	"slices"
	"time"
)

// dayZone is where YouTube's days begin and end.
const dayZone = "America/Los_Angeles"

// sums are the days of one post.
type sums struct{ days []Counted }

// addDay keeps a row that counts one day alone.
func (t *table) addDay(c Counted, text string) {
	zone, err := time.LoadLocation(dayZone)
	if err == nil {
		var day time.Time
		if day, err = instant(text, zone); err == nil {
			c.At = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
		}
	}
	if err != nil {
		t.Unused = append(t.Unused, Unused{c.Line, "day: " + err.Error()})
		return
	}
	if t.days == nil {
		t.days = map[string]*sums{}
	}
	key := c.Post
	if t.days[key] == nil {
		t.days[key] = &sums{}
	}
	t.days[key].days = append(t.days[key].days, c)
}

// addDays turns the days of each post into counters that only grow. What was not
// told of one day is not known from then on.
func (t *table) addDays() {
	var all []Counted
	for _, s := range t.days {
		slices.SortFunc(s.days, func(a, b Counted) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Line, b.Line)) })
		for i := 1; i < len(s.days); i++ {
			was, now := s.days[i-1], &s.days[i]
			now.Views, now.Shares = plus(was.Views, now.Views), plus(was.Shares, now.Shares)
			now.Likes, now.Comments = plus(was.Likes, now.Likes), plus(was.Comments, now.Comments)
		}
		all = append(all, s.days...)
	}
	slices.SortFunc(all, func(a, b Counted) int { return cmp.Compare(a.Line, b.Line) })
	t.Rows = append(t.Rows, all...)
}

func plus(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	sum := *a + *b
	return &sum
}
