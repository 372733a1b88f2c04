package marks

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// TestEverySampleGivesItsMarks: what stands in them was read by eye.
func TestEverySampleGivesItsMarks(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         []wrote // the first ones, and …
		n            int     // … how many there are
	}{
		{"marks/chapters/chapters.en.vtt", SourceWebVTT, []wrote{{0, 27.5, "Prologue"}, {27.5, 70, "Switchboard trap"}, {70, 205, "Telephone/Lecture"}}, 9},
		{"marks/chapters/english_chapters.vtt", SourceWebVTT, []wrote{{0, 12.5, "The woods"}, {12.501, 20, "Water"}, {20.001, 32.1, "Title"}, {32.101, 42.6, "Bunny Sleeping"}, {42.601, 59.5, "Wakey, wakey!"}}, 5},
		{"marks/chapters/example.json", SourcePodcast, []wrote{{0, 0, "Intro"}, {168, 0, "Hearing Aids"}, {260, 0, "Progress Report"}}, 9},
		{"derived/chapters.ffmetadata", SourceFFmetadata, []wrote{{0, 0.201, "Chapter 1"}, {0.201, 0.8, "Chapter 2"}, {0.8, 0.85, "Chapter 3"}}, 3},
		{"derived/chapters_matroska.xml", SourceMatroskaXML, []wrote{{0, 1.999, "Chapter 1"}, {2, 4.999, "Chapter 2"}}, 2},
		{"media/hls/chapters/chapters.json", SourceHLSChapters, []wrote{{0, 102, "Opening credits"}, {102, 284, "A dangerous quest"}, {284, 350, "The attack"}}, 7},
		{"long/marks/chapters.ffmetadata", SourceFFmetadata, []wrote{{0, 60, "starting soon screen, music"}, {60, 80, "spoken countdown"}}, 22},
		{"long/marks/podcast_chapters.json", SourcePodcast, []wrote{{0, 0, "starting soon screen, music"}, {60, 0, "spoken countdown"}}, 22},
		{"long/marks/lossless_cut.csv", SourceLosslessCut, []wrote{{200, 270, "A"}, {452, 479, "B"}, {690, 720, "C"}, {1000, 1035, "D"}}, 4},
		{"long/marks/youtube_chapters.txt", SourceTimestamps, []wrote{{0, 0, "starting soon screen, music"}, {60, 0, "spoken countdown"}}, 22},
		{"long/marks/twitch_markers.csv", SourceTwitch, []wrote{{262, 0, "battle!!"}, {385, 0, "misclick in dead air"}, {465, 0, "crowd went wild"}, {711, 0, ""}, {1024, 0, "clip this, é ü 🔥"}}, 5},
	} {
		b := sample(t, c.name)
		all, err := Read(path.Base(c.name), b, Recording{})
		if err != nil || len(all) != 1 || all[0].Source != c.source || len(all[0].Entries) != c.n || len(all[0].Problems) > 0 || !isMarks(b) {
			t.Errorf("%s: %+v, seen %v (%v)", c.name, all, isMarks(b), err)
			continue
		}
		if got := wroteOf(all[0])[:len(c.want)]; !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestNoWordsAreTakenForMarks: captions of every sample stay words.
func TestNoWordsAreTakenForMarks(t *testing.T) {
	files := folder(t, "transcripts")
	for name, b := range folder(t, "marks/chat") {
		files[name] = b
	}
	for name, b := range files {
		if strings.HasSuffix(name, ".js") {
			continue
		}
		if isMarks(b) {
			all, _ := Read(name, b, Recording{})
			t.Errorf("%s is taken for %s: %+v", name, all[0].Source, all[0].Entries[0])
		}
	}
}
