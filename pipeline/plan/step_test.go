package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage/catalog"
)

// line is a catalogue with one excerpted moment.
type line struct {
	*catalog.DB
	t *testing.T
}

func start(t *testing.T) line {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	l := line{db, t}
	in := around(100, 200)
	in.Moment.ID, in.Moment.Recording, in.Moment.Label, in.Moment.State = "m_1", "r_1", "crowd went wild", pipeline.MomentExcerpted
	in.Moment.Notes = []pipeline.Note{{Code: "no_transcript"}, {Code: codeFewerShorts, Detail: "of an older plan"}}
	var words []captions.Word
	for at := 2.0; at < 190; at += 7 {
		words = append(words, sentence(at, at+6, 12)...)
	}
	l.write(func(tx *catalog.Tx) error {
		if err := tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "local", Fingerprint: "f", Media: pipeline.Media{Rate: timeline.Rate30, Frames: s(200)}}); err != nil {
			return err
		}
		if err := tx.PutBrief("r_1", pipeline.Brief{Shorts: 2, Hooks: []string{"Look at this"}}); err != nil {
			return err
		}
		if err := tx.PutMoment(in.Moment); err != nil {
			return err
		}
		if err := tx.PutExcerpt(pipeline.Excerpted{ID: "x_1", Moment: "m_1", Window: win(0, 220)}); err != nil {
			return err
		}
		return tx.PutTranscripts("m_1", []captions.Transcript{{Language: "de"}, {Language: "en", Words: words}})
	})
	return l
}

func (l line) write(f func(*catalog.Tx) error) {
	l.t.Helper()
	if err := l.Write(l.t.Context(), f); err != nil {
		l.t.Fatal(err)
	}
}

// plan does the step and gives what is kept after.
func (l line) plan() ([]pipeline.Clip, pipeline.Moment) {
	l.t.Helper()
	w := catalog.Work{Subject: "m_1", Input: "o_1", Priority: 1002}
	out, err := (&Step{Catalog: l.DB}).Do(l.t.Context(), w, func(float64) {})
	if err != nil {
		l.t.Fatal(err)
	}
	if len(out.Next) != 1 || out.Next[0].Subject != "m_1" || out.Next[0].Input != "o_1" || out.Next[0].Recording != "r_1" || out.Next[0].Priority != 1002 {
		l.t.Errorf("passes on %+v", out.Next)
	}
	var clips []pipeline.Clip
	var m pipeline.Moment
	l.write(func(tx *catalog.Tx) (err error) {
		if err = out.Keep(tx); err != nil {
			return err
		}
		if clips, err = tx.ClipsOf("m_1"); err != nil {
			return err
		}
		m, err = tx.Moment("m_1")
		return err
	})
	return clips, m
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPlanIsKeptWithHooksAndTheSamePlanChangesNothing(t *testing.T) {
	l := start(t)
	clips, m := l.plan()
	if len(clips) != 3 || clips[0].Kind != pipeline.Core || clips[2].N != 2 || clips[0].Revision != 1 {
		t.Fatalf("clips %+v", clips)
	}
	if h := clips[0].Hooks; len(h) != 2 || h[0] != (pipeline.Hook{Text: "Look at this", From: "flag", Kind: "imperative"}) || h[1].From != "label" {
		t.Errorf("hooks %+v", clips[0].Hooks)
	}
	if m.State != pipeline.MomentPlanned || len(m.Notes) != 1 || m.Notes[0].Code != "no_transcript" {
		t.Errorf("moment %s, notes %+v", m.State, m.Notes)
	}
	l.write(func(tx *catalog.Tx) error {
		m.State = pipeline.MomentMade
		return tx.PutMoment(m)
	})
	again, same := l.plan()
	if text(t, again) != text(t, clips) || text(t, same) != text(t, m) {
		t.Errorf("planned again: %s\n%s", text(t, again), text(t, same))
	}
}

// words are those of the moment's transcript that has some.
func words(tx *catalog.Tx, t *testing.T) []captions.Word {
	t.Helper()
	all, err := tx.Transcripts("m_1")
	if err != nil {
		t.Fatal(err)
	}
	m, err := tx.Moment("m_1")
	if err != nil {
		t.Fatal(err)
	}
	return best(all, m, tongue{}).Words
}

func TestALabelLeadsOnlyWhereTheClipShowsTheMoment(t *testing.T) {
	l := start(t)
	l.write(func(tx *catalog.Tx) error {
		words := words(tx, t)
		for i := range words {
			words[i].Text = []string{"Never", "ask", "what", "it", "costs", "me,", "take", "one", "lamp", "home", "right", "now."}[i%12]
		}
		return errors.Join(tx.PutTranscripts("m_1", []captions.Transcript{{Language: "en", Words: words}}), tx.PutBrief("r_1", pipeline.Brief{Shorts: 3}))
	})
	clips, m := l.plan()
	if len(clips) != 4 {
		t.Fatalf("%d clips", len(clips))
	}
	aside := 0
	for _, c := range clips {
		if len(c.Hooks) == 0 {
			t.Errorf("%s %d has no hook", c.Kind, c.N)
			continue
		}
		shows := c.Window().Covers(m.Payoff)
		if leads := c.Hooks[0].From == captions.FromLabel; leads != shows {
			t.Errorf("%s %v, which shows the payoff %v: %v, begins with %+v", c.Kind, c.Window(), m.Payoff, shows, c.Hooks[0])
		}
		if !shows {
			aside++
			if slices.ContainsFunc(c.Hooks, func(h pipeline.Hook) bool { return h.From == captions.FromLabel }) {
				t.Errorf("%s %v promises what it does not show: %+v", c.Kind, c.Window(), c.Hooks)
			}
		}
	}
	if aside == 0 {
		t.Error("every clip shows the payoff: the test shows nothing")
	}
}

func TestAClipKeepsItsIDWhileItsWindowMoves(t *testing.T) {
	l := start(t)
	before, m := l.plan()
	l.write(func(tx *catalog.Tx) error { // a person gives a range a little later than the core
		m.Given, m.Window = true, before[0].Window()
		m.Window.In, m.Window.Out = m.Window.In+15, m.Window.In+15+s(62)
		m.State = pipeline.MomentMade
		return tx.PutMoment(m)
	})
	after, m := l.plan()
	if after[0].ID != before[0].ID || after[0].Revision != 2 || after[0].Window() == before[0].Window() {
		t.Errorf("before %+v\nafter %+v", before[0], after[0])
	}
	if m.State != pipeline.MomentPlanned {
		t.Errorf("a moment with new windows is %s", m.State)
	}
}

func TestAClipThatIsPlannedNoMoreIsRetired(t *testing.T) {
	l := start(t)
	before, m := l.plan()
	l.write(func(tx *catalog.Tx) error {
		m.Given, m.Window, m.Payoff = true, win(10, 80), win(60, 80) // elsewhere
		return tx.PutMoment(m)
	})
	after, _ := l.plan()
	ids := func(all []pipeline.Clip) (out []string) {
		for _, c := range all {
			out = append(out, c.ID)
		}
		return out
	}
	for i, c := range after {
		if o := slices.IndexFunc(before, func(b pipeline.Clip) bool { return b.ID == c.ID }); o >= 0 && before[o].Window().Intersect(c.Window()).Frames()*2 < min(before[o].Window().Frames(), c.Window().Frames()) {
			t.Errorf("clip %d keeps an ID of other pictures", i)
		}
	}
	if slices.Equal(ids(before), ids(after)) {
		t.Error("nothing was retired")
	}
}

func TestAClipKeepsItsNumberForLife(t *testing.T) {
	l := start(t)
	shorts := func(n int) []pipeline.Clip {
		l.write(func(tx *catalog.Tx) error { return tx.PutBrief("r_1", pipeline.Brief{Shorts: n}) })
		clips, _ := l.plan()
		return clips
	}
	before := shorts(2)
	if one := shorts(1); len(one) != len(before)-1 {
		t.Fatalf("%d clips with one short, %d with two", len(one), len(before))
	}
	if again := shorts(2); text(t, again) != text(t, before) {
		t.Errorf("clips that were not asked for once came back as others:\n%s\n%s", text(t, before), text(t, again))
	}
	l.write(func(tx *catalog.Tx) error { // elsewhere
		m, err := tx.Moment("m_1")
		m.Given, m.Window, m.Payoff = true, win(10, 80), win(60, 80)
		return errors.Join(err, tx.PutMoment(m))
	})
	after := shorts(2)
	number, fresh := map[string]string{}, 0
	for _, c := range append(before, after...) {
		name := fmt.Sprint(c.Kind, c.N)
		if id := number[name]; id != "" && id != c.ID {
			t.Errorf("%s is the name of two clips", name)
		}
		number[name] = c.ID
	}
	for i, c := range after {
		if c.N > len(before) || !slices.ContainsFunc(before, func(b pipeline.Clip) bool { return b.ID == c.ID }) {
			fresh++
		}
		if i > 0 && c.Place != i {
			t.Errorf("short %d stands in place %d", i, c.Place)
		}
	}
	if fresh == 0 {
		t.Error("no clip is new: this shows nothing")
	}
}

func TestDraftsAreMatchedByTheGreatestOverlap(t *testing.T) {
	short := func(id string, in, out float64) pipeline.Clip {
		return pipeline.Clip{ID: id, Kind: pipeline.Short, Parts: []timeline.Window{win(in, out)}}
	}
	clips := []pipeline.Clip{short("a", 0, 20), short("b", 15, 35), {ID: "core", Kind: pipeline.Core, Parts: []timeline.Window{win(0, 60)}}}
	got := make([]*pipeline.Clip, 3)
	match(got, []Draft{{Kind: pipeline.Short, Window: win(12, 32)}, {Kind: pipeline.Short, Window: win(2, 22)}, {Kind: pipeline.Short, Window: win(40, 60)}}, clips)
	if got[0] == nil || got[0].ID != "b" || got[1] == nil || got[1].ID != "a" || got[2] != nil {
		t.Errorf("%+v", got)
	}
}

func TestAMomentWithoutAnExcerptIsNotFound(t *testing.T) {
	l := start(t)
	l.write(func(tx *catalog.Tx) error { return tx.PutMoment(pipeline.Moment{ID: "m_2", Recording: "r_1"}) })
	if _, err := (&Step{Catalog: l.DB}).Do(t.Context(), catalog.Work{Subject: "m_2"}, nil); pipeline.KindOf(err) != pipeline.NotFound {
		t.Errorf("%v", err)
	}
}

func TestNothingIsCutByATranslation(t *testing.T) {
	m := pipeline.Moment{Window: timeline.Window{In: 0, Out: 100}}
	said := captions.Transcript{Language: "en", Words: []captions.Word{{Text: "one", Start: 10, End: 20}}}
	told := captions.Transcript{Language: "de", Source: captions.Translated, Words: []captions.Word{{Text: "eins", Start: 10, End: 15}, {Text: "ja", Start: 15, End: 20}}}
	if got := best([]captions.Transcript{told, said}, m, tongue{}).Words; len(got) != 1 || got[0].Text != "one" {
		t.Errorf("%+v", got)
	}
}

func TestClipsAreCutByTheWordsThatAreSpoken(t *testing.T) {
	m := pipeline.Moment{Window: timeline.Window{In: 0, Out: 1000}}
	transcript := func(language string, words int, estimated bool) captions.Transcript {
		t := captions.Transcript{Language: language}
		for i := range words {
			t.Words = append(t.Words, captions.Word{Text: language, Start: int64(10 * i), End: int64(10*i + 10), Estimated: estimated})
		}
		return t
	}
	for _, c := range []struct {
		why    string
		all    []captions.Transcript
		spoken tongue
		want   string
	}{
		{"a translation in a file has more words", []captions.Transcript{transcript("de", 40, true), transcript("en", 30, false)}, tongue{}, "en"},
		{"the sound's own language", []captions.Transcript{transcript("de", 40, true), transcript("en", 30, true)}, tongue{sound: "eng"}, "en"},
		{"a person knows better", []captions.Transcript{transcript("de", 30, true), transcript("en", 40, false)}, tongue{named: "de", sound: "eng"}, "de"},
		{"word times before the sound's tag", []captions.Transcript{transcript("de", 30, false), transcript("en", 40, true)}, tongue{sound: "eng"}, "de"},
		{"nobody says anything", []captions.Transcript{transcript("de", 40, true), transcript("en", 30, true)}, tongue{}, "de"},
		{"a few words of it are not enough", []captions.Transcript{transcript("de", 40, true), transcript("en", 5, false)}, tongue{named: "en"}, "de"},
		{"none at all", []captions.Transcript{transcript("de", 0, true), transcript("en", 2, false)}, tongue{named: "de"}, "en"},
		{"none", nil, tongue{named: "de"}, ""},
	} {
		if got := best(c.all, m, c.spoken); got.Language != c.want {
			t.Errorf("%s: cut by %q", c.why, got.Language)
		}
	}
}
