package recording

import (
	"errors"
	"os"
	"testing"
	"time"

	"dropcut/pipeline"
)

// sounds are the packets of the first sound.
func sounds(t testing.TB, path string) []seen {
	return hashes(t, "-v", "error", "-copyts", "-i", path, "-map", "0:a:0", "-c", "copy", "-f", "framemd5", "-")
}

func TestSoundAloneIsWhatTheWholeRecordingHolds(t *testing.T) {
	for _, c := range []struct {
		name    string
		options []string
		alone   bool // the file holds no pictures
	}{
		{"a.mp4", bframes, true},
		{"b.mp4", append(bframes, "-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "500000"), true},
		{"c.mov", []string{"-c:a", "pcm_s16le", "-g", "40"}, true},
		{"d.mkv", bframes, true},
		{"e.ts", bframes, false},
		{"f.flv", bframes, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := drawn(t, c.name, "30", "8", append([]string{"-ar", "44100", "-b:v", "400k"}, c.options...)...)
			r, src := opened(t, path)
			whole, clock := sounds(t, path), r.Clock()
			length := clock.Rate.Duration(clock.Frames)
			for _, x := range []struct{ from, to time.Duration }{{0, length / 2}, {length / 3, length - time.Second}} {
				before, kept := r.BytesRead(), src.read.Load()
				s, err := r.Sound(t.Context(), x.from, x.to, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				if r.BytesRead()-before != src.read.Load()-kept || r.BytesRead() == before {
					t.Errorf("%d bytes came, %d are counted", src.read.Load()-kept, r.BytesRead()-before)
				}
				if err := sameIn(whole, clock.Pieces.ToTimeline, sounds(t, s.Path), s); err != nil {
					t.Error(err)
				}
				if i, err := os.Stat(s.Path); err != nil || c.alone && c.name != "c.mov" && i.Size() > src.size/3 {
					t.Errorf("%d bytes of a recording of %d: pictures are in it", i.Size(), src.size)
				}
			}
		})
	}
}

func TestARecordingWithoutSoundHasNoneToGive(t *testing.T) {
	for _, name := range []string{"a.mp4", "b.mkv"} {
		r, _ := opened(t, drawn(t, name, "30", "2", "-an"))
		if _, err := r.Sound(t.Context(), 0, time.Second, t.TempDir()); !errors.Is(err, pipeline.Invalid) || pipeline.AsError(err, "").Code != "no_sound" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSoundThatLiesApartIsReadAlone(t *testing.T) {
	r, src := opened(t, drawn(t, "a.mp4", "30", "20", "-g", "60", "-b:v", "6M", "-minrate", "6M", "-maxrate", "6M", "-bufsize", "6M", "-x264-params", "nal-hrd=cbr",
		"-movflags", "+frag_keyframe+empty_moov+default_base_moof"))
	before := r.BytesRead()
	if _, err := r.Sound(t.Context(), 0, 20*time.Second, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if read := r.BytesRead() - before; read > src.size/3 {
		t.Errorf("%d of %d bytes were read for the sound", read, src.size)
	}
}
