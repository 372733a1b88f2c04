package hearing

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// sound is samples of a recording that is drawn second by second.
func sound(seconds int, at func(sec float64) float64) []byte {
	out := make([]byte, 0, 2*Rate*seconds)
	for i := range Rate * seconds {
		v := min(max(at(float64(i)/Rate), -1), 1)
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(v*32767)))
	}
	return out
}

func heard(t testing.TB, b []byte) []Heard {
	t.Helper()
	all, err := Listen(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// hz is a sine.
func hz(f, sec float64) float64 { return math.Sin(2 * math.Pi * f * sec) }

// voice is tones that come and go as syllables and sentences do.
func voice(sec float64) float64 {
	if math.Sin(0.9*sec) < -0.7 || math.Sin(2*math.Pi*2.3*sec+3*math.Sin(0.7*sec)) < -0.2 {
		return 0
	}
	return 0.05 * (hz(140, sec) + hz(280, sec) + 0.6*hz(980, sec) + 0.3*hz(2240, sec))
}

func TestNoiseIsToldFromVoicesAndTones(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name       string
		at         func(sec float64) float64
		least, max int
	}{
		{"white noise", func(float64) float64 { return 0.3 * (rnd.Float64()*2 - 1) }, 65, 85},
		{"white noise, 40 dB quieter", func(float64) float64 { return 0.003 * (rnd.Float64()*2 - 1) }, 65, 85},
		{"a chord", func(s float64) float64 { return 0.1 * (hz(220, s) + hz(440, s) + hz(660, s) + hz(1320, s)) }, 0, 35},
		{"digital silence", func(float64) float64 { return 0 }, 0, 0},
	} {
		sum, all := 0, heard(t, sound(4, c.at))
		for _, h := range all {
			sum += int(h.Noise)
		}
		if mean := sum / len(all); mean < c.least || mean > c.max {
			t.Errorf("%s: noise %d, want %d … %d", c.name, mean, c.least, c.max)
		}
	}
}

func TestLevelsAreDecibelsBelowFullScale(t *testing.T) {
	for amplitude, want := range map[float64]int16{1: -30, 0.1: -230, 0.01: -430} { // a sine is 3 dB below its peak
		all := heard(t, sound(1, func(s float64) float64 { return amplitude * hz(1000, s) }))
		if got := all[5].Level; got < want-2 || got > want+2 {
			t.Errorf("a sine of %v: %d, want %d", amplitude, got, want)
		}
	}
	if got := heard(t, sound(1, func(float64) float64 { return 0 }))[3].Level; got != Silent {
		t.Errorf("silence: %d", got)
	}
}

func TestACrowdInTalkStandsOut(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	for _, gain := range []float64{1, 0.2, 0.05} { // how loud it was recorded says nothing
		all := heard(t, sound(150, func(s float64) float64 {
			v := voice(s) + 0.0005*(rnd.Float64()*2-1)
			if s >= 100 && s < 110 {
				v += 0.3 * (rnd.Float64()*2 - 1)
			}
			return v * gain
		}))
		rises := Rises(all, 300, 5)
		if len(rises) == 0 || rises[0].At < 960 || rises[0].At > 1005 || rises[0].Crowd < 50 {
			t.Errorf("gain %v: %+v", gain, rises)
		}
	}
}

func TestNothingStandsOutOfWhatNeverChanges(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	beats := func(s float64) float64 {
		return 0.3*hz(90, s)*math.Exp(-20*math.Mod(s, 0.5)) + 0.1*hz(440, s)*math.Exp(-6*math.Mod(s, 1))
	}
	for name, at := range map[string]func(float64) float64{
		"silence": func(float64) float64 { return 0 },
		"noise":   func(float64) float64 { return 0.2 * (rnd.Float64()*2 - 1) },
		"music":   beats,
		"hum":     func(s float64) float64 { return 0.2 * hz(50, s) },
	} {
		if rises := Rises(heard(t, sound(90, at)), 300, 5); len(rises) != 0 {
			t.Errorf("%s: %+v", name, rises)
		}
	}
	start := func(s float64) float64 { return beats(s) * math.Min(math.Floor(s/40), 1) }
	all := Rises(heard(t, sound(90, start)), 300, 5)
	for _, r := range all {
		if r.Music < 50 {
			t.Errorf("music that begins is not known for music: %+v", r)
		}
	}
}

func TestRisesOfAnythingAreBoundedAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "hops")
		seed := rapid.Uint64().Draw(t, "seed")
		rnd := rand.New(rand.NewPCG(seed, 7))
		all := make([]Heard, n)
		level := 0
		for i := range all {
			if rnd.IntN(60) == 0 {
				level = -rnd.IntN(1300)
			}
			all[i] = Heard{Level: int16(max(level-rnd.IntN(80), Silent)), Noise: int16(rnd.IntN(100)), Change: int16(rnd.IntN(300))}
		}
		apart, most := rapid.IntRange(1, 900).Draw(t, "apart"), rapid.IntRange(0, 12).Draw(t, "most")
		rises := Rises(all, apart, most)
		if len(rises) > most {
			t.Fatalf("%d of %d", len(rises), most)
		}
		for i, r := range rises {
			if r.At < 0 || r.At >= n || r.Lasts <= 0 || r.Above < least || r.Crowd < 0 || r.Crowd > 100 || r.Music < 0 || r.Music > 100 {
				t.Fatalf("%+v of %d", r, n)
			}
			if i > 0 && r.Points > rises[i-1].Points {
				t.Fatalf("not best first: %+v", rises)
			}
			for _, o := range rises[:i] {
				if d := r.At - o.At; d < apart && -d < apart {
					t.Fatalf("%d and %d are nearer than %d", r.At, o.At, apart)
				}
			}
		}
		if again := Rises(all, apart, most); !reflect.DeepEqual(again, rises) {
			t.Fatal("the same gives something else")
		}
	})
}

func FuzzListen(f *testing.F) {
	f.Add([]byte{})
	f.Add(sound(1, voice))
	f.Fuzz(func(t *testing.T, b []byte) {
		all := heard(t, b)
		if len(all) != len(b)/2/hopSamples {
			t.Fatalf("%d hops of %d bytes", len(all), len(b))
		}
		for _, h := range all {
			if h.Level < Silent || h.Level > 10 || h.Noise < 0 || h.Noise > 100 || h.Change < 0 {
				t.Fatalf("%+v", h)
			}
		}
		Rises(all, 10, 10)
	})
}

func BenchmarkSixHours(b *testing.B) {
	all := heard(b, sound(60, voice))
	var long []Heard
	for len(long) < 6*36000 {
		long = append(long, all...)
	}
	for b.Loop() {
		Rises(long, 600, 10)
	}
}
