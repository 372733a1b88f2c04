package channels

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// notText are characters that no post has: controls, and those that turn the
// direction of what follows or hide in it. Joiners stay: emoji and scripts of
// Asia need them.
func notText(r rune) bool {
	switch {
	case r == '\n':
		return false
	case unicode.IsControl(r), r == utf8.RuneError, r == '\u2028', r == '\u2029', r == '\ufeff', r == '\u200b', r == '\u2060', r == '\u00ad',
		r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r >= '\ufff9' && r <= '\ufffb':
		return true
	}
	return false
}

// isText reports whether s is text as people write it, tabs and ends of lines of
// Windows included.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(strings.NewReplacer("\r\n", "\n", "\t", " ").Replace(s), notText)
}

// clean leaves out what is no text. Separators become what they separate.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ", "\v", " ", "\f", " ").Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if notText(r) {
			return -1
		}
		return r
	}, s)
}

// oneLine is s, clean and with single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
