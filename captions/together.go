package captions

import "strings"

// Text is words as one line, with the spaces that belong between them: none in
// a script that runs on, but where a file's own cue has one.
func Text(words []Word) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !w.stands(words[i-1]) {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

// stands reports whether a word stands against the one before it.
func (w Word) stands(before Word) bool {
	return w.Joined || !w.Estimated && meets(before.Text, w.Text)
}

// asWords is a text somebody wrote as words, cut into phrases where its script
// runs on. Their times mean nothing.
func asWords(text, tag string) []Word {
	var out []Word
	for i, f := range strings.Fields(text) {
		in := int64(i) * textRunes
		out = append(out, Word{Text: f, Start: in, End: in + textRunes, Estimated: true})
	}
	return inPhrases(out, tag)
}

// wordColumns is how long a word is, to a reader, of a script that writes no
// spaces: two Chinese letters, four Thai ones.
const wordColumns = 4

// wordsIn counts the words of a text. In a script that runs on nobody can count
// them, so its length tells.
func wordsIn(text string) int {
	n, unspaced := 0, 0
	for f := range strings.FieldsSeq(text) {
		if strings.ContainsFunc(f, IsUnspaced) {
			unspaced += columns(f)
		} else {
			n++
		}
	}
	return n + (unspaced+wordColumns-1)/wordColumns
}
