package recording

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// drawn makes a small recording with a moving picture and a tone.
func drawn(t testing.TB, name string, rate, seconds string, options ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=" + rate + ":d=" + seconds,
		"-f", "lavfi", "-i", "sine=440:r=48000:d=" + seconds, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "48k"}
	tool(t, "ffmpeg", append(append(args, options...), path)...)
	return path
}

// remade runs ffmpeg over a recording.
func remade(t testing.TB, from, name string, before []string, after ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := append(append([]string{"-v", "error"}, before...), "-i", from)
	tool(t, "ffmpeg", append(append(args, after...), path)...)
	return path
}

var bframes = []string{"-preset", "veryfast", "-bf", "3", "-g", "50"}

func TestASliceShowsWhatTheWholeRecordingShowsThere(t *testing.T) {
	for _, c := range []struct {
		name     string
		make     func(t *testing.T) string
		rate     timeline.Rate
		variable bool
		why      string
	}{
		{"plain", func(t *testing.T) string { return drawn(t, "a.mp4", "30", "6", "-g", "30") }, timeline.Rate30, false, "moov last, no reordering"},
		{"faststart", func(t *testing.T) string {
			return drawn(t, "a.mp4", "25", "6", append(bframes, "-movflags", "+faststart")...)
		}, timeline.Rate25, false, "moov first, reordered pictures, an edit list for them"},
		{"mov", func(t *testing.T) string {
			return drawn(t, "a.mov", "30000/1001", "6", "-g", "40", "-c:a", "pcm_s16le")
		}, timeline.Rate2997, false, "sound without packets"},
		{"sixty", func(t *testing.T) string { return drawn(t, "a.mp4", "60", "4", bframes...) }, timeline.Rate60, false, ""},
		{"open", func(t *testing.T) string {
			return drawn(t, "a.mp4", "30", "6", "-preset", "veryfast", "-bf", "3", "-g", "30", "-x264-params", "open-gop=1:scenecut=0")
		}, timeline.Rate30, false, "pictures before a key picture need the group before it"},
		{"negative", func(t *testing.T) string {
			return drawn(t, "a.mp4", "30", "6", append(bframes, "-movflags", "+negative_cts_offsets")...)
		}, timeline.Rate30, false, "composition offsets below zero"},
		{"edited", func(t *testing.T) string {
			return remade(t, drawn(t, "a.mp4", "30", "8", bframes...), "b.mp4", []string{"-ss", "2.51"}, "-c", "copy")
		}, timeline.Rate30, false, "the edit list begins inside a group of pictures"},
		{"late", func(t *testing.T) string {
			return remade(t, drawn(t, "a.mp4", "30", "5", bframes...), "b.mp4", []string{"-itsoffset", "1.5"}, "-i", drawn(t, "c.mp4", "30", "5"), "-map", "0:v", "-map", "1:a", "-c", "copy")
		}, timeline.Rate30, false, "an empty edit before the picture"},
		{"variable", func(t *testing.T) string {
			return drawn(t, "a.mp4", "30", "8", "-vf", "select='not(mod(n\\,7))+gt(mod(n\\,13)\\,8)'", "-fps_mode", "vfr", "-bf", "2", "-g", "20")
		}, timeline.Rate30, true, "pictures at uneven times"},
		{"fragments", func(t *testing.T) string {
			return drawn(t, "a.mp4", "30", "8", append(bframes, "-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "500000")...)
		}, timeline.Rate30, false, "as OBS writes while it records"},
		{"fragments with delay", func(t *testing.T) string {
			return drawn(t, "a.mp4", "30", "8", append(bframes, "-movflags", "+frag_keyframe+delay_moov")...)
		}, timeline.Rate30, false, "fragments behind an edit list"},
		{"partly in fragments", func(t *testing.T) string {
			return drawn(t, "a.mp4", "30", "8", append(bframes, "-movflags", "+frag_keyframe")...)
		}, timeline.Rate30, false, "the first samples in moov, the others in fragments"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := c.make(t)
			r, _ := opened(t, path)
			got := r.Clock()
			if got.Rate != c.rate || got.Variable != c.variable {
				t.Errorf("rate %v, variable %v; want %v, %v (%s)", got.Rate, got.Variable, c.rate, c.variable, c.why)
			}
			sliceEqualsWhole(t, path, r)
		})
	}
}

func TestASliceReadsLittleMoreThanItHolds(t *testing.T) {
	path := drawn(t, "long.mp4", "30", "240", "-g", "60", "-b:v", "1500k", "-minrate", "1500k", "-maxrate", "1500k", "-bufsize", "1500k", "-x264-params", "nal-hrd=cbr")
	r, src := opened(t, path)
	if r.IndexBytes() != r.BytesRead() || r.IndexBytes() > 600<<10 {
		t.Errorf("opening read %d bytes of %d", r.IndexBytes(), src.size)
	}
	s, err := r.Slice(t.Context(), 100*time.Second, 120*time.Second, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	held, err := os.Stat(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	if most := r.IndexBytes() + held.Size() + 4*blockSize; r.BytesRead() > most {
		t.Errorf("%d bytes read for a slice of %d and an index of %d", r.BytesRead(), held.Size(), r.IndexBytes())
	}
	if span := src.size * 24 / 240; held.Size() > span {
		t.Errorf("the slice has %d bytes, 24 of 240 seconds are %d", held.Size(), span)
	}
	before := src.read.Load()
	if _, err := r.Slice(t.Context(), 101*time.Second, 119*time.Second, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if again := src.read.Load() - before; again != 0 {
		t.Errorf("%d bytes were read twice", again)
	}
	if src.read.Load() != r.BytesRead() {
		t.Errorf("%d bytes read, %d counted", src.read.Load(), r.BytesRead())
	}
}

func TestWhatIsNoRecordingIsSaidSo(t *testing.T) {
	whole, err := os.ReadFile(drawn(t, "a.mp4", "30", "2"))
	if err != nil {
		t.Fatal(err)
	}
	sound := filepath.Join(t.TempDir(), "s.m4a")
	tool(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", sound)
	soundOnly, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		body       []byte
		code, says string
	}{
		{"empty", nil, "empty_file", "empty"},
		{"cut off", whole[:len(whole)*2/3], "no_index", "not finished"},
		{"sound", soundOnly, "no_picture", "no picture"},
		{"text", []byte("hello, this is my stream\n"), "not_a_recording", "a text file"},
		{"playlist", []byte("#EXTM3U\n#EXTINF:6,\n/etc/passwd\n"), "not_a_recording", "playlist"},
		{"html", []byte("<!doctype html><html><body>404"), "not_a_recording", "HTML"},
		{"dash", []byte("<?xml version=\"1.0\"?><MPD/>"), "not_a_recording", "DASH"},
		{"captions", []byte("1\n00:00:01,000 --> 00:00:02,000\nhi\n"), "not_a_recording", "SRT"},
		{"png", []byte("\x89PNG\r\n\x1a\n0000"), "not_a_recording", "PNG"},
		{"zip", []byte("PK\x03\x04aaaaaaaa"), "not_a_recording", "ZIP"},
		{"mp3", []byte("ID3\x04\x00\x00\x00"), "not_a_recording", "MP3"},
		{"heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "not_a_recording", "HEIC"},
		{"zeros", make([]byte, 4096), "not_a_recording", "zero"},
		{"segment", []byte("\x00\x00\x00\x10moof\x00\x00\x00\x08mfhd"), "no_index", "piece"},
		{"noise", []byte{0x12, 0xfe, 0x99, 0x00, 0x81, 0x77, 0x13}, "not_a_recording", "unknown"},
	} {
		_, err := Open(t.Context(), held(c.body))
		var e *pipeline.Error
		if !errors.As(err, &e) || e.Kind != pipeline.Invalid || e.Code != c.code || e.Hint == "" || !strings.Contains(strings.ReplaceAll(e.Detail, "before it was finished", "not finished"), c.says) {
			t.Errorf("%s: %v (%+v); want %s and %q", c.name, err, e, c.code, c.says)
		}
	}
	if r, err := Open(t.Context(), held(whole)); err != nil {
		t.Errorf("the whole file is refused: %v", err)
	} else {
		_ = r.Close()
	}
}

func TestAPictureBehindTheEndOfTheFileIsNotPromised(t *testing.T) {
	whole, err := os.ReadFile(drawn(t, "a.mp4", "30", "8", "-g", "30", "-movflags", "+faststart"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), held(whole[:len(whole)*3/4]))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := r.Clock()
	if c.Frames < 120 || c.Frames > 210 || len(c.Notes) != 1 || c.Notes[0].Code != "truncated" {
		t.Errorf("%d frames of 240, notes %v", c.Frames, c.Notes)
	}
}

func TestAJumpOfTheClockIsCutOut(t *testing.T) {
	t.Run("plain", func(t *testing.T) { jumps(t, "-bf", "0", "-g", "50") })
	t.Run("reordered", func(t *testing.T) { jumps(t, bframes...) })
}

func jumps(t *testing.T, options ...string) {
	path := drawn(t, "a.mp4", "30", "6", append(options, "-an", "-vf", "setpts='PTS+gte(N,90)*43200/TB'", "-fps_mode", "passthrough", "-video_track_timescale", "30000")...)
	r, _ := opened(t, path)
	c := r.Clock()
	if c.Frames != 180 || len(c.Pieces) != 2 || c.Rate != timeline.Rate30 || len(c.Notes) != 1 || c.Notes[0].Code != "clock_jumps" {
		t.Fatalf("%d frames in %v at %v, notes %v; want 180 in two pieces", c.Frames, c.Pieces, c.Rate, c.Notes)
	}
	whole := pictures(t, path)
	windows := [][2]time.Duration{{0, 2500 * time.Millisecond}, {2 * time.Second, 4 * time.Second}, {4 * time.Second, 5 * time.Second}}
	if len(whole) != 180 {
		windows = nil // ffmpeg gives up the order of pictures at such a jump
	}
	for _, w := range windows {
		s, err := r.Slice(t.Context(), w[0], w[1], t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := sameIn(whole, c.Pieces.ToTimeline, pictures(t, s.Path), s); err != nil {
			t.Error(err)
		}
	}
	s, err := r.Slice(t.Context(), 0, 6*time.Second, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	all := pictures(t, s.Path)
	if len(all) != 180 {
		t.Fatalf("%d pictures in the slice of everything, want 180", len(all))
	}
	for i, x := range all {
		if d := x.at + s.Shift - int64(timeline.Rate30.Duration(int64(i))); max(d, -d) > 1000 {
			t.Fatalf("picture %d is at %v", i, time.Duration(x.at+s.Shift))
		}
	}
}

func TestAPictureThatStandsStillIsNoJumpWhileSoundGoesOn(t *testing.T) {
	path := drawn(t, "a.mp4", "30", "20", "-g", "30", "-vf", "select='lt(n,60)+gt(n,500)'", "-fps_mode", "vfr")
	r, _ := opened(t, path)
	if c := r.Clock(); len(c.Pieces) != 1 || c.Frames != 600 {
		t.Errorf("%d frames in %v", c.Frames, c.Pieces)
	}
	s, err := r.Slice(t.Context(), 8*time.Second, 10*time.Second, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := pictures(t, s.Path); len(got) == 0 || got[len(got)-1].at+s.Shift > int64(2*time.Second) {
		t.Errorf("the picture that stands from 8 s to 10 s is not in the slice: %v", got)
	}
}

// held is a source in memory.
type held []byte

func (h held) Size() int64 { return int64(len(h)) }

func (h held) ReadRange(_ context.Context, off, n int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(h[off : off+n]))), nil
}
