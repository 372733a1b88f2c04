package marks

import (
	"regexp"
	"strings"
)

// audacityRow is a label: two times with six decimals, by a point or the
// comma of the place, and the text.
var audacityRow = regexp.MustCompile(`^(\d{1,7})[.,](\d{6})\t(\d{1,7})[.,](\d{6})(?:\t(.*))?$`)

// spectralRow is the second line that a label of a band of frequencies has.
const spectralRow = "\\\t"

// looksAudacity reports whether most lines are labels of Audacity.
func looksAudacity(f *file) bool {
	rows, all := 0, 0
	for line := range f.opening() {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, spectralRow) {
			continue
		}
		all++
		if audacityRow.MatchString(line) {
			rows++
		}
	}
	return rows > 0 && rows*2 > all
}

// parseAudacity reads a label track. A label that begins and ends at once is a point.
func parseAudacity(f *file, _ Recording) ([]List, error) {
	l := List{Source: SourceAudacity}
	line := 0
	for text := range strings.SplitSeq(f.text, "\n") {
		if line++; strings.TrimSpace(text) == "" || strings.HasPrefix(text, spectralRow) {
			continue
		}
		m := audacityRow.FindStringSubmatch(text)
		if m == nil {
			l.problem("line %d is no label", line)
			continue
		}
		from, ok1 := decimalSeconds(m[1] + "." + m[2])
		to, ok2 := decimalSeconds(m[3] + "." + m[4])
		if !ok1 || !ok2 {
			l.problem("line %d is no label", line)
			continue
		}
		e := Entry{At: from.at, Step: from.step, Label: m[5], Line: line}
		e.until(to)
		if l.Add(e); l.Cut {
			break
		}
	}
	return []List{l}, nil
}
