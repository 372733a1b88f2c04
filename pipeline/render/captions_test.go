package render

import (
	"slices"
	"strings"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

func TestWhatWordsLackIsSaidOnceOfTheMoment(t *testing.T) {
	fonts, err := captions.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	words := []captions.Word{{Text: "Hello", Start: 100, End: 120}, {Text: strings.Repeat("x", 290), Start: 130, End: 140}}
	clip := pipeline.Clip{ID: "c", Kind: pipeline.Short, N: 1, Parts: []timeline.Window{{In: 90, Out: 700}}}
	m := material{fonts: fonts, scale: 1, clips: []pipeline.Clip{clip}, brief: pipeline.Brief{AllVariants: true},
		recording:   pipeline.Recording{Media: pipeline.Media{Rate: timeline.Rate30, Frames: 3000, Video: pipeline.Video{Width: 1920, Height: 1080}}},
		transcripts: []captions.Transcript{{Language: "en", Words: words}}}
	d := newDrafter(m)
	for _, x := range d.drafts() {
		if noted(x.notes, "word_too_long") {
			t.Fatalf("a variant says it again: %v", x.notes)
		}
	}
	if len(d.tracks) < 4 {
		t.Fatalf("%d looks with captions", len(d.tracks))
	}
	got := d.captionNotes()
	if len(got) != 1 || got[0].Code != "word_too_long" {
		t.Fatalf("%+v", got)
	}
	old := []pipeline.Note{{Code: "somebody_elses"}, {Code: "word_too_long", Detail: "of an older round"}}
	if all := withCaptionNotes(old, got); len(all) != 2 || all[0].Code != "somebody_elses" || all[1] != got[0] {
		t.Errorf("%+v", all)
	}
}

func TestALanguageIsChosenAsItsTranscriptNamesIt(t *testing.T) {
	all := []captions.Transcript{{Language: "de"}, {Language: "en-US"}}
	if got := asked([]string{"en", "fr", "en-US"}, all); !slices.Equal(got, []string{"en-US"}) {
		t.Error(got)
	}
	if got := asked(nil, all); got != nil {
		t.Error(got)
	}
}
