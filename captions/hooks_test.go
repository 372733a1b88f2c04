package captions

import (
	"fmt"
	"testing"
)

// spokenWords are words one after the other, ten frames each.
func spokenWords(all ...string) []Word {
	var out []Word
	for i, w := range all {
		out = append(out, Word{Text: w, Start: int64(10 * i), End: int64(10*i + 10)})
	}
	return out
}

func TestHooksAreFlagsThenTheLabelThenTheBestSentence(t *testing.T) {
	words := spokenWords("Well", "hello", "there.", "Never", "ask", "what", "it", "costs.")
	for _, c := range []struct {
		why   string
		flags []string
		label string
		want  string
	}{
		{"nothing was asked for", nil, "MOMENT B: fish auction", "[{Fish auction label} {Never ask what it costs words}]"},
		{"a label that says nothing gives way", nil, "Unnamed 3", "[{Never ask what it costs words} {Well hello there words}]"},
		{"a flag comes first", []string{"Look at this"}, "fish auction", "[{Look at this flag} {Fish auction label}]"},
		{"flags are kept beyond two", []string{"a b c", "d e f", "g h i"}, "fish auction", "[{a b c flag} {d e f flag} {g h i flag}]"},
		{"a label that says what a flag says is not said again", []string{"The fish auction"}, "fish auction!", "[{The fish auction flag} {Never ask what it costs words}]"},
		{"two wordings of one line are tried against each other", []string{"Wait for the fish", "Wait for the fish!", "The fish: wait for"}, "", "[{Wait for the fish flag} {Wait for the fish! flag} {The fish: wait for flag}]"},
		{"the same line twice is one", []string{"Wait for it", " Wait for it"}, "fish auction", "[{Wait for it flag} {Fish auction label}]"},
		{"nothing but a picture is no line", []string{"🔥"}, "fish auction", "[{Fish auction label} {Never ask what it costs words}]"},
	} {
		if got := fmt.Sprint(Hooks(c.flags, c.label, words, 2)); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}
