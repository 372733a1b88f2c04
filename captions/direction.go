package captions

import (
	"strings"
	"unicode"
)

// backwards are scripts written from right to left.
var backwards = []*unicode.RangeTable{unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam, unicode.Hanifi_Rohingya}

func isBackwards(r rune) bool {
	return r >= 0x0590 && unicode.IsLetter(r) && unicode.In(r, backwards...)
}

// hasRightToLeft reports whether any letter runs from right to left.
func hasRightToLeft(text string) bool { return strings.ContainsFunc(text, isBackwards) }

// isRightToLeft is the direction of a paragraph by its first strong letter, as
// the Unicode bidi algorithm has it (UAX 9, P2 and P3).
func isRightToLeft(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return isBackwards(r)
		}
	}
	return false
}

// rightToLeft are the languages written from right to left.
var rightToLeft = wordSet("ar he iw fa ur ps sd ug yi dv ckb ks arc nqo")

// directionMark begins every line of a caption that holds letters of both
// directions, or could: all its lines run as the caption does, also one that
// begins with a name in Latin letters. A caption runs as its language does
// when it has letters of it, else as its first letter.
func directionMark(lines []string, tag string) string {
	text := strings.Join(lines, " ")
	if !hasRightToLeft(text) {
		return ""
	}
	if rightToLeft[baseOf(tag)] || isRightToLeft(text) {
		return rightMark
	}
	return leftMark
}
