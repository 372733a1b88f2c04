package excerpt

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// draw makes a file by ffmpeg's own sources.
func draw(t *testing.T, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	all := append([]string{"-v", "error", "-y"}, append(args, file)...)
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", all...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", all, err, out)
	}
	return file
}

// decoded is one decoded frame of picture or sound.
type decoded struct {
	at  int64 // nanoseconds
	md5 string
}

// decode gives every frame of a stream, in order of its time.
func decode(t *testing.T, file, stream string) []decoded {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-copyts", "-i", file, "-map", stream, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-")
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("decode %s: %v", file, err)
	}
	var out []decoded
	tick := timeline.Rate{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "#tb 0: "); ok {
			tick, _ = timeline.ParseRate(rest)
		}
		f := strings.Split(lines.Text(), ",")
		if strings.HasPrefix(lines.Text(), "#") || len(f) < 6 {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(f[2]), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, decoded{timeline.DivRound(n, tick.Num*1e9, tick.Den), strings.TrimSpace(f[5])})
	}
	slices.SortFunc(out, func(a, b decoded) int { return int(min(max(a.at-b.at, -1), 1)) })
	return out
}

// within is the frames in [from, to) nanoseconds after zero, counted from it.
// What lies within a millisecond of an edge is left out: Matroska rounds.
func within(all []decoded, zero, from, to int64) []decoded {
	var out []decoded
	for _, d := range all {
		if d.at -= zero; d.at > from+rounded && d.at < to-rounded {
			out = append(out, d)
		}
	}
	return out
}

func compare(t *testing.T, what string, want, got []decoded) {
	t.Helper()
	if len(want) == 0 || len(want) != len(got) {
		t.Errorf("%s: %d frames, the recording has %d", what, len(got), len(want))
		return
	}
	for i := range want {
		if d := want[i].at - got[i].at; want[i].md5 != got[i].md5 || d > rounded || d < -rounded {
			t.Errorf("%s: frame %d differs: %+v, the recording has %+v", what, i, got[i], want[i])
			return
		}
	}
}

const (
	picture = "testsrc2=s=160x120:d=30:r="
	noise   = "anoisesrc=d=30:a=0.3:seed=1:r=48000"
)

// sounds is AAC without noise substitution: what a decoder puts in its place is
// its own chance, and depends on all that it decoded before.
var sounds = []string{"-c:a", "aac", "-aac_pns", "0"}

var x264 = []string{"-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-b_strategy", "0", "-g", "50", "-pix_fmt", "yuv420p"}

func TestAnExcerptDecodesAsItsRecordingDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, name, rate string
		variable        bool
		first           int // of the stretches
		more            []string
	}{
		{"edit list and reordered pictures", "a.mp4", "30", false, 0, sounds},
		{"a fractional rate in Matroska, which rounds to milliseconds", "a.mkv", "30000/1001", false, 1, sounds},
		{"a transport stream begins at 1.4 s, its sound before its picture", "a.ts", "25", false, 0, sounds},
		{"FLV counts milliseconds and has no index", "a.flv", "30", false, 1, append(slices.Clone(sounds), "-ar", "44100")},
		{"twice the pictures", "b.mp4", "60", false, 1, sounds},
		{"pictures that come at will", "v.mp4", "30", true, 1, append(slices.Clone(sounds), "-vf", "select='gt(mod(n,7),1)+eq(mod(n,35),0)'", "-fps_mode", "vfr")},
		{"fragments", "f.mp4", "30", false, 1, append(slices.Clone(sounds), "-movflags", "+frag_keyframe+empty_moov+default_base_moof")},
		{"sound that is not AAC", "o.mkv", "25", false, 1, []string{"-c:a", "libopus"}},
		{"samples without compression", "p.mov", "25", false, 1, []string{"-c:a", "pcm_s16le"}},
	} {
		t.Run(c.why, func(t *testing.T) {
			file := draw(t, c.name, slices.Concat([]string{"-f", "lavfi", "-i", picture + c.rate, "-f", "lavfi", "-i", noise}, x264, c.more)...)
			d := newDesk(t, file, 0, 100)
			rate := d.rec.Media.Rate
			video, audio := decode(t, file, "0:v:0"), decode(t, file, "0:a:0")
			zero := video[0].at
			for _, s := range [][2]time.Duration{{0, 15100 * time.Millisecond}, {8200 * time.Millisecond, 24700 * time.Millisecond}, {14 * time.Second, time.Minute}}[c.first:] {
				span := timeline.Window{In: rate.Frames(s[0]), Out: rate.Frames(s[1])}.Clamp(d.rec.Media.Length())
				x, _, err := d.take(t.Context(), d.moment, d.rec, span, func(float64) {})
				if err != nil {
					t.Fatal(err)
				}
				if lost := span.Frames() - x.Window.Frames(); lost < 0 || lost > 1 && !(c.variable && lost < 8) {
					t.Errorf("asked for %v, got %v", span, x.Window)
				}
				from, to := int64(rate.Duration(x.Window.In)), int64(rate.Duration(x.Window.Out))
				lead := pipeline.ExcerptLead
				compare(t, fmt.Sprintf("pictures of %v", span), within(video, zero, from, to), within(decode(t, d.file(x), "0:v:0"), lead, from, to))
				compare(t, fmt.Sprintf("sound of %v", span), within(audio, zero, from, to), within(decode(t, d.file(x), "0:a:0"), lead, from, to))
				if first := x.FirstPTS - d.rec.Media.Zero; first > from || !x.HasSound {
					t.Errorf("first picture at %d of %d, sound %v", first, from, x.HasSound)
				}
			}
		})
	}
}
