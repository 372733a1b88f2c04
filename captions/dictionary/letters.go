package dictionary

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// accent reports whether r is an accent of European letters; the marks of other
// scripts are letters of theirs.
func accent(r rune) bool { return r >= 0x300 && r <= 0x36f }

// letters is a text's letters and digits alone, small and without accents.
func letters(text string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.Predicate(accent)), norm.NFC), text)
	if err != nil {
		plain = text
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, plain)
}

// split is a word with the signs around it apart.
type split struct{ before, core, after string }

func parts(text string) split {
	isCore := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) }
	from := strings.IndexFunc(text, isCore)
	if from < 0 {
		return split{before: text}
	}
	core := strings.TrimRightFunc(text[from:], func(r rune) bool { return !isCore(r) })
	return split{text[:from], core, text[from+len(core):]}
}

// possessive is the 's at the end of a word; empty where it has none.
func possessive(text string) string {
	core := parts(text).core
	for _, t := range []string{"'s", "’s", "'S", "’S"} {
		if strings.HasSuffix(core, t) && len(core) > len(t) {
			return t
		}
	}
	return ""
}

// sound is how a word of Latin letters is heard, roughly: letters that English
// speakers write for one another are one, vowels count only at its head,
// doubled sounds once. Empty for other scripts.
func sound(word string) string {
	for _, r := range []struct{ from, to string }{{"ph", "f"}, {"ght", "t"}, {"ck", "k"}, {"sch", "x"}, {"sh", "x"}, {"tch", "x"}, {"ch", "x"}, {"wh", "w"},
		{"ce", "se"}, {"ci", "si"}, {"cy", "sy"}, {"qu", "kw"}} {
		word = strings.ReplaceAll(word, r.from, r.to)
	}
	var out []byte
	for i, r := range word {
		var c byte
		switch {
		case r > 'z' || r < 'a':
			return ""
		case strings.ContainsRune("aeiouy", r):
			if c = 'a'; i > 0 {
				c = 0
			}
		case r == 'c' || r == 'q' || r == 'g':
			c = 'k'
		case r == 'z':
			c = 's'
		case r == 'v':
			c = 'f'
		case r == 'd':
			c = 't'
		case r == 'b':
			c = 'p'
		case r == 'h' || r == 'w' && i > 0:
			c = 0
		default:
			c = byte(r)
		}
		if c != 0 && (len(out) == 0 || out[len(out)-1] != c) {
			out = append(out, c)
		}
	}
	return string(out)
}
