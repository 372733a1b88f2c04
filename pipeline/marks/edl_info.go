package marks

import (
	"regexp"
	"time"

	"dropcut/pipeline/timeline"
)

// squeezed is what OBSInfoWriter makes of a mark's text.
var squeezed = regexp.MustCompile(`^[A-Z0-9_ ]{0,5}$`)

// isInfo reports whether an edit list is OBSInfoWriter's, whose last field
// counts hundredths of a second: nothing but events, source and record side the
// same, each ending where the next begins, reels squeezed to five letters. No
// program that edits writes such a list.
func (l *edl) isInfo() bool {
	if l.others > 0 || len(l.events) < 2 {
		return false
	}
	for i, x := range l.events {
		if !squeezed.MatchString(x.reel) || x.codes[0] != x.codes[2] || x.codes[1] != x.codes[3] || x.codes[0].Drop ||
			i+1 < len(l.events) && x.codes[1] != l.events[i+1].codes[0] {
			return false
		}
	}
	return true
}

func looksInfo(f *file) bool { return f.cuts().isInfo() }

// parseInfo reads OBSInfoWriter's edit list. Where no field is too high for a
// frame number it might still be frames; then only the second is claimed.
func parseInfo(f *file, of Recording) ([]List, error) {
	e := f.cuts()
	l := List{Source: SourceOBSInfoEDL, Cut: e.cut}
	step, highest := time.Second, int64(60)
	if !of.Rate.IsZero() {
		highest = of.Rate.Nominal()
	}
	for _, x := range e.events {
		if x.codes[0].Frames >= highest {
			step = 10 * time.Millisecond
		}
	}
	for _, x := range e.events {
		c := x.codes[0]
		if c.Frames > 99 {
			l.problem("line %d has %d hundredths of a second", x.line, c.Frames)
			continue
		}
		l.Add(Entry{At: timeline.Seconds(((c.Hours*60+c.Minutes)*60+c.Seconds)*100+c.Frames, 100), Step: step, Label: x.reel, Line: x.line})
	}
	return []List{l}, nil
}
