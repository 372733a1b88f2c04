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

// infoSection is what the log has of one recording.
type infoSection struct {
	began time.Time // local, of no zone; zero: not said
	list  List
}

// parseOBSInfo reads the log of the OBS plugin Info Writer. It is written on
// and on: the section is taken whose start is the recording's, else the last.
func parseOBSInfo(f *file, of Recording) ([]List, error) {
	sections := infoSections(f.text)
	chosen, said := len(sections)-1, false
	for i, s := range sections {
		if isStart(s.began, of.StartedAt) {
			chosen, said = i, true
		}
	}
	l := sections[chosen].list
	if len(sections) > 1 && !said {
		l.remark("it has %d recordings, and none is known to be this one; the last is read", len(sections))
	}
	return []List{l}, nil
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

// infoSections takes a log apart. There is always at least one section.
func infoSections(text string) []infoSection {
	fresh := func() infoSection { return infoSection{list: List{Source: SourceOBSInfo}} }
	out := []infoSection{fresh()}
	kind, label, line, written := "", "", 0, false
	for row := range strings.SplitSeq(text, "\n") {
		line++
		at := &out[len(out)-1]
		if m := infoMarker.FindStringSubmatch(row); m != nil {
			at.list.pressed(m, kind, label, line)
			kind, label = "", ""
			continue
		}
		m := infoEvent.FindStringSubmatch(row)
		switch {
		case m == nil:
			if strings.TrimSpace(row) != "" && !infoStream.MatchString(row) {
				at.list.problem("line %d is neither an event nor a time", line)
			}
		case m[1] == "EVENT" && strings.HasPrefix(m[2], infoStart):
			if written {
				out = append(out, fresh())
			}
			written = true
			if date := infoDate.FindStringSubmatch(m[2]); date != nil {
				out[len(out)-1].began, _ = time.Parse(time.DateTime, date[1])
			}
			kind, label = "EVENT", ""
		default:
			kind, label = m[1], infoDate.ReplaceAllString(m[2], "")
		}
	}
	return out
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
