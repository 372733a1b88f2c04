package captions

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dropcut/pipeline/timeline"
)

// Share gives each text its part of w: by letters, with a little for
// punctuation. Where w has fewer frames than there are texts, neighbours stand
// together in one Word. The times are marked as estimated; the last word is
// the last of its cue. w must not be empty.
func Share(texts []string, w timeline.Window) []Word {
	texts = together(texts, int(min(w.Frames(), int64(len(texts)))), " ")
	weights, total := make([]int64, len(texts)), int64(0)
	for i, t := range texts {
		weights[i] = weight(t)
		total += weights[i]
	}
	out := make([]Word, len(texts))
	at, sum := w.In, int64(0)
	for i, t := range texts {
		sum += weights[i]
		end := w.In + timeline.DivRound(w.Frames(), sum, total)
		end = min(max(end, at+1), w.Out-int64(len(texts)-1-i))
		out[i] = Word{Text: t, Start: at, End: end, Confidence: 1, Estimated: true, LastOfCue: i == len(texts)-1}
		at = end
	}
	return out
}

// parted is a word as texts that share its time and are known as well as it is.
func (w Word) parted(texts []string) []Word {
	out := Share(texts, w.Window())
	for i := range out {
		out[i].Confidence, out[i].Estimated, out[i].Fixed = w.Confidence, w.Estimated, w.Fixed
		out[i].Joined = w.Joined && i == 0
		out[i].LastOfCue = w.LastOfCue && i == len(out)-1
	}
	return out
}

// together joins neighbours so that at most n texts remain, between.
func together(texts []string, n int, between string) []string {
	if len(texts) <= n {
		return texts
	}
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Join(texts[i*len(texts)/n:(i+1)*len(texts)/n], between)
	}
	return out
}

// weight is how long a word takes to say, against others, in letters: a digit
// is said as a word, and a pause follows punctuation. Where a letter is less
// than a syllable, words differ by three letters or not at all, so that a
// letter put right moves no other word of the cue. Against 189 cues whose words
// recognisers had timed, that costs nothing (a word is 300 ms off by letters,
// 302 by steps of three; 2025-11-26).
func weight(text string) int64 {
	n, syllables := int64(0), false
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			n += 3
		case unicode.IsLetter(r):
			n++
			syllables = syllables || runsOn(r) || unicode.Is(unicode.Hangul, r)
		}
	}
	if !syllables {
		n = (n + 2) / 3 * 3
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case strings.ContainsRune(stops, last):
		n += 3
	case strings.ContainsRune(clauses, last):
		n += 2
	}
	return n + 1
}

// IsSpoken reports whether a text has anything to say.
func IsSpoken(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}
