package captions

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dropcut/pipeline/timeline"
)

func TestWhatIsComposedKeepsTheRulesButWhereWordsAreSaidTooFast(t *testing.T) {
	f := testFonts(t)
	rapid.Check(t, func(t *rapid.T) {
		var words []Word
		at := int64(0)
		rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
		for range rapid.IntRange(1, 25).Draw(t, "words") {
			at += rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 90)).Draw(t, "gap")
			n := rapid.Int64Range(1, 60).Draw(t, "frames")
			words = append(words, Word{Text: manyScripts().Draw(t, "text"), Start: at, End: at + n, LastOfCue: rapid.Bool().Draw(t, "last")})
			at += n
		}
		style := rapid.SampledFrom([]string{Karaoke, Phrase, Subtitle}).Draw(t, "style")
		track := Compose(Transcript{Language: "en", Words: words}, style, canvasGenerator().Draw(t, "canvas"), rate, f)
		in := rapid.Int64Range(0, at).Draw(t, "in")
		for _, clip := range []timeline.Window{{In: 0, Out: at + 100}, {In: in, Out: in + rapid.Int64Range(30, 900).Draw(t, "length")}} {
			if r := track.Check(clip); !r.OK() {
				t.Fatalf("%s: %+v", r.Detail(), r.Faults)
			}
		}
	})
}

func TestEveryRuleCanBeBroken(t *testing.T) {
	f := testFonts(t)
	clip := timeline.Window{In: 0, Out: 900}
	fresh := func(style string) Track {
		return Compose(Transcript{Language: "en", Words: said("Here we are again, my friends. And there is more to come today.", 30, 300)}, style, phone, testRate, f)
	}
	if r := fresh(Phrase).Check(clip); !r.OK() || len(r.Faults) != 0 || r.Captions < 3 {
		t.Fatalf("%+v", r)
	}
	long := func(c *Cue) { c.Words[0].Text = strings.Repeat("i", 60) }
	for rule, spoil := range map[string]func(x *Track){
		"columns": func(x *Track) { long(&x.Cues[0]) },
		"lines":   func(x *Track) { x.Cues[0].Lines = [][]int{{0}, {1}, {2}} },
		"short":   func(x *Track) { x.Cues[1].full, x.Cues[1].Window.Out = false, x.Cues[1].Window.In+8 },
		"long":    func(x *Track) { x.Cues[len(x.Cues)-1].Window.Out += 400 },
		"fast":    func(x *Track) { x.Cues[1].full, x.Cues[1].Window.Out = false, x.Cues[1].Window.In+8 },
		"gap":     func(x *Track) { x.Cues[0].Window.Out -= 6 },
		"early":   func(x *Track) { x.Cues[0].Window.In -= 20 },
		"overlap": func(x *Track) { x.Cues[0].Window.Out += 4 },
		"box":     func(x *Track) { x.Cues[0].percent = 300 },
	} {
		x := fresh(Phrase)
		spoil(&x)
		found := false
		for _, fault := range x.Check(clip).Faults {
			found = found || fault.Rule == rule && !fault.Said
		}
		if r := x.Check(clip); !found || r.OK() || !strings.Contains(r.Detail(), "captions") {
			t.Errorf("%s is not seen: %+v", rule, r)
		}
	}
}

func TestFastSpeechIsExcusedAndCounted(t *testing.T) {
	f := testFonts(t)
	words := said("Extraordinarily straightforward communication notwithstanding considerable misunderstandings everywhere", 0, 45)
	r := Compose(Transcript{Language: "en", Words: words}, Phrase, phone, testRate, f).Check(timeline.Window{In: 0, Out: 46})
	if !r.OK() || len(r.Faults) == 0 || !strings.Contains(r.Detail(), "as long as their words allow") {
		t.Errorf("%s %+v", r.Detail(), r.Faults)
	}
}

func TestThePictureCheckSeesWhatIsWrong(t *testing.T) {
	f := testFonts(t)
	track := Compose(Transcript{Language: "en", Words: said("Here we are.", 0, 60)}, Phrase, phone, testRate, f)
	right := track.Events(timeline.Window{In: 0, Out: 100})
	moved := track.Events(timeline.Window{In: 0, Out: 100})
	for i := range moved {
		moved[i].Text = strings.Replace(moved[i].Text, `\pos(540,`, `\pos(200,`, 1)
	}
	all := []still{{"right", right, 30}, {"moved", moved, 30}, {"nothing", []Event{{Window: timeline.Window{In: 0, Out: 60}, Style: Phrase}}, 30}}
	for i, pair := range film(t, phone, f, all) {
		if fault := judge(pair, all[i], phone); (fault == "") != (i == 0) {
			t.Errorf("%s: %q", all[i].name, fault)
		}
	}
}

func TestANameKeepsItsCapitalsWhereTheyAreItsOwn(t *testing.T) {
	words := said("buy the iPhone or a Nova", 0, 90)
	words[2].Fixed, words[5].Fixed = true, true
	track := Compose(Transcript{Language: "en", Words: words}, Karaoke, phone, testRate, testFonts(t))
	if got := strings.Join(shownAs(track), " "); got != "BUY THE iPhone OR A NOVA" {
		t.Errorf("capitals: %q", got)
	}
	flat := said("BUY THE iPhone NOW", 0, 90)
	flat[2].Fixed = true
	if got := strings.Join(sentences("en", flat), " "); got != "Buy the iPhone now" {
		t.Errorf("sentence: %q", got)
	}
}

func TestSwearWordsAreMaskedByChoice(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"en", "What the fuck, this shitty thing!", "What the f**k, this s****y thing!"},
		{"en", "Scunthorpe shiitake classic", "Scunthorpe shiitake classic"},
		{"de", "So eine Scheiße.", "So eine S*****e."},
		{"xx", "fuck", "fuck"},
		{"und", "fuck", "f**k"},
	} {
		if got := MaskText(c.text, c.lang); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
	words := said("oh fuck", 0, 30)
	if got := Masked([]Transcript{{Language: "en", Words: words}})[0].Words[1].Text; got != "f**k" || words[1].Text != "fuck" {
		t.Errorf("%q %q", got, words[1].Text)
	}
}
