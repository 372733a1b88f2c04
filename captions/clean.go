package captions

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	textRunes    = 300 // of one text that reaches a picture
	marksALetter = 2   // combining marks kept on one letter
)

// Clean is text as it may be set: NFC, printable runes only, white space
// folded to single spaces, at most two combining marks a letter, at most 300
// runes. Emoji and pictographs are taken out, because the renderer draws them
// as boxes; emoji says whether there were any.
func Clean(text string) (clean string, emoji bool) {
	if len(text) > 16*textRunes {
		text = text[:16*textRunes]
	}
	var b strings.Builder
	runes, marks, space := 0, 0, false
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "")) {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
			space = runes > 0
			continue
		case isEmoji(r):
			emoji = true
			continue
		case !unicode.IsGraphic(r) || r == unicode.ReplacementChar:
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > marksALetter || runes == 0 || space {
				continue
			}
		default:
			marks = 0
		}
		if space {
			b.WriteByte(' ')
			runes, space = runes+1, false
		}
		if runes++; runes > textRunes {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String()), emoji
}

// pictographs are the blocks that hold emoji and other small pictures. Signs
// that are text (©, °, →, ™) are outside them.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x20E3, 0x20E3, 1}, // keycap
		{0x231A, 0x231B, 1}, {0x23E9, 0x23FA, 1},
		{0x2600, 0x27BF, 1}, // miscellaneous symbols, dingbats
		{0x2934, 0x2935, 1}, {0x2B05, 0x2B07, 1}, {0x2B1B, 0x2B1C, 1}, {0x2B50, 0x2B55, 1},
		{0xFE00, 0xFE0F, 1}, // variation selectors
	},
	R32: []unicode.Range32{{0x1F000, 0x1FAFF, 1}, {0xE0000, 0xE01EF, 1}},
}

func isEmoji(r rune) bool { return r > 0x20E2 && unicode.Is(pictographs, r) }

// escape is text as ASS shows it, letter for letter: no override block, no
// break and no second line can come out of it. A backslash cannot be escaped
// in ASS; a word joiner behind it takes its meaning away.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\\':
			b.WriteString("\\\u2060")
		case r == '{' || r == '}':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\N`)
		case !unicode.IsGraphic(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
