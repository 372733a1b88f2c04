package recording

import (
	"bufio"
	gobytes "bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

// seen is a decoded picture, or a packet of sound, and when it is shown.
type seen struct {
	at   int64 // nanoseconds, as ffmpeg -copyts says
	hash string
}

func tool(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name + " is not installed")
	}
	var out, stderr gobytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return out.Bytes()
}

// pictures decodes the pictures of a file.
func pictures(t testing.TB, path string) []seen {
	return hashes(t, "-v", "error", "-copyts", "-i", path, "-map", "0:V:0", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-")
}

// packets are the packets of the first sound.
func packets(t testing.TB, path string) []seen {
	return hashes(t, "-v", "error", "-copyts", "-i", path, "-map", "0:a:0?", "-map", "0:V:0", "-c:a", "copy", "-c:V", "copy", "-f", "framemd5", "-")
}

func hashes(t testing.TB, args ...string) []seen {
	t.Helper()
	var out []seen
	var base timeline.Rate
	lines := bufio.NewScanner(gobytes.NewReader(tool(t, "ffmpeg", args...)))
	for lines.Scan() {
		line := lines.Text()
		if tb, ok := strings.CutPrefix(line, "#tb 0: "); ok {
			num, den, _ := strings.Cut(tb, "/")
			n, _ := strconv.ParseInt(num, 10, 64)
			d, _ := strconv.ParseInt(den, 10, 64)
			base = timeline.NewRate(n, d)
		}
		f := strings.Split(line, ",")
		if strings.HasPrefix(line, "#") || len(f) < 6 || strings.TrimSpace(f[0]) != "0" {
			continue
		}
		pts, err := strconv.ParseInt(strings.TrimSpace(f[2]), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, seen{timeline.DivRound(pts, base.Num*1e9, base.Den), strings.TrimSpace(f[5])})
	}
	return out
}

// sameIn compares what whole shows in [from, to) of the timeline with what
// slice shows there. Times are rounded in many places: what lies on an edge of
// the window by a hair is not compared.
func sameIn(whole []seen, toTimeline func(int64) (time.Duration, bool), slice []seen, s Slice) error {
	const hair = 100_000
	from, to := int64(s.From)+hair, int64(s.To)-hair
	if from <= hair+1 {
		from = -hair
	}
	var want, got []seen
	for _, x := range whole {
		if at, ok := toTimeline(x.at); ok && int64(at) >= from && int64(at) < to {
			want = append(want, seen{int64(at), x.hash})
		}
	}
	for _, x := range slice {
		if at := x.at + s.Shift; at >= from && at < to {
			got = append(got, seen{at, x.hash})
		}
	}
	if len(want) != len(got) {
		return fmt.Errorf("%d are shown in [%v, %v), the slice shows %d", len(want), s.From, s.To, len(got))
	}
	for i := range want {
		if d := want[i].at - got[i].at; max(d, -d) > hair/2 || want[i].hash != got[i].hash {
			return fmt.Errorf("number %d of [%v, %v): at %v %s, in the slice at %v %s", i, s.From, s.To,
				time.Duration(want[i].at), want[i].hash[:6], time.Duration(got[i].at), got[i].hash[:6])
		}
	}
	return nil
}

// sliceEqualsWhole checks several slices of a recording against the whole.
func sliceEqualsWhole(t *testing.T, path string, r *Recording) {
	t.Helper()
	c := r.Clock()
	whole := pictures(t, path)
	length := c.Rate.Duration(c.Frames)
	for _, x := range []struct{ from, to time.Duration }{{0, length / 3}, {length / 3, length/3 + min(length/3, 2*time.Second)}, {length / 2, length}} {
		s, err := r.Slice(t.Context(), x.from, x.to, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := sameIn(whole, c.Pieces.ToTimeline, pictures(t, s.Path), s); err != nil {
			t.Errorf("pictures: %v", err)
		}
	}
}
