package transcribe

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"dropcut/captions"
	"dropcut/captions/transcript"
	"dropcut/pipeline"
)

// source is words from one place, on the recording's timeline.
type source struct {
	captions.Transcript
	asked bool // a person named it
	timed bool // its words have times of their own
}

// collected is what is kept of all sources.
type collected struct {
	transcripts []captions.Transcript
	notes       []pipeline.Note
	asked       bool // they are what a person named
}

// collect takes the best source of each language that says anything in the
// excerpt: words with times of their own before cues, and else the first. What
// a person named replaces what was found.
func collect(all []source, l loaded) collected {
	var c collected
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b source) int { return rank(a) - rank(b) })
	for _, asked := range []bool{true, false} {
		for _, x := range all {
			if x.asked != asked {
				continue
			}
			words := x.In(l.excerpt.Window)
			if len(words) == 0 {
				c.notes = append(c.notes, elsewhere(x, l))
				continue
			}
			same := func(t captions.Transcript) bool { return captions.SameLanguage(t.Language, x.Language) }
			if slices.ContainsFunc(c.transcripts, same) {
				continue
			}
			if end := x.Words[len(x.Words)-1].End; end <= l.moment.Window.In && x.Source != embeddedSource {
				c.notes = append(c.notes, endsEarly(x, end, l.rec.Media.Rate))
			}
			t := x.Transcript
			t.Words = words
			c.transcripts = append(c.transcripts, t)
		}
		if c.asked = asked && len(c.transcripts) > 0; c.asked {
			return c
		}
	}
	return c
}

// rank is how far down a source stands: words with times, cues, the
// recording's own text.
func rank(x source) int {
	switch {
	case x.timed:
		return 0
	case x.Source != embeddedSource:
		return 1
	}
	return 2
}

// languageIn is the language of a file's words: its name's, else what it says
// itself.
func languageIn(name, recording string, f transcript.File) string {
	if t := languageOf(name, recording); t != unknown {
		return t
	}
	return tag(f.Language)
}

const (
	languageMissing = "language_missing"
	encodingGuessed = "encoding_guessed"
	rateGuessed     = "rate_guessed"
)

// unspoken is the caption languages that were asked for and that nobody brings.
func unspoken(all []captions.Transcript, l loaded) []pipeline.Note {
	if len(all) == 0 {
		return nil // that no words are known is said already
	}
	var known []string
	for _, t := range all {
		known = append(known, t.Language)
	}
	var out []pipeline.Note
	for _, asked := range l.brief.Languages {
		if captions.FindLanguage(known, asked) >= 0 {
			continue
		}
		stem := strings.TrimSuffix(l.rec.Name, path.Ext(l.rec.Name))
		out = append(out, pipeline.Note{Code: languageMissing,
			Detail: fmt.Sprintf("no words in %q are known of this moment; it has %s", asked, strings.Join(known, ", ")),
			Hint:   fmt.Sprintf("put %s.%s.srt or .vtt beside the recording, with times counted from its start", stem, asked)})
	}
	return out
}

// fromFile is what reading a file was not sure of.
func fromFile(name string, all []transcript.Note) []pipeline.Note {
	var out []pipeline.Note
	for _, n := range all {
		out = append(out, pipeline.Note{Code: n.Code, Detail: name + ": " + n.Detail, Hint: n.Hint})
	}
	return out
}

// refined moves words whose times were estimated to where they are heard.
func refined(words []captions.Word, l loaded) []captions.Word {
	rate, levels := l.rec.Media.Rate, l.excerpt.Signals.Levels
	if rate.IsZero() || len(levels.Below) == 0 {
		return words
	}
	return transcript.Refine(words, transcript.Sound{From: rate.Duration(levels.From), Below: levels.Below}, rate)
}
