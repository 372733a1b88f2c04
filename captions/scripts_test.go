package captions

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"dropcut/pipeline/timeline"
)

var update = flag.Bool("update", false, "write golden files anew")

// broken is how every style breaks a sentence into captions and lines.
func broken(t testing.TB, f *Fonts, x tongue) (text, why string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", x.lang, x.text)
	n := int64(14 * max(len(strings.Fields(x.text)), columns(x.text)/6))
	for _, style := range []string{Karaoke, Phrase, Subtitle} {
		track := Compose(Transcript{Language: x.lang, Words: said(x.text, 0, n)}, style, phone, testRate, f)
		if why := unwritten(t, x.lang+" "+style, track.Problems); why != "" {
			return "", why
		}
		fmt.Fprintf(&b, "  %s: %s\n", style, strings.Join(shownAs(track), " | "))
	}
	return b.String(), ""
}

// Breaks depend on widths, and those on the fonts: the golden files were made
// with Inter 3.19 and Noto Sans (Debian 12's fonts-inter, fonts-noto-core,
// fonts-noto-cjk).
func TestEveryScriptBreaksWhereItReadsWell(t *testing.T) {
	f := interFonts(t)
	for _, x := range tongues {
		t.Run(x.lang, func(t *testing.T) {
			got, why := broken(t, f, x)
			if why != "" {
				lacking(t, why)
			}
			name := filepath.Join("testdata", "breaks-"+x.lang+".txt")
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil || string(want) != got {
				t.Errorf("%v; got\n%swant\n%s", err, got, want)
			}
		})
	}
}

// never begin or end a line (JIS X 4051, UAX 14).
const (
	neverFirst = "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】％ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ!?,.:;)]}%…"
	neverLast  = "‘“（〔［｛〈《「『【([{"
)

func TestNoLineBeginsOrEndsAgainstTheRules(t *testing.T) {
	letters := []rune("今日は新しいジャケットをご紹介します大家好这是全新的外套っゃー々、。！？「」『』（）…中文")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(letters), 2, 40).Draw(t, "letters"))
		lang := rapid.SampledFrom([]string{"ja", "zh", "zh-Hant", "und"}).Draw(t, "language")
		for _, s := range []string{neverFirst, neverLast} { // of a whole text only its own ends may be so
			text = strings.Trim(text, s)
		}
		if text == "" {
			return
		}
		parts := phrases(text, lang)
		if strings.Join(parts, "") != text {
			t.Fatalf("%q became %q", text, parts)
		}
		for i, p := range parts {
			runes := []rune(p)
			if i > 0 && strings.ContainsRune(neverFirst, runes[0]) || i < len(parts)-1 && strings.ContainsRune(neverLast, runes[len(runes)-1]) {
				t.Fatalf("%q in %q", p, parts)
			}
		}
	})
}

func TestKinsokuIsNotByChance(t *testing.T) {
	if may := mayBreak([]rune("今日、日本")); may[2] || !may[3] {
		t.Errorf("%v: a comma may begin a line, or nothing may break", may)
	}
	if may := mayBreak([]rune("は「日」")); !may[1] || may[2] || may[3] {
		t.Errorf("%v: an opening bracket stays with what it opens", may)
	}
}

// letter is a generator of letters of many scripts.
func manyScripts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-zÀ-ž]{1,12}[.,!?]?`), rapid.StringMatching(`[Α-ω]{1,10}`), rapid.StringMatching(`[а-яё]{1,10}[.,]?`),
		rapid.StringMatching(`[ا-غف-ي]{1,9}[،؟]?`), rapid.StringMatching(`[א-ת]{1,9}[.,!]?`), rapid.StringMatching(`([क-ह][ािीुूेैोौ]?(्[क-ह])?){1,5}`),
		rapid.StringMatching(`([เแโไใ]?[ก-ฮ][ะ-ู]?[่-๋]?){1,12}`), rapid.StringMatching(`[一-龥]{1,14}[，。！]?`), rapid.StringMatching(`[ぁ-んァ-ヶ一-龥]{1,14}[、。]?`),
		rapid.StringMatching(`[가-힣]{1,8}`), rapid.StringMatching(`[0-9]{1,6}`), rapid.StringMatching(`[ა-ჰ]{1,8}`))
}

// only keeps what is said: letters, marks and numbers.
func spokenLetters(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u0307' { // a small İ keeps its dot
			return -1
		}
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) {
			if r = unicode.ToLower(r); r == 'ς' {
				return 'σ'
			}
			return r
		}
		return -1
	}, text)
}

func TestNothingSaidIsLostInAnyScript(t *testing.T) {
	f := testFonts(t)
	rapid.Check(t, func(t *rapid.T) {
		var words []Word
		at := int64(0)
		for range rapid.IntRange(1, 20).Draw(t, "words") {
			n := rapid.Int64Range(12, 60).Draw(t, "frames")
			text, _ := Clean(manyScripts().Draw(t, "text"))
			words = append(words, Word{Text: text, Start: at, End: at + n, Estimated: rapid.Bool().Draw(t, "estimated")})
			at += n
		}
		style := rapid.SampledFrom([]string{Karaoke, Phrase, Subtitle}).Draw(t, "style")
		lang := rapid.SampledFrom([]string{"en", "ar", "th", "ja", "zh", "hi", "und"}).Draw(t, "language")
		tr := Transcript{Language: lang, Words: words}
		track := Compose(tr, style, phone, testRate, f)
		if len(track.Problems) > 0 {
			return // something was left out, and said so
		}
		var want, got strings.Builder
		for _, w := range words {
			want.WriteString(w.Text)
		}
		for _, c := range track.Cues {
			for _, l := range c.texts() {
				got.WriteString(l)
			}
		}
		a, b := spokenLetters(want.String()), spokenLetters(got.String())
		if style == Karaoke { // capitals may be other letters, or more
			a, b = spokenLetters(strings.ToUpper(a)), spokenLetters(strings.ToUpper(b))
		}
		if a != b && style != Karaoke {
			t.Fatalf("%q became %q", a, b)
		}
		again := Compose(tr, style, phone, testRate, f)
		if !slices.Equal(shownAs(track), shownAs(again)) {
			t.Fatal("the same words break otherwise")
		}
		for _, c := range track.Cues {
			for i := 1; i < len(c.Words); i++ {
				if c.Words[i].Start < c.Words[i-1].Start {
					t.Fatalf("%v", c.Words)
				}
			}
		}
	})
}

func TestMixedLinesRunAsTheirCaptionDoes(t *testing.T) {
	for _, c := range []struct {
		lines []string
		lang  string
		want  string
		why   string
	}{
		{[]string{"Hello there"}, "en", "", "one direction needs no mark"},
		{[]string{"שלום לכולם"}, "he", rightMark, "Hebrew"},
		{[]string{"iPhone 15 חדש"}, "he", rightMark, "Hebrew that begins with a Latin name"},
		{[]string{"iPhone 15 Pro!"}, "he", "", "Latin alone in a Hebrew transcript"},
		{[]string{"he said שלום"}, "en", leftMark, "English with a Hebrew word"},
		{[]string{"مرحبا", "Nova 15"}, "", rightMark, "the second line runs as the first"},
	} {
		if got := directionMark(c.lines, c.lang); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
	b, err := SRT(Transcript{Language: "he", Words: said("iPhone 15 חדש!", 0, 60)}, timeline.Window{In: 0, Out: 100}, testRate)
	if err != nil || !strings.Contains(string(b), rightMark+"iPhone 15 חדש!"+rightMark) {
		t.Errorf("%q %v", b, err)
	}
	b, err = VTT(Transcript{Language: "ja", Words: said("今日は新しいジャケットをご紹介します。価格はたったの4990円です！", 0, 300)}, timeline.Window{In: 0, Out: 400}, testRate)
	if err != nil || strings.Contains(strings.ReplaceAll(string(b), " --> ", ""), " ") {
		t.Errorf("spaces in Japanese: %s %v", b, err)
	}
}

func TestAClusterIsNeverCut(t *testing.T) {
	f := testFonts(t)
	word := strings.Repeat("क्षत्रिय", 12)
	track := Compose(Transcript{Language: "hi", Words: said(word, 0, 300)}, Phrase, phone, testRate, f)
	if why := unwritten(t, word, track.Problems); why != "" {
		lacking(t, why)
	}
	pieces := 0
	for _, c := range track.Cues {
		for _, w := range c.Words {
			pieces++
			first, last := []rune(w.Text)[0], lastSign(strings.TrimSuffix(w.Text, "-"))
			if unicode.Is(unicode.M, first) || last == '\u094d' {
				t.Errorf("%q cuts a cluster", w.Text)
			}
		}
	}
	if pieces < 3 {
		t.Errorf("%d pieces of a word that is too long", pieces)
	}
}

func TestEmojiAreDrawnOrLeftOutButNeverBoxes(t *testing.T) {
	f := testFonts(t)
	words := said("Sold 👩‍👩‍👧 out 🔥 now 🇩🇪", 0, 90)
	none := Compose(Transcript{Language: "en", Words: words}, Phrase, phone, testRate, onlyInter(t, f))
	if text := strings.Join(shownAs(none), " "); strings.ContainsFunc(text, isEmoji) || len(none.Problems) != 1 || none.Problems[0].Code != "emoji_removed" || none.Problems[0].Hint == "" {
		t.Errorf("%q %v", text, none.Problems)
	}
	some := Compose(Transcript{Language: "en", Words: words}, Phrase, phone, testRate, f)
	if f.typeface(Phrase, "en").faceOf('🔥') == nil {
		lacking(t, "no font has emoji as outlines (fonts-symbola)")
	}
	if text := strings.ReplaceAll(strings.Join(shownAs(some), " "), "/ ", ""); text != "Sold 👩 out 🔥 now" {
		t.Errorf("%q", text)
	}
	events := some.Events(timeline.Window{In: 0, Out: 200})
	all := []still{{"emoji", events, (some.Cues[0].Window.In + some.Cues[0].Window.Out) / 2}}
	pair := film(t, phone, f, all)[0]
	keep(t, pair[0], "emoji")
	if fault := judge(pair, all[0], phone); fault != "" {
		t.Error(fault)
	}
}
