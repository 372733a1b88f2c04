package captions

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dropcut/pipeline/timeline"
)

var testRate = timeline.Rate30

func said(text string, from, to int64) []Word {
	return Share(strings.Fields(text), timeline.Window{In: from, Out: to})
}

func shownAs(t Track) []string {
	var out []string
	for _, c := range t.Cues {
		out = append(out, strings.Join(c.texts(), " / "))
	}
	return out
}

// onlyInter is the fonts in use without any that may help out: what this
// machine has besides must not decide a test.
func onlyInter(t testing.TB, f *Fonts) *Fonts {
	t.Helper()
	dir := t.TempDir()
	for style, x := range f.main {
		if err := os.WriteFile(filepath.Join(dir, style+filepath.Ext(x.file)), x.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := LoadFonts([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var phone = Canvas{1080, 1920}

func TestLinesBreakWhereTheyReadWell(t *testing.T) {
	f := interFonts(t)
	f = onlyInter(t, f)
	for _, c := range []struct {
		style, lang, text string
		want              []string
		why               string
	}{
		{Karaoke, "en", "And so, my fellow Americans: ask not what your country can do for you.",
			[]string{"AND SO", "MY FELLOW", "AMERICANS", "ASK NOT WHAT", "YOUR COUNTRY", "CAN DO", "FOR YOU"}, "stops end a group and are not shown"},
		{Phrase, "en", "And so, my fellow Americans: ask not what your country can do for you.",
			[]string{"And so, my fellow / Americans:", "ask not what / your country", "can do for you."}, "before small words, after stops"},
		{Phrase, "en", "WE ARE THE BEST. I THINK SO.", []string{"We are the best.", "I think so."}, "capitals become sentences"},
		{Phrase, "de", "Der Hund und die Katze gehen heute in den Garten.", []string{"Der Hund / und die Katze", "gehen heute / in den Garten."}, "German small words"},
		{Karaoke, "el", "Καλησπέρα σε όλους", []string{"ΚΑΛΗΣΠΕΡΑ", "ΣΕ ΟΛΟΥΣ"}, "Greek capitals have no accents"},
		{Karaoke, "tr", "istanbul çok güzel", []string{"İSTANBUL", "ÇOK GÜZEL"}, "a Turkish i keeps its dot"},
		{Karaoke, "de", "Straße", []string{"STRASSE"}, "ß has no capital"},
		{Phrase, "en", "It costs 🔥 50 dollars 🔥", []string{"It costs 50 dollars"}, "emoji are taken out"},
	} {
		n := int64(12 * len(strings.Fields(c.text)))
		track := Compose(Transcript{Language: c.lang, Words: said(c.text, 0, n)}, c.style, phone, testRate, f)
		if got := shownAs(track); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestCaptionsKeepTime(t *testing.T) {
	f := testFonts(t)
	words := append(said("one two three.", 0, 45), said("four five six.", 66, 110)...) // a pause of 0.7 s
	words = append(words, said("seven eight nine.", 140, 200)...)                      // a pause of 1 s
	words = append(words, said("hooooold", 300, 600)...)                               // ten seconds
	track := Compose(Transcript{Language: "en", Words: words}, Karaoke, phone, testRate, f)
	var got []timeline.Window
	for _, c := range track.Cues {
		got = append(got, c.Window)
	}
	has := func(w timeline.Window) bool { return slices.Contains(got, w) }
	if !slices.ContainsFunc(got, func(w timeline.Window) bool { return w.Out == 66 }) {
		t.Errorf("a short pause is bridged: %v", got)
	}
	if !slices.ContainsFunc(got, func(w timeline.Window) bool { return w.Out == 125 }) {
		t.Errorf("a long pause clears half a second before the next: %v", got)
	}
	if !has(timeline.Window{In: 300, Out: 510}) {
		t.Errorf("seven seconds are the most: %v", got)
	}
}

func TestWhatTheFontLacksLeavesItsCaptionOut(t *testing.T) {
	f := onlyInter(t, testFonts(t))
	words := append(said("Hello my friends.", 0, 60), said("こんにちは everyone here.", 60, 120)...)
	words = append(words, said("Good → bye ♥", 120, 180)...)
	track := Compose(Transcript{Language: "en", Words: words}, Phrase, phone, testRate, f)
	all := strings.Join(shownAs(track), "|")
	if !strings.Contains(all, "Hello") || strings.Contains(all, "everyone") || !strings.Contains(all, "bye") {
		t.Errorf("shown: %q", all)
	}
	if !slices.ContainsFunc(track.Problems, func(p Problem) bool {
		return p.Code == "font_missing" && strings.Contains(p.Detail, "こ") && p.Hint != ""
	}) {
		t.Errorf("problems: %v", track.Problems)
	}
	if events, problems := SetHook("日本語", "", phone, testRate, 0, f); events != nil || len(problems) != 1 || problems[0].Code != "font_missing" {
		t.Errorf("%v %v", events, problems)
	}
}

func TestTheBuiltInFontWritesThreeScripts(t *testing.T) {
	f, err := LoadFonts([]string{t.TempDir()})
	if err != nil || !f.BuiltIn() {
		t.Fatal(f, err)
	}
	for _, text := range []string{"Hello Ångström", "Ξαναδεί ποτέ", "Щёлкни быстро"} {
		if track := Compose(Transcript{Words: said(text, 0, 60)}, Karaoke, phone, testRate, f); len(track.Cues) == 0 || len(track.Problems) != 0 {
			t.Errorf("%q: %v", text, track.Problems)
		}
	}
}

func TestAWordTooLongIsBrokenInside(t *testing.T) {
	f := testFonts(t)
	for _, style := range []string{Karaoke, Phrase} {
		track := Compose(Transcript{Language: "de", Words: said("Donaudampfschifffahrtsgesellschaftskapitän", 0, 120)}, style, phone, testRate, f)
		all := strings.Join(shownAs(track), " ")
		joined := strings.NewReplacer("- / ", "", "- ", "").Replace(all)
		if !strings.EqualFold(joined, "Donaudampfschifffahrtsgesellschaftskapitän") || !strings.Contains(all, "-") {
			t.Errorf("%s: %q", style, all)
		}
	}
	track := Compose(Transcript{Words: said(strings.Repeat("x", 290), 0, 10)}, Karaoke, phone, testRate, f)
	if len(track.Cues) != 1 || !strings.HasSuffix(track.Cues[0].Words[0].Text, "…") || track.Problems[0].Code != "word_too_long" {
		t.Errorf("%q %v", shownAs(track), track.Problems)
	}
}

func TestAClipTrimsCuesAndNothingElse(t *testing.T) {
	f := testFonts(t)
	words := said("Ask not what your country can do for you, ask what you can do for your country.", 30, 300)
	for _, style := range []string{Karaoke, Phrase} {
		track := Compose(Transcript{Language: "en", Words: words}, style, phone, testRate, f)
		whole := track.Events(timeline.Window{In: 0, Out: 400})
		second := track.Cues[1]
		cut := timeline.Window{In: second.Words[1].Start, Out: 400}
		for _, e := range track.Events(cut) {
			inside := e.Window.In >= second.Window.Out
			if inside != slices.Contains(whole, e) {
				t.Errorf("%s: %v changed", style, e)
			}
			if !inside && strings.Contains(e.Text, second.Words[0].Text) {
				t.Errorf("%s: a word that is not in the clip is shown: %q", style, e.Text)
			}
		}
		tail := timeline.Window{In: 0, Out: track.Cues[0].Window.Out + 3}
		for _, e := range track.Events(tail) {
			if e.Window.In >= track.Cues[0].Window.Out {
				t.Errorf("%s: a tenth of a second is shown: %v", style, e)
			}
		}
	}
}

func TestTheColourChangesAtTheOnset(t *testing.T) {
	f := testFonts(t)
	words := []Word{{Text: "we", Start: 30, End: 40}, {Text: "do", Start: 40, End: 42}, {Text: "it", Start: 42, End: 60}}
	track := Compose(Transcript{Words: words}, Karaoke, phone, testRate, f)
	var got []string
	for _, e := range track.Events(timeline.Window{In: 0, Out: 100}) {
		if e.Style == Karaoke {
			got = append(got, e.Window.String()+regexpTags.ReplaceAllString(e.Text, "*"))
		}
	}
	want := []string{"[30, 40)**WE *DO IT", "[40, 75)*WE *DO IT"} // "do" is too short to be lit alone
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAHookFitsItsPlate(t *testing.T) {
	f := onlyInter(t, testFonts(t))
	for _, c := range []struct {
		text     string
		lines    int
		problems int
		why      string
	}{
		{"", 0, 0, "nothing"},
		{"🔥", 0, 1, "only emoji"},
		{"Wow", 1, 0, "one word"},
		{"Ask not what your country can do", 2, 0, "two lines"},
		{"Every single one of these sold out within ten minutes", 3, 0, "ten words"},
		{"one two three four five six seven eight nine ten eleven twelve", 3, 1, "more than ten are cut"},
		{"Donaudampfschifffahrtsgesellschaft", 2, 0, "a long word is broken"},
		{strings.Repeat("x", 200), 3, 1, "a word without end is cut"},
	} {
		events, problems := SetHook(c.text, "en", phone, testRate, 30, f)
		letters := 0
		for _, e := range events {
			if e.Style == hookDesign {
				letters++
			}
			if e.Window != (timeline.Window{In: 30, Out: 105}) {
				t.Errorf("%s: shown %v", c.why, e.Window)
			}
		}
		if letters != c.lines || len(problems) != c.problems {
			t.Errorf("%s: %d lines, problems %v", c.why, letters, problems)
		}
	}
}

func canvasGenerator() *rapid.Generator[Canvas] {
	return rapid.SampledFrom([]Canvas{{1080, 1920}, {1080, 1350}, {1080, 1080}, {1920, 1080}, {270, 480}, {160, 120}, {640, 360}})
}

func wordsGenerator() *rapid.Generator[[]Word] {
	return rapid.Custom(func(t *rapid.T) []Word {
		var out []Word
		at := int64(0)
		text := rapid.OneOf(rapid.StringN(1, 20, -1), rapid.StringMatching(`[A-Za-zÀ-žΑ-ωА-я]{1,12}[.,!?{}\\]?`), rapid.StringMatching(`[WMÅ]{30,60}`),
			rapid.StringMatching(`(e[\x{300}-\x{36f}]{0,9}){1,8}`))
		for range rapid.IntRange(0, 25).Draw(t, "words") {
			at += rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 60)).Draw(t, "gap")
			n := rapid.Int64Range(1, 40).Draw(t, "frames")
			out = append(out, Word{Text: text.Draw(t, "text"), Start: at, End: at + n, LastOfCue: rapid.Bool().Draw(t, "last")})
			at += n
		}
		return out
	})
}

func TestNothingLeavesTheBoxAndNoCaptionsMeet(t *testing.T) {
	fonts := []*Fonts{testFonts(t)}
	if built, err := LoadFonts([]string{}); err == nil {
		fonts = append(fonts, built)
	}
	rapid.Check(t, func(t *rapid.T) {
		c, f := canvasGenerator().Draw(t, "canvas"), rapid.SampledFrom(fonts).Draw(t, "fonts")
		rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
		style := rapid.SampledFrom(Styles()).Draw(t, "style")
		track := Compose(Transcript{Language: rapid.SampledFrom([]string{"en", "de", "", "x"}).Draw(t, "language"), Words: wordsGenerator().Draw(t, "words")}, style, c, rate, f)
		half, end := rate.FramesOfMillis(500), int64(math.MinInt64/2)
		for _, cue := range track.Cues {
			if gap := cue.Window.In - end; gap < 0 || gap > 2 && gap < half || cue.Window.IsEmpty() || cue.Window.Frames() > rate.FramesOfMillis(7000) {
				t.Fatalf("%v follows %d", cue.Window, end)
			}
			end = cue.Window.Out
			quick := slices.ContainsFunc(cue.Words, func(w Word) bool { return w.End-w.Start < rate.FramesOfMillis(250) }) // alone it would flash by
			if len(cue.Lines) > 2 || style == Karaoke && (len(cue.Lines) > 1 || len(cue.Words) > 3 && !quick) {
				t.Fatalf("%v in %d frames", cue.texts(), cue.Window.Frames())
			}
		}
		clip := timeline.Window{In: rapid.Int64Range(0, 300).Draw(t, "in"), Out: rapid.Int64Range(300, 900).Draw(t, "out")}
		events := track.Events(clip)
		hook, _ := SetHook(rapid.String().Draw(t, "hook"), "", c, rate, clip.In, f)
		s := newStage(c)
		for _, e := range append(events, hook...) {
			room := s.safe
			if !room.covers(e.Box) || e.Window.IsEmpty() {
				t.Fatalf("%v leaves %v: %q", e.Box, room, e.Text)
			}
			if e.Layer < hookGround && !clip.Covers(e.Window) {
				t.Fatalf("%v leaves the clip %v", e.Window, clip)
			}
			if !utf8.ValidString(e.Text) || utf8.RuneCountInString(e.Text) > 900 {
				t.Fatalf("%q", e.Text)
			}
		}
		if !slices.Equal(events, track.Events(clip)) {
			t.Fatal("the same track gives other events")
		}
	})
}
