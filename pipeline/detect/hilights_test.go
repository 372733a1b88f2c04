package detect

import (
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

func TestAGoProsButtonIsALateMark(t *testing.T) {
	b := unwatched(t, 600)
	b.rec.Media.Hilights = []time.Duration{sec(300.25), sec(601)}
	b.keepRecording(t)
	b.seen(t, point(marks.SourceGoPro, 300.25, ""))
	all, moments, _ := b.detect(t)
	if len(all) != 2 || len(moments) != 1 {
		t.Fatalf("%d marks, %d moments", len(all), len(moments))
	}
	if m := all[0]; m.Source != "gopro_hilight" || m.At != sec(300.25) || m.IsRange() || !m.Late || m.Precision != time.Millisecond || !m.Used() {
		t.Errorf("mark %+v", m)
	}
	if m := all[1]; m.UnusedCode != UnusedOutside {
		t.Errorf("a tag behind the end: %+v", m)
	}
	if w := moments[0].Window; w.In > 30*285 || w.Out < 30*300 {
		t.Errorf("the moment %v does not look back from the press", w)
	}
}

// TestTheSampleGoProGivesItsMarks: 1.5, 6.2 and 11.0 s, in a recording of 12 s.
func TestTheSampleGoProGivesItsMarks(t *testing.T) {
	b := newBench(t, sample(t, "derived/karma_3_hilights.mp4"))
	opened, err := b.Shelf.Open(t.Context(), b.rec)
	if err != nil {
		t.Fatal(err)
	}
	all := gather([]marks.List{marks.OfHilights(opened.Hilights())}, pipeline.Brief{}, b.rec.Media)
	for i, want := range []float64{1.5, 6.2, 11} {
		if len(all) != 3 || (all[i].At-sec(want)).Abs() > all[i].Precision || !all[i].Used() {
			t.Fatalf("marks %+v, want one at %v s", all, want)
		}
	}
}
