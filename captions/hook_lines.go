package captions

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// candidate is a sentence, or a clause of one, that could open a clip.
type candidate struct {
	text  string
	score int
	at    int
}

func (c candidate) kind() HookKind { return KindOf(c.text) }

// byScore puts the best first, and of equals what was said first.
func byScore(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.at, b.at))
}

// lines are the sentences worth opening with, best first.
func (from HookSources) lines() []candidate {
	var all []candidate
	for _, s := range from.sentences() {
		all = append(all, from.candidates(s, len(all))...)
	}
	all = slices.DeleteFunc(all, func(c candidate) bool { return c.score < worthSaying })
	slices.SortStableFunc(all, byScore)
	return all
}

// worthSaying is the least score of a line of the words. A whole sentence has
// it without doing anything, one that is cut off only when it asks, reveals or
// commands.
const worthSaying = 4

// sentence is words up to a full stop, or between long pauses.
type sentence struct {
	words    []Word
	complete bool // begins after an end and ends in a full stop
}

// longPause is one that parts sentences where no stop does.
const longPause = time.Second

func (from HookSources) sentences() []sentence {
	shown := make([]Word, 0, len(from.Words))
	for _, w := range from.Words {
		switch text, _ := Clean(w.Text); {
		case IsSpoken(text):
			w.Text = text
			shown = append(shown, w)
		case len(shown) > 0 && strings.Trim(text, stops+clauses) == "": // a sign that was timed alone
			shown[len(shown)-1].Text += text
		}
	}
	for i, text := range sentences(from.Language, shown) {
		shown[i].Text = text
	}
	shown = inPhrases(shown, from.Language)
	pause := from.rate().Frames(longPause)
	var out []sentence
	first, clean := 0, false
	for i, w := range shown {
		ends := EndsSentence(w.Text, textAt(shown, i+1), from.Language)
		if !ends && i+1 < len(shown) && shown[i+1].Start-w.End < pause {
			continue
		}
		ends = ends || isComplexEnd(w.Text)
		begins := clean || isName(shown[first].Text) || first == 0 && !hasCase(w.Text)
		out = append(out, sentence{shown[first : i+1], begins && ends})
		first, clean = i+1, ends
	}
	return out
}

// hasCase reports whether a text has letters that could be capitals; one that
// has none does not show where a sentence begins.
func hasCase(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) })
}

// isComplexEnd reports whether a text ends in a script that has no full stop.
func isComplexEnd(text string) bool { return isComplex(lastSign(text)) }

const (
	hookLeast = 3 // words
	hookBest  = 8
)

// candidates are the sentence itself when it is short, else its clauses.
func (from HookSources) candidates(s sentence, at int) []candidate {
	if wordsIn(Text(s.words)) <= hookBest {
		return from.rated(s.words, s.complete, at, 0)
	}
	var out []candidate
	first := 0
	for i, w := range s.words {
		last := i == len(s.words)-1
		if last || strings.ContainsRune(clauses, lastSign(w.Text)) || isComplexEnd(w.Text) && !s.words[i+1].stands(w) {
			out = append(out, from.rated(s.words[first:i+1], s.complete, at, -3)...)
			first = i + 1
		}
	}
	return out
}

// rated is one candidate with its score, or none when it has too few different
// words, too many, says nothing or breaks off.
func (from HookSources) rated(words []Word, complete bool, at, score int) []candidate {
	text := Text(words)
	if n := wordsIn(text); n < hookLeast || n > hookBest || len(bag(text)) < hookLeast || grammarOf(from.Language).breaksOff(words[len(words)-1].Text) {
		return nil
	}
	if !complete {
		score -= 3
	}
	score += interest(text)
	if score < 0 {
		return nil
	}
	text = strings.Trim(text, " ,;:–—-\"“”«»、，；：")
	if !strings.HasSuffix(text, "...") {
		text = strings.TrimRight(strings.TrimSuffix(text, "."), "。｡．")
	}
	return []candidate{{capitalised(text), score, at}}
}

var (
	fillers = wordSet("um uh okay ok yeah so well like right thanks thank hello hi alright anyway basically")
	going   = wordSet("and but or so because then which also plus y pero porque et mais donc und aber also dann e ma quindi mas então en maar dus и но а потом і але και αλλά")
	places  = wordSet("now here there away") // behind right, which is no filler then
	vague   = wordSet("it that this he she they these those there him her them which")
)

// worth is what a kind of line adds to how likely it is to hold a viewer.
var worth = map[HookKind]int{KindQuestion: 4, KindNumber: 2, KindSuperlative: 2, KindImperative: 3, KindReveal: 3, KindOffer: 2, KindCountdown: 3, KindQuote: 1}

// interest is how likely a line is to hold a viewer.
func interest(text string) int {
	score := 4
	for _, k := range kindsOf(text) {
		score += worth[k]
	}
	if s := lastSign(text); s == '!' || s == '！' {
		score++
	}
	you, words := false, strings.Fields(text)
	for i, w := range words {
		f := Fold(w)
		you = you || f == "you" || f == "your"
		switch {
		case i == 0 && vague[f]:
			score--
		case i == 0 && going[f]:
			score -= 2
		}
		if fillers[f] && !(f == "right" && i+1 < len(words) && places[Fold(words[i+1])]) {
			score -= 2
		}
	}
	if you {
		score += 2
	}
	if n := wordsIn(text); n >= 4 && n <= 7 {
		score++
	}
	return score
}
