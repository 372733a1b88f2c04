package faultstest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// result is how one test of the matrix ended.
type result struct {
	ended   string // PASS, FAIL, SKIP; "" where it did not run
	figures Figures
	told    bool
}

// proofs is every test that shows a row, each once, by room.
func proofs(rows []Row) map[string][]string {
	out := map[string][]string{}
	for _, r := range rows {
		for _, p := range slices.Concat(r.Shown, r.Without) {
			if !slices.Contains(out[p.Room], p.Test) {
				out[p.Room] = append(out[p.Room], p.Test)
			}
		}
	}
	return out
}

var (
	endLine  = regexp.MustCompile(`(?m)^--- (PASS|FAIL|SKIP): (\w+) `)
	nameLine = regexp.MustCompile(`^=== (?:RUN|CONT|NAME) +(\w+)`)
)

// inRoom runs tests of one room, and gives how each ended.
func inRoom(t *testing.T, b *Bench, room string, tests []string) map[Proof]result {
	t.Helper()
	out := map[Proof]result{}
	program, err := b.Program(room)
	if err != nil {
		t.Error(err)
		return out
	}
	began := time.Now()
	said, err := run(program, room, "^("+strings.Join(tests, "|")+")$", "CI=true",
		fmt.Sprintf("FAULTS_TIMES=%d", Times()), fmt.Sprintf("FAULTS_SEED=%d", Seed()))
	t.Logf("%s: %d tests in %v", room, len(tests), time.Since(began).Round(time.Second))
	if err != nil {
		t.Errorf("%s: %v\n%s", room, err, said)
	}
	for _, m := range endLine.FindAllStringSubmatch(said, -1) {
		p := Proof{room, m[2]}
		r := out[p]
		r.ended = m[1]
		out[p] = r
	}
	var of string
	for line := range strings.Lines(said) {
		if m := nameLine.FindStringSubmatch(line); m != nil {
			of = m[1]
		}
		if f, ok := told(line); ok {
			r := out[Proof{room, of}]
			r.told = true
			r.figures.Add(f)
			out[Proof{room, of}] = r
		}
	}
	return out
}

// table is the figures of a run, row by row, as a page has them.
func table(rows []Row, all map[Proof]result, controls map[int]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| # | fault | done | whole | lost | doubled | refused | crash to resume p50 / p99 | controls |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		var f Figures
		state := ""
		for _, p := range r.Shown {
			if all[p].ended != "PASS" {
				state += " " + cmp.Or(all[p].ended, "NOT RUN") + " " + p.Test
			}
			f.Add(all[p].figures)
		}
		resumed := "–"
		if len(f.Resumed) > 0 {
			resumed = fmt.Sprintf("%v / %v of %d", Share(f.Resumed, 50).Round(10*time.Millisecond), Share(f.Resumed, 99).Round(10*time.Millisecond), len(f.Resumed))
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %d%s | %d | %d | %d | %s | %s |\n", r.Number, r.Fault, cmp.Or(f.happened(), fmt.Sprintf("%d tests", len(r.Shown))),
			f.Done, state, f.Lost, f.Doubled, f.Refused, resumed, cmp.Or(controls[r.Number], "–"))
	}
	return b.String()
}
