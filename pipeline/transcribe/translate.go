package transcribe

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"dropcut/captions"
	"dropcut/pipeline"
)

// Translator puts lines into another language. openai.Client is one.
type Translator interface {
	// Name says what translates, down to the model: lines are kept under it.
	Name() string

	// Translate gives as many lines as it gets, in the same order. from and to
	// are language tags; from may be "und".
	Translate(ctx context.Context, from, to string, lines []string) ([]string, error)
}

// A translated line may be so much longer than what was said: languages differ
// by half, and a service that runs on is not translating.
const (
	timesAsLong = 4
	moreRunes   = 80
)

// translate adds the languages that were asked for and that nobody brought:
// the best transcript's, stretch by stretch, each said when it was said. What
// goes wrong is a note.
func (s *Step) translate(ctx context.Context, l loaded, all []captions.Transcript) ([]captions.Transcript, []pipeline.Note, error) {
	var notes []pipeline.Note
	if s.Translator == nil || len(all) == 0 {
		return all, nil, nil
	}
	from := all[0]
	stretches := captions.Stretches(from, l.rec.Media.Rate)
	for _, to := range l.brief.Translate {
		if to = tag(to); to == unknown || hasLanguage(all, to) || len(stretches) == 0 {
			continue
		}
		lines, err := s.lines(ctx, l, from.Language, to, stretches)
		if err != nil {
			if err := fatal(err); err != nil {
				return nil, nil, err
			}
			notes = append(notes, untranslated(s.Translator.Name(), to, err))
			continue
		}
		all = append(all, captions.Transcript{Language: to, Source: captions.Translated, Origin: s.Translator.Name() + ", from " + from.Language, Words: retold(stretches, lines)})
	}
	return all, notes, nil
}

func hasLanguage(all []captions.Transcript, language string) bool {
	for _, t := range all {
		if t.Language == language {
			return true
		}
	}
	return false
}

// lines are the stretches in another language, one each, clean.
func (s *Step) lines(ctx context.Context, l loaded, from, to string, stretches []captions.Stretch) ([]string, error) {
	said := make([]string, len(stretches))
	for i, x := range stretches {
		said[i] = x.Text
	}
	key := recipe("translate", from, to, s.Translator.Name(), said)
	var out []string
	if body, ok := s.kept(ctx, l, key); ok && json.Unmarshal(body, &out) == nil && accept(said, out) == nil {
		return out, nil
	}
	answer, err := s.Translator.Translate(ctx, from, to, said)
	if err != nil {
		return nil, err
	}
	for i := range answer {
		answer[i], _ = captions.Clean(answer[i])
	}
	if err := accept(said, answer); err != nil {
		return nil, err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return answer, s.keepDocument(ctx, key, body)
}

// accept refuses lines that cannot be a translation of what was said.
func accept(said, lines []string) error {
	bad := func(format string, args ...any) error {
		return pipeline.Fail(pipeline.Unavailable, "bad_translation", "try another model", format, args...)
	}
	if len(said) != len(lines) {
		return bad("%d lines came back for %d", len(lines), len(said))
	}
	for i, line := range lines {
		if !captions.IsSpoken(line) {
			return bad("line %d of %d came back without a word", i+1, len(lines))
		}
		if n := utf8.RuneCountInString(line); n > timesAsLong*utf8.RuneCountInString(said[i])+moreRunes {
			return bad("line %d of %d came back %d letters long", i+1, len(lines), n)
		}
	}
	return nil
}

// retold is the words of the lines, each line in its stretch's time.
func retold(stretches []captions.Stretch, lines []string) []captions.Word {
	var out []captions.Word
	for i, x := range stretches {
		out = append(out, captions.Share(strings.Fields(lines[i]), x.Window)...)
	}
	return out
}
