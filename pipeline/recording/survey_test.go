package recording

import (
	gobytes "bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// streamed makes a recording of moving pictures and a tone, with B-frames and a
// picture that stands alone every two seconds. More arguments come before the
// name; kbps above 0 fills the picture up to that rate.
func streamed(t testing.TB, name, rate string, seconds, kbps int, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	codec := []string{"-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-c:a", "aac", "-b:a", "64k"}
	if strings.HasSuffix(name, ".webm") {
		codec = []string{"-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-c:a", "libopus", "-b:a", "64k"}
	}
	if kbps > 0 {
		codec = append(codec, "-b:v", fmt.Sprint(kbps, "k"), "-maxrate", fmt.Sprint(kbps, "k"), "-bufsize", fmt.Sprint(kbps, "k"), "-x264-params", "nal-hrd=cbr")
	}
	all := []string{"-v", "error", "-y", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=160x120:r=%s:d=%d", rate, seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=440:d=%d:r=48000", seconds)}
	tool(t, "ffmpeg", append(append(append(all, codec...), args...), path)...)
	return path
}

// joinFiles writes one file of several, without the first skip bytes of all but the
// first.
func joinFiles(t testing.TB, name string, skip int, paths ...string) string {
	t.Helper()
	var all []byte
	for i, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			b = b[skip:]
		}
		all = append(all, b...)
	}
	return written(t, name, all)
}

func written(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// onClock maps what ffmpeg shows of a whole recording to the timeline. ffmpeg
// straightens the 33 bits of a transport stream in its own way.
func onClock(r *Recording) func(int64) (time.Duration, bool) {
	p := r.Clock().Pieces
	if r.Container() != "mpegts" {
		return p.ToTimeline
	}
	return func(ns int64) (time.Duration, bool) {
		ticks := modulo(timeline.DivRound(ns, 9, 100000), tsWrap)
		return p.ToTimeline(timeline.DivRound(ticks, 100000, 9))
	}
}

// showsTheSame checks that slices of r hold the pictures and sound of the whole
// recording, decoded and packet by packet.
func showsTheSame(t *testing.T, path string, r *Recording) {
	t.Helper()
	c := r.Clock()
	third := c.Rate.Duration(c.Frames) / 3
	picture, sound := pictures(t, path), packets(t, path)
	for _, x := range [][2]time.Duration{{0, third}, {3 * third / 2, 3 * third}} {
		sliceShows(t, r, x[0], x[1], pictures, picture, onClock(r))
		sliceShows(t, r, x[0], x[1], packets, sound, onClock(r))
	}
}

// sliceShows checks that the slice [from, to) of r shows what want has there;
// clock leads from want's times to the timeline.
func sliceShows(t *testing.T, r *Recording, from, to time.Duration, look func(testing.TB, string) []seen, want []seen, clock func(int64) (time.Duration, bool)) {
	t.Helper()
	s, err := r.Slice(t.Context(), from, to, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := sameIn(want, clock, look(t, s.Path), s); err != nil {
		t.Error(err)
	}
}

func noteCodes(c Clock) string {
	var out []string
	for _, n := range c.Notes {
		out = append(out, n.Code)
	}
	return strings.Join(out, " ")
}

func TestASliceShowsWhatTheRecordingShows(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, rate, why string
		frames          int64
		args            []string
	}{
		{"a.mkv", "30000/1001", "Cues at the end, times rounded to a millisecond", 240, nil},
		{"front.mkv", "25", "Cues in front", 200, []string{"-cues_to_front", "1"}},
		{"live.mkv", "60000/1001", "written live: neither Cues nor sizes", 480, []string{"-live", "1"}},
		{"a.webm", "24", "VP8, no B-frames, Opus with its delay", 192, nil},
		{"a.ts", "30000/1001", "starts at 1.4 s", 240, nil},
		{"a.m2ts", "25", "192 bytes a packet", 200, []string{"-mpegts_m2ts_mode", "1"}},
		{"hours.ts", "50", "starts at ten hours", 400, []string{"-output_ts_offset", "36000"}},
		{"a.flv", "30", "no list of key frames", 240, nil},
		{"keys.flv", "24000/1001", "a list of key frames", 192, []string{"-flvflags", "add_keyframe_index"}},
		{"hours.flv", "25", "starts beyond 24 bits of milliseconds", 200, []string{"-output_ts_offset", "36000"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			path := streamed(t, x.name, x.rate, 8, 0, x.args...)
			r, _ := opened(t, path)
			rate, err := timeline.ParseRate(x.rate)
			if err != nil {
				t.Fatal(err)
			}
			c := r.Clock()
			if c.SourceRate != rate || c.Rate != rate || c.Variable || distance(c.Frames, x.frames) > 1 {
				t.Errorf("%s: rate %v of %v, variable %v, %d frames; want %v, %d", x.why, c.Rate, c.SourceRate, c.Variable, c.Frames, rate, x.frames)
			}
			if first := pictures(t, path)[0].at; distance(c.Zero, modulo(first, 95443717688889)) > 100_000 {
				t.Errorf("zero is %d, the first picture is shown at %d", c.Zero, first)
			}
			if len(c.Notes) > 0 || len(c.Pieces) != 1 {
				t.Errorf("%d pieces, notes %v", len(c.Pieces), c.Notes)
			}
			showsTheSame(t, path, r)
		})
	}
}

func TestJumpsOfTheClockAreStraightened(t *testing.T) {
	t.Parallel()
	one, two := streamed(t, "one.ts", "25", 6, 0), streamed(t, "two.ts", "25", 6, 0, "-vf", "hue=h=90")
	remux := func(path, name string, args ...string) string {
		out := filepath.Join(t.TempDir(), name)
		tool(t, "ffmpeg", append(append([]string{"-v", "error", "-i", path, "-map", "0", "-copyts", "-c", "copy"}, args...), out)...)
		return out
	}
	for _, x := range []struct {
		ext, offset, why string
		skip             int
	}{
		{".ts", "0", "back to the same time: two files put together", 0},
		{".ts", "1000", "ahead", 0},
		{".flv", "0", "back", 13},
		{".flv", "1000", "ahead", 13},
		{".mkv", "0", "back, in a second segment", 0},
		{".mkv", "1000", "ahead, in a second segment", 0},
	} {
		t.Run(x.ext[1:]+" "+x.why, func(t *testing.T) {
			t.Parallel()
			a, b := remux(one, "a"+x.ext), remux(two, "b"+x.ext, "-output_ts_offset", x.offset)
			r, _ := opened(t, joinFiles(t, "both"+x.ext, x.skip, a, b))
			c := r.Clock()
			if len(c.Pieces) != 2 || noteCodes(c) != "clock_jumps" || c.Frames != 300 {
				t.Fatalf("%d pieces, notes %v, %d frames", len(c.Pieces), c.Notes, c.Frames)
			}
			for _, x := range [][2]time.Duration{{0, 4 * time.Second}, {5 * time.Second, 7 * time.Second}, {6 * time.Second, 12 * time.Second}} {
				sliceShows(t, r, x[0], x[1], pictures, inTurn(t, c, pictures, a, b), onTimelineAlready)
			}
			const seam = 200 * time.Millisecond // where the sound of both overlaps, ffmpeg moves some of it
			sliceShows(t, r, 0, 6*time.Second-seam, packets, inTurn(t, c, packets, a, b), onTimelineAlready)
			sliceShows(t, r, 6*time.Second+seam, 11*time.Second, packets, inTurn(t, c, packets, a, b), onTimelineAlready)
		})
	}
}

func onTimelineAlready(ns int64) (time.Duration, bool) { return time.Duration(ns), true }

// inTurn is what several files show one after the other, as the pieces of c put
// them on the timeline.
func inTurn(t *testing.T, c Clock, look func(testing.TB, string) []seen, paths ...string) []seen {
	t.Helper()
	var out []seen
	for i, p := range paths {
		for _, x := range look(t, p) {
			out = append(out, seen{x.at - c.Pieces[i].From + c.Pieces[i].At, x.hash})
		}
	}
	return out
}

func TestAJumpInTheMiddleOfALongRecordingIsFound(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		ext, offset, why string
		skip             int
		pieces           int
	}{
		{".ts", "100", "a gap of a minute", 0, 2},
		{".ts", "0", "back to the start", 0, 2},
		{".ts", "41", "nothing: a gap of a second is none", 0, 1},
		{".flv", "100", "a gap of a minute", 13, 2},
		{".flv", "0", "back to the start", 13, 2},
	} {
		t.Run(x.ext[1:]+" "+x.why, func(t *testing.T) {
			t.Parallel()
			a, b := streamed(t, "a"+x.ext, "25", 40, 2000), streamed(t, "b"+x.ext, "25", 30, 2000, "-output_ts_offset", x.offset)
			r, src := opened(t, joinFiles(t, "both"+x.ext, x.skip, a, b))
			if c := r.Clock(); len(c.Pieces) != x.pieces || x.pieces == 2 && c.Frames != 1750 {
				t.Errorf("%d pieces, %d frames, notes %v", len(c.Pieces), c.Frames, c.Notes)
			}
			if src.read.Load() > src.size/2 {
				t.Errorf("%d of %d bytes were read to find it", src.read.Load(), src.size)
			}
		})
	}
}

func TestAJumpBehindWhatASurveyCanPayForIsFound(t *testing.T) {
	t.Parallel()
	for ext, skip := range map[string]int{".ts": 0, ".flv": 13} {
		t.Run(ext[1:], func(t *testing.T) {
			t.Parallel()
			half := streamed(t, "half"+ext, "25", 100, 2400)
			r, src := opened(t, joinFiles(t, "both"+ext, skip, half, half))
			if c := r.Clock(); len(c.Pieces) != 2 || c.Frames != 5000 {
				t.Errorf("%d pieces, %d frames, notes %v: one half is lost", len(c.Pieces), c.Frames, c.Notes)
			}
			if src.read.Load() > src.size/4 {
				t.Errorf("%d of %d bytes were read to find it", src.read.Load(), src.size)
			}
		})
	}
}

func TestOnlyIndexAndStretchAreRead(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, why string
		most      int64 // percent of the recording that an index may cost here
		args      []string
	}{
		{"a.mkv", "Cues", 16, nil},
		{"live.mkv", "no Cues", 28, []string{"-live", "1"}},
		{"a.ts", "no index", 28, nil},
		{"a.flv", "no index", 28, nil},
		{"keys.flv", "a list of key frames", 16, []string{"-flvflags", "add_keyframe_index"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			path := streamed(t, x.name, "25", 120, 2000, x.args...)
			r, src := opened(t, path)
			if got := r.IndexBytes() * 100 / src.size; got > x.most {
				t.Errorf("%s: the index cost %d %% of %d bytes", x.why, got, src.size)
			}
			before := src.read.Load()
			from, to := 70*time.Second, 90*time.Second
			s, err := r.Slice(t.Context(), from, to, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			i, err := os.Stat(s.Path)
			if err != nil {
				t.Fatal(err)
			}
			if span, got := src.size*20/120, src.read.Load()-before; got > span*3/2 || i.Size() > span*3/2 {
				t.Errorf("%s: %d bytes were read and %d written for a stretch of %d", x.why, got, i.Size(), span)
			}
			before = src.read.Load()
			if _, err := r.Slice(t.Context(), from, to, t.TempDir()); err != nil || src.read.Load() != before {
				t.Errorf("the same slice again read %d bytes more (%v)", src.read.Load()-before, err)
			}
		})
	}
}

func TestWhatIsWholeOfATruncatedRecordingIsGiven(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"a.mkv", "live.mkv", "a.ts", "a.flv"} {
		var args []string
		if name == "live.mkv" {
			args = []string{"-live", "1"}
		}
		path := streamed(t, name, "25", 8, 0, args...)
		all, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			n := len(all)/3 + random.IntN(len(all)/3)
			for onEdge(t, name, all[:n]) { // then nothing is missing
				n -= 8
			}
			t.Run(fmt.Sprintf("%s at %d", name, n), func(t *testing.T) {
				t.Parallel()
				cut := written(t, name, all[:n])
				r, _ := opened(t, cut)
				c := r.Clock()
				if noteCodes(c) != "truncated" {
					t.Errorf("notes %v", c.Notes)
				}
				whole := pictures(t, cut)
				if d := distance(c.Frames, int64(len(whole))); d > 2 {
					t.Errorf("%d frames, ffmpeg shows %d", c.Frames, len(whole))
				}
				third := c.Rate.Duration(c.Frames) / 3
				sliceShows(t, r, third, 2*third, packets, packets(t, cut), onClock(r))
				sliceShows(t, r, third, 3*third, pictures, whole, onClock(r))
			})
		}
	}
}

// onEdge reports whether b ends between two packets or tags.
func onEdge(t *testing.T, name string, b []byte) bool {
	if strings.HasSuffix(name, ".ts") {
		return len(b)%tsPacket == 0
	}
	if !strings.HasSuffix(name, ".flv") {
		return false
	}
	kept, err := newBytes(heldBytes(b), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	next := int64(0)
	r := &flvReel{first: 13, end: kept.Size()}
	if err := r.tags(t.Context(), &view{b: kept}, r.first, r.end, func(x flvTag) bool { next = x.next(); return true }); err != nil {
		t.Fatal(err)
	}
	return next >= r.end
}

func TestARecordingWithoutPictureSaysSo(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.mkv", "a.ts", "a.flv"} {
		path := filepath.Join(t.TempDir(), name)
		tool(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:d=1:r=48000", "-c:a", "aac", path)
		_, err := Open(t.Context(), fileSource(t, path))
		var e *pipeline.Error
		if !errors.As(err, &e) || e.Kind != pipeline.Invalid || e.Code != "no_picture" || e.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGarbageInTheMiddleIsSteppedOver(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"a.mkv", "live.mkv", "a.ts", "a.flv"} {
		path := streamed(t, name, "25", 8, 0, "-flush_packets", "0")
		all, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1001 {
			all[len(all)/2+i] = byte(random.Uint32())
		}
		r, _ := opened(t, written(t, name, all))
		if c := r.Clock(); c.Frames < 195 || c.Frames > 205 {
			t.Errorf("%s: %d frames, notes %v", name, c.Frames, c.Notes)
		}
		if _, err := r.Slice(t.Context(), 0, 8*time.Second, t.TempDir()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// heldBytes is a recording in memory.
type heldBytes []byte

func (m heldBytes) Size() int64 { return int64(len(m)) }

func (m heldBytes) ReadRange(_ context.Context, off, n int64) (io.ReadCloser, error) {
	return io.NopCloser(gobytes.NewReader(m[off : off+n])), nil
}

// bounded opens and slices whatever b is: it must end, without a panic, in a
// recording that holds what its clock says or in an error with a kind.
func bounded(t *testing.T, b []byte, open func(context.Context, *bytes) (index, error)) {
	if len(b) > 1<<20 {
		t.Skip("too long")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	kept, err := newBytes(heldBytes(b), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	i, err := open(ctx, kept)
	if ctx.Err() != nil {
		t.Fatal("it does not end")
	}
	if err != nil {
		if k := pipeline.KindOf(err); k != pipeline.Invalid && k != pipeline.Corrupt {
			t.Fatalf("%v is %v", err, k)
		}
		return
	}
	c := i.clock()
	if c.Frames < 1 || c.Rate.IsZero() || len(c.Pieces) == 0 {
		t.Fatalf("clock %+v", c)
	}
	r := &Recording{bytes: kept, index: i}
	length := c.Rate.Duration(c.Frames)
	for _, from := range []time.Duration{0, length / 2, length - 1} {
		s, err := r.Slice(ctx, from, length, t.TempDir())
		if err != nil && pipeline.KindOf(err) == pipeline.Internal || ctx.Err() != nil {
			t.Fatal(err)
		}
		if i, err := os.Stat(s.Path); err == nil && i.Size() > 16*int64(len(b))+1<<20 {
			t.Fatalf("a slice of %d bytes from %d", i.Size(), len(b))
		}
	}
	i.chapters()
}

// seeds are short recordings, and some with damage.
func seeds(f *testing.F, names ...string) {
	f.Helper()
	random := rand.New(rand.NewPCG(5, 6))
	for _, name := range names {
		var args []string
		if strings.HasPrefix(name, "live") {
			args = []string{"-live", "1"}
		}
		if strings.HasPrefix(name, "keys") {
			args = []string{"-flvflags", "add_keyframe_index"}
		}
		b, err := os.ReadFile(streamed(f, name, "5", 2, 0, args...))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)/2])
		f.Add(b[:100])
		for range 20 {
			damaged := append([]byte{}, b...)
			for range 1 + random.IntN(40) {
				damaged[random.IntN(min(len(b), 1+random.IntN(len(b))))] = byte(random.Uint32())
			}
			f.Add(damaged)
		}
	}
}

func FuzzMatroska(f *testing.F) {
	seeds(f, "a.mkv", "live.mkv")
	f.Fuzz(func(t *testing.T, b []byte) { bounded(t, b, openMatroska) })
}

func FuzzMPEGTS(f *testing.F) {
	seeds(f, "a.ts", "a.m2ts")
	f.Fuzz(func(t *testing.T, b []byte) { bounded(t, b, openMPEGTS) })
}

func FuzzFLV(f *testing.F) {
	seeds(f, "a.flv", "keys.flv")
	f.Fuzz(func(t *testing.T, b []byte) { bounded(t, b, openFLV) })
}
