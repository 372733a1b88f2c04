package marks

import (
	"regexp"
	"strings"
	"time"
)

// Lines of OBSInfoWriter's log.
var (
	infoEvent  = regexp.MustCompile(`^\s*(EVENT|HOTKEY):(.*)$`)
	infoDate   = regexp.MustCompile(`\s*@\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\s.*)?$`)
	infoMarker = regexp.MustCompile(`^\s*(\d{1,3}:\d\d:\d\d(?:[.,:]\d{1,3})?)\s+Record Time Marker\s*(\(.*\))?\s*$`)
	infoStream = regexp.MustCompile(`^\s*\d{1,3}:\d\d:\d\d\S*\s+Stream Time Marker`)
)

const infoStart = "START RECORDING"

// looksOBSInfo reports whether a file is OBSInfoWriter's log.
func looksOBSInfo(f *file) bool {
	for _, line := range strings.SplitN(f.head(8<<10), "\n", 20) {
		if strings.HasPrefix(strings.TrimSpace(line), "EVENT:"+infoStart) || infoMarker.MatchString(line) {
			return true
		}
	}
	return false
}

// parseOBSInfo reads the log of the OBS plugin Info Writer. It is written on
// and on: the section is taken whose start is the recording's, else the last.
func parseOBSInfo(f *file, of Recording) ([]List, error) {
	log := infoLog{l: List{Source: SourceOBSInfo}, of: of}
	line := 0
	for row := range strings.SplitSeq(f.text, "\n") {
		line++
		log.row(row, line)
	}
	l := log.l
	switch {
	case log.chosen != nil && !log.ours:
		l = *log.chosen
	case log.sections > 1 && !log.ours:
		l.remark("it has %d recordings, and none is known to be this one; the last is read", log.sections)
	}
	return []List{l}, nil
}

// infoLog is a log while its lines are read.
type infoLog struct {
	of          Recording
	l           List  // the section being read
	ours        bool  // it begins when the recording does
	chosen      *List // the last section that did; nil for none
	sections    int
	kind, label string // what the next time belongs to
}

// row reads one line.
func (g *infoLog) row(row string, line int) {
	if m := infoMarker.FindStringSubmatch(row); m != nil {
		g.l.pressed(m, g.kind, g.label, line)
		g.kind, g.label = "", ""
		return
	}
	m := infoEvent.FindStringSubmatch(row)
	switch {
	case m == nil:
		if strings.TrimSpace(row) != "" && !infoStream.MatchString(row) {
			g.l.problem("line %d is neither an event nor a time", line)
		}
	case m[1] == "EVENT" && strings.HasPrefix(m[2], infoStart):
		g.begin(m[2])
	default:
		g.kind, g.label = m[1], infoDate.ReplaceAllString(m[2], "")
	}
}

// begin opens a section, and keeps the one before if it is the recording's.
func (g *infoLog) begin(event string) {
	if g.ours {
		before := g.l
		g.chosen = &before
	}
	if g.sections > 0 {
		g.l = List{Source: SourceOBSInfo}
	}
	var began time.Time
	if date := infoDate.FindStringSubmatch(event); date != nil {
		began, _ = time.Parse(time.DateTime, date[1])
	}
	g.ours, g.sections = isStart(began, g.of.StartedAt), g.sections+1
	g.kind, g.label = "EVENT", ""
}

// isStart reports whether a local time of no zone is the instant at: in at's
// own zone, or in this machine's.
func isStart(began time.Time, at *time.Time) bool {
	const near = 2 * time.Minute
	if began.IsZero() || at == nil {
		return false
	}
	for _, zone := range []*time.Location{at.Location(), time.Local} {
		there := time.Date(began.Year(), began.Month(), began.Day(), began.Hour(), began.Minute(), began.Second(), 0, zone)
		if there.Sub(*at).Abs() <= near {
			return true
		}
	}
	return false
}

// pressed keeps a time that a hotkey gave: what follows HOTKEY, or a time alone.
func (l *List) pressed(m []string, kind, label string, line int) {
	if kind == "EVENT" || strings.Contains(m[2], "not recording") {
		return
	}
	t, rest, ok := scanTime(m[1])
	if !ok || rest != "" {
		l.problem("line %d is no time", line)
		return
	}
	l.Add(Entry{At: t.at, Step: t.step, Label: label, Line: line})
}
