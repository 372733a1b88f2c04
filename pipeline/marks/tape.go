package marks

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"dropcut/pipeline/timeline"
)

// tape turns the timecodes of one file into times of the recording: what rate
// they count at, and which of them is the recording's beginning.
type tape struct {
	rate   timeline.Rate // of the program's timeline
	zero   int64         // the hour at which it begins
	doubts []string
}

// tapeOf decides from all the timecodes of one clock what they count.
//
// Files do not say their rate: it is the recording's, unless a frame number is
// too high for it. A timeline begins at 00:00:00:00 or, in most programs, at
// 01:00:00:00. When no timecode is below one hour and all of them fit the
// recording either way, the hour is taken off, and that is told.
func tapeOf(codes []timeline.Timecode, of Recording) tape {
	t := tape{rate: of.rate()}
	var highest, lowest int64 = 0, 99
	for _, c := range codes {
		highest, lowest = max(highest, c.Frames), min(lowest, c.Hours)
	}
	if highest >= t.rate.Nominal() {
		if r, ok := rateAbove(highest, t.rate); ok {
			t.doubt("its frames are numbered up to %d, so it was made at %v frames a second and not at the recording's %v", highest, r, t.rate)
			t.rate = r
		}
	}
	if len(codes) == 0 || lowest == 0 {
		return t
	}
	last := slices.MaxFunc(codes, func(a, b timeline.Timecode) int { return cmp.Compare(t.time(a), t.time(b)) })
	fits := func(zero int64) bool {
		t.zero = zero
		return of.Length == 0 || t.time(last) <= of.Length+NearEnds
	}
	switch plain := fits(0); {
	case lowest > 1 && !fits(1):
		t.zero = lowest
		t.doubt("its times begin in hour %d, and are counted from %02d:00:00:00", lowest, lowest)
	case plain && of.Length > 0:
		t.zero = 1
		t.doubt("its times may be counted from 00:00:00:00 or from 01:00:00:00, for both fit the recording; they are counted from 01:00:00:00")
	default:
		t.zero = 1
	}
	return t
}

// rateAbove is the slowest standard rate that numbers a frame so, of those that
// go with the recording's: 50 with 25, 60 with 30, 59.94 with 29.97.
func rateAbove(highest int64, like timeline.Rate) (timeline.Rate, bool) {
	for _, r := range timeline.Standards() {
		if r.Nominal() > highest && r.Den == like.Den && (r.Nominal()%25 == 0) == (like.Nominal()%25 == 0) {
			return r, true
		}
	}
	return timeline.Rate{}, false
}

func (t *tape) doubt(format string, args ...any) {
	t.doubts = append(t.doubts, fmt.Sprintf(format, args...))
}

// frames is how far behind the timeline's beginning a frame lies, and the rate
// that counts it. False for a number that the rate does not have.
func (t tape) frames(c timeline.Timecode) (int64, timeline.Rate, bool) {
	r := c.TimecodeRate(t.rate)
	f, ok := r.Frame(c)
	begin, _ := r.Frame(timeline.Timecode{Hours: t.zero, Drop: c.Drop})
	return f - begin, r, ok
}

// time is when the frame is shown; the zero time for a number that is none.
func (t tape) time(c timeline.Timecode) time.Duration {
	f, r, ok := t.frames(c)
	if !ok {
		return 0
	}
	return r.Duration(f)
}

// entry is a point at a timecode, as precise as one frame.
func (t tape) entry(c timeline.Timecode) (Entry, bool) {
	f, r, ok := t.frames(c)
	return Entry{At: r.Duration(f), Step: r.Duration(1)}, ok
}

// unnumbered says that a line names a frame whose number the rate does not have.
func (t tape) unnumbered(l *List, line int) {
	l.problem("line %d: no frame has that number at %v frames a second", line, t.rate)
}

// upTo gives an entry its end; where that is the next frame it stays a point.
func (e *Entry) upTo(end time.Duration) {
	if end > e.At+e.Step+e.Step/2 {
		e.End = &end
	}
}

// after is when the frame is shown that lies n frames behind one, at most as
// many as any recording has.
func (t tape) after(c timeline.Timecode, n int64) time.Duration {
	f, r, _ := t.frames(c)
	return r.Duration(f + min(n, r.Frames(longestTime)))
}
