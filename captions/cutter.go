package captions

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dropcut/pipeline/timeline"
)

// cutter breaks words that are wider than a line inside, with a hyphen.
type cutter struct {
	face  *typeface
	limit float64 // ems: the widest a piece may be
	most  int     // columns of a piece; zero: as many as fit
	least int64   // frames a piece is on screen
	cut   int     // words broken
	lost  int     // words of which not all could be shown
}

func newCutter(f *typeface, limit float64, rate timeline.Rate) *cutter {
	return &cutter{face: f, limit: limit, least: rate.FramesOfMillis(250)}
}

// maxPieces bounds what one word becomes.
const maxPieces = 4

// words cuts what is too wide; its pieces share its time.
func (c *cutter) words(said []Word, shown []string) ([]Word, []string) {
	var outSaid []Word
	var outShown []string
	for i, w := range said {
		if c.fits(shown[i]) {
			outSaid, outShown = append(outSaid, w), append(outShown, shown[i])
			continue
		}
		most := int(min(max(w.Window().Frames()/max(c.least, 1), 1), maxPieces))
		pieces := c.pieces(shown[i], most)
		for k, x := range w.parted(pieces) {
			x.Joined = x.Joined || k > 0 && !strings.HasSuffix(pieces[k-1], "-")
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

// fits reports whether a text needs no cut.
func (c *cutter) fits(text string) bool {
	return c.face.measure(text).advance <= c.limit && (c.most == 0 || columns(text) <= c.most)
}

// hyphenated reports whether a cut before rune k shows a hyphen: not in scripts
// that have none.
func hyphenated(runes []rune, k int) bool {
	return !strings.ContainsRune("-/_", runes[k-1]) && !unicode.In(runes[k-1], unicode.Hangul) && !runsOn(runes[k-1]) && !runsOn(runes[k])
}

// pieces cuts one word into at most n pieces that fit, as even as reads well;
// what is left over is dropped for an ellipsis.
func (c *cutter) pieces(word string, n int) []string {
	c.cut++
	runes := []rune(word)
	var out []string
	for {
		total := c.width(runes, "")
		if c.fits(string(runes)) {
			return append(out, string(runes))
		}
		if len(out) == min(n, maxPieces)-1 {
			c.lost++
			k := c.longest(runes, c.limit, "…")
			return append(out, string(runes[:k])+"…")
		}
		parts := max(2, math.Ceil(total/c.limit))
		k := c.longest(runes, min(c.limit, 1.1*total/parts), "-")
		k = c.syllable(runes, k, (parts-1)*(c.limit-0.4))
		piece := string(runes[:k])
		if hyphenated(runes, k) {
			piece += "-"
		}
		out, runes = append(out, piece), runes[k:]
	}
}

func (c *cutter) width(runes []rune, sign string) float64 {
	return c.face.measure(string(runes) + sign).advance
}

// longest is how many runes, with a sign behind them, are at most width ems
// wide; at least one, and never between a letter and its marks.
func (c *cutter) longest(runes []rune, width float64, sign string) int {
	lo, hi := 1, len(runes)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if c.width(runes[:mid], sign) <= width && (c.most == 0 || columns(string(runes[:mid])+sign) <= c.most) {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return wholeClusters(runes, max(lo, 1))
}

// wholeClusters moves a cut back to between two letters with all their marks
// and conjuncts; forward where there is none behind it.
func wholeClusters(runes []rune, k int) int {
	ends, at, best := clusters(string(runes)), 0, 0
	for _, c := range ends {
		at += len([]rune(c))
		if at <= k || best == 0 {
			best = at
		}
	}
	return min(max(best, 1), max(len(runes)-1, 1))
}

// syllable moves a cut back to behind a hyphen or slash, else to before a
// consonant that a vowel follows, as long as the rest stays at most rest ems
// wide and a third of the piece at most is given up.
func (c *cutter) syllable(runes []rune, k int, rest float64) int {
	if !hyphenated(runes, k) && !strings.ContainsRune("-/_", runes[k-1]) {
		return k
	}
	fine := func(j int) bool { return j > k*2/3 && j > 1 && j < len(runes) && c.width(runes[j:], "") <= rest }
	for j := k; fine(j); j-- {
		if strings.ContainsRune("-/_", runes[j-1]) {
			return j
		}
	}
	for j := k; fine(j); j-- {
		if j+1 < len(runes) && unicode.IsLetter(runes[j]) && !isVowel(runes[j]) && isVowel(runes[j+1]) {
			for j > 2 && digraphs[strings.ToLower(string(runes[j-1:j+1]))] {
				j--
			}
			return j
		}
	}
	return k
}

// digraphs are two letters that write one sound.
var digraphs = map[string]bool{"sc": true, "ch": true, "sh": true, "ph": true, "th": true, "ck": true, "ll": true, "rr": true, "gn": true, "qu": true}

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
