package plan

import (
	"slices"
	"strings"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// talked is a level as of somebody who talks from a second to another, with pauses.
func talked(sec float64) float64 {
	if int(sec*2)%3 > 0 {
		return -20
	}
	return -40
}

func TestTheClimaxIsFoundInsideTheMarkedStretch(t *testing.T) {
	crowd := func(from, to float64) func(float64) float64 {
		return func(sec float64) float64 {
			if sec >= from && sec < to {
				return -14
			}
			return talked(sec)
		}
	}
	say := func(text string, at float64) []captions.Word {
		var out []captions.Word
		for i, w := range strings.Fields(text) {
			out = append(out, captions.Word{Text: w, Start: s(at) + int64(i*12), End: s(at) + int64(i*12+10)})
		}
		return out
	}
	for _, c := range []struct {
		name  string
		label string
		level func(float64) float64
		words []captions.Word
		at    float64 // -1: none
		why   string
	}{
		{"a crowd", "", crowd(94, 106), nil, 94, "the sound rises"},
		{"a crowd after words that reveal", "", crowd(96, 106), say("and now here it is", 92), 96, "after words"},
		{"words that reveal, and even sound", "", func(float64) float64 { return -20 }, say("¡Miren esto!", 95), 95, "miren esto"},
		{"the same without spaces", "", func(float64) float64 { return -20 }, say("大家 快看 这个", 95), 95.4, "快看"},
		{"the label is said", "the golden sneaker", func(float64) float64 { return -20 }, say("so that is our Sneaker, yes", 93), 94.6, "sneaker"},
		{"the negative control: talk alone", "", func(float64) float64 { return -20 }, say("nothing of that kind", 94), -1, ""},
		{"the negative control: a crowd elsewhere", "", crowd(30, 50), nil, -1, ""},
	} {
		in := around(100, 200)
		in.Moment.Label, in.Words, in.Signals.Loudness = c.label, c.words, loud(200, c.level)
		p := newPlanner(in, rulesAt(in.Rate))
		got, ok := p.climax(payoffIn(in))
		if ok != (c.at >= 0) {
			t.Errorf("%s: found %v: %+v", c.name, ok, got)
			continue
		}
		if off := got.at - s(c.at); ok && (off < -30 || off > 30 || !strings.Contains(got.why, c.why)) {
			t.Errorf("%s: at %.2f s: %s", c.name, float64(got.at)/30, got.why)
		}
	}
}

func TestAShortEndsSoonAfterTheClimaxAndACoreBuildsUpToIt(t *testing.T) {
	in := around(100, 240)
	in.Signals.Loudness = loud(240, func(sec float64) float64 {
		if sec >= 95 && sec < 103 {
			return -13
		}
		return talked(sec)
	})
	drafts, _ := Plan(in)
	for _, c := range []struct {
		d                 Draft
		least, most, tail float64
	}{{one(t, drafts, pipeline.Core), 25, 60, 35}, {one(t, drafts, pipeline.Short), 8, 20, 12}} {
		lead, tail := float64(s(95)-c.d.Window.In)/30, float64(c.d.Window.Out-s(95))/30
		if lead < c.least || lead > c.most || tail < 5 || tail > c.tail {
			t.Errorf("the %s shows %.1f s before and %.1f s from the climax on: %q", c.d.Kind, lead, tail, c.d.Why)
		}
	}
}

func TestAnEdgeLiesOnTheQuietSideOfABreath(t *testing.T) {
	in := around(100, 200)
	// Sentences of 6 s; before each, a breath of 300 ms between two quiet gaps.
	for at := 2.0; at < 190; at += 8 {
		in.Words = append(in.Words, sentence(at, at+6, 12)...)
		in.Signals.Gaps = append(in.Signals.Gaps, win(at+6, at+7.2), win(at+7.5, at+8))
	}
	said := speechIn(in.Words, in.Language, win(0, 200))
	drafts, _ := Plan(in)
	for _, d := range drafts {
		first, _ := said.after(d.Window.In)
		last, _ := said.before(d.Window.Out)
		for at := 2.0; at < 190; at += 8 {
			breath := win(at+7.2, at+7.5)
			if d.Window.In < breath.Out && breath.Out <= in.Words[first].Start && breath.Out > d.Window.In {
				t.Errorf("the %s begins at %.2f s with a breath", d.Kind, float64(d.Window.In)/30)
			}
			if d.Window.Out > breath.In && breath.In >= in.Words[last].End {
				t.Errorf("the %s ends at %.2f s with a breath", d.Kind, float64(d.Window.Out)/30)
			}
		}
	}
}

func TestDeadAirAtAnEdgeIsLeftOut(t *testing.T) {
	in := around(100, 240)
	var still []timeline.Window
	for at := 5.0; at < 235; at += 18 { // 12 s of talk, then 6 s of nothing
		still = append(still, win(at+12, at+18))
		in.Words = append(in.Words, sentence(at, at+12, 24)...)
	}
	in.Signals.Silences = still
	drafts, _ := Plan(in)
	for _, d := range drafts {
		for _, w := range still {
			if w.Contains(d.Window.In) && w.Out-d.Window.In > s(1.3) || d.Window.Out > w.In && d.Window.Out < w.Out && d.Window.Out-w.In > s(1.4) {
				t.Errorf("the %s %v begins or ends in the silence %v: %q", d.Kind, d.Window, w, d.Why)
			}
		}
	}
}

func TestWindowsThatLostAreToldWithWhy(t *testing.T) {
	in := around(100, 240)
	for at := 2.0; at < 230; at += 7 {
		in.Words = append(in.Words, sentence(at, at+6, 12)...)
	}
	drafts, _ := Plan(in)
	for _, d := range drafts {
		if len(d.Over) == 0 || len(d.Over) > mostRivals {
			t.Errorf("the %s won against %d", d.Kind, len(d.Over))
		}
		for i, o := range d.Over {
			if o.Points > d.Points || i > 0 && o.Points > d.Over[i-1].Points || o.Lost == "" || !in.Bounds.Covers(o.Window) {
				t.Errorf("the %s of %d points: %+v", d.Kind, d.Points, d.Over)
			}
			if in, out := o.Window.In-d.Window.In, o.Window.Out-d.Window.Out; max(in, -in) < s(2) && max(out, -out) < s(2) {
				t.Errorf("%v is %v again", o.Window, d.Window)
			}
		}
	}
	won := found{ledger: ledger{start: 100, around: -50}}
	for want, f := range map[string]found{
		"around the moment":  {ledger: ledger{start: 90, around: -500}},
		"dead air":           {ledger: ledger{start: -900, around: -50}, in: edge{faulty: "it leaves dead air in the clip"}},
		"after 300 ms":       {ledger: ledger{start: -900, around: -50}, in: edge{why: []string{"starts after 300 ms of silence"}}},
		"weighed alike":      {ledger: won.ledger},
		"lies in the sound":  {ledger: ledger{start: 100, around: -50, end: -9}, out: edge{open: true}},
		"outside the moment": {ledger: ledger{start: 100, around: -50, home: -1}},
	} {
		if got := f.lost(won); !strings.Contains(got, want) {
			t.Errorf("it lost because %q, not for %q", got, want)
		}
	}
}

func TestAContestKeepsTheBestOfEachKind(t *testing.T) {
	c := contest{unlike: 60}
	var all []found
	for i := range int64(400) {
		f := found{window: timeline.Window{In: i * 7 % 500, Out: 2000 + i*13%400}, points: i * 7919 % 1000}
		all = append(all, f)
		c.enter(f)
	}
	best := slices.MaxFunc(all, func(a, b found) int { return int(a.points - b.points) })
	won, ok := c.winner()
	if !ok || won.points != best.points || len(won.over) != mostRivals {
		t.Errorf("%+v, want %+v", won, best)
	}
	if _, ok := (&contest{}).winner(); ok {
		t.Error("nobody took part and somebody won")
	}
}
