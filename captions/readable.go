package captions

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// readable cleans words for the picture. A caption in which a letter cannot be
// written is left out whole: half a sentence says something else.
func readable(words []Word, tag string, fc *typeface) (out []Word, problems []Problem) {
	var lost missing
	emoji := 0
	for from := 0; from < len(words); {
		to := stretch(words, from, tag)
		clean, dropped := make([]Word, 0, to-from), false
		for _, w := range words[from:to] {
			text, taken := cleaned(w.Text, fc.draws)
			if taken > 0 {
				emoji++
			}
			text, bad := writable(fc, text)
			dropped = dropped || lost.add(bad)
			if w.End <= w.Start {
				continue
			}
			switch w.Text = text; {
			case IsSpoken(text):
				clean = append(clean, w)
			case text != "" && len(clean) > 0: // a picture or a sign belongs to the word before it
				clean[len(clean)-1].Text += " " + text
				clean[len(clean)-1].End = max(clean[len(clean)-1].End, w.End)
			}
		}
		switch {
		case dropped:
			lost.captions++
		case len(clean) > 0:
			clean[len(clean)-1].LastOfCue = words[to-1].LastOfCue
			out = append(out, clean...)
		}
		from = to
	}
	if emoji > 0 {
		problems = append(problems, emojiProblem(fmt.Sprintf("%d words", emoji)))
	}
	if lost.captions > 0 {
		problems = append(problems, lost.problem(fc, fmt.Sprintf("%d captions", lost.captions)))
	}
	return out, problems
}

func emojiProblem(what string) Problem {
	return Problem{"emoji_removed", what + " had emoji that no font here can draw; they are left out",
		"install a font with emoji as outlines: apt-get install fonts-symbola, or Noto Emoji"}
}

// draws reports whether an emoji can be drawn: as outlines, by some face.
func (t *typeface) draws(r rune) bool { return t.faceOf(r) != nil }

// stretch is the end of the cue or sentence that begins at from.
func stretch(words []Word, from int, tag string) int {
	for i := from; i < len(words); i++ {
		if words[i].LastOfCue || EndsSentence(words[i].Text, textAt(words, i+1), tag) || i-from >= 40 {
			return i + 1
		}
	}
	return len(words)
}

// textAt is word i's text, "" where there is none.
func textAt(words []Word, i int) string {
	if i < 0 || i >= len(words) {
		return ""
	}
	return words[i].Text
}

// writable takes out signs that no face has and names the letters that none has.
func writable(fc *typeface, text string) (string, []rune) {
	lacks := fc.lacks(text)
	if len(lacks) == 0 {
		return text, nil
	}
	var letters []rune
	for _, r := range lacks {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) {
			letters = append(letters, r)
		}
	}
	text = strings.Map(func(r rune) rune {
		if slices.Contains(lacks, r) {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text), letters
}

// missing collects letters that could not be written.
type missing struct {
	letters  []rune
	captions int
}

func (m *missing) add(letters []rune) bool {
	for _, r := range letters {
		if len(m.letters) < 8 && !slices.Contains(m.letters, r) {
			m.letters = append(m.letters, r)
		}
	}
	return len(letters) > 0
}

func (m *missing) problem(fc *typeface, what string) Problem {
	var packages []string
	for _, r := range m.letters {
		if p := packageOf(r); !slices.Contains(packages, p) {
			packages = append(packages, p)
		}
	}
	return Problem{"font_missing", fmt.Sprintf("%s left out: no font here has %s", what, strings.Join(strings.Split(string(m.letters), ""), " ")),
		"install a font that has them: apt-get install " + strings.Join(packages, " ") + ", or name its folder in DROPCUT_FONTS"}
}

// inPhrases cuts words of scripts that run on into phrases, each with its share of
// the word's time. Words that a recogniser timed one by one stand together in
// such a script; between those of a file's cue the file's own space stays.
func inPhrases(words []Word, tag string) []Word {
	out := make([]Word, 0, len(words))
	for i, w := range words {
		w.Joined = w.Joined || i > 0 && w.stands(words[i-1])
		parts := phrases(w.Text, tag)
		if fields := strings.Fields(w.Text); columns(w.Text) > subtitleLetters/2 && len(fields) > 1 && w.Window().Frames() > 1 && !slices.ContainsFunc(fields, func(f string) bool { return !IsSpoken(f) }) {
			out = append(out, inPhrases(apart(w, fields), tag)...)
			continue
		}
		parts = together(parts, int(w.Window().Frames()), "")
		if len(parts) == 1 {
			out = append(out, w)
			continue
		}
		for k, x := range w.parted(parts) {
			x.Joined = x.Joined || k > 0
			out = append(out, x)
		}
	}
	return out
}

// apart is a word that holds several, because its file gave them no time of
// their own, as words again, as far as it has frames for them.
func apart(w Word, fields []string) []Word {
	w.Estimated = true
	return w.parted(fields)
}

// meets reports whether two words stand together: both of a script that runs on.
func meets(a, b string) bool {
	return strings.HasSuffix(a, lastOf(a, runsOn)) && lastOf(a, runsOn) != "" && strings.IndexFunc(b, runsOn) == 0
}

// lastOf is the last rune of s where it is one of is, else "".
func lastOf(s string, is func(rune) bool) string {
	runes := []rune(s)
	if n := len(runes); n > 0 {
		for n > 1 && unicode.Is(unicode.M, runes[n-1]) {
			n--
		}
		if is(runes[n-1]) {
			return string(runes[n-1:])
		}
	}
	return ""
}

// writtenIn is a language tag that tells how Chinese letters are drawn: the
// given one, or what the text's own letters say where it says nothing of it.
func writtenIn(text, tag string) string {
	if base := baseOf(tag); base == "ja" || base == "ko" || base == "zh" || base == "yue" {
		return tag
	}
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }):
		return "ja"
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }):
		return "ko"
	}
	return tag
}

// tagOf is writtenIn of a transcript.
func tagOf(t Transcript) string {
	var b strings.Builder
	for _, w := range t.Words[:min(len(t.Words), 200)] {
		b.WriteString(w.Text)
	}
	return writtenIn(b.String(), t.Language)
}
