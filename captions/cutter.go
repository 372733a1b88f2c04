package captions

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dropcut/pipeline/timeline"
)

// cutter breaks words that are wider than a line inside, with a hyphen.
type cutter struct {
	face  *face
	limit float64 // ems: the widest a piece may be
	least int64   // frames a piece is on screen
	cut   int     // words broken
	lost  int     // words of which not all could be shown
}

func newCutter(f *face, limit float64, rate timeline.Rate) *cutter {
	return &cutter{face: f, limit: limit, least: rate.FramesOfMillis(250)}
}

// maxPieces bounds what one word becomes.
const maxPieces = 4

// words cuts what is too wide; its pieces share its time.
func (c *cutter) words(said []Word, shown []string) ([]Word, []string) {
	var outSaid []Word
	var outShown []string
	for i, w := range said {
		if c.face.measure(shown[i]).advance <= c.limit {
			outSaid, outShown = append(outSaid, w), append(outShown, shown[i])
			continue
		}
		most := int(min(max(w.Window().Frames()/max(c.least, 1), 1), maxPieces))
		pieces := c.pieces(shown[i], most)
		for k, x := range share(pieces, w.Window()) {
			x.Confidence, x.Estimated = w.Confidence, w.Estimated
			x.LastOfCue = w.LastOfCue && k == len(pieces)-1
			outShown = append(outShown, x.Text)
			if k == len(pieces)-1 {
				x.Text += string(lastSigns(w.Text))
			}
			outSaid = append(outSaid, x)
		}
	}
	return outSaid, outShown
}

// lastSigns is a word's closing punctuation, for the rules of breaking.
func lastSigns(word string) string {
	if r := lastSign(word); r > 0 && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
		return string(r)
	}
	return ""
}

// pieces cuts one word into at most n pieces that fit; what is left over is
// dropped for an ellipsis.
func (c *cutter) pieces(word string, n int) []string {
	c.cut++
	runes := []rune(word)
	total := c.face.measure(word).advance
	parts := max(2, int(total/c.limit)+1)
	var out []string
	for len(runes) > 0 {
		rest := string(runes)
		if c.face.measure(rest).advance <= c.limit {
			return append(out, rest)
		}
		if len(out) == n-1 || len(out) == maxPieces-1 {
			c.lost++
			k := c.prefix(runes, c.limit, "…")
			return append(out, string(runes[:k])+"…")
		}
		k := c.prefix(runes, min(c.limit, total/float64(parts)*1.05), "-")
		if k = max(k, 1); k == 1 {
			k = max(1, c.prefix(runes, c.limit, "-"))
		}
		piece := string(runes[:k])
		if !strings.ContainsAny(piece[len(piece)-1:], "-/_.") {
			piece += "-"
		}
		out = append(out, piece)
		runes = runes[k:]
	}
	return out
}

// prefix is how many runes, with a sign behind them, are at most width ems
// wide: never between a letter and its marks, at a hyphen or slash when one
// is near.
func (c *cutter) prefix(runes []rune, width float64, sign string) int {
	lo, hi := 1, len(runes)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if c.face.measure(string(runes[:mid])+sign).advance <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	k := lo
	for k > 1 && unicode.Is(unicode.M, runes[k]) {
		k--
	}
	for j := k; j > k*2/3; j-- {
		if strings.ContainsRune("-/_", runes[j-1]) {
			return j
		}
	}
	for j := k; j > max(2, k*2/3) && j+1 < len(runes); j-- { // a syllable begins with a consonant before a vowel
		if !isVowel(runes[j]) && isVowel(runes[j+1]) && unicode.IsLetter(runes[j]) {
			return j
		}
	}
	return max(k, 1)
}

func isVowel(r rune) bool {
	base := []rune(norm.NFD.String(string(unicode.ToLower(r))))[0]
	return strings.ContainsRune("aeiouyæœøαεηιουωаеиоуыэюяіїє", base)
}

func (c *cutter) problems() []Problem {
	if c.lost == 0 {
		return nil
	}
	return []Problem{{"word_too_long", fmt.Sprintf("%d words are too long to be shown whole", c.lost), ""}}
}
