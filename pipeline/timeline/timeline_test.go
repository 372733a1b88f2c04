package timeline

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func rates() *rapid.Generator[Rate] { return rapid.SampledFrom(Standards()) }

func TestARecordingsRateIsKeptWhenItIsAStandardOne(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		variable bool
		want     Rate
		why      string
	}{
		{30000, 1001, false, Rate2997, "exact"},
		{2997, 100, false, Rate2997, "as FLV rounds it"},
		{19001, 634, false, Rate2997, "as Matroska's milliseconds guess it"},
		{24000, 1001, false, Rate23976, "not 24"},
		{24, 1, false, Rate24, "not 23.976"},
		{60, 1, false, Rate60, ""},
		{50, 1, false, Rate50, "50 is not 60"},
		{30, 1, true, Rate30, "variable around 30"},
		{58, 1, true, Rate60, "variable around 60"},
		{25, 1, true, Rate30, "variable rates go to 30 or 60 alone"},
		{25, 2, false, Rate30, "12.5 is odd"},
		{240, 1, false, Rate60, "slow motion"},
		{1, 1, false, Rate30, "a slide show"},
		{0, 0, false, Rate30, "unknown"},
	} {
		if got := Standard(NewRate(c.num, c.den), c.variable); got != c.want {
			t.Errorf("%d/%d variable %v gives %v, want %v (%s)", c.num, c.den, c.variable, got, c.want, c.why)
		}
	}
}

func TestRatesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]Rate{
		"30000/1001": Rate2997, "30": Rate30, "29.97": Rate2997, "23.976": Rate23976, "59.94": Rate5994, "25/1": Rate25, "12.5": {25, 2},
	} {
		if got, err := ParseRate(text); err != nil || got != want {
			t.Errorf("%q gives %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-30", "30/0", "x", "1e400"} {
		if got, err := ParseRate(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestARateSurvivesJSON(t *testing.T) {
	for _, r := range append(Standards(), Rate{}) {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back Rate
		if err := json.Unmarshal(b, &back); err != nil || back != r {
			t.Errorf("%v became %s and then %v (%v)", r, b, back, err)
		}
	}
}

func TestTicksAreWholeFrames(t *testing.T) {
	for _, r := range Standards() {
		if r.Timescale()*r.Den != r.FrameTicks()*r.Num {
			t.Errorf("%v: %d ticks a frame at %d a second", r, r.FrameTicks(), r.Timescale())
		}
	}
	if Rate30.Timescale() != 15360 || Rate2997.Timescale() != 30000 || Rate25.Timescale() != 12800 {
		t.Error("timescales differ from docs/design.md")
	}
}

func TestHooksAndGrid(t *testing.T) {
	for _, c := range []struct {
		r          Rate
		grid, hook int64
	}{{Rate30, 60, 75}, {Rate25, 50, 63}, {Rate2997, 60, 75}, {Rate23976, 48, 60}, {Rate5994, 120, 150}, {Rate60, 120, 150}, {Rate24, 48, 60}} {
		if c.r.Grid() != c.grid || c.r.HookFrames() != c.hook {
			t.Errorf("%v: grid %d and hook %d, want %d and %d", c.r, c.r.Grid(), c.r.HookFrames(), c.grid, c.hook)
		}
	}
}

func TestAFrameSurvivesNanosecondsAndMilliseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rates().Draw(t, "rate")
		f := rapid.Int64Range(0, 60*3600*24).Draw(t, "frame")
		d := r.Duration(f)
		if got := r.Frames(d); got != f {
			t.Fatalf("frame %d became %v became %d", f, d, got)
		}
		if got := r.FramesOfMillis(r.Millis(f)); got != f {
			t.Fatalf("frame %d became %d ms became %d", f, r.Millis(f), got)
		}
		if lo, hi := r.FramesFloor(d+time.Microsecond), r.FramesCeil(d-time.Microsecond); lo != f || hi != f {
			t.Fatalf("frame %d at %v: floor %d, ceil %d", f, d, lo, hi)
		}
	})
}

func TestAnEventSwitchesExactlyAtItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rates().Draw(t, "rate")
		f := rapid.Int64Range(1, 60*3600*24).Draw(t, "frame")
		ms := r.Centis(f) * 10
		clock := func(f int64) int64 { return floor(f*1000*r.Den, r.Num) } // as the ass filter cuts
		if clock(f-1) >= ms || clock(f) < ms {
			t.Fatalf("event at %d ms: frame %d is at %d ms and the one before at %d", ms, f, clock(f), clock(f-1))
		}
	})
}

func floor(a, b int64) int64 { return a / b }

func TestSoundNeverDriftsFromPicture(t *testing.T) {
	if got := Rate2997.Samples(30000*3600/1001, 48000); got < 48000*3600-1601 || got > 48000*3600+1 {
		t.Errorf("an hour of 29.97 is %d samples", got)
	}
	if Rate30.Samples(75*30, 48000) != 75*48000 {
		t.Error("75 s of 30 are not 75 s of sound")
	}
}

func TestPiecesMapBothWays(t *testing.T) {
	p := Pieces{{From: 36000e9, To: 36060e9, At: 0}, {From: 5e9, To: Forever, At: 60e9}}
	for _, c := range []struct {
		source int64
		want   time.Duration
		ok     bool
	}{{36000e9, 0, true}, {36059e9, 59 * time.Second, true}, {5e9, 60 * time.Second, true}, {3605e9, 3660 * time.Second, true}, {4e9, 0, false}} {
		got, ok := p.ToTimeline(c.source)
		if got != c.want || ok != c.ok {
			t.Errorf("source %d is at %v (%v), want %v", c.source, got, ok, c.want)
		}
		if back, _, ok := p.ToSource(c.want); c.ok && (!ok || back != c.source) {
			t.Errorf("%v comes from %d, want %d", c.want, back, c.source)
		}
	}
	in := p.In(59*time.Second, 62*time.Second)
	want := Pieces{{From: 36059e9, To: 36060e9, At: 59e9}, {From: 5e9, To: 7e9, At: 60e9}}
	if len(in) != 2 || in[0] != want[0] || in[1] != want[1] {
		t.Errorf("cut pieces %v, want %v", in, want)
	}
}

func TestWindows(t *testing.T) {
	a, b := Window{10, 20}, Window{15, 30}
	for _, c := range []struct{ got, want Window }{
		{a.Intersect(b), Window{15, 20}}, {a.Union(b), Window{10, 30}}, {a.Union(Window{}), a}, {Window{}.Union(b), b},
		{a.Grow(3, 4), Window{7, 24}}, {Window{-5, 50}.Clamp(b), b}, {Window{0, 5}.Clamp(b), Window{15, 15}},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	if !a.Overlaps(b) || a.Overlaps(Window{20, 25}) || a.Contains(20) || !a.Contains(10) || (Window{5, 4}).Frames() != 0 {
		t.Error("half-open windows are wrong at their edges")
	}
}
