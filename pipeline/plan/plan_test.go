package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// s is seconds in frames of 30.
func s(sec float64) int64 { return int64(sec*30 + 0.5) }

func win(in, out float64) timeline.Window { return timeline.Window{In: s(in), Out: s(out)} }

// sentence is words of equal length that fill [in, out), the last with a full stop.
func sentence(in, out float64, n int) []captions.Word {
	var all []captions.Word
	for i := range n {
		from, to := s(in)+(s(out)-s(in))*int64(i)/int64(n), s(in)+(s(out)-s(in))*int64(i+1)/int64(n)
		all = append(all, captions.Word{Text: fmt.Sprintf("w%d", i), Start: from, End: to})
	}
	all[0].Text = "And"
	all[n-1].Text = "end."
	return all
}

// around is a moment with a late point mark at, in a recording of length seconds.
func around(at, length float64) Input {
	m := pipeline.Moment{Payoff: win(at-10, at+1).Intersect(win(0, length)), Window: win(at-50, at+35).Intersect(win(0, length))}
	return Input{Rate: timeline.Rate30, Bounds: win(0, length), Moment: m, Shorts: 3}
}

// loud is a loudness each 100 ms, by what the level is at a second.
func loud(length float64, level func(sec float64) float64) []pipeline.Loudness {
	var out []pipeline.Loudness
	for at := 0.1; at <= length; at += 0.1 {
		out = append(out, pipeline.Loudness{At: s(at), LUFS: level(at - 0.2)})
	}
	return out
}

func of(drafts []Draft, k pipeline.ClipKind) []Draft {
	return slices.DeleteFunc(slices.Clone(drafts), func(d Draft) bool { return d.Kind != k })
}

func one(t *testing.T, drafts []Draft, k pipeline.ClipKind) Draft {
	t.Helper()
	all := of(drafts, k)
	if len(all) == 0 {
		t.Fatalf("no %s among %+v", k, drafts)
	}
	return all[0]
}

func TestAPlanIsMadeEvenOfNothing(t *testing.T) {
	drafts, notes := Plan(around(100, 200))
	core, short := one(t, drafts, pipeline.Core), one(t, drafts, pipeline.Short)
	for _, d := range []Draft{core, short} {
		if !d.Window.Covers(win(90, 101)) {
			t.Errorf("the %s %v misses the payoff", d.Kind, d.Window)
		}
		if d.Why[0] != "holds the moment of the mark" {
			t.Errorf("why %q", d.Why)
		}
	}
	if len(notes) != 0 {
		t.Errorf("notes %+v", notes)
	}
}

func TestRecordingsThatAreTooShortAreSaidToBe(t *testing.T) {
	for _, c := range []struct {
		length        float64
		cores, shorts int
		code, why     string
	}{
		{14.9, 0, 0, codeTooShort, "less than a short"},
		{15, 0, 1, codeNoCore, "exactly a short"},
		{59.9, 0, 1, codeNoCore, "nearly a core"},
		{60, 1, 1, "", "exactly a core"},
	} {
		drafts, notes := Plan(around(12, c.length))
		if len(of(drafts, pipeline.Core)) != c.cores || len(of(drafts, pipeline.Short)) < c.shorts || c.shorts == 0 && len(drafts) > 0 {
			t.Errorf("%v s (%s): %+v", c.length, c.why, drafts)
		}
		has := slices.ContainsFunc(notes, func(n pipeline.Note) bool { return n.Code == c.code && n.Hint != "" })
		if has != (c.code != "") {
			t.Errorf("%v s (%s): notes %+v", c.length, c.why, notes)
		}
	}
}

func TestAnInPointStartsOnASentence(t *testing.T) {
	in := around(100, 200)
	var from []float64
	for at := 2.0; at < 190; at += 7 { // sentences of 6 s, a second between them
		in.Words = append(in.Words, sentence(at, at+6, 12)...)
		from = append(from, at)
	}
	drafts, _ := Plan(in)
	for _, d := range drafts {
		if !slices.ContainsFunc(from, func(f float64) bool { return d.Window.In < s(f) && d.Window.In > s(f-0.5) }) {
			t.Errorf("the %s starts at %.2f s, on no sentence: %q", d.Kind, float64(d.Window.In)/30, d.Why)
		}
		if !strings.Contains(strings.Join(d.Why, "; "), "starts on a sentence") || !strings.Contains(strings.Join(d.Why, "; "), "ends with a sentence") {
			t.Errorf("why %q", d.Why)
		}
		if !strings.HasPrefix(d.Text, "And ") || !strings.HasSuffix(d.Text, " end.") {
			t.Errorf("text %.30q … %q", d.Text, d.Text[max(len(d.Text)-20, 0):])
		}
	}
}

func TestAnEdgeGoesToTheLongestPauseNear(t *testing.T) {
	in := around(100, 200)
	in.Signals.Loudness = loud(200, func(float64) float64 { return -20 })
	in.Signals.Gaps = []timeline.Window{win(60.5, 60.7), win(61.8, 62.6), win(138.2, 138.4), win(139.4, 140.3)}
	core := one(t, first(Plan(in)), pipeline.Core)
	if core.Window.In < s(61.8) || core.Window.In > s(62.6) || core.Window.Out < s(139.4) || core.Window.Out > s(140.3) {
		t.Errorf("core %.2f–%.2f s: %q", float64(core.Window.In)/30, float64(core.Window.Out)/30, core.Why)
	}
	if want := []string{"holds the moment of the mark", "starts after 800 ms of silence", "ends in 900 ms of silence"}; !reflect.DeepEqual(core.Why, want) {
		t.Errorf("why %q, want %q", core.Why, want)
	}
}

func first(d []Draft, _ []pipeline.Note) []Draft { return d }

func TestAnEdgeGoesToAShot(t *testing.T) {
	in := around(100, 200)
	in.Signals.Shots = []pipeline.Shot{{At: s(64), Score: 0.9}, {At: s(140), Score: 0.9}}
	core := one(t, first(Plan(in)), pipeline.Core)
	if core.Window != win(64, 140) {
		t.Errorf("core %v: %q", core.Window, core.Why)
	}
	if !slices.Contains(core.Why, "starts on a new shot") || !slices.Contains(core.Why, "ends before the next shot") {
		t.Errorf("why %q", core.Why)
	}
}

func TestALateMarksMomentIsWhereTheSoundRises(t *testing.T) {
	in := around(47, 112)
	in.Signals.Loudness = loud(112, func(sec float64) float64 {
		switch {
		case sec >= 34 && sec < 45 && int(sec*2)%3 > 0: // somebody speaks, with pauses
			return -18
		case sec >= 45.5 && sec < 61: // the crowd
			return -13
		}
		return -45
	})
	drafts, _ := Plan(in)
	inside := 0
	for _, d := range drafts {
		if d.Window.Covers(win(42.5, 50)) {
			inside++
			if !strings.HasPrefix(d.Why[0], "holds the moment of the mark: the sound rises at 0:45") {
				t.Errorf("why %q", d.Why)
			}
		}
	}
	if inside != 2 || !one(t, drafts, pipeline.Core).Window.Covers(win(42.5, 50)) {
		t.Errorf("%d clips hold the rise: %+v", inside, drafts)
	}
}

func TestAGivenRangeIsKept(t *testing.T) {
	for _, c := range []struct {
		in, out float64
		slack   int64
		kind    pipeline.ClipKind
		why     string
	}{
		{60, 130, 0, pipeline.Core, "70 s are a core"},
		{60, 120, 0, pipeline.Core, "exactly 60 s"},
		{60, 150, 0, pipeline.Core, "exactly 90 s"},
		{60, 85, 0, pipeline.Short, "25 s are a short"},
		{60, 75, 0, pipeline.Short, "exactly 15 s"},
		{60.5, 130, 3, pipeline.Core, "half a second later, given to a tenth"},
	} {
		in := around(100, 200)
		in.Moment.Given, in.Moment.GivenSlack, in.Moment.Window = true, c.slack, win(c.in, c.out)
		in.Moment.Payoff = win(c.out-12, c.out)
		for at := 2.0; at < 190; at += 7 {
			in.Words = append(in.Words, sentence(at, at+6, 12)...)
		}
		drafts, _ := Plan(in)
		d := one(t, drafts, c.kind)
		if off := d.Window.In - s(c.in); off < -c.slack || off > c.slack {
			t.Errorf("%s: starts at %d, given %d", c.why, d.Window.In, s(c.in))
		}
		if off := d.Window.Out - s(c.out); off < -c.slack || off > c.slack {
			t.Errorf("%s: ends at %d, given %d", c.why, d.Window.Out, s(c.out))
		}
		if !strings.HasPrefix(d.Why[0], "kept as it was given") {
			t.Errorf("%s: why %q", c.why, d.Why)
		}
		if c.kind == pipeline.Short && !one(t, drafts, pipeline.Core).Window.Covers(win(c.in, c.out)) {
			t.Errorf("%s: the core does not hold the given short", c.why)
		}
	}
}

func TestAGivenRangeMovesOnlyWithinItsPrecision(t *testing.T) {
	in := around(100, 200)
	in.Moment.Given, in.Moment.Window = true, win(60, 130)
	in.Signals.Loudness = loud(200, func(float64) float64 { return -20 })
	in.Signals.Gaps = []timeline.Window{win(60.2, 60.8), win(130.2, 130.8)}
	if got := one(t, first(Plan(in)), pipeline.Core).Window; got != win(60, 130) {
		t.Errorf("without slack %v", got)
	}
	in.Moment.GivenSlack = 15
	if got := one(t, first(Plan(in)), pipeline.Core).Window; got.In <= s(60.2) || got.In > s(60.5) || got.Out <= s(130.2) || got.Out > s(130.5) {
		t.Errorf("with half a second of slack %v", got)
	}
}

func TestARangeOfNoClipsLengthIsChangedAndThatIsSaid(t *testing.T) {
	for _, c := range []struct {
		in, out float64
		kind    pipeline.ClipKind
		holds   bool // the clip holds the range, else the range the clip
	}{{60, 105, pipeline.Core, true}, {60, 160, pipeline.Core, false}, {60, 70, pipeline.Short, true}} {
		in := around(100, 250)
		in.Moment.Given, in.Moment.Window = true, win(c.in, c.out)
		in.Moment.Payoff = win(c.out-8, c.out)
		d := one(t, first(Plan(in)), c.kind)
		if c.holds && !d.Window.Covers(in.Moment.Window) || !c.holds && !in.Moment.Window.Covers(d.Window) {
			t.Errorf("range %v–%v gives %v", c.in, c.out, d.Window)
		}
		if !slices.ContainsFunc(d.Notes, func(n pipeline.Note) bool { return n.Code == codeRange && n.Hint != "" }) {
			t.Errorf("range %v–%v: nothing is said: %+v", c.in, c.out, d)
		}
	}
}

func TestAGivenEdgeInsideAWordIsKeptAndSaid(t *testing.T) {
	in := around(100, 200)
	in.Moment.Given, in.Moment.Window = true, win(60, 130)
	in.Words = []captions.Word{{Text: "loooong", Start: s(59.5), End: s(60.5)}}
	d := one(t, first(Plan(in)), pipeline.Core)
	if d.Window != win(60, 130) || len(d.Notes) != 1 || d.Notes[0].Code != codeWordCut {
		t.Errorf("%+v", d)
	}
}

func TestABadShortIsLeftOut(t *testing.T) {
	in := around(60, 120)
	in.Signals.Loudness = loud(120, func(sec float64) float64 {
		if sec > 45 && sec < 70 {
			return -15
		}
		return -90
	})
	in.Signals.Silences = []timeline.Window{win(0, 45), win(70, 120)}
	drafts, notes := Plan(in)
	if n := len(of(drafts, pipeline.Short)); n != 1 {
		t.Errorf("%d shorts though all but 25 s are silent: %+v", n, drafts)
	}
	if len(notes) != 1 || notes[0].Code != codeFewerShorts {
		t.Errorf("notes %+v", notes)
	}
}

func TestNoShortsAreMadeWhenNoneAreAskedFor(t *testing.T) {
	in := around(60, 120)
	in.Shorts = 0
	if drafts, notes := Plan(in); len(drafts) != 1 || len(notes) != 0 {
		t.Errorf("%+v, %+v", drafts, notes)
	}
}

func TestWordsWithoutFullStopsHaveSentencesToo(t *testing.T) {
	in := around(100, 200)
	for at := 2.0; at < 190; at += 7 {
		w := sentence(at, at+6, 12)
		w[11].Text = "end"
		in.Words = append(in.Words, w...)
	}
	d := one(t, first(Plan(in)), pipeline.Core)
	if !slices.Contains(d.Why, "starts on a sentence") {
		t.Errorf("why %q", d.Why)
	}
}

func TestAGivenShortLeavesTheCoreItsPlace(t *testing.T) {
	in := around(12, 60)
	in.Moment.Given, in.Moment.Window = true, timeline.Window{In: 1, Out: s(20)}
	drafts, _ := Plan(in)
	core, short := one(t, drafts, pipeline.Core), one(t, drafts, pipeline.Short)
	if core.Window != win(0, 60) || short.Window.In != 0 || short.Window.Out != s(20) {
		t.Errorf("core %v, short %v", core.Window, short.Window)
	}
}

func TestAClipsTextHasNoSpacesWhereItsScriptHasNone(t *testing.T) {
	var words []captions.Word
	for i, text := range []string{"你", "知道", "吗？", "Nova", "来", "了。"} {
		words = append(words, captions.Word{Text: text, Start: int64(10 * i), End: int64(10*i + 10)})
	}
	if got := said(words, timeline.Window{In: 0, Out: 60}); got != "你知道吗？ Nova 来了。" {
		t.Errorf("%q", got)
	}
}
