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
// runes. Emoji and pictographs are taken out; emoji says whether there were
// any.
func Clean(text string) (clean string, emoji bool) {
	clean, n := cleaned(text, func(rune) bool { return false })
	return clean, n > 0
}

// cleaned is Clean with those emoji left in that draws says a font can draw:
// one picture for each, whatever joined them. It counts what it took out.
func cleaned(text string, draws func(rune) bool) (clean string, taken int) {
	if len(text) > 16*textRunes {
		text = text[:16*textRunes]
	}
	var b strings.Builder
	runes, marks, space, last := 0, 0, false, rune(0)
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "")) {
		before := last
		last = r
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
			space = runes > 0
			continue
		case isEmoji(r):
			if addsToEmoji(r) || before == zwj { // a part of the picture before it
				if !isEmoji(before) && before != zwj {
					taken++
				}
				continue
			}
			if !draws(r) {
				taken++
				continue
			}
			marks = 0
		case isJoiner(r) && r != wordJoiner:
			if !joins(before) { // between emoji, or on nothing
				continue
			}
		case !unicode.IsGraphic(r) || r == unicode.ReplacementChar:
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > marksALetter && !joins(r) || marks > 2*marksALetter || runes == 0 || space {
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
	return strings.TrimSpace(b.String()), taken
}

// joins reports whether a letter or mark is of a script whose letters change
// with their neighbours: there joiners mean something, and a letter has more
// marks than elsewhere.
func joins(r rune) bool {
	return r >= 0x0600 && r < 0x0900 && unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian) ||
		r >= 0x0900 && r < 0x1100 && unicode.In(r, unicode.L, unicode.M) || unicode.In(r, unicode.Khmer)
}

// addsToEmoji reports whether r only changes the emoji before it: a variation,
// a colour of skin, a keycap, a tag, half of a flag.
func addsToEmoji(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0x1F3FB && r <= 0x1F3FF || r == 0x20E3 || r >= 0xE0000 || r >= 0x1F1E6 && r <= 0x1F1FF
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
