package captions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Costs of a break between two words. Only their order matters.
const (
	afterSentence = 0
	afterClause   = 4
	beforeSmall   = 12 // in front of a conjunction or preposition
	plainBreak    = 18
	insideName    = 40
	afterSmall    = 60 // an article without its noun
)

// breakCost is how badly a line or caption may end after left when right follows.
func (g grammar) breakCost(left, right string) int {
	l, r := Fold(left), Fold(right)
	switch {
	case EndsSentence(left, right, g.tag):
		return afterSentence
	case strings.ContainsRune(clauses, lastSign(left)):
		return afterClause
	case g.tied[l] || g.tied[strings.ToLower(left)]:
		return afterSmall
	case isName(left) && isName(right) && l != "i" && r != "i":
		return insideName
	case isNumber(l) && !isNumber(r):
		return insideName
	case g.before[r]:
		return beforeSmall
	}
	return plainBreak
}

// Fold is a word for comparing: lower case, letters with their marks and
// digits, inner apostrophes.
func Fold(word string) string {
	word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	return strings.ToLower(strings.ReplaceAll(word, "’", "'"))
}

func isName(word string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(word, `"'“‘«(`))
	return unicode.IsUpper(r) && !isShout(word)
}

// isShout reports whether every letter is a capital, and there are several.
func isShout(word string) bool {
	upper := 0
	for _, r := range word {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			upper++
		}
	}
	return upper > 1
}

func isNumber(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsDigit(r)
}
