package marks

import (
	"slices"
	"strings"

	"dropcut/pipeline/timeline"
)

// screenlight is the first line of a panel's export, which has seconds.
const screenlight = "Screenlight Premiere Pro Marker Export"

// premiereRow is a row of Premiere's own export: name, description, in, out,
// duration. The header is translated, so columns are told by their timecodes.
type premiereRow struct {
	name, note string
	codes      [3]timeline.Timecode
}

// premiereCells takes one line apart: by tabs as Premiere writes, else as CSV.
func premiereCells(line string) []string {
	if strings.Count(line, "\t") >= 4 {
		cells := strings.Split(line, "\t")
		for i, c := range cells {
			c = strings.TrimSpace(c)
			if len(c) > 1 && c[0] == '"' && c[len(c)-1] == '"' {
				c = strings.ReplaceAll(c[1:len(c)-1], `""`, `"`)
			}
			cells[i] = c
		}
		return cells
	}
	row, err := cells(line)
	if err != nil {
		return nil
	}
	return row
}

func premiereRowOf(line string) (row premiereRow, ok bool) {
	if len(line) > longestRow {
		return row, false
	}
	all := premiereCells(line)
	for i := 1; i+2 < len(all) && i < 16; i++ {
		n := 0
		for k := range row.codes {
			c, ok := timeline.ParseTimecode(strings.TrimSpace(all[i+k]))
			if !ok {
				break
			}
			row.codes[k], n = c, n+1
		}
		if n == len(row.codes) {
			if row.name = all[0]; i > 1 {
				row.note = all[i-1]
			}
			return row, true
		}
	}
	return row, false
}

// looksPremiere: most lines are rows with three timecodes in a row, behind a
// name; or a panel's export.
func looksPremiere(f *file) bool {
	if isScreenlight(f) {
		return true
	}
	rows, all := 0, 0
	for line := range f.opening() {
		if strings.TrimSpace(line) == "" {
			continue
		}
		all++
		if _, ok := premiereRowOf(line); ok {
			rows++
		}
	}
	return rows > 0 && rows*2 >= all-1
}

func isScreenlight(f *file) bool {
	_, ok := CutFold(strings.TrimLeft(f.head(200), `"`), screenlight)
	return ok
}

// parsePremiere reads Premiere Pro's Export Markers. A row whose duration is
// longer than a frame is a range.
func parsePremiere(f *file, of Recording) ([]List, error) {
	if isScreenlight(f) {
		return parseScreenlight(f), nil
	}
	l := List{Source: SourcePremiere}
	var rows []premiereRow
	var lines []int
	var codes []timeline.Timecode
	n := 0
	for line := range strings.SplitSeq(f.text, "\n") {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		row, ok := premiereRowOf(line)
		switch {
		case len(rows) >= MostMarks:
			l.Cut = true
		case ok:
			rows, lines, codes = append(rows, row), append(lines, n), append(codes, row.codes[0], row.codes[1])
		case len(rows) > 0:
			l.problem("line %d is no marker", n)
		}
	}
	t := tapeOf(codes, of)
	l.Remarks = t.doubts
	for i, row := range rows {
		e, ok := t.entry(row.codes[0])
		if !ok {
			t.unnumbered(&l, lines[i])
			continue
		}
		e.Line, e.Label = lines[i], editorLabel(row.name, row.note)
		if to, ok := t.entry(row.codes[1]); ok {
			e.upTo(to.At)
		}
		l.Add(e)
	}
	return []List{l}, nil
}

// parseScreenlight reads rows of name, seconds, seconds of length, colour, comment.
func parseScreenlight(f *file) []List {
	l := List{Source: SourcePremiere}
	n := 0
	for line := range strings.SplitSeq(f.text, "\n") {
		if n++; n == 1 || l.Cut || strings.TrimSpace(line) == "" || len(line) > longestRow {
			continue
		}
		row, err := cells(line)
		if err != nil || len(row) < 3 {
			l.problem("line %d is no marker", n)
			continue
		}
		at, ok := decimalSeconds(row[1])
		long, okLong := decimalSeconds(row[2])
		if !ok || !okLong {
			if !slices.Contains(row, "Time:") {
				l.problem("line %d is no marker", n)
			}
			continue
		}
		e := Entry{At: at.at, Step: at.step, Label: editorLabel(row[0], strings.Join(row[min(4, len(row)):], ", ")), Line: n}
		if long.at > 0 {
			e.until(instant{at.at + long.at, long.step})
		}
		l.Add(e)
	}
	return []List{l}
}
