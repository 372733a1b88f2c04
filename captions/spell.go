package captions

import (
	"slices"
	"strings"
	"unicode"
)

const (
	maxNames  = 500
	nameWords = 6
)

// Spell writes the creator's own names and products as the creator does,
// whatever case or spacing the words have them in: "iphone" becomes "iPhone",
// and stays so where a style sets capitals. Punctuation around a name is kept.
// At most 500 names of at most six words are looked at. The words are not
// changed; a copy is.
func Spell(words []Word, names []string) []Word {
	by := map[string][][]string{} // first word, folded → whole names, the longest first
	for _, n := range names[:min(len(names), maxNames)] {
		parts := strings.Fields(n)
		if len(parts) == 0 || len(parts) > nameWords || fold(parts[0]) == "" {
			continue
		}
		by[fold(parts[0])] = append(by[fold(parts[0])], parts)
	}
	if len(by) == 0 {
		return words
	}
	for _, all := range by {
		slices.SortStableFunc(all, func(a, b []string) int { return len(b) - len(a) })
	}
	out := slices.Clone(words)
	for i := 0; i < len(out); {
		i += max(respell(out[i:], by[fold(out[i].Text)]), 1)
	}
	return out
}

// respell writes the first of the names that the words begin with, and says
// how many words it took.
func respell(words []Word, names [][]string) int {
	for _, name := range names {
		if len(name) > len(words) {
			continue
		}
		same := true
		for k, part := range name {
			same = same && fold(words[k].Text) == fold(part)
		}
		if !same {
			continue
		}
		for k, part := range name {
			words[k].Text, words[k].Fixed = inside(words[k].Text, part), true
		}
		return len(name)
	}
	return 0
}

// inside puts a name in place of a word's letters and keeps what is around them.
func inside(word, name string) string {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	from := strings.IndexFunc(word, letter)
	to := strings.LastIndexFunc(word, letter)
	if from < 0 {
		return word
	}
	_, tail := splitRune(word[to:])
	if strings.IndexFunc(name, letter) > 0 {
		from = 0 // the name has signs of its own
	}
	return word[:from] + name + strings.TrimPrefix(tail, name[strings.LastIndexFunc(name, letter)+len(lastLetter(name)):])
}

func splitRune(s string) (head, tail string) {
	for i := range s {
		if i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func lastLetter(name string) string {
	i := strings.LastIndexFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	head, _ := splitRune(name[i:])
	return head
}
