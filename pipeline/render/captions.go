package render

import (
	"cmp"
	"maps"
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
)

// asked is the captions' languages that a person asked for, as the transcripts
// name them: en finds en-US.
func asked(languages []string, all []captions.Transcript) []string {
	var known, out []string
	for _, t := range all {
		known = append(known, t.Language)
	}
	for _, l := range languages {
		if i := captions.FindLanguage(known, l); i >= 0 && !slices.Contains(out, known[i]) {
			out = append(out, known[i])
		}
	}
	return out
}

// captionCodes are what may be wrong with a transcript's captions.
var captionCodes = []string{"font_missing", "emoji_removed", "word_too_long", "caption_too_wide"}

// captionNotes is what could not be shown of each transcript, said once: the
// same words lack the same letters in every look.
func (d *drafter) captionNotes() []pipeline.Note {
	looks := slices.SortedFunc(maps.Keys(d.tracks), func(a, b pipeline.Look) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(a.Style, b.Style), cmp.Compare(a.Aspect, b.Aspect))
	})
	type about struct{ language, code string }
	var out []pipeline.Note
	said := map[about]bool{}
	for _, l := range looks {
		for _, p := range d.tracks[l].Problems {
			if a := (about{l.Language, p.Code}); !said[a] {
				said[a] = true
				out = append(out, pipeline.Note{Code: p.Code, Detail: "of the words in " + l.Language + ": " + p.Detail, Hint: p.Hint})
			}
		}
	}
	return out
}

// withCaptionNotes is a moment's notes with fresh ones about its captions.
func withCaptionNotes(old, fresh []pipeline.Note) []pipeline.Note {
	out := slices.DeleteFunc(slices.Clone(old), func(n pipeline.Note) bool { return slices.Contains(captionCodes, n.Code) })
	return append(out, fresh...)
}
