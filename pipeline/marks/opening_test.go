package marks

import (
	"fmt"
	"strings"
	"testing"

	"dropcut/pipeline/timeline"
)

// A file longer than what tells it is cut inside a line nearly always; that
// piece of a line tells nothing.
func TestALongListIsToldWhereverItsOpeningEnds(t *testing.T) {
	for shift := range 12 {
		var b strings.Builder
		b.WriteString(strings.Repeat("#", shift) + "\n")
		n := 0
		for b.Len() < 83_000 {
			n++
			fmt.Fprintf(&b, "%d.50 %d.75 2\n", n*10, n*10+1)
		}
		all, err := Read("x", []byte(b.String()), Recording{Name: "a.mp4", Rate: timeline.Rate30})
		if err != nil || len(all) != 1 || all[0].Source != SourceScenes || len(all[0].Entries) != n {
			t.Errorf("with %d signs before it: %v", shift, err)
		}
	}
}

// What a line is taken apart for must be worth it: 22 MiB of short ones have
// millions. Counted in allocations, which no busy machine changes.
func TestALineWithoutColumnsCostsNearlyNothing(t *testing.T) {
	for line, most := range map[string]float64{`a""`: 1, "1.0,2.0,a": 1, "x": 1} {
		if n := testing.AllocsPerRun(100, func() { cutRow(line, ',') }); n > most {
			t.Errorf("%q: %v allocations", line, n)
		}
	}
	for line, want := range map[string]string{`1,2,"a, b"`: "[1 2 a, b]", `1,2,say "hi"`: `[1 2 say "hi"]`, "1,2,a": "[1 2 a]", "1,,": "[1  ]"} {
		if got := fmt.Sprint(cutRow(line, ',')); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

func TestAListOfNothingButOtherLinesIsGivenUp(t *testing.T) {
	text := "Start,End,Name\n1,2,a\n" + strings.Repeat("x,y,\"a\"\n", MostMarks+10) + "3,4,b\n"
	all, err := Read("x", []byte(text), Recording{Name: "a.mp4", Rate: timeline.Rate30})
	if err != nil || len(all) != 1 || len(all[0].Entries) != 1 || !all[0].Cut {
		t.Errorf("%v", err)
	}
}
