package captions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stops are the signs that end a sentence, in every script that has its own:
// Latin and its kin, full-width, Arabic and Urdu, Devanagari, Ethiopic,
// Armenian, Burmese, Khmer, Tibetan. Thai has none: there, pauses tell.
// clauses are those that end a clause.
const (
	stops   = ".!?…‼⁇⁈⁉。．！？｡؟۔।॥።፧፨։՞՜။៕།·"
	clauses = ",;:–—、，；：،؛՝၊፣"
)

// shortened is words with a full stop that ends no sentence, in small letters.
// Words that as often end one (etc., usw., es.) are left out.
type shortened struct {
	always  map[string]bool
	numbers map[string]bool // only before a number: "no. 5", but "I said no."
}

// anywhere are those that are no word of any language.
var anywhere = wordSet("dr. prof. e.g. i.e. vs. mr. mrs. p.ej. p.ex. c.-à-d. z.b. d.h. u.a. d.w.z. т.е. т.к. т.д.")

// abbreviations are those of a language: what is short for a street in one is a
// word in the next.
var abbreviations = map[string]shortened{
	"en": {wordSet("ms. st. jr. approx. dept. u.s."), wordSet("no. nos. fig. vol. ch. pp.")},
	"es": {wordSet("sr. sra. srta. dra. ud. uds. av. avda."), wordSet("núm. pág. n.º art.")},
	"fr": {wordSet("m. mm. mme. mlle. env. av. bd."), wordSet("n°. art. fig. p. vol.")},
	"de": {wordSet("hr. fr. bzw. ca. vgl. evtl. ggf. str. inkl. zzgl. st."), wordSet("nr. abb. abs. art. bd.")},
	"it": {wordSet("sig. sig.ra. dott. ing. avv. ca."), wordSet("n. art. pag. fig.")},
	"pt": {wordSet("sr. sra. dra. av. exmo."), wordSet("n.º nº. núm. pág. art.")},
	"nl": {wordSet("dhr. mevr. bijv. ca. ing. evt."), wordSet("nr. art. blz.")},
	"pl": {wordSet("np. tzn. ul. al. im. ok. ks."), wordSet("nr. str. art. poz.")},
	"ru": {wordSet("г. ул. им. напр. руб."), wordSet("стр. рис. п.")},
	"uk": {wordSet("м. вул. ім. напр. грн."), wordSet("стор. рис. п.")},
}

// EndsSentence reports whether a word ends a sentence by its own signs. next is
// the word behind it, "" for none; tag is their language, "" or und where nobody
// says. An initial ("J.") ends none.
func EndsSentence(word, next, tag string) bool {
	word = unquoted(word)
	switch last := lastSign(word); {
	case last == '.' && isAbbreviation(word, next, tag):
		return false
	case last == ';': // the Greek question mark looks like it
		return strings.ContainsFunc(word, isGreek)
	default:
		return strings.ContainsRune(stops, last)
	}
}

// EndsClause reports whether one breathes after this word: it has the sign of
// a clause's or a sentence's end.
func EndsClause(word string) bool { return strings.ContainsRune(stops+clauses, lastSign(word)) }

// lastSign is the last rune of a word behind closing quotes and brackets.
func lastSign(word string) rune {
	r, _ := utf8.DecodeLastRuneInString(unquoted(word))
	return r
}

// unquoted is a word without the quotes and brackets that close behind it.
func unquoted(word string) string {
	return strings.TrimRightFunc(word, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi) || r == '"' || r == '\''
	})
}

func isAbbreviation(word, next, tag string) bool {
	small, list := strings.ToLower(word), abbreviations[listed(tag)]
	if anywhere[small] || list.always[small] || list.numbers[small] && isNumber(Fold(next)) {
		return true
	}
	r, n := utf8.DecodeRuneInString(word) // one capital and a dot: an initial
	return n > 0 && unicode.IsUpper(r) && word[n:] == "." && r != 'I'
}

func isGreek(r rune) bool { return unicode.Is(unicode.Greek, r) }
