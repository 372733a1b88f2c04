package recording

import (
	"path"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

func TestRealRecordingsOpenAndSlice(t *testing.T) {
	for _, c := range []struct {
		name      string
		container string
		zero      int64
		rate      timeline.Rate
		frames    int64
		variable  bool
		why       string
	}{
		{"media/mp4/edts.mp4", "mp4", 0, timeline.Rate25, 225, false, "edit list"},
		{"media/mp4/bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4", "mp4", 10e9, timeline.Rate30, 120, false, "an empty edit of ten seconds"},
		{"media/mp4/flower-fragmented.mp4", "fmp4", 66733333, timeline.Rate2997, 150, false, ""},
		{"media/mp4/sample_fragmented.mp4", "fmp4", 66733333, timeline.Rate2997, 30, false, "claims to last 39 hours"},
		{"media/mp4/sample_partially_fragmented.mp4", "fmp4", 66733333, timeline.Rate2997, 30, false, ""},
		{"media/mp4/sample_mdat_too_long.mp4", "mp4", 0, timeline.Rate2997, 30, false, "mdat longer than the file"},
		{"media/mp4/sample_missing_stsd.mp4", "mp4", 0, timeline.Rate2997, 30, false, "a track that is not described"},
		{"media/mp4/crystal.mp4", "mp4", 0, timeline.Rate30, 359, false, "one tick a frame"},
		{"media/mp4/sowt-with-video.mov", "mp4", 0, timeline.Rate50, 100, false, "raw sound"},
		{"media/chapters/sample_with_chapters.mp4", "mp4", 0, timeline.Rate2997, 30, false, ""},
		{"media/phone/hdr10-av1.mp4", "mp4", 0, timeline.Rate2997, 127, false, ""},
		{"media/phone/internal_emulator_transformer_output_270_rotated.mp4", "mp4", 0, timeline.Rate2997, 149, false, "rotated"},
		{"media/vfr/cursed-vfr.mp4", "mp4", 0, timeline.Rate30, 262, true, ""},
		{"media/timing/counting.mp4", "mp4", 0, timeline.Rate30, 295, false, "data tracks"},
		{"derived/fragmented.mp4", "fmp4", 33333333, timeline.Rate30, 1272, false, ""},
	} {
		t.Run(path.Base(c.name), func(t *testing.T) {
			file := samplePath(t, c.name)
			r, src := opened(t, file)
			k := r.Clock()
			if r.Container() != c.container || k.Zero != c.zero || k.Rate != c.rate || k.Frames != c.frames || k.Variable != c.variable {
				t.Errorf("%s, zero %d, %d frames at %v, variable %v; want %s, %d, %d at %v, %v (%s)", r.Container(), k.Zero, k.Frames, k.Rate, k.Variable,
					c.container, c.zero, c.frames, c.rate, c.variable, c.why)
			}
			if src.read.Load() > src.size+src.size/10 {
				t.Errorf("%d of %d bytes read to open it", src.read.Load(), src.size)
			}
			if !testing.Short() && c.why != "" {
				sliceEqualsWhole(t, file, r)
			}
		})
	}
}

func TestChaptersOfRealRecordings(t *testing.T) {
	for _, c := range []struct {
		name, format, title string
		n, at               int
		start               time.Duration
	}{
		{"media/chapters/sample_with_chapters.mp4", "qt_text", "Chapter 2", 3, 1, 201 * time.Millisecond},
		{"media/chapters/sample_with_nero_chapters_only.mp4", "nero", "Chapter 3", 3, 2, 800 * time.Millisecond},
		{"media/chapters/sample_MP4_chapters.mp4", "qt_text", "Middle & End", 3, 1, 2 * time.Second},
		{"media/chapters/video_with_chapters.mp4", "qt_text", "Chapter 2 - Second Half", 2, 1, 2501 * time.Millisecond},
		{"long/proxy_360p_with_chapters.mp4", "qt_text", "spoken countdown", 22, 1, time.Minute},
	} {
		t.Run(path.Base(c.name), func(t *testing.T) {
			r, _ := opened(t, samplePath(t, c.name))
			got := r.Chapters()
			if len(got) != c.n || got[c.at].Title != c.title || got[c.at].Start != c.start || got[c.at].Format != c.format {
				t.Errorf("chapters %+v", got)
			}
		})
	}
}
