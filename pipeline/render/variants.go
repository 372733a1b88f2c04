package render

import (
	"dropcut/captions"
	"dropcut/pipeline"
)

// Choice is one variant a clip can have, and whether it is to be made now.
type Choice struct {
	Look   pipeline.Look
	Hook   pipeline.Hook
	Wanted bool
	Lead   bool // the clip's poster is taken from it
}

// What is offered of every clip; a brief may name more (4:5).
var offeredAspects = []string{"9:16", "1:1", "16:9"}

// Choices is every variant of a clip: first those to be made, in the order in
// which a person wants them, then those only offered. languages are those of
// the moment's transcripts, best first; with none, only the style none exists.
func Choices(kind pipeline.ClipKind, brief pipeline.Brief, languages []string, hooks []pipeline.Hook) []Choice {
	styles := captions.Styles()
	if len(languages) == 0 {
		languages, styles = []string{"und"}, []string{"none"}
	}
	if len(hooks) == 0 {
		hooks = []pipeline.Hook{{}}
	}
	wanted := wantedLooks(kind, brief, languages, styles)
	every := looks(union(offeredAspects, brief.Aspects), pipeline.Layouts(), styles, languages)
	if brief.AllVariants {
		wanted = append(wanted, every...)
	}
	var out []Choice
	seen := map[pipeline.Look]bool{}
	for _, group := range []struct {
		looks  []pipeline.Look
		wanted bool
	}{{wanted, true}, {every, false}} {
		for _, l := range group.looks {
			if seen[l] {
				continue
			}
			seen[l] = true
			for _, h := range hooks {
				out = append(out, Choice{Look: l, Hook: h, Wanted: group.wanted, Lead: len(out) == 0})
			}
		}
	}
	return out
}

// wantedLooks is the looks made without --all-variants.
func wantedLooks(kind pipeline.ClipKind, brief pipeline.Brief, languages, styles []string) []pipeline.Look {
	style := "karaoke"
	if kind == pipeline.Core {
		style = "phrase"
	}
	if len(styles) == 1 {
		style = styles[0]
	}
	return looks(or(brief.Aspects, "9:16"), or(brief.Layouts, "fill"), or(known(brief.Styles, styles), style),
		union(or(known(brief.Languages, languages), languages[0]), known(brief.Translate, languages)))
}

func looks(aspects, layouts, styles, languages []string) []pipeline.Look {
	var out []pipeline.Look
	for _, a := range aspects {
		for _, l := range layouts {
			for _, s := range styles {
				for _, lang := range languages {
					out = append(out, pipeline.Look{Aspect: a, Layout: l, Style: s, Language: lang})
				}
			}
		}
	}
	return out
}

// or is the named values, or the default when none is named.
func or(named []string, otherwise string) []string {
	if len(named) == 0 {
		return []string{otherwise}
	}
	return named
}

// known keeps the named values that exist.
func known(named, exist []string) []string {
	var out []string
	for _, n := range named {
		for _, e := range exist {
			if n == e {
				out = append(out, n)
			}
		}
	}
	return out
}

func union(a, b []string) []string {
	out := append([]string(nil), a...)
	for _, x := range b {
		if len(known([]string{x}, out)) == 0 {
			out = append(out, x)
		}
	}
	return out
}
