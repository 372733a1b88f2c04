package detect

import (
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
	"dropcut/storage/catalog"
)

// TestAPressFindsTheRecordingThatRanThen: also one that lands after it, as
// exactly as its start is known; what others pressed, or what was pressed while
// nothing ran, is not its.
func TestAPressFindsTheRecordingThatRanThen(t *testing.T) {
	b := planning(t, 0, "name")
	b.brief.Drop = nil
	at := func(s float64) *time.Time { x := b.rec.StartedAt.Add(sec(s)); return &x }
	offset := int64(300_000)
	b.keep(t, func(tx *catalog.Tx) error {
		for _, m := range []pipeline.LiveMark{
			{Creator: "local", At: at(610), Label: "the drop", Source: "phone"},
			{Creator: "local", At: at(1200)}, {Creator: "local", At: at(-60)}, {Creator: "eve", At: at(610.5)},
			{Creator: "local", Recording: b.rec.ID, AtMS: &offset},
			{Creator: "local", At: at(700), End: at(730), Label: "a range"},
		} {
			m.ID = pipeline.Mint(pipeline.LiveMarkID)
			if _, _, err := tx.PutLiveMark(m); err != nil {
				return err
			}
		}
		return nil
	})
	var l loaded
	b.keep(t, func(tx *catalog.Tx) (err error) { l, err = load(tx, b.rec.ID); return err })
	b.seen(t, marksOf(livePresses(l), nil, time.Hour)...)
	listed, moments, _ := b.detect(t)
	if len(listed) != 3 || len(moments) == 0 {
		t.Fatalf("%d marks, %d moments: %+v", len(listed), len(moments), listed)
	}
	for i, want := range []pipeline.Mark{
		{At: sec(300), Precision: time.Millisecond, Late: true},
		{At: sec(610), Precision: time.Second, Late: true, Label: "the drop", Origin: "live by phone"},
		{At: sec(700), Precision: time.Second, Label: "a range"},
	} {
		m := listed[i]
		if !m.Used() || m.Source != marks.SourceLive || m.At != want.At || m.Precision != want.Precision || m.Late != want.Late || m.Label != want.Label || m.Confidence != 0.85 ||
			want.Origin != "" && m.Origin != want.Origin || m.IsRange() == want.Late {
			t.Errorf("%+v, want %+v", m, want)
		}
	}
}
