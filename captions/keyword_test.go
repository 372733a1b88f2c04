package captions

import (
	"strings"
	"testing"
)

// TestTheWordWorthAColour: a name its owner spells, then a number, then another
// name, else the longest word; never a small one, and none where none stands out.
func TestTheWordWorthAColour(t *testing.T) {
	for _, c := range []struct{ text, fixed, want string }{
		{"the lantern is gone", "", "lantern"},
		{"only 50 left", "", "50"},
		{"this is Mira tonight", "", "Mira"},
		{"get a Moonlamp for 20 now", "Moonlamp", "Moonlamp"},
		{"is it on", "", ""},
	} {
		var words []Word
		for i, text := range strings.Fields(c.text) {
			words = append(words, Word{Text: text, Start: int64(10 * i), End: int64(10*i + 10), Fixed: text == c.fixed})
		}
		got := ""
		if at := grammarOf("en").keyword(words); at >= 0 {
			got = words[at].Text
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
