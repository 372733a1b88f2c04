package captions

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Where hooks come from.
const (
	FromFlag  = "flag"
	FromLabel = "label"
	FromWords = "words"
)

// Hooks are the opening lines a clip may have, best first: every flag, then
// the mark's label, then the best sentences of the words, until there are
// most of them. Flags are kept beyond most, and all of them: two wordings of
// one line may be tried against each other. A label or a sentence that nearly
// says what a hook before it says is left out.
func Hooks(flags []string, label string, words []Word, most int) []Hook {
	var out []Hook
	add := func(text, from string, says func(a, b string) bool) {
		if text = strings.TrimSpace(text); text == "" || slices.ContainsFunc(out, func(h Hook) bool { return says(h.Text, text) }) {
			return
		}
		out = append(out, Hook{Text: text, From: from})
	}
	for _, f := range flags {
		text, _ := Clean(f)
		add(text, FromFlag, func(a, b string) bool { return a == b })
	}
	if len(out) < most {
		add(Label(label), FromLabel, alike)
	}
	for _, s := range lines(words) {
		if len(out) >= most {
			break
		}
		add(s, FromWords, alike)
	}
	return out
}

// pointing are words that say that something was marked, not what.
const pointing = `(?:moments?|mark(?:er)?s?|clips?|drops?|highlights?|reveals?|chapters?|cuts?|bookmarks?|shorts?)`

var (
	pointer  = regexp.MustCompile(`(?i)^` + pointing + `(?:\s+(?:#?\d{1,4}|[A-Z]))?\s*[:–—|-]\s*`)
	instant  = regexp.MustCompile(`^\s*[\[(]?\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d+)?[\])]?(?:\s*[-–—]\s*[\[(]?\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d+)?[\])]?)?\s*[-–—:|]?\s*`)
	nameless = regexp.MustCompile(`(?i)^(?:` + pointing + `|unnamed|untitled|scene|part|unknown|none|null|n/?a|test)?[\s#:_.-]*(?:\d+|[a-z])?$`)
)

// Label is what a mark's label says to a viewer: "MOMENT B: JFK line" is "JFK
// line". A label that is only a number, a time or a name such as "Unnamed 3"
// says nothing and is empty.
func Label(label string) string {
	text, _ := Clean(label)
	for range 3 {
		before := text
		text = strings.TrimSpace(instant.ReplaceAllString(text, ""))
		text = strings.TrimSpace(pointer.ReplaceAllString(text, ""))
		if text == before {
			break
		}
	}
	text = strings.Trim(text, " -–—:|_,.")
	if nameless.MatchString(text) || !strings.ContainsFunc(text, unicode.IsLetter) {
		return ""
	}
	return capitalised(text)
}

// candidate is a sentence, or a clause of one, that could open a clip.
type candidate struct {
	text  string
	score int
	at    int
}

// lines are the sentences worth opening with, best first.
func lines(words []Word) []string {
	var all []candidate
	for _, s := range sentencesOf(words) {
		all = append(all, candidates(s, len(all))...)
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.at, b.at))
	})
	var out []string
	for _, c := range all {
		out = append(out, c.text)
	}
	return out
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
		ends := endsSentence(w.Text)
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

// rated is one candidate with its score, or none when it has too few words,
// too many, or says nothing.
func rated(words []string, complete bool, at, score int) []candidate {
	if len(words) < hookLeast || len(words) > hookBest {
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
	commands     = wordSet("look watch stop ask wait don't never imagine guess listen try get go take see come let's remember think keep make give tell hold mira espera regarde attends schau warte guarda aspetta olha смотри подожди")
	superlatives = wordSet("most best biggest worst first last only ever never every nobody everyone everybody always free secret crazy insane impossible unbelievable incredible amazing wild greatest fastest cheapest mejor nunca jamais meilleur nie beste mai migliore melhor лучший никогда")
	fillers      = wordSet("um uh okay ok yeah so well like right thanks thank hello hi alright anyway basically")
	vague        = wordSet("it that this he she they these those there him her them which")
)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// interest is how likely a line is to hold a viewer.
func interest(words []string) int {
	score, first, last := 4, fold(words[0]), lastSign(words[len(words)-1])
	if last == '?' {
		score += 4
	}
	if last == '!' {
		score++
	}
	if commands[first] {
		score += 3
	}
	if vague[first] {
		score--
	}
	number, most, you := false, false, false
	for _, w := range words {
		f := fold(w)
		number = number || strings.ContainsFunc(f, unicode.IsDigit)
		most = most || superlatives[f]
		you = you || f == "you" || f == "your"
		if fillers[f] {
			score -= 2
		}
	}
	for _, is := range []bool{number, most, you} {
		if is {
			score += 2
		}
	}
	if n := len(words); n >= 4 && n <= 7 {
		score++
	}
	return score
}

// alike reports whether two hooks say nearly the same: four fifths of the
// shorter one's words are in the other.
func alike(a, b string) bool {
	x, y := bag(a), bag(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return len(y) == 0
	}
	same := 0
	for w := range x {
		if y[w] {
			same++
		}
	}
	return same*5 >= len(x)*4 && (len(x)*2 >= len(y) || same == len(x) && len(x) > 2)
}

func bag(text string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		if f := fold(w); f != "" {
			m[f] = true
		}
	}
	return m
}
