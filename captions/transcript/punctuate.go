package transcript

import (
	"strings"
	"unicode"
)

// ahead is how far a word is looked for where text and words part.
const ahead = 6

// punctuated gives words the spelling that a text has for them: its marks, its
// capitals. Words that the text does not have stay as they are; several words
// that are one in the text become one.
func punctuated(words []Part, text string) []Part {
	tokens := strings.Fields(text)
	if len(words)+len(tokens) > 200_000 {
		return words
	}
	var out []Part
	t := 0
	for i := 0; i < len(words); {
		for t < len(tokens) && letters(tokens[t]) == "" {
			if n := len(out); n > 0 {
				out[n-1].Text += " " + tokens[t] // a sign that stands alone
			}
			t++
		}
		skip, taken, used := match(words[i:], tokens[t:])
		if taken == 0 {
			out = append(out, words[i])
			i++
			continue
		}
		w := words[i]
		w.Text = " " + strings.Join(tokens[t+skip:t+skip+used], " ")
		w.End = max(w.End, words[i+taken-1].End)
		out = append(out, w)
		i, t = i+taken, t+skip+used
	}
	for ; t < len(tokens) && len(out) > 0 && letters(tokens[t]) == ""; t++ {
		out[len(out)-1].Text += " " + tokens[t]
	}
	return out
}

// match finds words at the head of both lists that say the same: taken words
// are used tokens, after skip tokens that no word stands for.
func match(words []Part, tokens []string) (skip, taken, used int) {
	for skip = 0; skip < min(ahead, len(tokens)); skip++ {
		said, written := "", ""
		a, b := 0, 0
		for range 2 * ahead {
			switch {
			case said != "" && said == written:
				return skip, a, b
			case len(said) <= len(written) && a < min(ahead, len(words)) && strings.HasPrefix(written, said):
				said += letters(words[a].Text)
				a++
			case b < min(ahead, len(tokens)-skip) && strings.HasPrefix(said, written):
				written += letters(tokens[skip+b])
				b++
			}
		}
	}
	return 0, 0, 0
}

// letters is what is said of a text, without case and signs.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
