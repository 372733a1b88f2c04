package captions

import (
	"cmp"
	"slices"
	"strings"
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
func lines(words []Word) []candidate {
	var all []candidate
	for _, s := range sentencesOf(words) {
		all = append(all, candidates(s, len(all))...)
	}
	slices.SortStableFunc(all, byScore)
	return all
}

// sentence is words up to a full stop, or between long pauses.
type sentence struct {
	words    []string
	complete bool // begins after an end and ends in a full stop
}

// pauseFrames is a pause that parts sentences where no stop does: about a
// second at any rate.
const pauseFrames = 30

func sentencesOf(words []Word) []sentence {
	shown := make([]Word, 0, len(words))
	for _, w := range words {
		if text, _ := Clean(w.Text); IsSpoken(text) {
			w.Text = text
			shown = append(shown, w)
		}
	}
	texts := sentences("und", shown)
	var out []sentence
	from, clean := 0, false
	for i, w := range shown {
		ends := EndsSentence(w.Text)
		if !ends && i+1 < len(shown) && shown[i+1].Start-w.End < pauseFrames {
			continue
		}
		begins := clean || isName(texts[from])
		out = append(out, sentence{texts[from : i+1], begins && ends})
		from, clean = i+1, ends
	}
	return out
}

const (
	hookLeast = 3 // words
	hookBest  = 8
)

// candidates are the sentence itself when it is short, else its clauses.
func candidates(s sentence, at int) []candidate {
	if len(s.words) <= hookBest {
		return rated(s.words, s.complete, at, 0)
	}
	var out []candidate
	from := 0
	for i, w := range s.words {
		if last := i == len(s.words)-1; last || strings.ContainsRune(",;:–—", lastSign(w)) {
			out = append(out, rated(s.words[from:i+1], s.complete, at, -3)...)
			from = i + 1
		}
	}
	return out
}

// rated is one candidate with its score, or none when it has too few different
// words, too many, or says nothing.
func rated(words []string, complete bool, at, score int) []candidate {
	if len(bag(strings.Join(words, " "))) < hookLeast || len(words) > hookBest {
		return nil
	}
	text := strings.Join(words, " ")
	if !complete {
		score -= 3
	}
	score += interest(words)
	if score < 0 {
		return nil
	}
	text = strings.Trim(text, " ,;:–—-\"“”«»")
	if !strings.HasSuffix(text, "...") {
		text = strings.TrimSuffix(text, ".")
	}
	return []candidate{{capitalised(text), score, at}}
}

var (
	fillers = wordSet("um uh okay ok yeah so well like right thanks thank hello hi alright anyway basically")
	vague   = wordSet("it that this he she they these those there him her them which")
)

// worth is what a kind of line adds to how likely it is to hold a viewer.
var worth = map[HookKind]int{KindQuestion: 4, KindNumber: 2, KindSuperlative: 2, KindImperative: 3, KindReveal: 3, KindOffer: 2, KindCountdown: 3, KindQuote: 1}

// interest is how likely a line is to hold a viewer.
func interest(words []string) int {
	score := 4
	for _, k := range kindsOf(words) {
		score += worth[k]
	}
	if lastSign(words[len(words)-1]) == '!' {
		score++
	}
	if vague[Fold(words[0])] {
		score--
	}
	you := false
	for _, w := range words {
		f := Fold(w)
		you = you || f == "you" || f == "your"
		if fillers[f] {
			score -= 2
		}
	}
	if you {
		score += 2
	}
	if n := len(words); n >= 4 && n <= 7 {
		score++
	}
	return score
}
