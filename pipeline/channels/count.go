package channels

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-text/typesetting/segmenter"
	"golang.org/x/text/unicode/norm"
)

// count is the length of a text in the unit.
func (u unit) count(s string) int64 {
	switch u {
	case utf16units:
		return int64(len(utf16.Encode([]rune(s))))
	case utf8bytes:
		return int64(len(s))
	case weighted:
		return weigh(s)
	}
	return int64(utf8.RuneCountInString(s))
}

// weigh counts as X does (twitter-text, configuration 3): normalised, 23 a
// link, 2 an emoji of however many characters, 1 a character of most alphabets,
// 2 any other.
func weigh(s string) (n int64) {
	s = norm.NFC.String(s)
	from := 0
	for _, l := range links(s) {
		n += weighText(s[from:l[0]]) + 23
		from = l[1]
	}
	return n + weighText(s[from:])
}

func weighText(s string) (n int64) {
	for _, g := range graphemes(s) {
		if strings.ContainsFunc(g, joinsEmoji) || strings.ContainsRune(g, '\u200d') && strings.ContainsFunc(g, isPicture) {
			n += 2
			continue
		}
		for _, r := range g {
			if r <= 4351 || r >= 8192 && r <= 8205 || r >= 8208 && r <= 8223 || r >= 8242 && r <= 8247 {
				n++
			} else {
				n += 2
			}
		}
	}
	return n
}

// joinsEmoji reports whether a character makes one emoji of several: colours of
// skin, flags, keycaps.
func joinsEmoji(r rune) bool {
	return r == '\ufe0f' || r == '\u20e3' || r >= 0x1f1e6 && r <= 0x1f1ff || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xe0020 && r <= 0xe007f
}

// isPicture reports whether a character is one that joiners make emoji of.
func isPicture(r rune) bool { return r >= 0x1f000 || r >= 0x2190 && r < 0x3000 }

// graphemes are what people take for characters.
func graphemes(s string) (out []string) {
	var seg segmenter.Segmenter
	seg.Init([]rune(s))
	for it := seg.GraphemeIterator(); it.Next(); {
		out = append(out, string(it.Grapheme().Text))
	}
	return out
}

const ellipsis = "…"

// cuts are what a text may be cut to: at words, or, where not even the first
// word would stay, at characters.
type cuts struct{ words, first []string }

func cutsOf(s string) cuts {
	c := cuts{words: strings.Fields(s)}
	if len(c.words) > 0 {
		c.first = graphemes(c.words[0])
	}
	return c
}

func (c cuts) len() int { return max(len(c.words)+len(c.first)-1, 0) }

// at is the text less n words, or what of its first word comes next; with an
// ellipsis for all that is missing. The last is empty.
func (c cuts) at(n int) string {
	if n == 0 {
		return strings.Join(c.words, " ")
	}
	kept := ""
	if left := len(c.words) - n; left > 0 {
		kept = strings.Join(c.words[:left], " ")
	} else if left += len(c.first) - 1; left > 0 {
		kept = strings.Join(c.first[:left], "")
	}
	if kept = strings.TrimRight(kept, " ,;:–—-.…"); kept == "" {
		return ""
	}
	return kept + ellipsis
}
