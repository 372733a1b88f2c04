package transcript

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

var testRate = timeline.Rate30

// checkWords holds for every list of words: in order, apart, inside.
func checkWords(t interface {
	Fatalf(string, ...any)
	Helper()
}, all []captions.Word, length int64) {
	t.Helper()
	end := int64(0)
	for i, w := range all {
		if w.Start < end || w.End <= w.Start || w.End > length || w.Confidence <= 0 || w.Confidence > 1 || !captions.IsSpoken(w.Text) {
			t.Fatalf("word %d: %+v after %d, before %d", i, w, end, length)
		}
		end = w.End
	}
}

func timed(text string, from, to time.Duration) Timed { return Timed{Start: from, End: to, Text: text} }

func texts(all []captions.Word) string {
	var out []string
	for _, w := range all {
		out = append(out, w.Text)
	}
	return strings.Join(out, "|")
}

func TestOnlyWhatIsSpokenBecomesWords(t *testing.T) {
	for _, c := range []struct{ text, want, why string }{
		{"Hello there", "Hello|there", "plain"},
		{">> Hello\n- there", "Hello|there", "turns of speech"},
		{"- Yes.\n– No!", "Yes.|No!", "dashes of two kinds"},
		{"well-known -5 degrees", "well-known|-5|degrees", "hyphens that belong to words"},
		{"[applause] Thank you [laughs]", "Thank|you", "sounds"},
		{"(deep rumbling)", "", "a sound alone"},
		{"(computer playing\nelectronic melody)", "", "a sound over two lines"},
		{"It is (really) big (APPLAUSE)", "It|is|(really)|big", "brackets that are spoken, and not"},
		{"♪ la la ♪", "la|la", "notes of music"},
		{"♪♪", "", "notes alone"},
		{"MAN:\nHow did we end up here?", "How|did|we|end|up|here?", "a name alone on its line"},
		{"JOHN SMITH: Hi", "Hi", "a name in capitals"},
		{"Remember: be kind", "Remember:|be|kind", "not a name"},
		{"At 10:30 sharp", "At|10:30|sharp", "a colon in a time"},
		{"Quoi ? Non !", "Quoi ?|Non !", "signs that stand alone"},
		{"¿ Qué ?", "¿ Qué ?", "signs on both sides"},
		{"one - two", "one -|two", "a dash between"},
	} {
		all := Words([]Timed{timed(c.text, 1e9, 5e9)}, testRate, 900)
		checkWords(t, all, 900)
		if got := texts(all); got != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.why, c.text, got, c.want)
		}
	}
}

func TestANameThatOpensManyCuesIsNotSpoken(t *testing.T) {
	var all []Timed
	for i := range 3 {
		all = append(all, timed("Travis: hello again", time.Duration(i)*2e9, time.Duration(i)*2e9+1e9))
	}
	if got := texts(Words(all, testRate, 900)); got != "hello|again|hello|again|hello|again" {
		t.Error(got)
	}
}

func TestTimeIsSharedByLetters(t *testing.T) {
	all := Words([]Timed{timed("a extraordinarily long", 1e9, 4e9)}, testRate, 900)
	if all[0].Start != 30 || all[2].End != 120 || !all[2].LastOfCue || all[1].LastOfCue {
		t.Errorf("%+v", all)
	}
	if a, b, c := all[0].Window().Frames(), all[1].Window().Frames(), all[2].Window().Frames(); !(a < c && c < b) {
		t.Errorf("%d, %d, %d frames", a, b, c)
	}
	if all := Words([]Timed{timed("five words in two frames", 0, 67e6)}, testRate, 900); len(all) != 2 || texts(all) != "five words|in two frames" {
		t.Errorf("%+v", all)
	}
	if all := Words([]Timed{timed("behind the end", 40e9, 50e9)}, testRate, 900); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

func TestRollingCaptionsAreSaidOnce(t *testing.T) {
	all := Words([]Timed{
		timed("hello and welcome", 0, 2e9),
		timed("hello and welcome\nto the show", 2e9, 4e9),
		timed("to the show", 4e9, 4010e6),
		timed("to the show\neverybody", 4010e6, 6e9),
	}, testRate, 900)
	if got := texts(all); got != "hello|and|welcome|to|the|show|everybody" {
		t.Error(got)
	}
	if got := texts(Words([]Timed{timed("No!", 0, 1e9), timed("No!", 1e9, 2e9)}, testRate, 900)); got != "No!|No!" {
		t.Errorf("said twice: %q", got)
	}
}

func TestTwoSpeakersAtOnceLoseNoWord(t *testing.T) {
	all := Words([]Timed{timed("- are you there", 1e9, 3e9), timed("- yes I am", 1e9, 3e9)}, testRate, 900)
	if got := texts(all); got != "are|you|there|yes|I|am" {
		t.Error(got)
	}
}

func drawTimed(t *rapid.T) []Timed {
	var all []Timed
	at := time.Duration(0)
	for range rapid.IntRange(0, 12).Draw(t, "cues") {
		at += time.Duration(rapid.Int64Range(0, 3e9).Draw(t, "gap"))
		length := time.Duration(rapid.Int64Range(1e6, 6e9).Draw(t, "length"))
		all = append(all, timed(rapid.OneOf(rapid.String(), rapid.StringMatching(`([A-Za-zéßΑ-ωА-я0-9'’-]{1,14}[.,!?]? ){1,14}`)).Draw(t, "text"), at, at+length))
		at += time.Duration(rapid.Int64Range(0, int64(length)).Draw(t, "overlap"))
	}
	return all
}

func TestWordsAreInOrderWhateverTheCues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
		length := rapid.Int64Range(1, 3000).Draw(t, "length")
		checkWords(t, Words(drawTimed(t), rate, length), length)
	})
}
