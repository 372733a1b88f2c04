package marks

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
)

// cutTime is a cell of LosslessCut: seconds, a clock, or nothing.
func cutTime(cell string) (t instant, empty, ok bool) {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		return instant{step: time.Second}, true, true
	}
	if t, ok = decimalSeconds(cell); ok {
		return t, false, true
	}
	t, rest, ok := scanTime(cell)
	return t, false, ok && rest == ""
}

// isCutHeader is the header that LosslessCut writes, before the names of tags.
func isCutHeader(row []string) bool {
	return len(row) >= 3 && strings.EqualFold(row[0], "start") && strings.EqualFold(row[1], "end") && strings.EqualFold(row[2], "name")
}

// isCut is a start, an end behind it or none, and a name that is no number: a
// table of measurements has numbers everywhere.
func isCut(row []string) bool {
	if len(row) < 3 {
		return false
	}
	from, noStart, ok1 := cutTime(row[0])
	to, noEnd, ok2 := cutTime(row[1])
	if _, _, number := cutTime(row[2]); number && strings.TrimSpace(row[2]) != "" {
		return false
	}
	return ok1 && ok2 && !(noStart && noEnd) && (noEnd || to.at > from.at)
}

// cutComma is what parts the columns: a tab where the first line has one.
func cutComma(f *file) rune {
	line, _, _ := strings.Cut(f.head(4096), "\n")
	if strings.Contains(line, "\t") {
		return '\t'
	}
	return ','
}

// cutRow takes one line apart; nil for what cannot be. Only a line with quotes
// and columns needs a reader: one for each line of a 22 MiB file took 7 s
// (2026-11-26), without them it takes one.
func cutRow(line string, comma rune) []string {
	switch {
	case !strings.Contains(line, `"`):
		return strings.Split(line, string(comma))
	case !strings.ContainsRune(line, comma):
		return []string{line}
	}
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	row, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	return row
}

// looksLosslessCut reports whether most lines are cuts, or the header is there.
func looksLosslessCut(f *file) bool {
	rows, all, comma := 0, 0, cutComma(f)
	for line := range f.opening() {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(line) > longestRow {
			return false
		}
		row := cutRow(line, comma)
		if all == 0 && isCutHeader(row) {
			return true
		}
		all++
		if isCut(row) {
			rows++
		}
	}
	return rows > 0 && rows*2 > all && !looksAudacity(f)
}

// parseLosslessCut reads LosslessCut's lists of segments, with its header or
// without. A segment without a start begins the recording; one without an end
// is a point.
func parseLosslessCut(f *file, _ Recording) ([]List, error) {
	l := List{Source: SourceLosslessCut}
	line, lost, comma := 0, 0, cutComma(f)
	for text := range strings.SplitSeq(f.text, "\n") {
		if line++; strings.TrimSpace(text) == "" {
			continue
		}
		if lost > MostMarks {
			l.problem("from line %d on it is not read: too many lines are no segments", line)
			l.Cut = true
			break
		}
		row := cutRow(text, comma)
		if line == 1 && isCutHeader(row) {
			continue
		}
		if len(row) < 2 {
			l.problem("line %d is no segment", line)
			lost++
			continue
		}
		from, noStart, ok1 := cutTime(row[0])
		to, noEnd, ok2 := cutTime(row[1])
		if !ok1 || !ok2 || noStart && noEnd {
			l.problem("line %d is no segment", line)
			lost++
			continue
		}
		e := Entry{At: from.at, Step: from.step, Line: line}
		if len(row) > 2 {
			e.Label = row[2]
		}
		if !noEnd {
			e.until(to)
		}
		if l.Add(e); l.Cut {
			break
		}
	}
	return []List{l}, nil
}
