package plan

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// inputs draws everything that a plan is made from: short and long recordings,
// with and without words, sound, shots and given ranges.
func inputs(t *rapid.T) Input {
	rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
	f := func(ms int) int64 { return rate.FramesOfMillis(int64(ms)) }
	length := rapid.OneOf(rapid.IntRange(1_000, 95_000), rapid.IntRange(60_000, 400_000)).Draw(t, "length")
	all := timeline.Window{In: 0, Out: f(length)}
	in := Input{Rate: rate, Bounds: all, Shorts: rapid.IntRange(0, 3).Draw(t, "shorts")}
	at := f(rapid.IntRange(0, length).Draw(t, "mark"))
	in.Moment.Payoff = timeline.Window{In: at - f(rapid.IntRange(1, 16_000).Draw(t, "lead")), Out: at}.Clamp(all)
	in.Moment.Window = in.Moment.Payoff.Grow(f(40_000), f(34_000)).Clamp(all)
	if rapid.IntRange(0, 3).Draw(t, "given") == 0 {
		from := rapid.IntRange(0, length-1).Draw(t, "from")
		in.Moment.Given = true
		in.Moment.Window = timeline.Window{In: f(from), Out: f(from + rapid.IntRange(1_000, 120_000).Draw(t, "range"))}.Clamp(all)
		in.Moment.Payoff = in.Moment.Window
		if n := in.Moment.Window.Frames(); n > f(30_000) { // as detect does
			in.Moment.Payoff.In = in.Moment.Payoff.Out - min(n/2, f(30_000))
		}
		in.Moment.GivenSlack = int64(rapid.IntRange(0, 15).Draw(t, "slack"))
	}
	in.Words = drawWords(t, rate, length)
	if rapid.Bool().Draw(t, "sound") {
		in.Signals = drawSignals(t, rate, length)
	}
	return in
}

func drawWords(t *rapid.T, rate timeline.Rate, length int) []captions.Word {
	var out []captions.Word
	at := rapid.IntRange(0, length).Draw(t, "first word")
	estimated := rapid.Bool().Draw(t, "estimated")
	for i, n := 0, rapid.IntRange(0, 300).Draw(t, "words"); i < n && at < length; i++ {
		ends := rapid.IntRange(0, 9).Draw(t, "stop")
		w := captions.Word{Text: strings.Repeat("x", i%9+1) + map[bool]string{true: "."}[ends == 0], Start: rate.FramesOfMillis(int64(at)), Estimated: estimated, LastOfCue: ends < 2}
		at += rapid.IntRange(50, 1200).Draw(t, "spoken")
		if w.End = rate.FramesOfMillis(int64(at)); w.End > w.Start {
			out = append(out, w)
		}
		at += max(rapid.IntRange(-600, 2500).Draw(t, "gap"), 0)
	}
	return out
}

func drawSignals(t *rapid.T, rate timeline.Rate, length int) pipeline.Signals {
	var out pipeline.Signals
	level := 0.0
	for at := 100; at <= length; at += 100 {
		if at%3000 == 100 {
			level = rapid.SampledFrom([]float64{-120, -45, -30, -20, -12}).Draw(t, "level")
		}
		out.Loudness = append(out.Loudness, pipeline.Loudness{At: rate.FramesOfMillis(int64(at)), LUFS: level})
	}
	for at := 0; at < length; {
		at += rapid.IntRange(200, 20_000).Draw(t, "until quiet")
		end := at + rapid.IntRange(150, 3000).Draw(t, "quiet")
		out.Gaps = append(out.Gaps, timeline.Window{In: rate.FramesOfMillis(int64(at)), Out: rate.FramesOfMillis(int64(end))})
		at = end
	}
	for at := 0; at < length; {
		at += rapid.IntRange(300, 30_000).Draw(t, "shot")
		out.Shots = append(out.Shots, pipeline.Shot{At: rate.FramesOfMillis(int64(at)), Score: 0.8})
	}
	return out
}

// isKept reports whether a draft is the range a person gave.
func isKept(d Draft) bool { return strings.HasPrefix(d.Why[0], "kept as it was given") }

func cutsWord(words []captions.Word, f int64) bool {
	for _, w := range words {
		if w.Start < f && f < w.End {
			return true
		}
	}
	return false
}

// noPlace reports whether words leave no place at all for a core's edges.
func noPlace(in Input, r rules) bool {
	for from := in.Bounds.In; from <= in.Moment.Payoff.In; from++ {
		if cutsWord(in.Words, from) {
			continue
		}
		for to := max(from+r.coreMin, in.Moment.Payoff.Out); to <= min(from+r.coreMax, in.Bounds.Out); to++ {
			if !cutsWord(in.Words, to) {
				return false
			}
		}
	}
	return true
}

func TestEveryPlanKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := inputs(t)
		drafts, notes := Plan(in)
		r := rulesAt(in.Rate)
		payoff := in.Moment.Payoff
		for i, d := range drafts {
			ms := in.Rate.Millis(d.Window.Frames())
			if d.Kind == pipeline.Core && (ms < 60_000 || ms > 90_000) || d.Kind == pipeline.Short && (ms < 15_000 || ms > 30_000) {
				t.Fatalf("a %s of %d ms", d.Kind, ms)
			}
			if !in.Bounds.Covers(d.Window) {
				t.Fatalf("%v leaves %v", d.Window, in.Bounds)
			}
			if !isKept(d) && (cutsWord(in.Words, d.Window.In) || cutsWord(in.Words, d.Window.Out)) && !noPlace(in, r) {
				t.Fatalf("%v cuts a word: %+v", d.Window, d)
			}
			if d.Kind == pipeline.Core && !isKept(d) && !payoff.IsEmpty() && !in.Moment.Given && !d.Window.Covers(payoff) {
				t.Fatalf("the core %v misses the payoff %v", d.Window, payoff)
			}
			if d.Kind == pipeline.Short && d.N == 1 && !isKept(d) && !d.Window.Covers(payoff) && len(d.Notes) == 0 {
				t.Fatalf("the first short %v misses the payoff %v and says nothing", d.Window, payoff)
			}
			if len(d.Why) == 0 || d.Why[0] == "" {
				t.Fatalf("no reason for %+v", d)
			}
			for _, o := range drafts[i+1:] {
				if d.Kind == pipeline.Short && d.Window.Intersect(o.Window).Frames()*2 > min(d.Window.Frames(), o.Window.Frames()) {
					t.Fatalf("%v and %v are near-duplicates", d.Window, o.Window)
				}
			}
		}
		checkSpacing(t, drafts, r)
		shorts := len(of(drafts, pipeline.Short))
		if shorts > in.Shorts || shorts < in.Shorts && len(notes) == 0 {
			t.Fatalf("%d of %d shorts, notes %+v", shorts, in.Shorts, notes)
		}
		if in.Bounds.Frames() >= r.coreMin && len(of(drafts, pipeline.Core)) != 1 {
			t.Fatalf("no core in %v: %+v", in.Bounds, notes)
		}
		if again, said := Plan(in); !reflect.DeepEqual(again, drafts) || !reflect.DeepEqual(said, notes) {
			t.Fatal("the same input gives another plan")
		}
	})
}

func checkSpacing(t *rapid.T, drafts []Draft, r rules) {
	var bounds []int64
	for _, d := range drafts {
		bounds = append(bounds, d.Window.In, d.Window.Out, d.Window.In+r.hook)
	}
	for i, a := range bounds {
		for _, b := range bounds[i+1:] {
			if a != b && a-b < 8 && b-a < 8 {
				t.Fatalf("hard boundaries %d and %d: %+v", a, b, drafts)
			}
		}
	}
}

func TestHostileInputNeitherHangsNorPanics(t *testing.T) {
	in := around(100, 200)
	for i := range 200_000 {
		in.Words = append(in.Words, captions.Word{Text: "a.", Start: int64(i % 6000), End: int64(i%6000 + 1 + i%7)})
		in.Signals.Gaps = append(in.Signals.Gaps, timeline.Window{In: int64(i % 6000), Out: int64(i%6000 - 3 + i%9)})
		in.Signals.Shots = append(in.Signals.Shots, pipeline.Shot{At: int64(i), Score: -1e300})
	}
	in.Moment.Window, in.Moment.Payoff, in.Shorts = timeline.Window{In: -1 << 40, Out: 1 << 40}, timeline.Window{In: 1 << 50, Out: 1 << 51}, 1<<30
	Plan(in)
}
