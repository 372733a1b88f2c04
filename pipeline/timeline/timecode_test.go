package timeline

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The values are those of SMPTE ST 12-1 as published: drop-frame at 29.97 has
// 1,800 frames in its first minute, 17,982 in ten and 107,892 in an hour, and
// 2,589,408 in a day; at 59.94 it has twice those.
func TestTimecodeNamesThePublishedFrames(t *testing.T) {
	for _, c := range []struct {
		code string
		rate Rate
		want int64
	}{
		{"00:00:00:00", Rate25, 0}, {"01:00:00:00", Rate25, 90000}, {"00:00:59:24", Rate25, 1499}, {"23:59:59:23", Rate24, 2073599},
		{"01:00:00:00", Rate23976, 86400}, {"01:00:00:00", Rate2997, 108000}, {"00:01:00:00", Rate2997, 1800},
		{"00:00:59;29", Rate2997, 1799}, {"00:01:00;02", Rate2997, 1800}, {"00:01:59;29", Rate2997, 3597}, {"00:02:00;02", Rate2997, 3598},
		{"00:09:59;29", Rate2997, 17981}, {"00:10:00;00", Rate2997, 17982}, {"00:11:00;02", Rate2997, 19782}, {"01:00:00;00", Rate2997, 107892},
		{"23:59:59;29", Rate2997, 2589407}, {"00:01:00;04", Rate5994, 3600}, {"00:10:00;00", Rate5994, 35964}, {"01:00:00;00", Rate5994, 215784},
		{"00;11;23;01", Rate2997, 20491 - 20}, {"00:00:01.15", Rate2997, 45},
		{"00:01:00;00", Rate2997, 1800}, {"00:01:00;01", Rate2997, 1800}, // left out: what follows
	} {
		tc, ok := ParseTimecode(c.code)
		got, named := c.rate.Frame(tc)
		if !ok || !named || got != c.want {
			t.Errorf("%s at %v is frame %d (%v, %v), want %d", c.code, c.rate, got, ok, named, c.want)
		}
	}
}

func TestAnHourOfDropFrameIsAnHour(t *testing.T) {
	tc, _ := ParseTimecode("01:00:00;00")
	for _, r := range []Rate{Rate2997, Rate5994} {
		f, _ := r.Frame(tc)
		if off := r.Duration(f) - time.Hour; off.Abs() > 4*time.Millisecond {
			t.Errorf("at %v it lasts %v", r, r.Duration(f))
		}
	}
	plain, _ := ParseTimecode("01:00:00:00")
	if f, _ := Rate2997.Frame(plain); Rate2997.Duration(f) != time.Hour+3600*time.Millisecond {
		t.Error("an hour that drops nothing must last 3.6 s longer")
	}
}

func TestWhatIsNoTimecodeIsNone(t *testing.T) {
	for _, s := range []string{"", "01:00:00", "01:00:00:", "01:00:00:0000", "01:60:00:00", "01:00:60:00", "-1:00:00:00", "01:00:00:00 ", "001:00:00:00", "01.00:00:00", "aa:00:00:00", "01:00:00:00:00"} {
		if tc, ok := ParseTimecode(s); ok {
			t.Errorf("%q is %v", s, tc)
		}
	}
	for code, r := range map[string]Rate{"00:00:00:30": Rate30, "00:00:00:25": Rate25, "00:00:00;00": Rate25, "00:00:00:120": Rate60} {
		tc, ok := ParseTimecode(code)
		if f, named := r.Frame(tc); !ok || named {
			t.Errorf("%s at %v is frame %d", code, r, f)
		}
	}
}

func TestDropFrameOfARoundRateCountsAtTheRateItIsDefinedFor(t *testing.T) {
	drop, plain := Timecode{Drop: true}, Timecode{}
	for r, want := range map[Rate]Rate{Rate30: Rate2997, Rate60: Rate5994, Rate2997: Rate2997, Rate5994: Rate5994, Rate25: Rate2997} {
		if got := drop.TimecodeRate(r); got != want || plain.TimecodeRate(r) != r {
			t.Errorf("%v counts at %v, want %v", r, got, want)
		}
	}
}

// TestEveryFrameHasOneName counts names one by one, as a clock that leaves out
// numbers does, against the formula.
func TestEveryFrameHasOneName(t *testing.T) {
	for _, r := range []Rate{Rate2997, Rate5994} {
		want := int64(0)
		for minute := range int64(25) {
			for f := range 60 * r.Nominal() {
				if minute%10 != 0 && f < r.dropped() {
					continue
				}
				tc := Timecode{Minutes: minute, Seconds: f / r.Nominal(), Frames: f % r.Nominal(), Drop: true}
				if got, ok := r.Frame(tc); !ok || got != want {
					t.Fatalf("%v at %v is frame %d, want %d", tc, r, got, want)
				}
				want++
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rates().Draw(t, "rate")
		tc := Timecode{Hours: rapid.Int64Range(0, 99).Draw(t, "h"), Minutes: rapid.Int64Range(0, 59).Draw(t, "m"), Seconds: rapid.Int64Range(0, 59).Draw(t, "s"),
			Frames: rapid.Int64Range(0, r.Nominal()-1).Draw(t, "f")}
		back, ok := ParseTimecode(fmt.Sprintf("%02d:%02d:%02d:%02d", tc.Hours, tc.Minutes, tc.Seconds, tc.Frames))
		if !ok || back != tc {
			t.Fatalf("%v came back as %v", tc, back)
		}
	})
}

func FuzzTimecode(f *testing.F) {
	f.Add("01:00:59;29")
	f.Fuzz(func(t *testing.T, s string) {
		tc, ok := ParseTimecode(s)
		if !ok {
			return
		}
		for _, r := range Standards() {
			if n, ok := tc.TimecodeRate(r).Frame(tc); ok && (n < 0 || n > 100*3600*60) {
				t.Errorf("%q at %v is frame %d", s, r, n)
			}
		}
	})
}

func TestFractionsOfSecondsAreExact(t *testing.T) {
	for _, c := range []struct {
		n, per int64
		want   time.Duration
	}{{8648640000, 2400000, 3603600 * time.Millisecond}, {1001, 30000, 33366667}, {-1, 2, -500 * time.Millisecond}, {7201, 2, 3600500 * time.Millisecond}} {
		if got := Seconds(c.n, c.per); got != c.want {
			t.Errorf("%d/%d s is %v, want %v", c.n, c.per, got, c.want)
		}
	}
}
