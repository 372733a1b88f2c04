package dictionary

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dropcut/captions"
)

// spoken is a transcript of words, ten frames each.
func spoken(language, text string) captions.Transcript {
	t := captions.Transcript{Language: language}
	for i, w := range strings.Fields(text) {
		t.Words = append(t.Words, captions.Word{Text: w, Start: int64(10 * i), End: int64(10*i + 10), Confidence: 1})
	}
	return t
}

var shop = []Term{
	{Write: "Neon Hoodie"}, {Write: "Kopi Luwak", Heard: []string{"coffee lou wack"}}, {Write: "Zyntara"}, {Write: "Hypebeast"}, {Write: "Shein"},
	{Write: "Drop"}, {Write: "Nowhere"}, {Write: "Labubu"}, {Write: "HD-01"}, {Write: "Crème Brûlée"}, {Write: "Lumenova Pro"}, {Write: "Stollen"}, {Write: "Nikelab"},
}

func TestTheCreatorsWordsAreWrittenAsTheyWriteThem(t *testing.T) {
	d := New(shop)
	for _, c := range []struct{ why, language, heard, want string }{
		{"case", "en", "this is the neon hoodie, look.", "this is the Neon Hoodie, look."},
		{"capitals", "en", "THE NEON HOODIE!", "THE Neon Hoodie!"},
		{"together", "en", "the neonhoodie is here", "the Neon Hoodie is here"},
		{"apart", "en", "a real hype beast thing", "a real Hypebeast thing"},
		{"as it is misheard", "en", "fresh coffee lou wack today", "fresh Kopi Luwak today"},
		{"misheard at the end of a sentence", "en", "we have coffee lou wack.", "we have Kopi Luwak."},
		{"as its creator says, in any language", "ja", "coffee lou wack", "Kopi Luwak"},
		{"one letter", "en", "the zintara is here", "the Zyntara is here"},
		{"by its sound", "en", "the sintara is here", "the Zyntara is here"},
		{"two letters of a long one", "en", "the lumanovva pro is here", "the Lumenova Pro is here"},
		{"a common word beside a sure one", "en", "this copy luwak is rare", "this Kopi Luwak is rare"},
		{"'s", "en", "the kopi luwak's smell, zyntara’s too", "the Kopi Luwak's smell, Zyntara’s too"},
		{"accents", "fr", "une creme brulee ici", "une Crème Brûlée ici"},
		{"signs stay", "en", "(zyntara) “labubu”!", "(Zyntara) “Labubu”!"},
		{"an unnamed language that is English", "und", "and so we have the zintara here for all of you now", "and so we have the Zyntara here for all of you now"},
		{"a long word in another language", "de", "der lumenowa pro ist da", "der Lumenova Pro ist da"},
	} {
		got, notes := d.Correct(spoken(c.language, c.heard))
		if said(got.Words) != c.want || len(notes) == 0 {
			t.Errorf("%s: %q, want %q (%v)", c.why, said(got.Words), c.want, notes)
		}
	}
}

func TestCommonWordsAreNotCorrected(t *testing.T) {
	d := New(shop)
	for _, c := range []struct{ why, language, heard string }{
		{"a near miss that is a word", "en", "shine shin sheen chain on this"},
		{"a term that is a word", "en", "don't drop it, drops happen, nowhere to go"},
		{"two words that together are one", "en", "come on now here we go"},
		{"more of them", "en", "zyntaras and labubus and hypebeasts"},
		{"another of a series", "en", "the hd-02 and HD-11"},
		{"too far", "en", "the zandoro and the luminous pro"},
		{"another first letter", "en", "the mabubu and the tyntara"},
		{"a sign between them", "en", "it was neon, hoodie season"},
		{"a short word of another language", "de", "wir sollen den stolle lesen"},
		{"an unnamed language that is not English", "und", "wir sollen heute die sollten zintara nehmen und dann gehen"},
		{"words beside a term", "en", "copy that, lumen pro"},
	} {
		before := spoken(c.language, c.heard)
		got, notes := d.Correct(before)
		if said(got.Words) != c.heard || len(notes) > 0 {
			t.Errorf("%s: %q became %q (%v)", c.why, c.heard, said(got.Words), notes)
		}
	}
	if got, notes := New([]Term{{Write: "Shein", Heard: []string{"shine"}}}).Correct(spoken("en", "the shine app")); said(got.Words) != "the Shein app" || len(notes) != 1 {
		t.Errorf("what its creator names is not replaced: %q", said(got.Words))
	}
}

// A page of plain talk, with terms that lie near many of its words.
const talk = `Okay so welcome back everybody, thanks for waiting, I know the stream was late tonight. We have something really
special and I promise it is worth staying for. Before we start, smash that button, tell a friend, and grab something to drink. There
were fifty of these made and honestly they are beautiful, the fabric feels heavy, the stitching is clean, the colour looks different in
person. Someone asked about shipping: we ship everywhere, it takes about a week, customs may charge you. The sizes run large. I wear a
medium and I normally take a large. Please remember that the link only works when the counter hits zero. Three, two, one, go!`

func TestAPageOfPlainTalkStaysAsItIs(t *testing.T) {
	d := New([]Term{{Write: "Strea"}, {Write: "Wortha"}, {Write: "Fabrik"}, {Write: "Stichting"}, {Write: "Counta"}, {Write: "Mediom"}, {Write: "Larges"}, {Write: "Shippo"}, {Write: "Speciale"},
		{Write: "Lynk"}, {Write: "Stayin"}, {Write: "Hony"}, {Write: "Weekh"}, {Write: "Cleen Colour"}, {Write: "Butt On"}})
	for _, tag := range []string{"en", "und", "en-GB", "de"} {
		if _, notes := d.Correct(spoken(tag, talk)); len(notes) > 0 {
			t.Errorf("%s: %v", tag, notes)
		}
	}
}

func TestTimesAreKept(t *testing.T) {
	d := New(shop)
	got, notes := d.Correct(spoken("en", "we sell coffee lou wack and zintara and zintara now"))
	want := "[{we 0 10} {sell 10 20} {Kopi 20 35} {Luwak 35 50} {and 50 60} {Zyntara 60 70} {and 70 80} {Zyntara 80 90} {now 90 100}]"
	var times []struct {
		Text       string
		Start, End int64
	}
	for _, w := range got.Words {
		times = append(times, struct {
			Text       string
			Start, End int64
		}{w.Text, w.Start, w.End})
	}
	if s := fmt.Sprint(times); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
	if s := fmt.Sprint(notes); s != "[{coffee lou wack Kopi Luwak 20 1} {zintara Zyntara 60 2}]" {
		t.Error(s)
	}
}

func TestAWordThatIsRightIsNoCorrection(t *testing.T) {
	if _, notes := New(shop).Correct(spoken("en", "the Neon Hoodie and the Zyntara")); len(notes) > 0 {
		t.Error(notes)
	}
}

func TestCapitalsOfATermDoNotChangeTheCaseOfOthers(t *testing.T) {
	got, _ := New(shop).Correct(spoken("en", "this is the zyntara. it is here"))
	if !got.Words[3].Fixed || got.Words[2].Fixed {
		t.Errorf("%+v", got.Words)
	}
}

func TestAnyWordsStayInOrder(t *testing.T) {
	d := New(shop)
	vocabulary := []string{"neon", "hoodie", "coffee", "lou", "wack", "kopi,", "luwak's", "“zyntara”", "hype", "beast!", "—", "", "नियॉन", "now", "here", "zintara"}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 30).Draw(t, "words")
		x := captions.Transcript{Language: rapid.SampledFrom([]string{"en", "und", "ja"}).Draw(t, "language")}
		at := int64(0)
		for _, w := range words {
			at += rapid.Int64Range(0, 3).Draw(t, "gap")
			end := at + rapid.Int64Range(1, 4).Draw(t, "length")
			x.Words = append(x.Words, captions.Word{Text: w, Start: at, End: end})
			at = end
		}
		before := fmt.Sprint(x)
		got, _ := d.Correct(x)
		if fmt.Sprint(x) != before {
			t.Fatal("the transcript that was given is changed")
		}
		last := int64(0)
		for _, w := range got.Words {
			if w.Start < last || w.End <= w.Start {
				t.Fatalf("out of order: %+v", got.Words)
			}
			last = w.End
		}
		if n := len(x.Words); n > 0 && (got.Words[0].Start != x.Words[0].Start || last != x.Words[n-1].End) {
			t.Fatalf("words begin and end elsewhere: %+v", got.Words)
		}
		again, notes := d.Correct(got)
		if said(again.Words) != said(got.Words) || len(notes) > 0 {
			t.Fatalf("%q corrected again is %q", said(got.Words), said(again.Words))
		}
	})
}

func FuzzCorrect(f *testing.F) {
	f.Add("Neon Hoodie", "coffee lou wack", "the neon hoodie's here")
	f.Add("é", "", "É e\u0301")
	f.Fuzz(func(t *testing.T, write, heard, text string) {
		x, _ := New([]Term{{Write: write, Heard: []string{heard}}}).Correct(spoken("en", text))
		for _, w := range x.Words {
			if utf8.ValidString(text) && utf8.ValidString(write) && !utf8.ValidString(w.Text) {
				t.Fatalf("%q", w.Text)
			}
		}
	})
}
