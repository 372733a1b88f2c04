package shares

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// table is one table of the page: cells by row, and what its columns are called.
type table struct {
	columns []string
	rows    []map[string]string
	lines   []int // of the page, of each row
}

// workedCase is one case of docs/shares.md.
type workedCase struct {
	title  string
	now    time.Time
	tables map[string]table // by their first column
}

var (
	caseTitle = regexp.MustCompile(`^### (\d+)\. (.*)$`)
	countedAt = regexp.MustCompile(`^Counted at (\S+ \S+)\.$`)
)

// workedCases reads the page.
func workedCases(page string) (out []workedCase, err error) {
	var t table
	for i, line := range append(strings.Split(page, "\n"), "") {
		if m := caseTitle.FindStringSubmatch(line); m != nil {
			out = append(out, workedCase{title: m[2], tables: map[string]table{}})
		} else if strings.HasPrefix(line, "## ") && len(out) > 0 {
			return out, nil
		}
		if len(out) == 0 {
			continue
		}
		c := &out[len(out)-1]
		if m := countedAt.FindStringSubmatch(line); m != nil {
			if c.now, err = pageTime(m[1]); err != nil {
				return nil, err
			}
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			if t.columns != nil {
				c.tables[t.columns[0]] = t
			}
			t = table{}
		case strings.HasPrefix(line, "|---"):
		case t.columns == nil:
			for _, c := range cells {
				t.columns = append(t.columns, strings.TrimSpace(c))
			}
		default:
			row := map[string]string{}
			for k, c := range cells {
				row[t.columns[k]] = strings.TrimSpace(c)
			}
			t.rows, t.lines = append(t.rows, row), append(t.lines, i)
		}
	}
	return out, nil
}

const pageLayout = "2006-01-02 15:04Z07:00"

func pageTime(s string) (time.Time, error) { return time.Parse(pageLayout, s) }

// tally counts what a case is given.
func (c workedCase) tally() (Tally, error) {
	var posts []pipeline.Post
	var snapshots []pipeline.Snapshot
	var events []pipeline.ShareEvent
	var failed error
	at := func(s string) (out time.Time) {
		if s != "" && s != "–" {
			var err error
			if out, err = pageTime(s); err != nil {
				failed = err
			}
		}
		return out
	}
	number := func(s string) *int64 {
		if s == "–" {
			return nil
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			failed = err
		}
		return &n
	}
	for _, r := range c.tables["post"].rows {
		p := pipeline.Post{ID: r["post"], Clip: "clip", Kind: pipeline.Core, Channel: r["channel"], Platform: pipeline.Platform(r["platform"]), Zone: r["zone"], PostedAt: at(r["posted"])}
		if gone := at(r["removed"]); !gone.IsZero() {
			p.RemovedAt = &gone
		}
		posts = append(posts, p)
	}
	for _, r := range c.tables["snapshot of"].rows {
		s := pipeline.Snapshot{Post: r["snapshot of"], Source: r["source"], Grain: pipeline.Grain(r["grain"]), At: at(r["at"]), Received: at(r["received"]), Views: number(r["views"]), Shares: number(r["re-shares"])}
		if s.Received.IsZero() {
			s.Received = s.At
		}
		snapshots = append(snapshots, s)
	}
	for _, r := range c.tables["event of"].rows {
		events = append(events, pipeline.ShareEvent{Post: r["event of"], Source: r["source"], ID: r["id"], At: at(r["at"]), Received: at(r["at"])})
	}
	return Count(posts, snapshots, events, c.now), failed
}

func percent(f *float64) string {
	if f == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f %%", 100**f)
}

func figure(n *int64) string {
	if n == nil {
		return "–"
	}
	return fmt.Sprint(*n)
}

func listed(notes []pipeline.Note) string {
	if len(notes) == 0 {
		return "–"
	}
	return "`" + strings.Join(codes(notes), "` `") + "`"
}

func interval(i Interval) map[string]string {
	return map[string]string{"rate": percent(i.Rate), "low": percent(i.Low), "high": percent(i.High)}
}

// said is what the code says of a case, in the page's words.
func said(tally Tally) map[string][]map[string]string {
	out := map[string][]map[string]string{}
	for _, c := range tally.Posts {
		for i, r := range append([]Reading{c.Rate.Reading}, c.Rate.Beside...) {
			row := interval(r.Interval)
			row["says of"] = c.Post.ID + map[bool]string{true: ", beside"}[i > 0]
			row["source"], row["state"], row["re-shares"], row["views"], row["notes"] = r.Source, string(r.State), figure(r.Shares), figure(r.Views), listed(r.Notes)
			row["until"], row["posted there"] = "–", c.Local.Format("15:04Z07:00")
			if r.Source == "" {
				row["source"] = "–"
			}
			if r.Until != nil {
				row["until"] = r.Until.UTC().Format(pageLayout)
			}
			out["says of"] = append(out["says of"], row)
		}
	}
	for _, s := range Group(tally.Posts, ByClip) {
		row := interval(s.Interval)
		row["sum of"], row["state"], row["posts"], row["re-shares"], row["views"] = "the clip", string(s.State), fmt.Sprint(s.Posts), fmt.Sprint(s.Shares), fmt.Sprint(s.Views)
		row["notes"] = listed(s.Notes)
		if s.Spread != nil {
			row["wider low"], row["wider high"] = percent(&s.Spread.Low), percent(&s.Spread.High)
		}
		out["sum of"] = append(out["sum of"], row)
	}
	out["strays"] = []map[string]string{{"strays": "", "snapshots": fmt.Sprint(tally.Strays.Snapshots), "events": fmt.Sprint(tally.Strays.Events)}}
	return out
}

// checkPage lists where the page and the code differ, and where its own sums are wrong.
func checkPage(page string) (wrong []string) {
	cases, err := workedCases(page)
	if err != nil {
		return []string{err.Error()}
	}
	for _, c := range cases {
		tally, err := c.tally()
		if err != nil {
			wrong = append(wrong, c.title+": "+err.Error())
			continue
		}
		code := said(tally)
		for name, t := range c.tables {
			if want, isSaid := code[name]; isSaid {
				wrong = append(wrong, compareTable(c.title, t, want)...)
			}
		}
		for _, r := range c.tables["what"].rows {
			if err := checkWorked(r["by hand"], r["gives"]); err != nil {
				wrong = append(wrong, fmt.Sprintf("%s: %s: %v", c.title, r["what"], err))
			}
		}
	}
	return wrong
}

func compareTable(title string, t table, code []map[string]string) (wrong []string) {
	if len(t.rows) != len(code) {
		wrong = append(wrong, fmt.Sprintf("%s: %d rows %s, the code has %d", title, len(t.rows), t.columns[0], len(code)))
	}
	for i := range code {
		var line []string
		differs := i >= len(t.rows)
		for _, c := range t.columns {
			line = append(line, code[i][c])
			differs = differs || t.rows[i][c] != code[i][c]
		}
		if differs {
			wrong = append(wrong, fmt.Sprintf("%s: the code says | %s |", title, strings.Join(line, " | ")))
		}
	}
	return wrong
}

// checkWorked works a line out again, to as many places as it gives.
func checkWorked(sum, gives string) error {
	value, err := evaluate(strings.ReplaceAll(strings.Trim(sum, "`"), "−", "-"))
	if err != nil {
		return err
	}
	given, isPercent := strings.CutSuffix(gives, " %")
	if isPercent {
		value *= 100
	}
	_, places, _ := strings.Cut(given, ".")
	want, err := strconv.ParseFloat(given, 64)
	if err != nil {
		return err
	}
	if math.Abs(value-want) > 0.5000001*math.Pow10(-len(places)) {
		return fmt.Errorf("%s is %v, not %s", sum, value, gives)
	}
	return nil
}

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "shares.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheCasesOfThePageAreWhatTheCodeSays(t *testing.T) {
	for _, w := range checkPage(page(t)) {
		t.Error(w)
	}
	cases, err := workedCases(page(t))
	if err != nil || len(cases) != 10 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, c := range cases {
		if c.now.IsZero() || len(c.tables["post"].rows) == 0 || len(c.tables["says of"].rows) == 0 || len(c.tables["what"].rows) == 0 {
			t.Errorf("%s: no time, no post, nothing worked by hand or nothing said", c.title)
		}
	}
}

// TestAChangedNumberOnThePageIsSeen changes each number of what the page says
// and works out, one at a time.
func TestAChangedNumberOnThePageIsSeen(t *testing.T) {
	text := page(t)
	cases, err := workedCases(text)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	changed := 0
	for _, c := range cases {
		for name, columns := range map[string][]string{"says of": {"re-shares", "views", "rate", "low", "high", "until"},
			"sum of": {"posts", "re-shares", "views", "rate", "low", "high", "wider low", "wider high"}, "what": {"gives"}, "strays": {"snapshots", "events"}} {
			for k, row := range c.tables[name].rows {
				for _, column := range columns {
					other := otherNumber(row[column])
					if other == row[column] {
						continue
					}
					n := c.tables[name].lines[k]
					was := lines[n]
					lines[n] = replaceCell(was, c.tables[name].columns, column, other)
					if lines[n] == was || len(checkPage(strings.Join(lines, "\n"))) == 0 {
						t.Errorf("%s: %s %q became %q in %q and nothing saw it", c.title, column, row[column], other, lines[n])
					}
					lines[n] = was
					changed++
				}
			}
		}
	}
	if changed < 150 {
		t.Errorf("only %d numbers were changed", changed)
	}
}

// otherNumber is the cell with its last digit one higher.
func otherNumber(cell string) string {
	i := strings.LastIndexAny(cell, "0123456789")
	if i < 0 {
		return cell
	}
	return cell[:i] + string('0'+(cell[i]-'0'+1)%10) + cell[i+1:]
}

func replaceCell(line string, columns []string, column, with string) string {
	cells := strings.Split(line, "|")
	for i, c := range columns {
		if c == column {
			cells[i+1] = " " + with + " "
		}
	}
	return strings.Join(cells, "|")
}
