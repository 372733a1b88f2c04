package marks

import (
	"slices"
	"strings"
	"time"
)

// looksHLS: a media playlist with date ranges.
func looksHLS(f *file) bool {
	return strings.HasPrefix(f.head(8), "#EXTM3U") && strings.Contains(f.text, "\n#EXT-X-DATERANGE:")
}

// stretch is a run of segments that a playlist dates.
type stretch struct {
	wall   time.Time
	at     time.Duration // on the playlist's own clock
	length time.Duration
	fine   bool // the date has parts of a second
}

// dateRange is one of a playlist; a later line of the same ID adds to it.
type dateRange struct {
	line      int
	id, class string
	label     string
	start     time.Time
	end       time.Time
	length    time.Duration
	has       map[string]bool
}

// parseHLS reads the date ranges of a playlist that lies beside its recording.
// Dates become times by the dates of the segments: zero is where the first
// segment begins.
func parseHLS(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceHLS}
	p := playlist{byID: map[string]int{}}
	n := 0
	for line := range strings.SplitSeq(f.text, "\n") {
		if n++; len(line) <= 4*longestLine {
			p.read(&l, strings.TrimSpace(line), n)
		}
	}
	if len(p.dates) == 0 {
		return nil, unknown(f.name, "it is an HLS playlist whose segments have no date (EXT-X-PROGRAM-DATE-TIME), so its date ranges have no place")
	}
	if p.slid {
		l.Remarks = append(l.Remarks, "the playlist is of a running stream and begins later than it did, so its times may be too early")
	}
	slices.SortStableFunc(p.dates, func(a, b stretch) int { return a.wall.Compare(b.wall) })
	for _, d := range p.ranges {
		p.add(&l, d)
	}
	return []List{l}, nil
}

func (p *playlist) extend(l *List, value string, n int) {
	a := attributes(value)
	i, known := p.byID[a["ID"]]
	if !known || a["ID"] == "" {
		if l.Cut = len(p.ranges) >= MostMarks; l.Cut {
			return
		}
		i = len(p.ranges)
		p.byID[a["ID"]] = i
		p.ranges = append(p.ranges, dateRange{line: n, id: a["ID"], has: map[string]bool{}})
	}
	d := &p.ranges[i]
	start, _ := isoDate(a["START-DATE"])
	end, _ := isoDate(a["END-DATE"])
	long, ok := decimalSeconds(a["DURATION"])
	if !ok {
		long, ok = decimalSeconds(a["PLANNED-DURATION"])
	}
	if d.start.IsZero() {
		d.start = start
	}
	if d.end.IsZero() {
		d.end = end
	}
	if ok && (d.length == 0 || a["DURATION"] != "") {
		d.length = long.at
	}
	if d.class == "" {
		d.class = a["CLASS"]
	}
	for key := range a {
		d.has[key] = true
	}
	for _, key := range []string{"X-LABEL", "X-TITLE", "X-NAME", "X-MARK", "X-COM-LABEL", "X-COM-TITLE"} {
		if d.label == "" {
			d.label = a[key]
		}
	}
}

// add makes a date range an entry. Advertisements, what a player puts in between,
// and what a platform says about itself are left out.
func (p *playlist) add(l *List, d dateRange) {
	if d.start.IsZero() {
		l.problem("line %d is a date range without a start", d.line)
		return
	}
	at, in := p.place(d.start)
	e := Entry{At: at, Step: time.Millisecond, Label: d.label, Line: d.line}
	if !in.fine {
		e.Step = time.Second
	}
	if e.Label == "" {
		e.Label = d.id
	}
	if d.end.IsZero() && d.length > 0 {
		d.end = d.start.Add(d.length)
	}
	if !d.end.IsZero() {
		if to, _ := p.place(d.end); to > at {
			e.End = &to
		}
	}
	class := strings.ToLower(d.class)
	switch {
	case d.has["SCTE35-OUT"] || d.has["SCTE35-IN"] || d.has["SCTE35-CMD"]:
		e.PassCode, e.Pass = PassLeftOut, "it is a break for advertisements"
	case class == "com.apple.hls.interstitial":
		e.PassCode, e.Pass = PassLeftOut, "it says what a player shows in between"
	case strings.HasPrefix(class, "twitch-") || class == "timestamp":
		e.PassCode, e.Pass = PassLeftOut, "the platform says something about itself"
	}
	l.Add(e)
}
