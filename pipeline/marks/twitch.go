package marks

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// column names of a header row, in lower case.
var (
	timeColumns  = []string{"timestamp", "time", "position", "offset"}
	labelColumns = []string{"description", "label", "comment", "comments", "note", "title", "marker", "name"}
)

// looksTwitch reports whether most lines are rows of Twitch's marker export:
// a time, a role right behind the comma, a name.
func looksTwitch(f *file) bool {
	rows, all := 0, 0
	for line := range f.opening() {
		line = strings.TrimSpace(line)
		if line == "" || all == 0 && isHeader(strings.Split(line, ",")) {
			continue
		}
		all++
		if isTwitchRow(line) {
			rows++
		}
	}
	return rows > 0 && rows*2 > all
}

// isTwitchRow is at least three columns: the first a time, the second a word
// right behind the comma (in prose a space follows).
func isTwitchRow(line string) bool {
	inner, quoted := strings.CutPrefix(line, `"`)
	_, rest, ok := scanTime(inner)
	if quoted {
		rest = strings.TrimPrefix(rest, `"`)
	}
	rest, comma := strings.CutPrefix(rest, ",")
	role, _, third := strings.Cut(rest, ",")
	return ok && comma && third && role != "" && strings.TrimSpace(role) == role
}

func isHeader(cells []string) bool {
	return slices.Contains(timeColumns, columnName(cells[0])) && len(cells) > 1
}

func columnName(cell string) string { return strings.ToLower(strings.Trim(cell, " \t\"")) }

// parseTwitch reads Twitch's marker CSV: time, role, user name, description.
// Three columns are taken too, and more are the description's own commas; a
// header row says which is which.
func parseTwitch(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceTwitch}
	label, line, first := -1, 0, true
	for written := range strings.SplitSeq(f.text, "\n") {
		if line++; strings.TrimSpace(written) == "" {
			continue
		}
		row, err := cells(written)
		switch {
		case l.Cut:
			l.offset(of)
			return []List{l}, nil
		case err != nil:
			l.problem("line %d: %v", line, err)
		case first && isHeader(row):
			label = slices.IndexFunc(row, func(c string) bool { return slices.Contains(labelColumns, columnName(c)) })
		default:
			l.twitchRow(row, line, label)
		}
		first = false
	}
	l.offset(of)
	return []List{l}, nil
}

// cells takes one line apart. Twitch writes each marker on a line of its own,
// and a quote as the user typed it: one that is never closed must not swallow
// the lines after it.
func cells(line string) ([]string, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	row, err := r.Read()
	if errors.Is(err, io.EOF) {
		return []string{""}, nil
	}
	return row, err
}

// twitchRow reads one row; label is the description's column, or negative.
func (l *List) twitchRow(row []string, line, label int) {
	const most = 64 // columns of a row that a person or Twitch wrote
	t, rest, ok := scanTime(strings.TrimSpace(row[0]))
	if !ok || rest != "" || len(row) < 2 || len(row) > most {
		l.problem("line %d is no marker", line)
		return
	}
	text := row[len(row)-1]
	switch {
	case label >= 0 && label < len(row):
		text = row[label]
	case len(row) >= 4:
		text = strings.TrimRight(strings.Join(row[3:], ", "), ", ") // Twitch does not quote commas
	}
	e := Entry{At: t.at, Step: t.step, Line: line, Label: text}
	if len(row) >= 4 && label < 0 {
		e.By = CleanLabel(row[1] + " " + row[2])
	}
	l.Add(e)
}
