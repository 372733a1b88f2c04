package captions

import (
	"fmt"
	"strings"
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
		{"nothing was asked for", nil, "MOMENT B: fish auction", "[{Fish auction label statement} {Never ask what it costs words imperative}]"},
		{"a label that says nothing gives way", nil, "Unnamed 3", "[{Never ask what it costs words imperative} {Well hello there words statement}]"},
		{"a flag comes first", []string{"Look at this"}, "fish auction", "[{Look at this flag imperative} {Fish auction label statement}]"},
		{"flags are kept beyond two", []string{"a b c", "d e f", "g h i"}, "fish auction", "[{a b c flag statement} {d e f flag statement} {g h i flag quote}]"},
		{"a label that says what a flag says is not said again", []string{"The fish auction"}, "fish auction!", "[{The fish auction flag statement} {Never ask what it costs words imperative}]"},
		{"two wordings of one line are tried against each other", []string{"Wait for the fish", "Wait for the fish!", "The fish: wait for"}, "", "[{Wait for the fish flag reveal} {Wait for the fish! flag reveal} {The fish: wait for flag statement}]"},
		{"the same line twice is one", []string{"Wait for it", " Wait for it"}, "fish auction", "[{Wait for it flag reveal} {Fish auction label statement}]"},
		{"nothing but a picture is no line", []string{"🔥"}, "fish auction", "[{Fish auction label statement} {Never ask what it costs words imperative}]"},
	} {
		if got := fmt.Sprint(Hooks(HookSources{Flags: c.flags, Label: c.label, Words: words}, 2)); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

func TestAClipAsideOfTheMomentDoesNotPromiseIt(t *testing.T) {
	words := spokenWords("Well", "hello", "there.", "Never", "ask", "what", "it", "costs.")
	for _, c := range []struct {
		why  string
		from HookSources
		want string
	}{
		{"what is said leads", HookSources{Words: words}, "[{Never ask what it costs words imperative} {Well hello there words statement}]"},
		{"what is said comes before what was proposed of the moment", HookSources{Words: words[3:], Proposed: []string{"Nobody expected these fifty lamps"}},
			"[{Never ask what it costs words imperative} {Nobody expected these fifty lamps model superlative}]"},
		{"with no words, what was proposed", HookSources{Proposed: []string{"Nobody expected these fifty lamps"}}, "[{Nobody expected these fifty lamps model superlative}]"},
		{"with nothing else, the label", HookSources{}, "[{Crowd went wild label statement}]"},
		{"a plan's reveal and offer come after what is said", HookSources{Words: words, Plan: []string{"Finally it is live", "Ask me anything", "Half price now"}},
			"[{Ask me anything plan imperative} {Finally it is live plan reveal} {Half price now plan offer}]"},
		{"of which one leads", HookSources{Words: words, Plan: []string{"Finally it is live"}}, "[{Never ask what it costs words imperative} {Finally it is live plan reveal}]"},
		{"with no words they lead", HookSources{Plan: []string{"Finally it is live"}}, "[{Finally it is live plan reveal}]"},
		{"flags and defaults were asked for", HookSources{Flags: []string{"Look"}, Defaults: []string{"Finally"}, Words: words}, "[{Look flag imperative} {Finally defaults reveal}]"},
	} {
		c.from.Label, c.from.Aside = "crowd went wild", true
		if got := fmt.Sprint(Hooks(c.from, 2)); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

func TestHooksOfTheWordsDoDifferentThings(t *testing.T) {
	words := spokenWords("Do", "you", "see", "what", "is", "here?", "Do", "you", "know", "what", "it", "costs?", "We", "made", "it", "by", "hand.")
	got := Hooks(HookSources{Words: words}, 2)
	if len(got) != 2 || got[0].Kind != KindQuestion || got[1].Kind == KindQuestion {
		t.Errorf("%v: two questions beside a line of another kind", got)
	}
	if got := Hooks(HookSources{Words: words}, 9); len(got) != 3 {
		t.Errorf("%v: with room for all, all are taken", got)
	}
}

func TestAWordSaidThreeTimesIsNoHook(t *testing.T) {
	words := spokenWords("Go,", "go,", "go!", "This", "one", "is", "yours.")
	if got := Hooks(HookSources{Words: words}, 2); len(got) != 1 || got[0].Text != "This one is yours" {
		t.Errorf("%v", got)
	}
}

func TestAHookDoesNotSayWhatTheFirstCaptionShows(t *testing.T) {
	words := spokenWords("Never", "ask", "what", "it", "costs.", "Take", "one", "home", "tonight.")
	for _, h := range Hooks(HookSources{Words: words, Opening: "never ask what it costs"}, 2) {
		if h.Text == "Never ask what it costs" {
			t.Errorf("%q stands over the same words as a caption", h.Text)
		}
	}
	if got := Hooks(HookSources{Words: words}, 2); len(got) != 2 {
		t.Errorf("%v: said later, both are hooks", got)
	}
}

func TestWhatAModelProposesKeepsOurRules(t *testing.T) {
	got := Hooks(HookSources{Proposed: []string{"Buy now at https://evil.example/x", "{\\pos(0,0)}Look at me now", "@someone said this is it", "two words",
		"one two three four five six seven eight nine ten", "🔥🔥🔥", "Nobody expected these fifty lamps", strings.Repeat("a", 500) + " b c"}}, 3)
	if len(got) != 1 || got[0] != (Hook{"Nobody expected these fifty lamps", FromModel, KindSuperlative}) {
		t.Errorf("taken: %q", got)
	}
}

func TestAHookHasAKind(t *testing.T) {
	for text, want := range map[string]HookKind{
		"3, 2, 1": KindCountdown, "Only 50 pieces left": KindCountdown, "Noch zehn Minuten": KindCountdown, "Осталось десять минут": KindCountdown,
		"The price was wrong": KindOffer, "20% off tonight": KindOffer, "It costs $40": KindOffer, "Sold out in 9 minutes": KindOffer,
		"Would you wear this?": KindQuestion, "¿Lo quieres?": KindQuestion, "هل تريد هذا؟": KindQuestion, "Το θέλεις;": KindQuestion,
		"This is what we made": KindReveal, "Finally it is here": KindReveal, "Das ist sie": KindReveal,
		"Look at her face": KindImperative, "Schau genau hin": KindImperative, "Listen to the crowd": KindImperative,
		"Nobody saw it coming": KindSuperlative, "The best lamp in town": KindSuperlative,
		"Seven lamps on one table": KindNumber, "We made 300": KindNumber,
		"I made it for you": KindQuote, "“We cried,” she says": KindQuote,
		"Moon lamps": KindStatement, "": KindStatement, "Wait, what; no": KindImperative,
	} {
		if got := KindOf(text); got != want {
			t.Errorf("%q is a %s, want %s", text, got, want)
		}
	}
}

func FuzzHooks(f *testing.F) {
	f.Add("Look at this!", "MOMENT B: fish", "Do you see it? Never ask. 50 left", 2)
	f.Add("{\\b1}", "\xff", "a\u202eb c d", 9)
	f.Fuzz(func(t *testing.T, flag, label, text string, most int) {
		most = min(max(most, 0), 9)
		words := spokenWords(strings.Fields(text)...)
		got := Hooks(HookSources{Flags: []string{flag}, Label: label, Proposed: strings.Split(text, "."), Words: words, Aside: len(text)%2 == 1}, most)
		if len(got) > max(most, 1) {
			t.Errorf("%d hooks, want at most %d", len(got), most)
		}
		for i, h := range got {
			if h.Kind == "" || h.Text == "" {
				t.Errorf("%+v", h)
			}
			if n := len(strings.Fields(h.Text)); (h.From == FromWords || h.From == FromModel) && (n < hookLeast || n > hookBest) {
				t.Errorf("%q has %d words", h.Text, n)
			}
			for _, other := range got[:i] {
				if h.From != FromFlag && alike(other.Text, h.Text) {
					t.Errorf("%q and %q say the same", other.Text, h.Text)
				}
			}
		}
	})
}
