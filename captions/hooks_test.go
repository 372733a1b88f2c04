package captions

import (
	"fmt"
	"strings"
	"testing"

	"dropcut/pipeline/timeline"
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
		{"a label that says nothing gives way", nil, "Unnamed 3", "[{Never ask what it costs words imperative}]"},
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
		{"what is said leads", HookSources{Words: words}, "[{Never ask what it costs words imperative}]"},
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

func TestAScrapOfSpeechIsNoHook(t *testing.T) {
	var apart []Word // unpunctuated, with pauses: as automatic captions are
	for i, phrase := range []string{"and then we", "so I was in the", "because of the", "never been to a", "you know when you", "look at the", "what do you", "this changes everything"} {
		for _, w := range spokenWords(strings.Fields(phrase)...) {
			w.Start, w.End = w.Start+int64(200*i), w.End+int64(200*i)
			apart = append(apart, w)
		}
	}
	for _, c := range []struct {
		why  string
		from HookSources
		want string
	}{
		{"pieces between pauses", HookSources{Words: apart}, ""},
		{"but the label stays", HookSources{Words: apart, Label: "fish auction"}, "Fish auction"},
		{"with full stops", HookSources{Words: spokenWords(strings.Fields("We came. Because of the. Okay so anyway you guys. It was like that one. Never been to a.")...)}, ""},
		{"a sentence may end in a pronoun, if it ends", HookSources{Words: spokenWords(strings.Fields("Yes. Never ask what we did with it.")...)}, "Never ask what we did with it"},
		{"and breaks off where it does not", HookSources{Words: spokenWords(strings.Fields("Yes. Never ask what we did with it")...)}, ""},
		{"cut off by a pause, but a line", HookSources{Words: spokenWords(strings.Fields("never ask what this one costs")...)}, "Never ask what this one costs"},
		{"German", HookSources{Language: "de", Words: spokenWords(strings.Fields("Ja. Schau dir mal eine. Schau genau hin, das ist die.")...)}, "Schau genau hin, das ist die"},
		{"Spanish", HookSources{Language: "es", Words: spokenWords(strings.Fields("Sí. Mira esto de la. Mira bien esta chaqueta.")...)}, "Mira bien esta chaqueta"},
		{"a model's, too", HookSources{Proposed: []string{"Look at all of the", "Look at all of it"}}, ""},
	} {
		var got []string
		for _, h := range Hooks(c.from, 4) {
			got = append(got, h.Text)
		}
		if strings.Join(got, " | ") != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestAPauseIsASecondAtAnyRate(t *testing.T) {
	said := func(pause int64) []Word {
		words := spokenWords("Look", "at", "her", "face", "now", "nobody", "saw", "it", "coming", "today")
		for i := 5; i < len(words); i++ {
			words[i].Start, words[i].End = words[i].Start+pause, words[i].End+pause
		}
		return words
	}
	rate := timeline.Standards()[len(timeline.Standards())-1]
	if n := rate.Frames(longPause); n < 59 {
		t.Fatalf("%v", rate)
	}
	for _, c := range []struct {
		pause int64
		parts int
	}{{35, 1}, {61, 2}} {
		if got := (HookSources{Words: said(c.pause), Rate: rate}).sentences(); len(got) != c.parts {
			t.Errorf("a pause of %d frames at %v: %d sentences", c.pause, rate, len(got))
		}
	}
}

func TestNobodysHookSaysWhatTheFirstCaptionShows(t *testing.T) {
	from := HookSources{Label: "Ask not what your country can do", Proposed: []string{"Ask not what your country can do"}, Opening: "ask not what your country can do for you"}
	if got := Hooks(from, 4); len(got) != 0 {
		t.Errorf("%v stand over their own words", got)
	}
	from.Aside = true
	if got := Hooks(from, 4); len(got) != 0 {
		t.Errorf("aside: %v stand over their own words", got)
	}
	from.Flags, from.Plan = []string{"Ask not what your country can do"}, []string{"Ask not: what your country can do"}
	if got := Hooks(from, 4); len(got) != 2 {
		t.Errorf("%v: what a person asked for is kept", got)
	}
}

func TestHooksInScriptsThatRunOnHaveNoSpacesAndAreMeasuredByTheirLength(t *testing.T) {
	letters := func(text string) []Word { return spokenWords(strings.Split(text, "")...) }
	for _, c := range []struct {
		why  string
		from HookSources
		want string
	}{
		{"letters that a recogniser timed one by one", HookSources{Language: "zh", Words: letters("你知道为什么吗？这是最后一件。")}, "你知道为什么吗？ 这是最后一件"},
		{"whole sentences of a file", HookSources{Language: "zh", Words: Share([]string{"你知道为什么吗？这是最后一件。"}, timeline.Window{In: 0, Out: 90})}, "你知道为什么吗？ 这是最后一件"},
		{"Japanese", HookSources{Language: "ja", Words: spokenWords("これは世界で一番安い靴です。", "信じられますか？")}, "信じられますか？ これは世界で一番安い靴です"},
		{"Thai has no stops; pauses tell", HookSources{Language: "th", Words: append(spokenWords("คุณ", "เชื่อ", "ไหม", "ว่า", "ราคา", "นี้", "ถูก", "ที่สุด"), Word{Text: "สวัสดี", Start: 200, End: 220})}, "คุณเชื่อไหมว่าราคานี้ถูกที่สุด"},
		{"a model's", HookSources{Language: "th", Proposed: []string{"คุณเชื่อไหมว่าราคานี้ถูกที่สุด"}}, "คุณเชื่อไหมว่าราคานี้ถูกที่สุด"},
		{"a model's", HookSources{Language: "zh", Proposed: []string{"这是今天最后一件衣服吗？", "好吗？", "这是我们今天给大家带来的最后一件衣服而且价格真的非常非常便宜你一定要看"}}, "这是今天最后一件衣服吗？"},
		{"said alike", HookSources{Language: "zh", Proposed: []string{"这是今天最后一件衣服吗？", "今天这是最后一件衣服吗？"}}, "这是今天最后一件衣服吗？"},
	} {
		var got []string
		for _, h := range Hooks(c.from, 3) {
			got = append(got, h.Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
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
		"Feel free to look around": KindStatement, "Our code has a bug": KindQuote, "Drop everything and run now": KindStatement, "50% of people say no": KindNumber, "In order to win": KindStatement,
		"That is a big deal": KindStatement, "The second shop on the left": KindStatement,
		"It is free tonight": KindOffer, "Use code NOVA today": KindOffer, "Order yours now": KindOffer, "Link in bio": KindOffer, "只剩最后五十件": KindCountdown, "今天免费送货": KindOffer,
		"残り三個です": KindCountdown, "残りわずか50着": KindCountdown, "เหลือแค่ 50 ตัว": KindCountdown, "이제 50벌밖에 안 남았어요": KindCountdown,
		"Turn left at number 5": KindNumber, "Half of them are gone": KindCountdown, "The link is live": KindOffer, "Half of the team is here": KindStatement, "Three pairs left": KindCountdown, "Only 3 left": KindCountdown, "Two left": KindCountdown, "I have two left feet": KindNumber, "Take the first left": KindImperative,
		"This is not what I wanted": KindQuote, "Das ist nicht fair": KindStatement, "Never seen that before": KindSuperlative, "Never buy the first one": KindImperative,
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
			if n := wordsIn(h.Text); (h.From == FromWords || h.From == FromModel) && (n < hookLeast || n > hookBest) {
				t.Errorf("%q has %d words", h.Text, n)
			}
			for _, other := range got[:i] {
				if h.From != FromFlag && Alike(other.Text, h.Text) {
					t.Errorf("%q and %q say the same", other.Text, h.Text)
				}
			}
		}
	})
}
