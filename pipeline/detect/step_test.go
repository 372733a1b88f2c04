package detect

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/timeline"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// unwatched is a step whose recording is known but never read: every mark has
// been looked at before.
func unwatched(t *testing.T, seconds int64) *bench {
	t.Helper()
	db, err := catalog.Open(context.Background(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = db.Close(), data.Close() })
	b := &bench{Step: &Step{Catalog: db, Data: data, Temp: t.TempDir()}, db: db}
	b.rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "local", Fingerprint: "f", Name: "s.mp4",
		State: pipeline.RecordingSealed, Media: media(seconds)}
	b.keep(t, func(tx *catalog.Tx) error { return tx.PutRecording(b.rec) })
	return b
}

// seen makes detect believe that these marks were looked at and are alive.
func (b *bench) seen(t *testing.T, marks ...found) {
	t.Helper()
	var all []pipeline.Mark
	for _, m := range marks {
		all = append(all, m.Mark)
	}
	b.keep(t, func(tx *catalog.Tx) error { return tx.PutMarks(b.rec.ID, all) })
}

func (b *bench) do(t *testing.T) (catalog.Outcome, error) {
	t.Helper()
	b.keep(t, func(tx *catalog.Tx) error { return tx.PutBrief(b.rec.ID, b.brief) })
	return b.Do(context.Background(), catalog.Work{Kind: pipeline.Detect, Subject: b.rec.ID, Input: "o_1", Priority: 3000}, func(float64) {})
}

func TestOnlyTheBestMomentOfAFreshRecordingIsUrgent(t *testing.T) {
	r := result{on: 3, moments: []pipeline.Moment{{ID: "m_1"}, {ID: "m_2"}, {ID: "m_3"}}}
	var got []any
	for _, w := range r.next(catalog.Work{Subject: "r_1", Priority: pipeline.First.Priority(7)}) {
		got = append(got, pipeline.UrgencyOf(w.Priority), w.Priority-pipeline.UrgencyOf(w.Priority).Priority(0))
	}
	if fmt.Sprint(got) != "[first 7 bulk 8 bulk 9]" {
		t.Errorf("urgencies and places %v", got)
	}
}

func TestMomentsGoOnBestFirst(t *testing.T) {
	b := unwatched(t, 2000)
	var all []found
	for i := range 6 {
		at := float64(100 + 200*i)
		all = append(all, point(marks.SourceTwitch, at, ""))
	}
	b.seen(t, append(all, point(marks.SourceFlag, 1900, ""))...)
	b.brief.Flags = []string{"31:40 the end"}
	b.sidecar(t, "m.csv", []byte("0:01:40,B,x,a\n0:05:00,B,x,b\n0:08:20,B,x,c\n0:11:40,B,x,d\n0:15:00,B,x,e\n0:18:20,B,x,f\n"), false)
	_, moments, out := b.detect(t)
	if len(moments) != 7 || len(out.Next) != 5 {
		t.Fatalf("%d moments, %d rows", len(moments), len(out.Next))
	}
	for i, w := range out.Next {
		if w.Priority != 1000+int64(i) || w.Recording != b.rec.ID || w.Input != "o_1" || !pipeline.HasPrefix(w.Subject, pipeline.MomentID) {
			t.Errorf("%+v", w)
		}
	}
	if last := moments[6]; out.Next[0].Subject != last.ID || last.Label != "the end" {
		t.Errorf("first goes %s; the typed mark is %s", out.Next[0].Subject, last.ID)
	}
	if b.rec.State != pipeline.RecordingDetected || out.Made.Label != "7 of 7 marks used, 5 moments, 2 more offered" {
		t.Errorf("%s: %s", b.rec.State, out.Made.Label)
	}
}

func TestARecordingWithoutAUsableMarkSaysWhyAndWhatWouldHelp(t *testing.T) {
	for _, c := range []struct {
		why, marks, detail, hint string
	}{
		{"nothing at all", "", "nobody pointed at anything", "--mark"},
		{"one mark outside", "9:00 drop", "outside", ""},
		{"chapters only", "0:00 a\n1:00 b\n2:00 c", "none of its 3 marks", "MOMENT"},
	} {
		b := unwatched(t, 200)
		if c.marks != "" {
			b.sidecar(t, "m.txt", []byte(c.marks), false)
		}
		for range 2 { // notes are not piled up
			marks, moments, out := b.detect(t)
			if len(moments) != 0 || len(out.Next) != 1 || out.Next[0].Subject != b.rec.ID || out.Next[0].Priority != 1000 {
				t.Fatalf("%s: %+v %+v", c.why, moments, out.Next)
			}
			if len(b.rec.Notes) != 1 || b.rec.Notes[0].Code != "no_usable_mark" || !strings.Contains(b.rec.Notes[0].Hint, c.hint) {
				t.Fatalf("%s: %+v", c.why, b.rec.Notes)
			}
			if c.detail != "outside" && !strings.Contains(b.rec.Notes[0].Detail, c.detail) || c.detail == "outside" && marks[0].UnusedCode != UnusedOutside {
				t.Errorf("%s: %+v %+v", c.why, b.rec.Notes, marks)
			}
		}
	}
}

func TestAFileSomebodyNamedMustBeMarks(t *testing.T) {
	b := unwatched(t, 200)
	b.sidecar(t, "holiday.txt", []byte("no times here"), true)
	if _, err := b.do(t); !errors.Is(err, pipeline.Invalid) || pipeline.AsError(err, "").Code != "unknown_marks" || pipeline.AsError(err, "").Hint == "" {
		t.Errorf("named: %v", err)
	}
	b.brief.Marks[0].Asked = false
	b.detect(t)
	if !slices.ContainsFunc(b.rec.Notes, func(n pipeline.Note) bool {
		return n.Code == "unknown_marks" && strings.Contains(n.Detail, "holiday.txt")
	}) {
		t.Errorf("found beside: %+v", b.rec.Notes)
	}
	b.brief.Marks[0].Digest = "sha256:" + strings.Repeat("0", 64)
	if _, err := b.do(t); !errors.Is(err, pipeline.NotFound) {
		t.Errorf("gone from the bucket: %v", err)
	}
}

func TestNotesAndStatesOfOtherStepsStay(t *testing.T) {
	b := unwatched(t, 1200)
	b.seen(t, point(marks.SourceFlag, 465, ""))
	b.brief.Flags = []string{"7:45 wild"}
	_, moments, _ := b.detect(t)
	other := pipeline.Note{Code: "no_words", Detail: "of another step"}
	m := moments[0]
	m.Notes, m.State, m.Published = []pipeline.Note{other}, pipeline.MomentMade, &pipeline.Published{Round: "o_0", Key: "k"}
	b.rec.Notes = append(b.rec.Notes, other)
	b.keep(t, func(tx *catalog.Tx) error { return errors.Join(tx.PutMoment(m), tx.PutRecording(b.rec)) })
	_, moments, out := b.detect(t)
	got := moments[0]
	if got.State != pipeline.MomentMade || got.Published == nil || len(got.Notes) != 1 || got.Notes[0] != other || len(b.rec.Notes) != 1 {
		t.Errorf("%+v, recording notes %+v", got, b.rec.Notes)
	}
	if len(out.Next) != 1 || out.Next[0].Subject != m.ID {
		t.Errorf("every round walks the line: %+v", out.Next)
	}
}

func TestWhatWasJudgedIsNeverSuperseded(t *testing.T) {
	for _, state := range []pipeline.VariantState{pipeline.VariantApproved, pipeline.VariantRejected, pipeline.VariantMade} {
		b := unwatched(t, 1200)
		b.seen(t, point(marks.SourceFlag, 465, ""), point(marks.SourceFlag, 900, ""))
		b.brief.Flags = []string{"7:45 wild"}
		_, moments, _ := b.detect(t)
		clip := pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: moments[0].ID, Kind: pipeline.Core, N: 1, Parts: []timeline.Window{win(420, 490)}}
		b.keep(t, func(tx *catalog.Tx) error {
			return errors.Join(tx.PutClip(clip, false), tx.PutVariant(pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: clip.ID, State: state}),
				tx.PutMarks(b.rec.ID, []pipeline.Mark{point(marks.SourceFlag, 900, "").Mark}))
		})
		b.brief.Flags = []string{"15:00 other"}
		_, moments, _ = b.detect(t)
		if superseded := moments[0].State == pipeline.MomentSuperseded; superseded != (state == pipeline.VariantMade) {
			t.Errorf("with a variant %s: %s", state, moments[0].State)
		}
	}
}

func TestTwoDetectionsAtOnceKeepOneSetOfMoments(t *testing.T) {
	b := unwatched(t, 1200)
	b.seen(t, point(marks.SourceFlag, 465, ""))
	b.brief.Flags = []string{"7:45 wild"}
	one, err := b.do(t)
	if err != nil {
		t.Fatal(err)
	}
	two, err := b.do(t)
	if err != nil {
		t.Fatal(err)
	}
	b.keep(t, one.Keep)
	if err := b.db.Write(context.Background(), two.Keep); !errors.Is(err, pipeline.Unavailable) || !pipeline.AsError(err, "").Retryable() {
		t.Errorf("the second is kept too, or not tried again: %v", err)
	}
	_, moments, again := b.detect(t)
	if len(moments) != 1 || again.Next[0].Subject != one.Next[0].Subject {
		t.Errorf("%d moments; %s and %s", len(moments), one.Next[0].Subject, again.Next[0].Subject)
	}
}

func TestAHostileNumberOfMarksGivesBoundedMoments(t *testing.T) {
	b := unwatched(t, 3600*40)
	var text strings.Builder
	var all []found
	for i := range 3000 {
		fmt.Fprintf(&text, "%d:%02d:%02d-%d:%02d:%02d x%d\n", i/90, i%90*40/60, i%90*40%60, i/90, i%90*40/60, i%90*40%60+15, i)
		all = append(all, ranged(marks.SourceTimestamps, float64(i/90*3600+i%90*40), float64(i/90*3600+i%90*40+15), ""))
	}
	b.seen(t, all...)
	b.sidecar(t, "m.txt", []byte(text.String()), true)
	decided, moments, out := b.detect(t)
	tooMany := 0
	for _, m := range decided {
		if m.UnusedCode == UnusedTooMany {
			tooMany++
		}
	}
	if len(moments) != mostMoments || len(out.Next) != mostRendered || tooMany == 0 || tooMany+mostMoments < len(decided)-5 {
		t.Errorf("%d marks: %d moments, %d rows, %d said to be too many", len(decided), len(moments), len(out.Next), tooMany)
	}
}
