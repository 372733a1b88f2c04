package faultstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// Figures is what one test of faults counted.
type Figures struct {
	Seed    uint64         `json:"seed"`
	Faults  map[string]int `json:"faults"`  // what was done: kills, flushes, stops, cuts, …
	Done    int            `json:"done"`    // rows, objects, clips that ended as they should
	Lost    int            `json:"lost"`    // that did not end
	Doubled int            `json:"doubled"` // that are there twice
	Refused int            `json:"refused"` // results of those who had lost their claim
	Resumed []int64        `json:"resumed"` // ms from each crash to the next attempt at what was in hand
}

const sign = "FAULTS "

// Tell says what t counted, for who runs the matrix. It fails t where anything
// was lost or doubled, or nothing was put to the test.
func Tell(t testing.TB, f Figures) {
	t.Helper()
	f.Seed = Seed()
	if f.Lost != 0 || f.Doubled != 0 {
		t.Errorf("lost %d, doubled %d of %d (-seed %d)", f.Lost, f.Doubled, f.Done, f.Seed)
	}
	if f.Done == 0 || len(f.Faults) == 0 {
		t.Errorf("this shows nothing: %+v", f)
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s%s", sign, text)
}

// told is the figures in what a test said, and false where there are none.
func told(line string) (f Figures, ok bool) {
	_, text, ok := strings.Cut(line, sign+"{")
	return f, ok && json.Unmarshal([]byte("{"+text), &f) == nil
}

// Add sums up.
func (f *Figures) Add(o Figures) {
	if f.Faults == nil {
		f.Faults = map[string]int{}
	}
	for what, n := range o.Faults {
		f.Faults[what] += n
	}
	f.Seed = max(f.Seed, o.Seed)
	f.Done += o.Done
	f.Lost += o.Lost
	f.Doubled += o.Doubled
	f.Refused += o.Refused
	f.Resumed = append(f.Resumed, o.Resumed...)
}

// Share is the value that so many of a hundred do not exceed; 0 for none.
func Share(of []int64, percent int) time.Duration {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return time.Duration(sorted[min(len(sorted)*percent/100, len(sorted)-1)]) * time.Millisecond
}

// happened is the faults in words: 12 kills, 3 flushes.
func (f Figures) happened() string {
	var out []string
	for _, what := range slices.Sorted(maps.Keys(f.Faults)) {
		out = append(out, fmt.Sprintf("%d %s", f.Faults[what], what))
	}
	return strings.Join(out, ", ")
}
