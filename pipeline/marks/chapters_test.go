package marks_test

import (
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// TestEveryRecordingWithChaptersGivesThem: where they begin and what they are
// called, as ffprobe and a look at the files say.
func TestEveryRecordingWithChaptersGivesThem(t *testing.T) {
	type chapter struct {
		at    time.Duration
		label string
	}
	thirds := []chapter{{0, "Intro"}, {2 * time.Second, "Middle & End"}, {4 * time.Second, "Outro"}}
	short := []chapter{{0, "Chapter 1"}, {201 * time.Millisecond, "Chapter 2"}, {800 * time.Millisecond, "Chapter 3"}}
	want := map[string][]chapter{
		"sample_MP4_chapter_track.mp4": thirds, "sample_MP4_chapters.mp4": thirds,
		"sample_with_chapters.mp4": short, "sample_with_nero_chapters_only.mp4": short,
		"video_with_chapters.mp4": {{0, "Chapter 1 - First Half"}, {2501 * time.Millisecond, "Chapter 2 - Second Half"}},
	}
	files, err := filepath.Glob(filepath.Join(sample(t, "media/chapters"), "*.mp4"))
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		shelf, o := shelved(t, path)
		opened, err := shelf.Open(t.Context(), pipeline.Recording{Key: o.Key, Version: o.Version})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c := opened.Clock()
		l := marks.OfChapters(opened.Chapters(), c.Rate.Duration(c.Frames))
		if l.Source != marks.SourceChapter || len(l.Entries) != len(want[name]) {
			t.Errorf("%s: %+v", name, l)
			continue
		}
		for i, w := range want[name] {
			if e := l.Entries[i]; (e.At-w.at).Abs() > e.Step || e.Label != w.label {
				t.Errorf("%s: %+v, want %+v", name, e, w)
			}
		}
	}
}
