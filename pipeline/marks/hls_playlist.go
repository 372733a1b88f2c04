package marks

import (
	"sort"
	"strings"
	"time"
)

// playlist is a media playlist while it is read.
type playlist struct {
	dates  []stretch
	ranges []dateRange
	byID   map[string]int
	at     time.Duration // so far
	next   time.Time     // the date of the next segment, where it has one
	fine   bool
	slid   bool
}

func (p *playlist) read(l *List, line string, n int) {
	tag, value, _ := strings.Cut(line, ":")
	switch tag {
	case "#EXT-X-PROGRAM-DATE-TIME":
		if at, ok := isoDate(value); ok {
			p.next, p.fine = at, strings.Contains(value, ".")
		} else {
			l.problem("line %d has no date", n)
		}
	case "#EXTINF":
		value, _, _ = strings.Cut(value, ",")
		if long, ok := decimalSeconds(value); ok && long.at >= 0 {
			p.segment(long.at)
		}
	case "#EXT-X-MEDIA-SEQUENCE":
		p.slid = value != "0" && value != "1" && !strings.HasPrefix(value, "-")
	case "#EXT-X-ENDLIST":
		p.slid = false
	case "#EXT-X-DATERANGE":
		p.extend(l, value, n)
	}
}

// segment goes on by one segment, which continues the stretch before it or
// begins one of its own.
func (p *playlist) segment(long time.Duration) {
	if n := len(p.dates); p.next.IsZero() {
		if n > 0 {
			p.dates[n-1].length += long
		}
	} else if len(p.dates) < MostMarks {
		p.dates = append(p.dates, stretch{wall: p.next, at: p.at, length: long, fine: p.fine})
	}
	p.next = time.Time{}
	p.at = min(p.at+long, longestTime)
}

func isoDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}

// attributes takes KEY=VALUE,KEY="VALUE" apart; keys that come twice count once.
func attributes(s string) map[string]string {
	out := map[string]string{}
	for len(out) < 64 {
		key, rest, ok := strings.Cut(s, "=")
		if !ok {
			break
		}
		value := ""
		if quoted, is := strings.CutPrefix(rest, `"`); is {
			value, s, _ = strings.Cut(quoted, `"`)
			_, s, _ = strings.Cut(s, ",")
		} else {
			value, s, _ = strings.Cut(rest, ",")
		}
		if key = strings.TrimSpace(key); out[key] == "" {
			out[key] = value
		}
	}
	return out
}

// place is where a date lies on the playlist's clock: in the last stretch that
// holds it, else counted on from the nearest that begins before it.
func (p *playlist) place(at time.Time) (time.Duration, stretch) {
	const overlaps = 64 // that are looked through
	n := sort.Search(len(p.dates), func(i int) bool { return p.dates[i].wall.After(at) })
	best := p.dates[max(n-1, 0)]
	for i := n - 1; i >= 0 && i >= n-overlaps; i-- {
		if s := p.dates[i]; at.Sub(s.wall) < s.length {
			best = s
			break
		}
	}
	d := max(-longestTime, min(longestTime, at.Sub(best.wall)))
	return best.at + d, best
}
