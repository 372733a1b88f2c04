package counters

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
)

// What a file may be at most.
const (
	MostBytes   = 64 << 20
	mostRows    = 1_000_000
	mostPreface = 20 // lines before the names of columns
)

// Options is what a file does not say itself.
type Options struct {
	Observed time.Time      // when it was downloaded; its rows are of then
	Zone     *time.Location // of times without one; nil: UTC
}

// Counted is one row: a snapshot, and how it names its post.
type Counted struct {
	Line int
	Of   pipeline.Named
	pipeline.Snapshot
}

// Unused is a row that cannot be used.
type Unused struct {
	Line int
	Why  string
}

// Report is what a file says: every row of it is in one of the two lists.
type Report struct {
	Export string // which one it is
	Rows   []Counted
	Unused []Unused
}

// Read reads an export. Invalid: it is none that is known, or too large.
func Read(b []byte, o Options) (Report, error) {
	if len(b) > MostBytes {
		return Report{}, pipeline.Fail(pipeline.Invalid, "too_large", "split it", "the file has more than %d MiB", MostBytes>>20)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	b = decoded(b)
	if t := bytes.TrimSpace(b); len(t) > 0 && (t[0] == '[' || t[0] == '{') {
		return readJSON(t, o)
	}
	r, err := readTable(b, o)
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// table is a file of rows being read.
type table struct {
	header
	Options
	Report
	days map[string]*sums // of exports whose rows are days
}

func readTable(b []byte, o Options) (Report, error) {
	if line, rest, ok := bytes.Cut(b, []byte("\n")); ok && bytes.HasPrefix(bytes.ToLower(line), []byte("sep=")) {
		b = append(bytes.Repeat([]byte("\n"), 1), rest...)
	}
	var last error
	for _, comma := range []rune{',', ';', '\t'} {
		t := &table{Options: o}
		found, err := t.read(b, comma)
		if err != nil {
			last = err
		}
		if found {
			return t.Report, err
		}
	}
	return Report{}, cmp.Or(last, error(pipeline.Fail(pipeline.Invalid, "no_export", "docs/imports.md lists what is read; a file of your own needs observed_at, url and views",
		"no line of the file has the columns of an export that is known")))
}

// read reads rows that are told apart by comma, and reports whether they are an export's.
func (t *table) read(b []byte, comma rune) (found bool, err error) {
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	for n := 0; ; n++ {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			t.addDays()
			return found, nil
		case err != nil:
			return found, pipeline.Fail(pipeline.Invalid, "no_table", "", "read the table: %w", err)
		case n > mostRows:
			return found, pipeline.Fail(pipeline.Invalid, "too_large", "split it", "the file has more than %d rows", mostRows)
		}
		line, _ := r.FieldPos(0)
		if found {
			t.row(line, row)
			continue
		}
		if n > mostPreface {
			return false, nil
		}
		if t.header, found = readHeader(row); found {
			t.Export = t.name
		}
	}
}

func (t *table) row(line int, row []string) {
	if !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return // nothing is said
	}
	c, err := t.counted(row)
	c.Line = line
	if err != nil {
		t.Unused = append(t.Unused, Unused{line, err.Error()})
		return
	}
	if day := t.cell(row, fieldDay); t.grain == pipeline.GrainDay && day != "" {
		t.addDay(c, day)
		return
	}
	t.Rows = append(t.Rows, c)
}

// counted is a row as a snapshot; the error says why it is none.
func (t *table) counted(row []string) (Counted, error) {
	c := Counted{Of: pipeline.Named{Post: t.cell(row, fieldPost), Platform: cmp.Or(pipeline.Platform(strings.ToLower(t.cell(row, fieldPlatform))), t.platform)}}
	c.Source, c.At, c.Grain = cmp.Or(t.cell(row, fieldSource), t.source), t.Observed, cmp.Or(pipeline.Grain(t.cell(row, fieldGrain)), t.grain)
	if c.Of.URL = t.cell(row, fieldURL); c.Of.URL == "" || slices.Contains(missing, strings.ToLower(c.Of.URL)) {
		c.Of.URL, c.Of.ExternalID = "", identifier(t.cell(row, fieldExternal))
	}
	if total := plainName(c.Of.ExternalID); total == "total" || total == "gesamt" || total == "insgesamt" {
		return c, errors.New("a row of totals")
	}
	if c.Post = c.Of.Key(); c.Post == "" {
		return c, errors.New("it names no post")
	}
	if c.Of.Platform != "" && !slices.Contains(pipeline.Platforms, c.Of.Platform) {
		return c, fmt.Errorf("%.40q is no platform", c.Of.Platform)
	}
	if c.Grain != pipeline.GrainInstant && c.Grain != pipeline.GrainMoving && c.Grain != pipeline.GrainDay {
		return c, fmt.Errorf("%.40q is no grain: moving, day or nothing", c.Grain)
	}
	if err := t.time(&c, row); err != nil {
		return c, err
	}
	return c, t.counts(&c, row)
}

// identifier is a platform's ID as it was before a spreadsheet touched it; what
// it rounded names another post, and so none.
func identifier(text string) string {
	text = strings.Trim(text, `='"`)
	if slices.Contains(missing, strings.ToLower(text)) || strings.Contains(text, "E+") || strings.Contains(text, "e+") {
		return ""
	}
	return text
}

func (t *table) time(c *Counted, row []string) (err error) {
	if t.at[fieldObserved] >= 0 {
		if c.At, err = instant(t.cell(row, fieldObserved), t.Zone); err != nil {
			return fmt.Errorf("observed_at: %w", err)
		}
	}
	day := t.cell(row, fieldDay)
	if t.grain == pipeline.GrainMoving && day != "" {
		if _, err := instant(day, t.Zone); err == nil {
			return fmt.Errorf("the figures are of one day, %.20s, and no totals: export Lifetime", day)
		}
	}
	if c.At.IsZero() && (t.grain != pipeline.GrainDay || day == "") {
		return errors.New("it is not known when it was observed")
	}
	return nil
}

func (t *table) counts(c *Counted, row []string) error {
	some := false
	for f, to := range map[field]**int64{fieldViews: &c.Views, fieldShares: &c.Shares, fieldLikes: &c.Likes, fieldComments: &c.Comments} {
		n, err := count(t.cell(row, f))
		if err != nil {
			return fmt.Errorf("%s: %w", fieldNames[f], err)
		}
		*to = n
		some = some || n != nil
	}
	if !some {
		return errors.New("it counts nothing")
	}
	return nil
}
