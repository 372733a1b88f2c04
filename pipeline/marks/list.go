package marks

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Limits of what is read from strangers.
const (
	MostBytes = 32 << 20 // of one file
	MostMarks = 50_000   // of one recording
	mostLabel = 4 << 10  // bytes of one label

	longestRow = 4 * mostLabel // bytes of a line that a person or a program wrote
)

// Entry is one thing a list points at, before it is known to be a mark.
type Entry struct {
	At     time.Duration  // on the recording's timeline; negative: before it begins
	End    *time.Duration // nil for a point
	ToNext bool           // the end is only where the next entry begins: nobody's choice
	Step   time.Duration  // precision: 1 s for whole seconds, a tenth for one decimal
	Label  string         // one clean line
	Line   int            // where it stands, 1 …; 0 where there are no lines
	By     string         // who pressed, where the format says

	PassCode string // a Pass constant when the file itself says that the entry is no mark; empty otherwise
	Pass     string // why, for people
}

// PassLeftOut is the code of entries that their file leaves out: a deselected
// segment, a hidden marker, an advertisement.
const PassLeftOut = "left_out"

// List is what one file or one container says.
type List struct {
	Source   string // of the row in Formats
	Name     string // of the file; "chapter" for the container
	Entries  []Entry
	Share    float64  // of its lines that are entries, where it has lines
	Problems []string // what could not be read
	Remarks  []string // what else to know of how it was read
	Named    string   // the recording it says it is for, where it says
	Built    bool     // its entries say how the recording is built, even where they do not cover it
	Cut      bool     // there were more than MostMarks
	Log      bool     // its times are so many and so close that nobody chose them
}

// Add keeps an entry while there is room.
func (l *List) Add(e Entry) {
	if len(l.Entries) >= MostMarks {
		l.Cut = true
		return
	}
	e.Label = CleanLabel(e.Label)
	l.Entries = append(l.Entries, e)
}

// isEmpty reports whether a list says nothing at all, not even what was wrong.
func (l List) isEmpty() bool { return len(l.Entries) == 0 && len(l.Problems) == 0 && !l.Log }

// problem keeps the first few things that could not be read.
func (l *List) problem(format string, args ...any) {
	const most = 5
	if len(l.Problems) < most {
		l.Problems = append(l.Problems, fmt.Sprintf(format, args...))
	}
}

// Origin is where an entry stands, for people.
func (l List) Origin(e Entry) string {
	o := l.Name
	if e.Line > 0 {
		o = fmt.Sprintf("%s:%d", o, e.Line)
	}
	if e.By != "" {
		o += " by " + e.By
	}
	return o
}

// until gives an entry its end. An end before the beginning is none. The finer
// of the two ends is the entry's precision.
func (e *Entry) until(to instant) {
	if to.at > e.At {
		end := to.at
		e.End, e.Step = &end, min(e.Step, to.step)
	}
}

// How far apart a chapter's end and the next one's beginning may lie when they
// are one, and how far the last may stop short of the recording's end.
const (
	Touching = 500 * time.Millisecond
	NearEnds = 2 * time.Second
)

// chapters says of every end that is only the next entry's beginning, or the
// recording's end, that nobody chose it, and puts entries in order of time. A
// length of zero is not known.
func (l *List) chapters(length time.Duration) {
	slices.SortStableFunc(l.Entries, func(a, b Entry) int { return cmp.Compare(a.At, b.At) })
	for i := range l.Entries {
		e := &l.Entries[i]
		switch {
		case e.End == nil:
		case i+1 < len(l.Entries):
			e.ToNext = (l.Entries[i+1].At - *e.End).Abs() <= Touching
		default:
			e.ToNext = length > 0 && *e.End >= length-NearEnds
		}
	}
}

// remark keeps the first few things to know of how a list was read.
func (l *List) remark(format string, args ...any) {
	const most = 5
	if len(l.Remarks) < most {
		l.Remarks = append(l.Remarks, fmt.Sprintf(format, args...))
	}
}
