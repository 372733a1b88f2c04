package captions

import (
	"slices"
	"unicode"

	"github.com/go-text/typesetting/language"
)

// samples are letters of a script that reach as high and as low as its text does.
var samples = map[language.Script]string{
	language.Arabic: "ألجعي", language.Hebrew: "לקם", language.Devanagari: "र्कीतू", language.Thai: "ที่ปู้ฟ",
	language.Han: "国語", language.Hiragana: "あぷ", language.Katakana: "アプ", language.Hangul: "한글",
	language.Georgian: "ქართჰ", language.Armenian: "Հայջ", language.Bengali: "র্কীতু", language.Gujarati: "ર્કીતુ",
	language.Gurmukhi: "ਕੀਂਤੂ", language.Tamil: "கீழூ", language.Telugu: "కీర్తూ", language.Kannada: "ಕೀರ್ತೂ",
	language.Malayalam: "കീഴൂ", language.Sinhala: "කීතූ", language.Lao: "ທີ່ປູ້", language.Khmer: "ក៊ីស្ត្រ", language.Myanmar: "ကြီးဩ",
	language.Ethiopic: "ሰላጂ",
}

// isLikeLatin reports whether a script stands on its baseline as Latin does.
func isLikeLatin(s language.Script) bool {
	return s == language.Latin || s == language.Greek || s == language.Cyrillic || s == language.Common || s == language.Inherited
}

// families are the fonts made for a script, where their name is not "Noto Sans"
// and the script's.
var families = map[language.Script][]string{
	language.Common:   {"Noto Sans", "Noto Emoji", "Symbola", "Noto Sans Symbols", "Noto Sans Symbols2", "Noto Sans Math"},
	language.Latin:    {"Noto Sans"},
	language.Greek:    {"Noto Sans"},
	language.Cyrillic: {"Noto Sans"},
	language.Armenian: {"Noto Sans Armenian"}, language.Arabic: {"Noto Sans Arabic"}, language.Hebrew: {"Noto Sans Hebrew"},
	language.Devanagari: {"Noto Sans Devanagari"}, language.Thai: {"Noto Sans Thai"}, language.Georgian: {"Noto Sans Georgian"},
	language.Bengali: {"Noto Sans Bengali"}, language.Gujarati: {"Noto Sans Gujarati"}, language.Gurmukhi: {"Noto Sans Gurmukhi"},
	language.Tamil: {"Noto Sans Tamil"}, language.Telugu: {"Noto Sans Telugu"}, language.Kannada: {"Noto Sans Kannada"},
	language.Malayalam: {"Noto Sans Malayalam"}, language.Sinhala: {"Noto Sans Sinhala"}, language.Oriya: {"Noto Sans Oriya"},
	language.Lao: {"Noto Sans Lao"}, language.Khmer: {"Noto Sans Khmer"}, language.Myanmar: {"Noto Sans Myanmar"},
	language.Ethiopic: {"Noto Sans Ethiopic"}, language.Tibetan: {"Noto Serif Tibetan"},
}

// familiesOf are the families to look at first for a letter.
func familiesOf(r rune, region string) []string {
	s := language.LookupScript(r)
	if isWide(r) && !isEmoji(r) {
		return []string{"Noto Sans CJK " + region, "Noto Sans CJK SC", "Noto Sans CJK JP"}
	}
	return families[s]
}

// packageOf is the Debian package that holds a font for a letter.
func packageOf(r rune) string {
	switch {
	case isEmoji(r):
		return "fonts-symbola"
	case isWide(r):
		return "fonts-noto-cjk"
	case isLikeLatin(language.LookupScript(r)):
		return "fonts-inter"
	}
	return "fonts-noto-core"
}

// regionOf is whose forms of Chinese letters a language is written in: JP, KR,
// TC, HK, else SC.
func regionOf(tag string) string {
	parts := subtags(tag)
	has := func(p string) bool { return slices.Contains(parts[1:], p) }
	switch parts[0] {
	case "ja":
		return "JP"
	case "ko":
		return "KR"
	case "yue":
		return "HK"
	case "zh":
		switch {
		case has("hk") || has("mo"):
			return "HK"
		case has("hant") || has("tw"):
			return "TC"
		}
	}
	return "SC"
}

// wide are letters and signs that fill a square: twice as wide as others.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{0x1100, 0x115F, 1}, {0x2E80, 0x303E, 1}, {0x3041, 0x33FF, 1}, {0x3400, 0x4DBF, 1}, {0x4E00, 0x9FFF, 1},
		{0xA000, 0xA4CF, 1}, {0xA960, 0xA97F, 1}, {0xAC00, 0xD7A3, 1}, {0xF900, 0xFAFF, 1}, {0xFE30, 0xFE6F, 1}, {0xFF01, 0xFF60, 1}, {0xFFE0, 0xFFE6, 1}},
	R32: []unicode.Range32{{0x1F300, 0x1FAFF, 1}, {0x20000, 0x3FFFD, 1}},
}

func isWide(r rune) bool { return r > 0x10FF && unicode.Is(wide, r) }

// columns is how long a text is to a reader: a letter is one, a square one
// two, a mark none.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.M, r) || isJoiner(r) || !unicode.IsGraphic(r):
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// IsUnspaced reports whether r is a letter of a script that puts no space
// between words.
func IsUnspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// runsOn reports whether r is a letter or a sign of a script that puts no space between words.
func runsOn(r rune) bool {
	return IsUnspaced(r) || r == 'ー' || r == '々' || r >= 0x3000 && r <= 0x303F || r >= 0xFF01 && r <= 0xFF60
}

// isJoiner reports whether r is invisible and only tells letters how to join.
func isJoiner(r rune) bool { return r == zwnj || r == zwj || r == wordJoiner }

const (
	zwnj       = '\u200c'
	zwj        = '\u200d'
	wordJoiner = '\u2060'
	leftMark   = "\u200e"
	rightMark  = "\u200f"
)
