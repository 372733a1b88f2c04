package captions

import (
	"strings"

	"dropcut/pipeline/timeline"
)

// Stretch is consecutive words of a transcript and when they are said.
type Stretch struct {
	Window timeline.Window
	Text   string // clean, on one line
}

// Stretches is t as the pieces in which it is subtitled: at most two lines of
// 42 letters, parted at pauses and where sentences end. Their windows are in
// order, never overlap, and cover the words and nothing else.
func Stretches(t Transcript, rate timeline.Rate) []Stretch {
	words := make([]Word, 0, len(t.Words))
	for _, w := range t.Words {
		if text, _ := Clean(w.Text); text != "" {
			w.Text = text
			words = append(words, w)
		}
	}
	if len(words) == 0 || rate.IsZero() {
		return nil
	}
	words = inPhrases(words, tagOf(t))
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	sh := newSubtitleShape(t.Language, rate, texts, words)
	var out []Stretch
	for _, lines := range sh.group(words) {
		var text strings.Builder
		var w timeline.Window
		for _, line := range lines {
			for _, i := range line {
				switch {
				case text.Len() == 0:
					w.In = words[i].Start
				case !words[i].Joined:
					text.WriteByte(' ')
				}
				text.WriteString(words[i].Text)
				w.Out = words[i].End
			}
		}
		out = append(out, Stretch{w, text.String()})
	}
	return out
}
