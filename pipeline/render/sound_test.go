package render

import (
	"encoding/binary"
	"math"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// flashesOf is when a file's flashes are shown, and beepsOf when its beeps
// begin, both in seconds from its first picture's place.
func flashesOf(t *testing.T, file string, rate timeline.Rate) []float64 {
	t.Helper()
	raw := command(t, "ffmpeg", "-v", "error", "-i", file, "-vf", "crop=iw:ih/4:0:0,scale=1:1:flags=area,format=gray", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
	var out []float64
	for i := range len(raw) {
		if raw[i] > 128 && (i == 0 || raw[i-1] <= 128) {
			out = append(out, rate.Duration(int64(i)).Seconds())
		}
	}
	return out
}

func samplesOf(t *testing.T, file string) []float32 {
	t.Helper()
	raw := []byte(command(t, "ffmpeg", "-v", "error", "-i", file, "-map", "0:a", "-ac", "1", "-f", "f32le", "-"))
	out := make([]float32, len(raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}

func beepsOf(t *testing.T, file string) []float64 {
	t.Helper()
	var out []float64
	quiet := 1 << 20
	for i, x := range samplesOf(t, file) {
		if x > -0.1 && x < 0.1 {
			quiet++
			continue
		}
		if quiet > 4800 {
			out = append(out, float64(i)/48000)
		}
		quiet = 0
	}
	return out
}

func TestPictureAndSoundAreInSyncFromFirstToLastSecond(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why   string
		rate  timeline.Rate
		draw  string
		video string
	}{
		{"25", timeline.Rate25, "25", ""},
		{"29.97", timeline.Rate2997, "30000/1001", ""},
		{"30", timeline.Rate30, "30", ""},
		{"60", timeline.Rate60, "60", ""},
		{"variable", timeline.Rate30, "30", ",select='mod(n+1,5)'"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			file := draw(t, source{rate: c.draw, seconds: 20, size: "320x180", video: c.video})
			in, out := c.rate.FramesOfMillis(1500), c.rate.FramesOfMillis(18_500)
			m := newMill(t, file, media(c.rate, 20, 320, 180, true), timeline.Window{In: in, Out: out})
			m.brief(pipeline.Brief{Aspects: []string{"16:9"}})
			m.whole()
			made := m.path(m.made()[0])
			flashes, beeps := flashesOf(t, made, c.rate), beepsOf(t, made)
			if len(flashes) != 17 || len(beeps) != 17 {
				t.Fatalf("%d flashes and %d beeps, want 17 of each: %v %v", len(flashes), len(beeps), flashes, beeps)
			}
			frame := c.rate.Duration(1).Seconds()
			for i := range flashes {
				if off := beeps[i] - flashes[i]; math.Abs(off) > frame {
					t.Errorf("second %d: the beep comes %.1f ms after the flash", i, off*1000)
				}
			}
			t.Logf("first %.1f ms, last %.1f ms", (beeps[0]-flashes[0])*1000, (beeps[16]-flashes[16])*1000)
		})
	}
}

// soundOf makes one short over a drawn sound.
func soundOf(t *testing.T, sound string, late int, seconds int64, windows timeline.Window) (*mill, pipeline.Variant) {
	t.Helper()
	file := draw(t, source{rate: "25", seconds: int(seconds), size: "160x90", sound: sound, late: late})
	m := newMill(t, file, media(timeline.Rate25, seconds, 160, 90, true), windows)
	m.whole()
	return m, m.made()[0]
}

// measuredFrom is what a strict measure from outside says of a file.
func measuredFrom(t *testing.T, file string) (lufs, peak float64) {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-nostdin", "-hide_banner", "-i", file, "-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	text = text[strings.LastIndex(text, "Integrated loudness"):]
	find := func(name string) float64 {
		_, rest, ok := strings.Cut(text, name)
		if !ok {
			t.Fatalf("no %s in %s", name, text)
		}
		value := strings.Fields(rest)[0]
		if value == "-inf" {
			return math.Inf(-1)
		}
		return number(t, value)
	}
	return find("I:"), find("Peak:")
}

func noted(notes []pipeline.Note, code string) bool {
	return slices.ContainsFunc(notes, func(n pipeline.Note) bool { return n.Code == code })
}

func TestSoundIsLevelledAndNeverTooHigh(t *testing.T) {
	t.Parallel()
	w := timeline.Window{In: 25, Out: 25 + 15*25}
	for _, c := range []struct {
		why, sound string
		limited    bool
		lufs       float64
		within     float64
	}{
		{"ordinary", "aevalsrc='0.1*sin(2*PI*300*t)*(1+0.3*sin(2*PI*3*t))|0.1*sin(2*PI*400*t)':s=48000", false, -14, 0.6},
		{"far too loud", "aevalsrc='0.99*sin(2*PI*300*t)':s=44100", false, -14, 0.6},
		{"very quiet: the gain has an end", "aevalsrc='0.002*sin(2*PI*300*t)':s=48000", true, 0, 100},
		{"quiet with shots: the limiter holds it", "aevalsrc='0.01*sin(2*PI*300*t)+0.98*(random(0)-0.5)*lt(mod(t\\,3)\\,0.004)':s=48000:c=stereo", true, 0, 100},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			m, v := soundOf(t, c.sound, 0, 17, w)
			lufs, peak := measuredFrom(t, m.path(v))
			t.Logf("%.1f LUFS, %.1f dBTP, said %.1f, notes %v", lufs, peak, *v.Made.Loudness, v.Made.Notes)
			if peak > highestDB || noted(v.Made.Notes, "loudness_limited") != c.limited || math.Abs(lufs-c.lufs) > c.within || math.Abs(lufs-*v.Made.Loudness) > 0.3 {
				t.Errorf("%.1f LUFS, %.1f dBTP, said %.1f, notes %v", lufs, peak, *v.Made.Loudness, v.Made.Notes)
			}
		})
	}
}

func TestSoundThatIsNotThereIsSilence(t *testing.T) {
	t.Parallel()
	w := timeline.Window{In: 0, Out: 15 * 25}
	for _, c := range []struct {
		why, sound string
		late       int
		note       string
	}{
		{"all silent", "anullsrc=r=48000:cl=stereo", 0, "silent"},
		{"it begins after five seconds", "aevalsrc='0.2*sin(2*PI*300*t)':s=48000", 5, ""},
		{"it ends after five seconds", "aevalsrc='0.2*sin(2*PI*300*t)':s=48000,atrim=end=5", 0, ""},
		{"a hole of three seconds", "aevalsrc='0.2*sin(2*PI*300*t)':s=48000,aselect='not(between(t,5,8))'", 0, ""},
		{"mono at 22.05 kHz", "aevalsrc='0.2*sin(2*PI*300*t)':s=22050:c=mono", 0, ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			m, v := soundOf(t, c.sound, c.late, 16, w)
			if c.note != "" && !noted(v.Made.Notes, c.note) || c.note == "" && len(v.Made.Notes) > 0 {
				t.Errorf("notes %v", v.Made.Notes)
			}
			if n := len(samplesOf(t, m.path(v))); n < 15*48000 || n >= 15*48000+packetSamples {
				t.Errorf("%d samples of %d", n, 15*48000)
			}
			s := samplesOf(t, m.path(v))
			sounds := func(second int) bool {
				var most float32
				for _, x := range s[second*48000+24000 : (second+1)*48000] {
					most = max(most, x)
				}
				return most > 0.05
			}
			switch c.why {
			case "it begins after five seconds":
				if sounds(3) || !sounds(6) {
					t.Error("the sound does not begin after five seconds")
				}
			case "it ends after five seconds":
				if !sounds(3) || sounds(6) {
					t.Error("the sound does not end after five seconds")
				}
			case "a hole of three seconds":
				if !sounds(3) || sounds(6) || !sounds(9) {
					t.Error("the hole is not where it was")
				}
			}
		})
	}
}

func TestARecordingWithoutSoundGivesNoStream(t *testing.T) {
	t.Parallel()
	file := draw(t, source{rate: "25", seconds: 8, size: "160x90", silent: true})
	m := newMill(t, file, media(timeline.Rate25, 8, 160, 90, false), timeline.Window{In: 10, Out: 160})
	m.whole()
	v := m.made()[0]
	streams := strings.TrimSpace(command(t, "ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", m.path(v)))
	if streams != "video" || v.Made.Loudness != nil || !noted(v.Made.Notes, "no_sound") {
		t.Errorf("streams %q, loudness %v, notes %v", streams, v.Made.Loudness, v.Made.Notes)
	}
}

func TestEverySampleIsWhereItWas(t *testing.T) {
	t.Parallel()
	// A click at a known sample, far from any packet's edge, in the window's middle.
	file := draw(t, source{rate: "30000/1001", seconds: 10, size: "160x90", sound: "aevalsrc='0.9*eq(mod(n\\,48000)\\,23456)':s=48000:c=stereo"})
	rate := timeline.Rate2997
	w := timeline.Window{In: 31, Out: 271}
	m := newMill(t, file, media(rate, 10, 160, 90, true), w)
	m.whole()
	s := samplesOf(t, m.path(m.made()[0]))
	for second := int64(2); second < 8; second++ {
		want := second*48000 + 23456 - rate.Samples(w.In, 48000)
		best := want
		for i := want - 200; i < want+200; i++ {
			if abs(s[i]) > abs(s[best]) {
				best = i
			}
		}
		if d := best - want; d < -30 || d > 30 { // Matroska's millisecond is 48 samples, half of it either way
			t.Errorf("the click of second %d is %d samples late", second, d)
		}
	}
}

func abs(x float32) float32 { return max(x, -x) }
