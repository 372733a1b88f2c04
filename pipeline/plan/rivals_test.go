package plan

import (
	"strings"
	"testing"

	"dropcut/pipeline/timeline"
)

func TestAWindowThatWinsWithLessThanNothingSaysWhy(t *testing.T) {
	whole := timeline.Window{In: 0, Out: 600}
	f := found{window: whole, points: -4200, ledger: ledger{start: 300, end: -1800, length: -500, apart: -2200}}
	if got := f.grudging(); !strings.Contains(got, "-42 points") || !strings.Contains(got, "shown by another clip") || !strings.Contains(got, "no other window is possible") {
		t.Errorf("%q", got)
	}
	c := contest{unlike: 60}
	c.enter(f)
	c.enter(found{window: timeline.Window{In: 300, Out: 900}, points: -5000})
	won, _ := c.winner()
	if got := (&planner{}).reasons(won, "shows it"); len(got) != 2 || !strings.Contains(got[1], "every other window is worse") {
		t.Errorf("%q", got)
	}
	won.points = 0
	if got := (&planner{}).reasons(won, "shows it"); len(got) != 1 {
		t.Errorf("%q: nothing to explain", got)
	}
}

func TestEveryClipWithLessThanNothingSaysWhy(t *testing.T) {
	seen := 0
	for at := 10.0; at < 190; at += 5 {
		in := around(at, 200)
		in.Words = sentence(0, 200, 500) // one sentence without end: no good edge
		in.Shorts = 3
		drafts, _ := Plan(in)
		for _, d := range drafts {
			says := strings.Contains(strings.Join(d.Why, "; "), "chosen with")
			if d.Points < 0 != says {
				t.Errorf("%s at %.0f s has %d points: %q", d.Kind, at, d.Points, d.Why)
			}
			if says {
				seen++
			}
		}
	}
	if seen == 0 {
		t.Error("none was found that has less than nothing")
	}
}
