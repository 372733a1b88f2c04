package captions

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// casing is words as a style shows them.
func casing(style, tag string, words []Word) []string {
	if style == Karaoke {
		return capitals(tag, words)
	}
	return sentences(tag, words)
}

// capitals are words in capital letters, as their language writes them, without
// the stops and commas that would hang in the air.
func capitals(tag string, words []Word) []string {
	upper := cases.Upper(languageTag(tag))
	out := make([]string, len(words))
	for i, w := range words {
		text := w.Text
		if cut := strings.TrimRight(text, ".,;:…。、，；：،؛।"); IsSpoken(cut) {
			text = cut
		}
		if out[i] = text; !(w.Fixed && hasCapitalsInside(text)) && !strings.ContainsFunc(text, isGeorgian) {
			out[i] = upper.String(text)
		}
	}
	return out
}

// sentences are words in sentence case. A transcript that is written with both
// cases knows best; one that is all capitals, or has none, is given capitals
// at the head of sentences.
func sentences(tag string, words []Word) []string {
	out := make([]string, len(words))
	upper, lower := letterCases(words)
	flat := upper == 0 || upper > 2*lower
	fix := cases.Lower(languageTag(tag))
	english := strings.HasPrefix(strings.ToLower(tag), "en") || tag == "" || tag == "und"
	head := true
	for i, w := range words {
		text := w.Text
		if flat && !w.Fixed {
			if text = fix.String(text); english && (text == "i" || strings.HasPrefix(text, "i'") || strings.HasPrefix(text, "i’")) {
				text = capitalised(text)
			}
		}
		if head && flat && !w.Fixed {
			text = capitalised(text)
		}
		out[i] = text
		head = EndsSentence(w.Text, textAt(words, i+1), tag)
	}
	return out
}

// hasCapitalsInside reports whether a name is told by its capitals: "iPhone",
// not "Nova".
func hasCapitalsInside(name string) bool {
	letters := 0
	inner, lower := false, false
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
			inner = inner || letters > 1 && unicode.IsUpper(r)
			lower = lower || unicode.IsLower(r)
		}
	}
	return inner && lower
}

// isGeorgian reports whether r is of a script whose capitals few fonts have and
// nobody writes words in.
func isGeorgian(r rune) bool { return unicode.Is(unicode.Georgian, r) }

func letterCases(words []Word) (upper, lower int) {
	for _, w := range words {
		if w.Fixed {
			continue
		}
		for _, r := range w.Text {
			switch {
			case unicode.IsUpper(r):
				upper++
			case unicode.IsLower(r):
				lower++
			}
		}
	}
	return upper, lower
}

// capitalised begins with a capital, behind any opening quote.
func capitalised(text string) string {
	for i, r := range text {
		if unicode.IsLetter(r) {
			return text[:i] + string(unicode.ToTitle(r)) + text[i+utf8.RuneLen(r):]
		}
		if unicode.IsNumber(r) {
			break
		}
	}
	return text
}

func languageTag(tag string) language.Tag {
	t, err := language.Parse(tag)
	if err != nil {
		return language.Und
	}
	return t
}

// keyword is the index of the one word of a cue worth a colour: a number, a
// name, else the longest word that is none of the small ones; negative when
// nothing stands out.
func (g grammar) keyword(words []Word) int {
	best, at := 3, -1
	for i, w := range words {
		text := Fold(w.Text)
		if g.tied[text] || g.before[text] {
			continue
		}
		score := min(utf8.RuneCountInString(text), 9)
		if strings.ContainsFunc(text, isWide) {
			score = min(columns(text)+1, 9)
		}
		switch {
		case w.Fixed:
			score += 8
		case strings.ContainsFunc(text, unicode.IsDigit):
			score += 7
		case i > 0 && isName(w.Text) && !EndsSentence(words[i-1].Text, w.Text, g.tag):
			score += 4
		}
		if score >= best && (score > best || i == len(words)-1) && score > 3 {
			best, at = score, i
		}
	}
	return at
}
