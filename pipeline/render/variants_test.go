package render

import (
	"strings"
	"testing"

	"dropcut/pipeline"
)

var twoHooks = []pipeline.Hook{{Text: "A", From: "flag"}, {Text: "B", From: "label"}}

func wanted(all []Choice) (out []Choice) {
	for _, c := range all {
		if c.Wanted {
			out = append(out, c)
		}
	}
	return out
}

func TestDefaultsAreTwoHooksInOneLook(t *testing.T) {
	for kind, style := range map[pipeline.ClipKind]string{pipeline.Core: "phrase", pipeline.Short: "karaoke"} {
		all := Choices(kind, pipeline.Brief{}, []string{"en"}, twoHooks)
		w := wanted(all)
		if len(w) != 2 || w[0].Look != (pipeline.Look{Aspect: "9:16", Layout: "fill", Style: style, Language: "en"}) || w[0].Hook != twoHooks[0] || w[1].Hook != twoHooks[1] {
			t.Errorf("%s: %+v", kind, w)
		}
		if want := 3 * 2 * 4 * 2; len(all) != want {
			t.Errorf("%d listed, want %d", len(all), want)
		}
		if !all[0].Lead || all[1].Lead {
			t.Error("the poster is not taken from the first variant alone")
		}
	}
}

func TestNamingReplacesTheDefault(t *testing.T) {
	for _, c := range []struct {
		brief pipeline.Brief
		want  int
		why   string
	}{
		{pipeline.Brief{Aspects: []string{"1:1"}}, 2, "one aspect"},
		{pipeline.Brief{Aspects: []string{"9:16", "4:5"}}, 4, "4:5 is made when named"},
		{pipeline.Brief{Styles: []string{"none", "phrase"}, Layouts: []string{"fit"}}, 4, "styles and layout multiply"},
		{pipeline.Brief{AllVariants: true}, 48, "everything"},
		{pipeline.Brief{AllVariants: true, Aspects: []string{"4:5"}}, 64, "everything and what was named"},
		{pipeline.Brief{Languages: []string{"fr"}}, 2, "an unknown language falls back to the best"},
	} {
		if got := len(wanted(Choices(pipeline.Short, c.brief, []string{"en"}, twoHooks))); got != c.want {
			t.Errorf("%s: %d to make, want %d", c.why, got, c.want)
		}
	}
}

func TestWithoutWordsThereAreNoCaptions(t *testing.T) {
	all := Choices(pipeline.Core, pipeline.Brief{Styles: []string{"karaoke"}}, nil, nil)
	for _, c := range all {
		if c.Look.Style != "none" || c.Hook.Text != "" {
			t.Errorf("%+v without words", c)
		}
	}
	if len(wanted(all)) != 1 {
		t.Errorf("%d to make, want the one plain variant", len(wanted(all)))
	}
}

func TestNoVariantIsListedTwice(t *testing.T) {
	seen := map[Choice]bool{}
	for _, c := range Choices(pipeline.Core, pipeline.Brief{AllVariants: true, Aspects: []string{"9:16", "9:16"}}, []string{"en", "de"}, twoHooks) {
		c.Wanted, c.Lead = false, false
		if seen[c] {
			t.Errorf("%+v twice", c)
		}
		seen[c] = true
	}
}

func TestALanguageThatWasTranslatedIsMadeBesideTheSpokenOne(t *testing.T) {
	languages := func(brief pipeline.Brief) string {
		var out []string
		for _, c := range wanted(Choices(pipeline.Short, brief, []string{"en", "de", "fr"}, nil)) {
			out = append(out, c.Look.Language)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		brief pipeline.Brief
		want  string
	}{
		{pipeline.Brief{}, "en"}, {pipeline.Brief{Translate: []string{"de"}}, "en de"}, {pipeline.Brief{Translate: []string{"es"}}, "en"},
		{pipeline.Brief{Translate: []string{"de"}, Languages: []string{"fr"}}, "fr de"}, {pipeline.Brief{Translate: []string{"de"}, Languages: []string{"de"}}, "de"},
	} {
		if got := languages(c.brief); got != c.want {
			t.Errorf("%+v makes %s, want %s", c.brief, got, c.want)
		}
	}
}
