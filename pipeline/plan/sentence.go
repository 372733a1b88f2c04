package plan

import (
	"slices"
	"strings"
	"unicode"
)

// stops are the marks that end a sentence, in every script that has its own:
// Latin and its kin, full-width, Arabic and Urdu, Devanagari, Ethiopic,
// Armenian, Burmese, Khmer, Tibetan. Thai has none: there, pauses tell.
const stops = ".!?…‼⁇⁈⁉。．！？｡؟۔।॥።፧፨։՞՜။៕།·"

// notEnds are words with a full stop that ends no sentence, in small letters.
// Words that as often end one (etc., usw.) are left out.
var notEnds = map[string]bool{
	"mr.": true, "mrs.": true, "ms.": true, "dr.": true, "st.": true, "vs.": true, "no.": true, "prof.": true, "e.g.": true, "i.e.": true, "jr.": true, "approx.": true, "dept.": true, "fig.": true,
	"sr.": true, "sra.": true, "srta.": true, "dra.": true, "ud.": true, "uds.": true, "p.ej.": true, "núm.": true, "pág.": true, "av.": true,
	"m.": true, "mm.": true, "mme.": true, "mlle.": true, "p.ex.": true, "c.-à-d.": true, "env.": true,
	"hr.": true, "fr.": true, "z.b.": true, "d.h.": true, "u.a.": true, "bzw.": true, "nr.": true, "ca.": true, "vgl.": true, "evtl.": true, "ggf.": true, "str.": true,
	"sig.": true, "sig.ra.": true, "dott.": true, "ing.": true, "es.": true, "dhr.": true, "mevr.": true, "bijv.": true, "d.w.z.": true,
	"np.": true, "tzn.": true, "ul.": true, "т.е.": true, "т.к.": true, "г.": true, "ул.": true, "им.": true, "напр.": true,
}

// endsSentence reports whether a word ends a sentence by its own marks. An
// initial ("J.") does not.
func endsSentence(text string) bool {
	text = strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi) || r == '"' || r == '\''
	})
	r := []rune(text)
	if len(r) == 0 {
		return false
	}
	last := r[len(r)-1]
	switch {
	case last == '.' && (notEnds[strings.ToLower(text)] || len(r) == 2 && unicode.IsUpper(r[0])):
		return false
	case last == ';':
		return isGreek(r)
	}
	return strings.ContainsRune(stops, last)
}

// isGreek reports whether a word is Greek, where the question mark looks like a semicolon.
func isGreek(text []rune) bool {
	return slices.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Greek, r) })
}
