package detect

import (
	"slices"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// detected is what a detection of these marks keeps, after older moments.
func detected(old []pipeline.Moment, marks ...found) result {
	inOrder(marks)
	var r result
	r.decide(loaded{recording: pipeline.Recording{ID: "r_1", Name: "x", Media: media(1200)}, moments: old}, marks)
	return r
}

func stored(r result) []pipeline.Moment { return append(slices.Clone(r.moments), r.over...) }

func TestAMomentKeepsItsID(t *testing.T) {
	one := detected(nil, point(marks.SourceTwitch, 465, "wild"), point(marks.SourceTwitch, 900, "late"))
	id := func(r result, label string) string {
		for _, m := range r.moments {
			if m.Label == label {
				return m.ID
			}
		}
		return ""
	}
	for _, c := range []struct {
		why   string
		marks []found
		label string
	}{
		{"found again", []found{point(marks.SourceTwitch, 465, "wild")}, "wild"},
		{"its label was changed", []found{point(marks.SourceTwitch, 465, "wilder")}, "wilder"},
		{"it moved within its precision", []found{point(marks.SourceTwitch, 466, "wild")}, "wild"},
		{"another source points at it", []found{point(marks.SourceFlag, 470, "wild")}, "wild"},
		{"a range was given for it", []found{ranged(marks.SourceFlag, 440, 500, "wild")}, "wild"},
		{"a further mark joined it", []found{point(marks.SourceTwitch, 465, "wild"), point(marks.SourceFlag, 475, "flag")}, "flag"},
	} {
		again := detected(stored(one), c.marks...)
		if got := id(again, c.label); got != id(one, "wild") || got == "" {
			t.Errorf("%s: %s became %s", c.why, id(one, "wild"), got)
		}
		if len(again.over) != 1 || again.over[0].ID != id(one, "late") || again.over[0].State != pipeline.MomentSuperseded || again.over[0].SupersededBy != "" {
			t.Errorf("%s: what is found no more: %+v", c.why, again.over)
		}
	}
	if other := detected(stored(one), point(marks.SourceTwitch, 700, "new")); id(other, "new") == id(one, "wild") || id(other, "new") == id(one, "late") {
		t.Error("another moment has an old ID")
	}
}

func TestMergedMomentsKeepTheOlderID(t *testing.T) {
	one := detected(nil, point(marks.SourceTwitch, 500, "b"))
	two := detected(stored(one), point(marks.SourceTwitch, 460, "a"), point(marks.SourceTwitch, 500, "b"))
	if len(two.moments) != 2 || len(two.over) != 0 {
		t.Fatalf("%+v", two)
	}
	merged := detected(stored(two), point(marks.SourceTwitch, 460, "a"), point(marks.SourceTwitch, 500, "b"), ranged(marks.SourceFlag, 450, 505, "both"))
	for _, m := range merged.moments {
		for _, o := range merged.over {
			if o.SupersededBy == m.ID && o.ID < m.ID {
				t.Errorf("%s is older than %s, which superseded it", o.ID, m.ID)
			}
		}
	}
	if len(merged.over) != 1 || merged.over[0].SupersededBy != one.moments[0].ID {
		t.Errorf("over: %+v, want one superseded by %s", merged.over, one.moments[0].ID)
	}
	back := detected(stored(merged), point(marks.SourceTwitch, 460, "a"), point(marks.SourceTwitch, 500, "b"))
	ids := []string{back.moments[0].ID, back.moments[1].ID}
	if slices.Contains(ids, merged.over[0].ID) || !slices.Contains(ids, one.moments[0].ID) {
		t.Errorf("after parting again: %v; a superseded ID is never used again", ids)
	}
}

func TestAMomentFoundAgainLaterIsTheSame(t *testing.T) {
	one := detected(nil, point(marks.SourceTwitch, 465, "a"))
	gone := detected(stored(one), point(marks.SourceTwitch, 900, "b"))
	back := detected(stored(gone), point(marks.SourceTwitch, 465, "a"))
	if back.moments[0].ID != one.moments[0].ID || back.moments[0].State != pipeline.MomentFound {
		t.Errorf("%+v", back.moments[0])
	}
}

func TestFoldersAreNumberedInOrderOfTimeAndGivenOnce(t *testing.T) {
	one := detected(nil, point(marks.SourceTwitch, 900, "later / on"), point(marks.SourceFlag, 1100, "🔥"), point(marks.SourceTwitch, 100, "first"))
	byLabel := func(r result) map[string]string {
		out := map[string]string{}
		for _, m := range r.moments {
			out[m.Label] = m.Folder
		}
		return out
	}
	got := byLabel(one)
	if got["first"] != "01-first" || got["later / on"] != "02-later-on" || got["🔥"] != "03-moment" {
		t.Errorf("%v", got)
	}
	again := detected(stored(one), point(marks.SourceTwitch, 900, "renamed"), point(marks.SourceFlag, 1100, "🔥"), point(marks.SourceTwitch, 100, "first"), point(marks.SourceTwitch, 500, "new"))
	got = byLabel(again)
	if got["renamed"] != "02-later-on" || got["new"] != "04-new" || got["first"] != "01-first" {
		t.Errorf("%v", got)
	}
}

func TestWhatIsBeyondFiveIsOffered(t *testing.T) {
	var all []found
	for i := range 7 {
		all = append(all, point(marks.SourceTwitch, float64(100+i*150), string(rune('a'+i))))
	}
	r := detected(nil, all...)
	for i, m := range r.moments {
		want := pipeline.MomentFound
		if i >= 5 {
			want = pipeline.MomentOffered
		}
		if m.State != want || (m.Folder == "") != (i >= 5) {
			t.Errorf("%d: %s in folder %q", i, m.State, m.Folder)
		}
	}
	if kept := stateNow(pipeline.MomentMade, false); kept != pipeline.MomentMade {
		t.Errorf("a made moment beyond five becomes %s", kept)
	}
}
