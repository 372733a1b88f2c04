package captions

import (
	"slices"
	"strings"

	"dropcut/pipeline/timeline"
)

// Where hooks come from.
const (
	FromFlag     = "flag"     // the creator asked for it
	FromPlan     = "plan"     // the drop plan
	FromDefaults = "defaults" // the creator's defaults
	FromLabel    = "label"    // the mark's
	FromModel    = "model"    // proposed by a language model
	FromWords    = "words"    // said in the clip
)

// Hook is an opening line: where it came from and what it does.
type Hook struct {
	Text string
	From string
	Kind HookKind
}

// HookSources is all that hooks are made from.
type HookSources struct {
	Flags    []string
	Plan     []string
	Defaults []string
	Label    string // of the mark
	Proposed []string
	Words    []Word        // said in the clip, in order
	Language string        // of the words, BCP 47; "" when unknown
	Rate     timeline.Rate // of their times; zero: 30
	Opening  string        // what is said while the hook stands: a caption shows it
	Aside    bool          // the clip does not show what the moment is about
}

// Hooks are the opening lines a clip may have, best first: every flag, every
// line of the plan and of the creator's defaults, then the mark's label, then
// what was proposed and the best sentences of the words, until there are most
// of them. What a person asked for is kept beyond most, and all of it: two
// wordings of one line may be tried against each other.
//
// A clip aside of the moment must not promise what it does not show. There the
// words come before what was proposed of the moment, a line of the plan that
// reveals or offers comes after the best sentence, and the label stands only
// where there is nothing else.
//
// A scrap of speech is no line: rather no hook of the words than one that breaks
// off. Among proposals and sentences those of a kind that no hook before has come
// first. One that nearly says what a hook before it says, or what the first
// caption shows, is left out.
func Hooks(from HookSources, most int) []Hook {
	var out hooks
	plan, held := from.Plan, []string(nil)
	if from.Aside {
		plan, held = parted(from.Plan)
	}
	out.askAll(from.Flags, FromFlag)
	out.askAll(plan, FromPlan)
	out.askAll(from.Defaults, FromDefaults)
	if len(out) < most && !from.Aside {
		out.offer(candidate{text: Label(from.Label)}, FromLabel, from.Opening)
	}
	rest := stock{proposed: from.proposals(), said: from.lines(), wordsFirst: from.Aside, opening: from.Opening}
	for len(held) > 0 && len(out) == 0 && rest.some() {
		rest.best(&out)
	}
	out.askAll(held, FromPlan)
	for len(out) < most && rest.some() {
		rest.best(&out)
	}
	if len(out) == 0 && from.Aside && most > 0 {
		out.offer(candidate{text: Label(from.Label)}, FromLabel, from.Opening)
	}
	return out
}

// parted is a plan's lines that fit any clip, and those that promise what the
// moment shows.
func parted(plan []string) (any, promises []string) {
	for _, text := range plan {
		if k := KindOf(text); k == KindReveal || k == KindOffer {
			promises = append(promises, text)
		} else {
			any = append(any, text)
		}
	}
	return any, promises
}

func (from HookSources) rate() timeline.Rate {
	if from.Rate.IsZero() {
		return timeline.Rate30
	}
	return from.Rate
}

// stock is the lines that nobody asked for.
type stock struct {
	proposed, said []candidate
	wordsFirst     bool
	opening        string // what the first caption shows
}

func (s *stock) some() bool { return len(s.proposed)+len(s.said) > 0 }

// best moves the best of them to the hooks, unless it nearly says what is there.
func (s *stock) best(to *hooks) {
	if len(s.proposed) > 0 && (len(s.said) == 0 || !s.wordsFirst) {
		s.proposed = to.best(s.proposed, FromModel, s.opening)
		return
	}
	s.said = to.best(s.said, FromWords, s.opening)
}

// hooks is those found so far.
type hooks []Hook

func (h *hooks) askAll(texts []string, from string) {
	for _, text := range texts {
		text, _ := Clean(text)
		h.ask(text, from)
	}
}

// ask adds what a person asked for, once each.
func (h *hooks) ask(text, from string) {
	if text = strings.TrimSpace(text); text == "" || slices.ContainsFunc(*h, func(x Hook) bool { return x.Text == text }) {
		return
	}
	*h = append(*h, Hook{text, from, KindOf(text)})
}

// offer adds a line unless it nearly says what is there, or what stands below it
// as a caption.
func (h *hooks) offer(c candidate, from, opening string) {
	if c.text == "" || opening != "" && Alike(c.text, opening) || slices.ContainsFunc(*h, func(x Hook) bool { return Alike(x.Text, c.text) }) {
		return
	}
	*h = append(*h, Hook{c.text, from, c.kind()})
}

// anotherKind is what a line gains that does something no hook before it does.
const anotherKind = 6

// best offers the best of the candidates and returns the others.
func (h *hooks) best(all []candidate, from, opening string) []candidate {
	best, most := 0, all[0].score-anotherKind
	for i, c := range all {
		score := c.score
		if !slices.ContainsFunc(*h, func(x Hook) bool { return x.Kind == c.kind() }) {
			score += anotherKind
		}
		if score > most {
			best, most = i, score
		}
	}
	h.offer(all[best], from, opening)
	return slices.Delete(all, best, best+1)
}

// proposals are a stranger's lines that keep the rules which lines of our own
// keep: three to eight words, no address, no tag, something to say.
func (from HookSources) proposals() []candidate {
	const most = 20
	var out []candidate
	for i, text := range from.Proposed[:min(len(from.Proposed), most)] {
		clean, _ := Clean(text)
		words := asWords(strings.Trim(clean, "\"“”«»"), from.Language)
		if strings.ContainsAny(clean, "@#<>{}\\/|") || strings.Contains(clean, "www.") ||
			slices.ContainsFunc(words, func(w Word) bool { return columns(w.Text) > longestWord }) {
			continue
		}
		out = append(out, from.rated(words, true, i, 0)...)
	}
	slices.SortStableFunc(out, byScore)
	return out
}

// longestWord is how long a word of a line may be, in columns; none that is
// said is longer.
const longestWord = 40

// Alike reports whether two hooks say nearly the same: four fifths of the
// shorter one's words are in the other.
func Alike(a, b string) bool {
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

// bag is a text's words; where its script writes no spaces, its letters two by
// two.
func bag(text string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		f := Fold(w)
		if !strings.ContainsFunc(f, IsUnspaced) {
			if f != "" {
				m[f] = true
			}
			continue
		}
		letters := slices.DeleteFunc(clusters(f), func(c string) bool { return !IsSpoken(c) })
		for i := range max(len(letters)-1, 1) {
			m[strings.Join(letters[i:min(i+2, len(letters))], "")] = true
		}
	}
	return m
}
