package render

import (
	"errors"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage/catalog"
)

func TestAMissingPieceIsExplainedByWhatWasToMakeIt(t *testing.T) {
	t.Parallel()
	m := newMill(t, draw(t, source{rate: "30", seconds: 2, size: "320x180"}), media(timeline.Rate30, 2, 320, 180, true), timeline.Window{In: 0, Out: 60})
	v := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: m.clips[0].ID, State: pipeline.VariantRendering, Sound: "sound",
		Segments: []pipeline.SegmentRef{{Recipe: "first", In: 0, Out: 30}, {Recipe: "second", In: 30, Out: 60}, {Recipe: "nobody's", In: 60, Out: 90}}}
	m.write(func(tx *catalog.Tx) error {
		var err error
		for _, r := range []string{"another moment's", "second", "sound"} { // the first that failed is not ours
			id, added := tx.Enqueue(catalog.Work{Kind: pipeline.Render, Subject: r, Input: "o_1", Recording: m.rec.ID})
			_, kept := tx.Reserve(r, id)
			err = errors.Join(err, added, kept)
		}
		return errors.Join(err, tx.PutVariant(v))
	})
	for range 3 {
		w, err := m.db.Claim(t.Context(), 1e12)
		if err != nil {
			t.Fatal(err)
		}
		m.write(func(tx *catalog.Tx) error {
			return tx.FinishFailed(*w, pipeline.Fail(pipeline.Invalid, "why", "", "because of %s", w.Subject))
		})
	}
	in, err := (&Assembly{Bench: m.bench}).load(t.Context(), catalog.Work{Subject: v.ID, Recording: m.rec.ID, Input: "o_1", Doc: write(assemblyOrder{})})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ref  pipeline.SegmentRef
		want string
	}{
		{v.Segments[1], "frames 30 to 60 could not be made: because of second"},
		{pipeline.SegmentRef{Recipe: v.Sound}, "the sound could not be made: because of sound"},
		{v.Segments[2], "frames 60 to 90 are not there"},
	} {
		if got := in.missing(c.ref).Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
