package marks

import (
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// scenes are the kinds of MPlayer's edit list. Only a scene marker points at
// something; the others say what is to be skipped.
var scenes = map[string]string{"0": "it is cut out", "1": "its sound is muted", "2": "", "3": "it is a commercial"}

// looksScenes: every line is a time, mostly a second one, and a kind of 0 to 3.
func looksScenes(f *file) bool {
	lines, exact := 0, 0
	for line := range f.opening() {
		if _, ok := sceneOf(line, timeline.Rate30); !ok {
			if isNote(line) {
				continue
			}
			return false
		}
		lines++
		if isAudacityRow(line) {
			exact++
		}
	}
	return lines > 0 && exact < lines
}

// isAudacityRow: Audacity writes six decimals and tabs, and a label that may be
// a number.
func isAudacityRow(line string) bool {
	cells := strings.Split(line, "\t")
	if len(cells) != 3 {
		return false
	}
	for _, c := range cells[:2] {
		at, ok := decimalSeconds(c)
		if !ok || at.step != time.Microsecond {
			return false
		}
	}
	return true
}

// parseScenes reads "start end kind" or "start kind".
func parseScenes(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceScenes}
	n := 0
	for line := range strings.SplitSeq(f.text, "\n") {
		if n++; l.Cut {
			break
		}
		e, ok := sceneOf(line, of.Rate)
		if !ok && isNote(line) {
			continue
		}
		if !ok {
			l.problem("line %d is no scene", n)
			continue
		}
		e.Line = n
		l.Add(e)
	}
	return []List{l}, nil
}

// isNote: an empty line, or one for people; a number of frames begins with # too.
func isNote(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#")
}

func sceneOf(line string, r timeline.Rate) (Entry, bool) {
	if len(line) > 200 {
		return Entry{}, false
	}
	fields := strings.Fields(line)
	if len(fields) < 2 || len(fields) > 3 {
		return Entry{}, false
	}
	kind := fields[len(fields)-1]
	why, known := scenes[kind]
	from, ok := sceneTime(fields[0], r)
	if !known || !ok || len(fields) == 2 && kind != "2" {
		return Entry{}, false
	}
	e := Entry{At: from.at, Step: from.step}
	if len(fields) == 3 {
		to, ok := sceneTime(fields[1], r)
		if !ok {
			return Entry{}, false
		}
		if kind != "2" { // the end of a marker is optional and means nothing
			e.until(to)
		}
	}
	if why != "" {
		e.PassCode, e.Pass = PassLeftOut, why
	}
	return e, true
}

// sceneTime is seconds, a clock's time or, after #, a number of frames.
func sceneTime(s string, r timeline.Rate) (instant, bool) {
	if frames, ok := strings.CutPrefix(s, "#"); ok {
		n, digits, rest := scanNumber(frames)
		if digits == 0 || digits > 9 || rest != "" || r.IsZero() {
			return instant{}, false
		}
		return instant{r.Duration(n), r.Duration(1)}, true
	}
	if at, rest, ok := scanTime(s); ok && rest == "" {
		return at, true
	}
	return decimalSeconds(s)
}
