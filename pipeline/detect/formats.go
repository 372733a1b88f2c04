package detect

import (
	"fmt"
	"time"

	"dropcut/pipeline"
)

// entry is one line of a list, before it is known to be a mark.
type entry struct {
	at     time.Duration
	end    *time.Duration
	toNext bool // the end is only where the next entry begins: nobody's choice
	step   time.Duration
	label  string
	line   int    // where it stands, 1 …; 0 where there are no lines
	by     string // who pressed, where the format says
}

// list is what one file or one container says.
type list struct {
	source   string
	name     string // of the file; empty for the container
	entries  []entry
	share    float64 // of its lines that are entries, where it has lines
	problems []string
	named    string // the recording it says it is for, where it says
	cut      bool   // there were more than mostMarks
	log      bool   // its times are so many and so close that nobody chose them
}

// add keeps an entry while there is room.
func (l *list) add(e entry) {
	if len(l.entries) >= mostMarks {
		l.cut = true
		return
	}
	e.label = cleanLabel(e.label)
	l.entries = append(l.entries, e)
}

// problem keeps the first few things that could not be read.
func (l *list) problem(format string, args ...any) {
	const most = 5
	if len(l.problems) < most {
		l.problems = append(l.problems, fmt.Sprintf(format, args...))
	}
}

// origin is where an entry stands, for people.
func (l list) origin(e entry) string {
	o := l.name
	if o == "" {
		o = "chapter"
	}
	if e.line > 0 {
		o = fmt.Sprintf("%s:%d", o, e.line)
	}
	if e.by != "" {
		o += " by " + e.by
	}
	return o
}

const acceptedFormats = `dropcut's own JSON ({"version":1,"marks":[{"start":"10:15","end":"11:40","label":"…"}]}), a list of times with labels (one a line, as YouTube chapters), or Twitch markers as CSV`

// parse reads a file of marks, whatever it is called: content decides. A file
// that is none of the formats is Invalid, code unknown_marks.
func parse(name string, b []byte) (l list, err error) {
	defer func() {
		if r := recover(); r != nil {
			l, err = list{}, unknown(name, "it cannot be read")
		}
	}()
	if len(b) > mostBytes {
		return list{}, pipeline.Fail(pipeline.Invalid, "marks_too_large", "give the marks of this recording only", "%s has more than 32 MiB", name)
	}
	text, ok := decode(b)
	if !ok {
		return list{}, unknown(name, "it is no text")
	}
	switch {
	case looksNative(text):
		l, err = parseNative(name, text)
	case looksForeign(text):
		return list{}, unknown(name, "it is in another format")
	case looksTwitch(text):
		l = parseTwitch(text)
	default:
		l = parseTimestamps(text)
	}
	l.name = name
	switch {
	case err != nil || len(l.entries) > 0:
	case l.log:
		err = unknown(name, "it is a log, with a time every few seconds, and no list")
	default:
		err = unknown(name, "there is no time in it")
	}
	return l, err
}

func unknown(name, why string) error {
	return pipeline.Fail(pipeline.Invalid, "unknown_marks", "accepted are "+acceptedFormats, "%s: %s that dropcut reads as marks", name, why)
}

// IsMarks reports whether b is a file of marks, by its content alone. It is
// stricter than reading a file that a person named: a few times in a page of
// prose are no list.
func IsMarks(b []byte) bool {
	l, err := parse("", b)
	if err != nil {
		return false
	}
	const listed = 3
	return l.source != SourceTimestamps || len(l.entries) >= listed || l.share >= 0.5
}
