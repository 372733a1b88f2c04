package render

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// encoded is a small file of an encoder, as a run's strands are.
func encoded(t testing.TB, name string, options ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	args := append([]string{"-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=30:d=1", "-f", "lavfi", "-i", "sine=d=1:r=48000"}, options...)
	command(t, "ffmpeg", append(args, file)...)
	return file
}

// strandOptions are the encoder's own, with key pictures at 0 and 12.
func strandOptions(more ...string) []string {
	out := []string{"-map", "0:v", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-x264-params", x264Params, "-forced-idr", "1",
		"-force_key_frames", "0,0.4", "-video_track_timescale", "15360"}
	return append(out, more...)
}

func opened(t testing.TB, file string) *os.File {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestASplitAndAssembledFileIsTheSameFile(t *testing.T) {
	t.Parallel()
	file := encoded(t, "a.mp4", strandOptions()...)
	parts, err := Split(opened(t, file), []int64{12, 18}, timeline.Rate30)
	if err != nil {
		t.Fatal(err)
	}
	var stored []Picture
	for _, p := range parts {
		var b bytes.Buffer
		if err := WriteSegment(&b, p, timeline.Rate30); err != nil {
			t.Fatal(err)
		}
		s, err := OpenSegment(bytes.NewReader(b.Bytes()), timeline.Rate30)
		if err != nil || s.AVCC != p.AVCC || s.Frames != p.Frames {
			t.Fatalf("%+v, %v", s, err)
		}
		stored = append(stored, s)
	}
	var one, two bytes.Buffer
	if err := errors.Join(Assemble(&one, stored, nil, timeline.Rate30), Assemble(&two, stored, nil, timeline.Rate30)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same pieces gave other bytes")
	}
	back := filepath.Join(t.TempDir(), "b.mp4")
	if err := os.WriteFile(back, one.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	want, got := frameHashes(t, file), frameHashes(t, back)
	if len(got) != 30 || len(want) != 30 {
		t.Fatalf("%d and %d frames of 30", len(want), len(got))
	}
	for i := range want {
		if want[i] != got[i] {
			t.Errorf("frame %d differs", i)
		}
	}
}

func TestWhatIsNotAClosedGroupOfConstantRateIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		file   string
		frames []int64
		rate   timeline.Rate
	}{
		{"a frame too few", encoded(t, "a.mp4", strandOptions()...), []int64{12, 19}, timeline.Rate30},
		{"a frame too many", encoded(t, "b.mp4", strandOptions()...), []int64{12, 17}, timeline.Rate30},
		{"no key picture where a segment begins", encoded(t, "c.mp4", strandOptions()...), []int64{15, 15}, timeline.Rate30},
		{"another rate", encoded(t, "d.mp4", strandOptions()...), []int64{12, 18}, timeline.Rate25},
		{"a frame missing in the middle", encoded(t, "e.mp4", strandOptions("-vf", "select='not(eq(n,5))'", "-fps_mode", "passthrough")...), []int64{11, 18}, timeline.Rate30},
		{"no pictures", encoded(t, "f.mp4", "-map", "1:a"), []int64{30}, timeline.Rate30},
		{"another codec", encoded(t, "g.mp4", "-map", "0:v", "-c:v", "mpeg4", "-video_track_timescale", "15360"), []int64{30}, timeline.Rate30},
	} {
		if _, err := Split(opened(t, c.file), c.frames, c.rate); !errors.Is(err, pipeline.Corrupt) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestPicturesOfTwoEncodersAreNotAssembled(t *testing.T) {
	t.Parallel()
	a, err := OpenSegment(opened(t, encoded(t, "a.mp4", append(strandOptions(), "-force_key_frames", "0")...)), timeline.Rate30)
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenSegment(opened(t, encoded(t, "b.mp4", append(strandOptions(), "-force_key_frames", "0", "-preset", "ultrafast", "-profile:v", "baseline", "-x264-params", "bframes=0")...)), timeline.Rate30)
	if err != nil {
		t.Fatal(err)
	}
	if err := Assemble(io.Discard, []Picture{a, b}, nil, timeline.Rate30); !errors.Is(err, pipeline.Conflict) {
		t.Errorf("assembled: %v", err)
	}
}

func TestAnEditListIsSeen(t *testing.T) {
	t.Parallel()
	if err := checkBoxes(opened(t, encoded(t, "a.mp4", append(strandOptions(), "-movflags", "+faststart")...))); !errors.Is(err, pipeline.Corrupt) {
		t.Errorf("an edit list: %v", err)
	}
	if err := checkBoxes(opened(t, encoded(t, "b.mp4", strandOptions("-use_editlist", "0")...))); !errors.Is(err, pipeline.Corrupt) {
		t.Errorf("an index behind the pictures: %v", err)
	}
}

// FuzzMP4 reads anything as a file of ours: it gives an error or tables that
// stay inside what was read, and never panics or hangs.
func FuzzMP4(f *testing.F) {
	for _, options := range [][]string{strandOptions("-force_key_frames", "0", "-frames:v", "8"), {"-map", "1:a", "-c:a", "aac", "-t", "0.1", "-use_editlist", "0"}} {
		b, err := os.ReadFile(encoded(f, "seed.mp4", options...))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		if p, err := OpenSegment(r, timeline.Rate30); err == nil {
			if p.Frames <= 0 || p.Frames > mostSamples {
				t.Errorf("%d frames", p.Frames)
			}
			_ = Assemble(io.Discard, []Picture{p}, nil, timeline.Rate30)
		}
		if s, err := OpenSound(r); err == nil && s.Samples() < 0 {
			t.Error("negative sound")
		}
		_ = checkBoxes(r)
	})
}
