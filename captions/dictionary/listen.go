package dictionary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"dropcut/captions"
)

// listener finds terms in the words of one transcript.
type listener struct {
	d       *Dictionary
	words   []captions.Word
	heard   []string // their letters
	english bool
}

func listen(d *Dictionary, t captions.Transcript) listener {
	l := listener{d: d, words: t.Words, heard: make([]string, len(t.Words))}
	for i, w := range t.Words {
		l.heard[i] = letters(w.Text)
	}
	l.english = isEnglish(t.Language, l.heard)
	return l
}

// find is the term that begins at word i, how many words are it, and what
// ending the last of them keeps. The longest wins; what is exactly heard wins
// over what is nearly.
func (l listener) find(i int) (*entry, int, string) {
	longest := l.phrase(i)
	for n := longest; n > 0; n-- {
		whole := strings.Join(l.heard[i:i+n], "")
		if e := l.d.exact[whole]; e != nil && (n == len(e.write) || whole != e.whole || !allCommon(l.heard[i:i+n])) {
			return e, n, ""
		}
		tail := possessive(l.words[i+n-1].Text)
		if tail == "" {
			continue
		}
		if e := l.d.exact[strings.TrimSuffix(whole, letters(tail))]; e != nil && n == len(e.write) {
			return e, n, tail
		}
	}
	for _, e := range l.d.near {
		if n := len(e.write); n <= longest && l.nearly(e, l.heard[i:i+n]) {
			return e, n, ""
		}
	}
	return nil, 0, ""
}

// allCommon reports whether every word is one that people say: "now here" is
// no Nowhere because somebody sells one.
func allCommon(heard []string) bool {
	for _, w := range heard {
		if !common(w) {
			return false
		}
	}
	return true
}

// phrase is how many words from i on, at most, are said in one breath: none of
// them silent, and no sign between them.
func (l listener) phrase(i int) int {
	n := 0
	for i+n < len(l.words) && n < most && l.heard[i+n] != "" && (n == 0 || parts(l.words[i+n].Text).before == "") {
		n++
		if parts(l.words[i+n-1].Text).after != "" {
			break
		}
	}
	return n
}

// nearly reports whether what is heard is a mishearing of a term, word for
// word. Of several words one must be sure: exactly right and not common, or,
// where the others are exactly right, a near miss that is long.
func (l listener) nearly(e *entry, heard []string) bool {
	if len(heard) == 1 {
		return l.misheard(heard[0], e.whole)
	}
	sure, long, guessed := false, false, false
	for i, h := range heard {
		want := e.folded[i]
		n := utf8.RuneCountInString(want)
		switch {
		case h == want:
			sure = sure || n >= leastSure && !common(want)
		case l.misheard(h, want):
			long = long || n >= twoLetters
		case sound(want) != "" && sound(h) == sound(want):
			guessed = true
		default:
			return false
		}
	}
	return sure || long && !guessed
}

// How near is near.
const (
	leastLetters   = 6 // of a word that may be a near miss
	leastSure      = 4 // of a word that is exactly right beside others that are not
	twoLetters     = 8 // from here on two letters may be wrong
	foreignLetters = 8 // in languages whose common words are not known here
)

// misheard reports whether a word is a near miss of a term's word, and cannot
// well be meant as it stands.
func (l listener) misheard(heard, want string) bool {
	n := utf8.RuneCountInString(want)
	if heard == want || n < leastLetters || !l.english && n < foreignLetters || common(heard) || common(want) || inflected(heard, want) {
		return false
	}
	a, _ := utf8.DecodeRuneInString(heard)
	b, _ := utf8.DecodeRuneInString(want)
	if a != b && sound(string(a)) != sound(string(b)) {
		return false
	}
	if strings.ContainsFunc(heard+want, unicode.IsDigit) {
		return false // HD-01 and HD-02 are two things
	}
	allowed := 1
	if l.english && (n >= twoLetters || sound(heard) == sound(want)) {
		allowed = 2
	}
	return levenshtein.ComputeDistance(heard, want) <= allowed
}

// inflected reports whether one is the other with an ending: hoodies is no
// mishearing of hoodie, nor Prada of Pradas.
func inflected(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && utf8.RuneCountInString(rest) <= 3
}

// isEnglish reports whether a transcript is in English: its tag says so, or
// says nothing and most of its words are.
func isEnglish(tag string, heard []string) bool {
	if tag != "und" && tag != "" {
		return tag == "en" || strings.HasPrefix(tag, "en-")
	}
	const looked = 500
	known, all := 0, 0
	for _, w := range heard[:min(len(heard), looked)] {
		if w != "" {
			all++
			if frequent(w) {
				known++
			}
		}
	}
	return known*10 >= all*7
}
