package captions

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"dropcut/pipeline/timeline"
)

func TestOnlyTheFontsThatAScriptNamesAreInstalled(t *testing.T) {
	f := testFonts(t)
	phrase := trackScript(f, Phrase, "en", "Hello there my friends.")
	karaoke := trackScript(f, Karaoke, "en", "Hello there my friends.")
	for _, c := range []struct {
		scripts []string
		want    []string
		why     string
	}{
		{[]string{phrase}, []string{f.main[Phrase].digest}, "one style, one face"},
		{[]string{karaoke}, []string{f.main[Karaoke].digest}, "another style, another face"},
		{[]string{phrase, karaoke}, []string{f.main[Karaoke].digest, f.main[Phrase].digest}, "both"},
		{[]string{""}, nil, "nothing written"},
	} {
		slices.Sort(c.want)
		c.want = slices.Compact(c.want)
		if got := f.Digests(c.scripts...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
		dir := t.TempDir()
		for range 2 { // twice is as good as once
			if err := f.Install(dir, c.scripts...); err != nil {
				t.Fatal(err)
			}
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != len(c.want) {
			t.Fatalf("%s: %d files, %v; %d fonts in use", c.why, len(files), err, len(c.want))
		}
		for _, x := range files {
			b, err := os.ReadFile(filepath.Join(dir, x.Name()))
			if err != nil || !slices.Contains(c.want, sum(b)) {
				t.Errorf("%s: %s is not what its digest says", c.why, x.Name())
			}
		}
	}
	if err := f.Install(filepath.Join(t.TempDir(), "missing"), phrase); err == nil {
		t.Error("installed into no folder")
	}
}

// trackScript is the script of one caption.
func trackScript(f *Fonts, style, tag, text string) string {
	track := Compose(Transcript{Language: tag, Words: said(text, 0, 90)}, style, phone, testRate, f)
	return string(Script(phone, testRate, f, track.Events(timeline.Window{In: 0, Out: 200})))
}

func TestInterIsFoundByWhatItIs(t *testing.T) {
	f := interFonts(t)
	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"inter/deep/Inter-renamed.otf": f.main[Karaoke].data, // its name inside counts
		"Inter-Broken.otf":             f.main[Phrase].data[:1000],
		"Inter-Empty.ttf":              nil,
		"Inter-Go.ttf":                 gobold.TTF, // by its file name only
		"InterDisplay-Black.otf":       f.main[Karaoke].data,
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := LoadFonts([]string{filepath.Join(dir, "missing"), dir})
	if err != nil || got.BuiltIn() || got.Describe() != "Inter Black" {
		t.Errorf("%v %v", got.Describe(), err)
	}
}

func TestOfTheSystemsFontsOnlyKnownFamiliesAreTakenBesideOwnOnes(t *testing.T) {
	own, system := t.TempDir(), t.TempDir()
	for name, data := range map[string][]byte{filepath.Join(own, "Mine.ttf"): gobold.TTF, filepath.Join(system, "Any.ttf"): goregular.TTF} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		why           string
		named, system []string
		want          int
	}{
		{"own fonts, and the system's", []string{own}, []string{system}, 1},
		{"one file of one's own", []string{filepath.Join(own, "Mine.ttf")}, []string{system}, 1},
		{"both folders named", []string{own, system}, nil, 2},
		{"the system's alone", nil, []string{system}, 0},
	} {
		f, err := loadFonts(c.named, c.system)
		if err != nil || len(f.others) != c.want {
			t.Errorf("%s: %d faces, want %d, %v", c.why, len(f.others), c.want, err)
		}
	}
}

// A font file comes from the machine's own folders and is trusted as its
// programs are; what is ours, the table of names, is read with care all the same.
func FuzzFullName(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x01\x00\x12\x00\x03\x00\x01\x04\x09\x00\x04\x00\x04\x00\x00\x00G\x00o"))
	f.Add([]byte("\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if name := englishName(b, 4); len(name) > 4*len(b) {
			t.Fatalf("%q", name)
		}
	})
}

func TestAFontsNameIsRead(t *testing.T) {
	if got := englishName([]byte("\x00\x00\x00\x01\x00\x12\x00\x03\x00\x01\x04\x09\x00\x04\x00\x04\x00\x00\x00G\x00o"), 4); got != "Go" {
		t.Errorf("%q", got)
	}
}

func TestCleanTextIsSafeToSet(t *testing.T) {
	for _, c := range []struct {
		text, want string
		emoji      bool
		why        string
	}{
		{"  a \t\n b ", "a b", false, "white space is folded"},
		{"e\u0301", "é", false, "NFC"},
		{"a\u0316\u0317\u0318\u0319", "a\u0316\u0317", false, "marks are capped"},
		{"\u202eabc\u2066\u200f", "abc", false, "directions are taken out"},
		{"a\u2028b\u2029c", "a b c", false, "line separators"},
		{"a\x00\x1b\x7f\u0085b", "a b", false, "control characters"},
		{"\xff\xfea\ufffd", "a", false, "broken bytes"},
		{"\ue000\U000e0041a", "a", true, "private and tag characters"},
		{"sold 👩‍👩‍👧‍👦out 🇩🇪❤️1️⃣", "sold out 1", true, "emoji of every kind"},
		{"5 °C © → ™ €", "5 °C © → ™ €", false, "signs are text"},
		{"\u0301abc", "abc", false, "a mark on nothing"},
	} {
		if got, emoji := Clean(c.text); got != c.want || emoji != c.emoji {
			t.Errorf("%s: %q (%v), want %q", c.why, got, emoji, c.want)
		}
	}
	if got, _ := Clean(strings.Repeat("ab ", 10_000)); len(got) > textRunes {
		t.Errorf("%d runes", len(got))
	}
	if b := []byte(escape("a\u0007\nb")); bytes.ContainsAny(b, "\a\n") {
		t.Errorf("%q", b)
	}
}

func TestOnlyTheFacesOfTheTextCount(t *testing.T) {
	f := testFonts(t)
	if f.typeface(Phrase, "th").faceOf('ก') == nil {
		lacking(t, "no font has Thai (fonts-noto-core)")
	}
	latin, thai := f.Digests(trackScript(f, Phrase, "en", "Hello there")), f.Digests(trackScript(f, Phrase, "th", "สวัสดีครับ"))
	if len(latin) != 1 || len(thai) != 2 || !slices.Contains(thai, latin[0]) {
		t.Errorf("Latin %v, Thai %v", latin, thai)
	}
	if again := f.Digests(trackScript(f, Phrase, "en", "Hello there")); !slices.Equal(again, latin) {
		t.Errorf("%v, then %v: what was written before counts", latin, again)
	}
}
