package captions

import (
	"strings"

	"golang.org/x/text/language"
)

// baseOf is a tag's language alone, in small letters: pt of pt_BR.
func baseOf(tag string) string { return subtags(tag)[0] }

// subtags are a tag's parts, in small letters, however it is written.
func subtags(tag string) []string {
	return strings.Split(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
}

// listed is baseOf for lists of words: a language that nobody named is taken
// as English, whose small words are the likeliest and do no harm elsewhere.
func listed(tag string) string {
	if base := baseOf(tag); base != "" && base != "und" {
		return base
	}
	return "en"
}

// SameLanguage reports whether two BCP 47 tags may mean the same words: en and
// en-US do, pt-BR and pt-PT do not. "und" is only itself.
func SameLanguage(a, b string) bool {
	if a == b {
		return true
	}
	x, err := language.Parse(a)
	y, err2 := language.Parse(b)
	if err != nil || err2 != nil {
		return false
	}
	baseX, scriptX, regionX := x.Raw()
	baseY, scriptY, regionY := y.Raw()
	if baseX != baseY || x == language.Und {
		return false
	}
	sameScript := scriptX == scriptY || scriptX == (language.Script{}) || scriptY == (language.Script{})
	sameRegion := regionX == regionY || regionX == (language.Region{}) || regionY == (language.Region{})
	return sameScript && sameRegion
}

// FindLanguage is which of the tags in all a person means who asks for one:
// the same tag, else the first that may mean the same; -1 for none.
func FindLanguage(all []string, asked string) int {
	found := -1
	for i, tag := range all {
		if tag == asked {
			return i
		}
		if found < 0 && SameLanguage(tag, asked) {
			found = i
		}
	}
	return found
}
