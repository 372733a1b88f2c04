package captions

import (
	"embed"
	"encoding/json"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/segmenter"
)

//go:embed models/*.json
var modelFiles embed.FS

// phraseModel says where a phrase ends in a language that puts no space
// between words: weights of the letters around a place (BudouX's).
type phraseModel map[string]map[string]int

var models sync.Map // language → phraseModel

// modelOf is the model of a language; nil when there is none.
func modelOf(name string) phraseModel {
	if name == "" {
		return nil
	}
	if m, ok := models.Load(name); ok {
		return m.(phraseModel)
	}
	var m phraseModel
	b, err := modelFiles.ReadFile("models/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return nil
	}
	models.Store(name, m)
	return m
}

// modelNamed chooses a model by what the text is written in, and by the
// language where one script serves several.
func modelNamed(text []rune, tag string) string {
	han := false
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Thai):
			return "th"
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			return "ja"
		case unicode.Is(unicode.Han, r):
			han = true
		}
	}
	switch region := regionOf(tag); {
	case !han:
		return ""
	case region == "JP":
		return "ja"
	case region == "TC" || region == "HK":
		return "zh-hant"
	}
	return "zh-hans"
}

// features are the letters a model weighs at a place: from and to, counted
// from the place.
var features = []struct {
	name     string
	from, to int
}{
	{"UW1", -3, -2}, {"UW2", -2, -1}, {"UW3", -1, 0}, {"UW4", 0, 1}, {"UW5", 1, 2}, {"UW6", 2, 3},
	{"BW1", -2, 0}, {"BW2", -1, 1}, {"BW3", 0, 2},
	{"TW1", -3, 0}, {"TW2", -2, 1}, {"TW3", -1, 2}, {"TW4", 0, 3},
}

// ends reports for every place of text whether a phrase ends before it.
func (m phraseModel) ends(text []rune) []bool {
	total := 0
	for _, group := range m {
		for _, w := range group {
			total += w
		}
	}
	out := make([]bool, len(text)+1)
	for i := 1; i < len(text); i++ {
		score := -total
		for _, f := range features {
			if from, to := i+f.from, i+f.to; from >= 0 && to <= len(text) {
				score += 2 * m[f.name][string(text[from:to])]
			}
		}
		out[i] = score > 0
	}
	return out
}

// phrases cuts a word of a script that runs on into pieces that may stand on
// lines of their own; other words stay whole. No piece begins with what must
// not begin a line or ends with what must not end one (UAX 14).
func phrases(word, tag string) []string {
	if !strings.ContainsFunc(word, runsOn) {
		return []string{word}
	}
	text := []rune(word)
	may := mayBreak(text)
	var ends []bool
	if m := modelOf(modelNamed(text, tag)); m != nil {
		ends = m.ends(text)
	}
	var out []string
	from := 0
	for i := 1; i < len(text); i++ {
		if may[i] && (ends == nil || ends[i] || i-from >= phraseMost || strings.ContainsRune(stops, text[i-1])) {
			out, from = append(out, string(text[from:i])), i
		}
	}
	return append(out, string(text[from:]))
}

// phraseMost is how many letters a phrase may have before it ends anyway.
const phraseMost = 10

// mayBreak reports for every place of text whether a line may break there:
// where UAX 14 allows it, and between the clusters of Thai, Lao, Khmer and
// Burmese, of which it says to ask a dictionary.
func mayBreak(text []rune) []bool {
	out := make([]bool, len(text)+1)
	var s segmenter.Segmenter
	s.Init(text)
	for it := s.LineIterator(); it.Next(); {
		out[it.Line().Offset] = true
	}
	for it := s.GraphemeIterator(); it.Next(); {
		if i := it.Grapheme().Offset; i > 0 && isComplex(text[i-1]) && isComplex(text[i]) && !clings(text, i) {
			out[i] = true
		}
	}
	out[0] = false
	return out
}

func isComplex(r rune) bool {
	return unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// clings reports whether the letters on both sides of a place are one
// syllable: a vowel written before its consonant, or signs that follow one.
func clings(text []rune, i int) bool {
	before, after := text[i-1], text[i]
	return before >= 'เ' && before <= 'ไ' || before >= 'ເ' && before <= 'ໄ' || // written first, said after
		strings.ContainsRune("ะาำๅๆฯะາຳຽໆຯ", after) || unicode.Is(unicode.M, after) ||
		before == '\u17d2' || before == '\u1039' || // stacks the next consonant
		i+1 < len(text) && text[i+1] == '์' || i+1 < len(text) && text[i+1] == '\u103a'
}

// clusters are a text's letters, each with its marks; the letters that a virama
// joins are one (UAX 29, GB9c).
func clusters(text string) []string {
	var s segmenter.Segmenter
	s.Init([]rune(text))
	var out []string
	for it := s.GraphemeIterator(); it.Next(); {
		g := it.Grapheme().Text
		if n := len(out); n > 0 && endsJoined(out[n-1]) {
			out[n-1] += string(g)
			continue
		}
		out = append(out, string(g))
	}
	return out
}

// endsJoined reports whether the next letter belongs to a cluster: after a
// virama of an Indic script, or a joiner.
func endsJoined(cluster string) bool {
	r, _ := utf8.DecodeLastRuneInString(cluster)
	return isJoiner(r) || strings.ContainsRune("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2", r)
}
