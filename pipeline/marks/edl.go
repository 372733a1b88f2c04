package marks

import (
	"regexp"
	"strings"

	"dropcut/pipeline/timeline"
)

// event is one line of an edit decision list and what stands below it.
type event struct {
	line   int
	reel   string
	track  string
	codes  [4]timeline.Timecode // source in and out, record in and out
	clips  []string             // the names its comments give
	marker *marker
}

// marker is what DaVinci Resolve writes below an event: colour, name, frames.
type marker struct {
	name, note string
	frames     int64
}

// locator is a named frame of the record side.
type locator struct {
	code timeline.Timecode
	text string
	line int
}

// edl is an edit decision list, whoever wrote it.
type edl struct {
	events   []event
	locators []locator
	markers  int
	others   int // lines that are no event: title, mode, comments
	cut      bool
}

const code = `(\d\d[:;]\d\d[:;]\d\d[:;.]\d{2,3})`

var (
	eventLine   = regexp.MustCompile(`^\s*\d{1,6}\s+(?:(\S.*?)\s+)?(\S+)\s+(?:C|D|W\d+|KB?|KO)\s+(?:\d+\s+)?` + code + `\s+` + code + `\s+` + code + `\s+` + code + `\s*$`)
	clipLine    = regexp.MustCompile(`(?i)^\s*\*\s*(?:FROM CLIP NAME|SOURCE FILE|SOURCE FILE PATH|FROM CLIP|FROM FILE|CLIP NAME)\s*:\s*(\S.*)$`)
	locatorLine = regexp.MustCompile(`(?i)^\s*\*\s*LOC\s*:\s*` + code + `\s*(?:(?:RED|GREEN|BLUE|CYAN|MAGENTA|YELLOW|BLACK|WHITE|ORANGE|PURPLE|PINK)\b)?\s*(.*)$`)
	modeLine    = regexp.MustCompile(`(?i)^\s*FCM\s*:\s*(NON)?`)
)

// longestLine is more than any program writes into an edit list.
const longestLine = 2 * mostLabel

// mayBeEvent: four timecodes, and no longer than any program's reel makes it.
func mayBeEvent(line string) bool {
	return len(line) < 512 && strings.Count(line, ":")+strings.Count(line, ";") >= 8
}

// cuts is the file as an edit decision list; empty when none of its first lines
// is an event.
func (f *file) cuts() *edl {
	if f.list != nil {
		return f.list
	}
	f.list = &edl{}
	for line := range f.opening() {
		if mayBeEvent(line) && eventLine.MatchString(line) {
			f.list = readEDL(f.text)
			break
		}
	}
	return f.list
}

func readEDL(text string) *edl {
	l := &edl{}
	drop, n := false, 0
	var note []string // what stands between an event and its marker
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if strings.TrimSpace(line) == "" || len(line) > longestLine {
			continue
		}
		if mayBeEvent(line) {
			if m := eventLine.FindStringSubmatch(line); m != nil {
				if l.cut = len(l.events) >= MostMarks; l.cut {
					break
				}
				l.add(m, n, drop)
				note = nil
				continue
			}
		}
		l.others++
		if m := modeLine.FindStringSubmatch(line); m != nil {
			drop = m[1] == ""
		} else if len(note) < 8 {
			note = l.below(line, n, drop, note)
		}
	}
	return l
}

func (l *edl) add(m []string, line int, drop bool) {
	e := event{line: line, reel: m[1], track: m[2]}
	for i := range e.codes {
		c, ok := timeline.ParseTimecode(m[3+i])
		if !ok {
			l.others++
			return
		}
		c.Drop = c.Drop || drop
		e.codes[i] = c
	}
	l.events = append(l.events, e)
}

// below reads a line that belongs to the last event, and gives the text that a
// marker may still follow.
func (l *edl) below(line string, n int, drop bool, note []string) []string {
	if m := locatorLine.FindStringSubmatch(line); m != nil {
		if c, ok := timeline.ParseTimecode(m[1]); ok && len(l.locators) < MostMarks {
			c.Drop = c.Drop || drop
			l.locators = append(l.locators, locator{c, m[2], n})
		}
		return note
	}
	if len(l.events) == 0 {
		return note
	}
	e := &l.events[len(l.events)-1]
	if m := clipLine.FindStringSubmatch(line); m != nil {
		if len(e.clips) < 8 {
			e.clips = append(e.clips, m[1])
		}
		return note
	}
	if k, ok := readMarker(line); ok && e.marker == nil {
		k.note = strings.Join(append(note, k.note), " ")
		e.marker = &k
		l.markers++
		return nil
	}
	return append(note, line)
}

// readMarker reads "note |C:ResolveColorBlue |M:name |D:1". The name may hold
// bars of its own; what stands in front of the first is the note.
func readMarker(line string) (k marker, ok bool) {
	color := strings.Index(line, "|C:")
	if color < 0 {
		return k, false
	}
	k.note, line = strings.TrimSpace(line[:color]), line[color:]
	if at := strings.LastIndex(line, "|D:"); at >= 0 {
		k.frames, _, _ = scanNumber(strings.TrimSpace(line[at+3:]))
		line = line[:at]
		ok = true
	}
	if at := strings.Index(line, "|M:"); at >= 0 {
		k.name, ok = strings.TrimSpace(line[at+3:]), true
	}
	return k, ok
}
