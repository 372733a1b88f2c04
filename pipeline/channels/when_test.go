package channels

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dropcut/pipeline"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func channel(zone string) pipeline.Channel {
	return pipeline.Channel{Name: "tiktok", Platform: pipeline.TikTok, Zone: zone}
}

func TestWhenAPostGoesOut(t *testing.T) {
	t.Parallel()
	slots := func(s ...string) (out []pipeline.Slot) {
		for _, s := range s {
			days, at, _ := strings.Cut(s, " ")
			slot := pipeline.Slot{At: at}
			if days != "daily" {
				slot.Days = strings.Split(days, ",")
			}
			out = append(out, slot)
		}
		return out
	}
	evening := make([]int, 168) // 70 at seven, 100 at nine in the evening, every day; 20 else
	for h := range evening {
		evening[h] = map[int]int{19: 70, 21: 100}[h%24] + 20*map[bool]int{true: 1}[h%24 != 19 && h%24 != 21]
	}
	saturdays := make([]int, 168)
	saturdays[5*24+18] = 3
	for _, c := range []struct {
		why             string
		edit            func(*pipeline.Channel)
		zone, now, till string
		taken           []string
		want, reason    string
	}{
		{"nothing asked for: at once", nil, "Europe/Berlin", "2026-11-26T12:00:00.4Z", "", nil, "2026-11-26T13:00:01+01:00", ""},
		{"after the gap of the last post", func(c *pipeline.Channel) { c.GapMS = 5_400_000 }, "UTC", "2026-11-26T12:00:00Z", "", []string{"2026-11-26T11:30:00Z"}, "2026-11-26T13:00:00Z", ""},
		{"too little time before a post to come", func(c *pipeline.Channel) { c.GapMS = 5_400_000 }, "UTC", "2026-11-26T12:00:00Z", "", []string{"2026-11-26T13:00:00Z"}, "2026-11-26T14:30:00Z", ""},
		{"exactly the gap before a post to come", func(c *pipeline.Channel) { c.GapMS = 3_600_000 }, "UTC", "2026-11-26T12:00:00Z", "", []string{"2026-11-26T13:00:00Z"}, "2026-11-26T12:00:00Z", ""},
		{"the day is full: the next, at local midnight", func(c *pipeline.Channel) { c.Daily = 1 }, "Europe/Berlin", "2026-11-26T12:00:00Z", "", []string{"2026-11-26T01:00:00Z"}, "2026-11-27T00:00:00+01:00", ""},
		{"a post at half past midnight is of that local day", func(c *pipeline.Channel) { c.Daily = 1 }, "Europe/Berlin", "2026-11-26T12:00:00Z", "", []string{"2026-11-25T22:30:00Z"}, "2026-11-26T13:00:00+01:00", ""},
		{"a day of 25 hours is one day", func(c *pipeline.Channel) { c.Daily = 1 }, "Europe/Berlin", "2026-10-25T22:30:00Z", "", []string{"2026-10-24T22:10:00Z"}, "2026-10-26T00:00:00+01:00", ""},
		{"a day of 23 hours is one day", func(c *pipeline.Channel) { c.Daily = 1 }, "Europe/Berlin", "2026-03-29T21:30:00Z", "", []string{"2026-03-28T23:10:00Z"}, "2026-03-30T00:00:00+02:00", ""},
		{"a full day that the clocks shorten ends at its midnight", func(c *pipeline.Channel) { c.Daily = 1 }, "Europe/Berlin", "2026-03-28T23:30:00Z", "", []string{"2026-03-28T23:10:00Z"}, "2026-03-30T00:00:00+02:00", ""},
		{"the next slot today", func(c *pipeline.Channel) { c.Slots = slots("daily 18:30", "daily 08:00") }, "Europe/Berlin", "2026-11-26T12:00:00Z", "", nil, "2026-11-26T18:30:00+01:00", ""},
		{"a slot that is now", func(c *pipeline.Channel) { c.Slots = slots("daily 18:30") }, "Europe/Berlin", "2026-11-26T17:30:00Z", "", nil, "2026-11-26T18:30:00+01:00", ""},
		{"a slot of another day", func(c *pipeline.Channel) { c.Slots = slots("mon,fri 18:30") }, "Europe/Berlin", "2026-11-26T12:00:00Z", "", nil, "2026-11-27T18:30:00+01:00", ""},
		{"a slot that is taken", func(c *pipeline.Channel) { c.Slots = slots("mon,fri 18:30") }, "Europe/Berlin", "2026-11-26T12:00:00Z", "", []string{"2026-11-27T17:30:00Z"}, "2026-11-30T18:30:00+01:00", ""},
		{"a slot in the missing hour moves to its end", func(c *pipeline.Channel) { c.Slots = slots("daily 02:30") }, "Europe/Berlin", "2026-03-29T00:00:00Z", "", nil, "2026-03-29T03:00:00+02:00", ""},
		{"a slot in the doubled hour is its first", func(c *pipeline.Channel) { c.Slots = slots("daily 02:30") }, "Europe/Berlin", "2026-10-24T23:00:00Z", "", nil, "2026-10-25T02:30:00+02:00", ""},
		{"and happens once", func(c *pipeline.Channel) { c.Slots = slots("daily 02:30") }, "Europe/Berlin", "2026-10-25T00:45:00Z", "", nil, "2026-10-26T02:30:00+01:00", ""},
		{"half an hour is missing", func(c *pipeline.Channel) { c.Slots = slots("daily 02:10") }, "Australia/Lord_Howe", "2026-10-03T15:00:00Z", "", nil, "2026-10-04T02:30:00+11:00", ""},
		{"midnight is missing", func(c *pipeline.Channel) { c.Slots = slots("sun 00:20") }, "America/Sao_Paulo", "2018-11-03T12:00:00Z", "", nil, "2018-11-04T01:00:00-02:00", ""},
		{"a day that a zone left out has no slots", func(c *pipeline.Channel) { c.Slots = slots("fri 18:30") }, "Pacific/Apia", "2011-12-29T12:00:00Z", "", nil, "2012-01-06T18:30:00+14:00", ""},
		{"an offset of quarters", func(c *pipeline.Channel) { c.Slots = slots("daily 18:30") }, "Asia/Kathmandu", "2026-11-26T12:00:00Z", "", nil, "2026-11-26T18:30:00+05:45", ""},
		{"the audience: seven is good enough, nine is late", func(c *pipeline.Channel) { c.Audience = evening }, "Europe/Berlin", "2026-11-26T12:10:00Z", "", nil, "2026-11-26T19:00:00+01:00", ""},
		{"now is a good hour", func(c *pipeline.Channel) { c.Audience = evening }, "Europe/Berlin", "2026-11-26T18:10:00Z", "", nil, "2026-11-26T19:10:00+01:00", ""},
		{"the good hour is taken: the best", func(c *pipeline.Channel) { c.Audience, c.GapMS = evening, 3_600_000 }, "Europe/Berlin", "2026-11-26T12:10:00Z", "", []string{"2026-11-26T18:30:00Z"}, "2026-11-26T21:00:00+01:00", ""},
		{"what is left of the good hour", func(c *pipeline.Channel) { c.Audience, c.GapMS = evening, 3_600_000 }, "Europe/Berlin", "2026-11-26T12:10:00Z", "", []string{"2026-11-26T17:30:00Z"}, "2026-11-26T19:30:00+01:00", ""},
		{"hours in a zone of quarters", func(c *pipeline.Channel) { c.Audience = evening }, "Asia/Kathmandu", "2026-11-26T12:00:00Z", "", nil, "2026-11-26T19:00:00+05:45", ""},
		{"nobody is there before Saturday", func(c *pipeline.Channel) { c.Audience = saturdays }, "Europe/Berlin", "2026-11-23T12:00:00Z", "", nil, "2026-11-28T18:00:00+01:00", ""},
		{"the offer ends before the good hour", func(c *pipeline.Channel) { c.Audience = evening }, "Europe/Berlin", "2026-11-26T12:10:00Z", "2026-11-26T18:00:00Z", nil, "2026-11-26T13:10:00+01:00", ""},
		{"the offer ends before the slot", func(c *pipeline.Channel) { c.Slots = slots("daily 18:30") }, "Europe/Berlin", "2026-11-26T12:00:00Z", "2026-11-26T17:30:00Z", nil, "", "offer_ends"},
		{"the offer ends after the slot", func(c *pipeline.Channel) { c.Slots = slots("daily 18:30") }, "Europe/Berlin", "2026-11-26T12:00:00Z", "2026-11-26T17:30:01Z", nil, "2026-11-26T18:30:00+01:00", ""},
		{"the offer is over", nil, "UTC", "2026-11-26T12:00:00Z", "2026-11-26T12:00:00Z", nil, "", "offer_over"},
		{"paused", func(c *pipeline.Channel) { c.Paused = true }, "UTC", "2026-11-26T12:00:00Z", "", nil, "", "paused"},
		{"a long gap", func(c *pipeline.Channel) { c.GapMS = (30 * 24 * time.Hour).Milliseconds() }, "UTC", "2026-11-26T12:00:00Z", "", []string{"2026-11-20T12:00:00Z"}, "", "full"},
		{"an offer long after", nil, "UTC", "2026-11-26T12:00:00Z", "2027-11-26T12:00:00Z", nil, "2026-11-26T12:00:00Z", ""},
		{"no such zone", nil, "Europe/Berlyn", "2026-11-26T12:00:00Z", "", nil, "", "unknown_zone"},
	} {
		ch := channel(c.zone)
		if c.edit != nil {
			c.edit(&ch)
		}
		var taken []time.Time
		for _, s := range c.taken {
			taken = append(taken, at(t, s))
		}
		till := time.Time{}
		if c.till != "" {
			till = at(t, c.till)
		}
		got, why := When(ch, taken, at(t, c.now), till)
		switch {
		case c.reason != "" && (why == nil || why.Code != c.reason || why.Detail == ""):
			t.Errorf("%s: %s, %+v; want %s", c.why, got.Format(time.RFC3339), why, c.reason)
		case c.reason == "" && (why != nil || got.Format(time.RFC3339) != c.want):
			t.Errorf("%s: %s, %+v; want %s", c.why, got.Format(time.RFC3339), why, c.want)
		}
	}
}

// changes are zones with odd rules, and instants near which their clocks change.
var changes = map[string][]string{
	"Europe/Berlin":       {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
	"America/New_York":    {"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"},
	"Australia/Lord_Howe": {"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"},
	"Pacific/Apia":        {"2011-12-30T10:00:00Z", "2012-03-31T14:00:00Z"},
	"Asia/Kathmandu":      {"1985-12-31T18:30:00Z"},
	"America/Sao_Paulo":   {"2018-02-18T02:00:00Z", "2018-11-04T03:00:00Z"},
}

func drawn(t *rapid.T) (pipeline.Channel, []time.Time, time.Time) {
	zones := []string{}
	for z := range changes {
		zones = append(zones, z)
	}
	slices.Sort(zones)
	c := channel(rapid.SampledFrom(zones).Draw(t, "zone"))
	change, _ := time.Parse(time.RFC3339, rapid.SampledFrom(changes[c.Zone]).Draw(t, "change"))
	now := change.Add(time.Duration(rapid.IntRange(-3*86400, 3*86400).Draw(t, "now")) * time.Second)
	switch rapid.IntRange(0, 2).Draw(t, "by") {
	case 0:
		for range rapid.IntRange(1, 4).Draw(t, "slots") {
			s := pipeline.Slot{At: fmt.Sprintf("%02d:%02d", rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 23)).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))}
			s.Days = rapid.SliceOfN(rapid.SampledFrom(weekdays), 0, 3).Draw(t, "days")
			c.Slots = append(c.Slots, s)
		}
	case 1:
		c.Audience = append(rapid.SliceOfN(rapid.IntRange(0, 100), 167, 167).Draw(t, "audience"), 1)
	}
	c.GapMS = rapid.SampledFrom([]int64{0, 1, 60_000, 1_799_999, 5_400_000, 20 * 3_600_000}).Draw(t, "gap")
	c.Daily = rapid.IntRange(0, 3).Draw(t, "daily")
	var taken []time.Time
	for range rapid.IntRange(0, 12).Draw(t, "taken") {
		taken = append(taken, now.Add(time.Duration(rapid.Int64Range(-2*86400_000, 5*86400_000).Draw(t, "ms"))*time.Millisecond))
	}
	return c, taken, now
}

// TestPostsStandApart hands out times one after the other, as a scheduler that
// claims much does.
func TestPostsStandApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, taken, now := drawn(t)
		zone, _ := time.LoadLocation(c.Zone)
		before := len(taken)
		for range 12 {
			got, why := When(c, taken, now, time.Time{})
			if why != nil {
				break
			}
			taken = append(taken, got)
		}
		for i, got := range taken[before:] {
			if got.Before(now) || got.Sub(now) > Horizon {
				t.Fatalf("%s is not within a fortnight of %s", got, now)
			}
			ofDay := 0
			for j, other := range taken[:before+i] {
				if apart := got.Sub(other).Abs(); apart < time.Duration(c.GapMS)*time.Millisecond || apart == 0 {
					t.Fatalf("%s and %s (%d) are %s apart", got, other, j, apart)
				}
				if a, b := got.In(zone).Format(time.DateOnly), other.In(zone).Format(time.DateOnly); a == b {
					ofDay++
				}
			}
			if c.Daily > 0 && ofDay >= c.Daily {
				t.Fatalf("%s is number %d of its day", got.In(zone), ofDay+1)
			}
		}
	})
}

// happens reports whether a slot happens at an instant, found without
// arithmetic of zones: by looking at the clock every minute.
func happens(s pipeline.Slot, local time.Time) bool {
	var hour, minute int
	_, _ = fmt.Sscanf(s.At, "%d:%d", &hour, &minute)
	of := func(t time.Time) bool {
		return len(s.Days) == 0 || slices.Contains(s.Days, strings.ToLower(t.Format("Mon")))
	}
	shows := func(t time.Time) int { return t.Hour()*60 + t.Minute() }
	want, ago := hour*60+minute, local.Add(-time.Minute)
	if shows(local) == want && of(local) {
		for back := time.Minute; back <= 3*time.Hour; back += time.Minute { // not the second of two
			if e := local.Add(-back); shows(e) == want && e.Format(time.DateOnly) == local.Format(time.DateOnly) {
				return false
			}
		}
		return true
	}
	// The clock jumped over it in this minute, on a day that there is.
	if _, a := ago.Zone(); a < offset(local) {
		for skipped := ago.Add(time.Minute).In(time.FixedZone("", a)); shows(skipped) != shows(local) || skipped.Day() != local.Day(); skipped = skipped.Add(time.Minute) {
			isDay := skipped.Day() == local.Day() || skipped.Day() == ago.Day()
			if shows(skipped) == want && of(skipped) && isDay {
				return true
			}
		}
	}
	return false
}

func offset(t time.Time) int { _, o := t.Zone(); return o }

func TestASlotIsTheNextThatItsClockShows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, _, now := drawn(t)
		if len(c.Slots) == 0 {
			t.Skip("no slots")
		}
		zone, _ := time.LoadLocation(c.Zone)
		got, why := When(c, nil, now, time.Time{})
		if why != nil {
			t.Fatalf("%+v", why)
		}
		m := now.Truncate(time.Minute).In(zone)
		if m.Before(now) {
			m = m.Add(time.Minute)
		}
		for ; ; m = m.Add(time.Minute) {
			if slices.ContainsFunc(c.Slots, func(s pipeline.Slot) bool { return happens(s, m) }) {
				break
			}
			if m.Sub(now) > Horizon {
				t.Fatalf("no slot happens, yet %s", got)
			}
		}
		if !m.Equal(got) {
			t.Fatalf("%s; the clock shows the slot first at %s", got, m)
		}
	})
}

func TestHostileTimesCostLittle(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-26T12:00:00Z")
	var dense, absurd []time.Time
	for i := range 10_000 {
		dense = append(dense, now.Add(time.Duration(i)*2*time.Minute))
		absurd = append(absurd, time.Unix(int64(i-5000)<<49, 0))
	}
	year := channel("America/New_York")
	year.GapMS = mostGap.Milliseconds()
	tight := channel("America/New_York")
	tight.GapMS, tight.Audience, tight.Daily = 61_000, make([]int, 168), 1000
	tight.Audience[7] = 1
	slotted := channel("America/New_York")
	for i := range mostSlots {
		slotted.Slots = append(slotted.Slots, pipeline.Slot{At: fmt.Sprintf("%02d:%02d", i/5, i%5*12)})
	}
	slotted.GapMS = tight.GapMS
	for name, c := range map[string]pipeline.Channel{"a long gap": year, "no room": tight, "slots": slotted} {
		began := time.Now()
		for range 20 {
			if got, why := When(c, dense, now, time.Time{}); why == nil && got.Before(dense[len(dense)-1]) && got.After(now.Add(2*time.Minute)) {
				t.Errorf("%s: %s lies among posts that leave no room", name, got)
			}
			When(c, absurd, now, time.Time{})
		}
		if took := time.Since(began) / 40; took > 100*time.Millisecond { // a few ms on a quiet machine
			t.Errorf("%s takes %s", name, took)
		} else {
			t.Logf("%s: %s", name, took)
		}
	}
}
