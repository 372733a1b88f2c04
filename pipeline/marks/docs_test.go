package marks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the table of docs/marks.md")

const (
	tableBegins = "<!-- from pipeline/marks/formats.go: go test ./pipeline/marks -run Page -update -->\n"
	tableEnds   = "<!-- end -->\n"
)

// pageTable is the table of formats as docs/marks.md has it.
func pageTable() string {
	var b strings.Builder
	b.WriteString("| format | source | where it comes from | how it is told | precision at best | sure: point, range | the event of a point lies |\n|---|---|---|---|---|---|---|\n")
	for _, f := range Formats() {
		name := f.Name
		if f.Inside != "" {
			name += " (inside " + FormatOf(f.Inside).Name + ")"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s | %.2f, %.2f | %s |\n", name, f.Source, f.From, f.Told, precision(f.Finest), f.Habit.Point, f.Habit.Ranged, where(f.Habit))
	}
	return b.String()
}

func precision(d time.Duration) string {
	if d == 0 {
		return "1 frame"
	}
	return strings.NewReplacer("ns", " ns", "µs", " µs", "ms", " ms").Replace(strings.Replace(d.String(), "1s", "1 s", 1))
}

func where(h Habit) string {
	switch {
	case h.Lead > 0 && h.Trail > 0:
		return fmt.Sprintf("%v before to %v after", h.Lead, h.Trail)
	case h.Lead > 0:
		return fmt.Sprintf("up to %v before", h.Lead)
	case h.Trail > 0:
		return fmt.Sprintf("up to %v after", h.Trail)
	}
	return "there"
}

func TestThePageOfFormatsIsTheTable(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "marks.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), tableBegins)
	have, after, ok2 := strings.Cut(rest, tableEnds)
	if !ok1 || !ok2 {
		t.Fatal("docs/marks.md has lost the lines between which the table stands")
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+tableBegins+pageTable()+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != pageTable() {
		t.Errorf("docs/marks.md is not what the code says; run with -update. Want:\n%s", pageTable())
	}
}
