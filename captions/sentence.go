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

// abbreviations are words with a full stop that ends no sentence, in small
// letters. Words that as often end one (etc., usw., es.) are left out.
var abbreviations = map[string]bool{
	"mr.": true, "mrs.": true, "ms.": true, "dr.": true, "st.": true, "vs.": true, "no.": true, "prof.": true, "e.g.": true, "i.e.": true, "jr.": true, "approx.": true, "dept.": true, "fig.": true, "u.s.": true,
	"sr.": true, "sra.": true, "srta.": true, "dra.": true, "ud.": true, "uds.": true, "p.ej.": true, "núm.": true, "pág.": true, "av.": true,
	"m.": true, "mm.": true, "mme.": true, "mlle.": true, "p.ex.": true, "c.-à-d.": true, "env.": true,
	"hr.": true, "fr.": true, "z.b.": true, "d.h.": true, "u.a.": true, "bzw.": true, "nr.": true, "ca.": true, "vgl.": true, "evtl.": true, "ggf.": true, "str.": true,
	"sig.": true, "sig.ra.": true, "dott.": true, "ing.": true, "dhr.": true, "mevr.": true, "bijv.": true, "d.w.z.": true,
	"np.": true, "tzn.": true, "ul.": true, "т.е.": true, "т.к.": true, "г.": true, "ул.": true, "им.": true, "напр.": true,
}

// EndsSentence reports whether a word ends a sentence by its own signs. An
// initial ("J.") does not.
func EndsSentence(word string) bool {
	word = unquoted(word)
	switch last := lastSign(word); {
	case last == '.' && isAbbreviation(word):
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

func isAbbreviation(word string) bool {
	if abbreviations[strings.ToLower(word)] {
		return true
	}
	r, n := utf8.DecodeRuneInString(word) // one capital and a dot: an initial
	return n > 0 && unicode.IsUpper(r) && word[n:] == "." && r != 'I'
}

func isGreek(r rune) bool { return unicode.Is(unicode.Greek, r) }
