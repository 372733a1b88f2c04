package captions

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"dropcut/pipeline/timeline"
)

// regexpTags is an override block as a renderer sees one.
var regexpTags = regexp.MustCompile(`\{[^\\}]*(?:\\[^}]*)?\}`)

// ours is every override block that this package writes.
var ours = regexp.MustCompile(`^\{(?:\\pos\(\d+,\d+\)|\\fs[\d.]+|\\fn[A-Za-z0-9 -]+|\\blur[\d.]+|\\fscx92\\fscy92\\t\(0,80,\\fscx100\\fscy100\)|\\1c&H[0-9A-F]{6}&|\\fad\(\d+,\d+\)|\\p1)*\}$`)

// checkScript reads a script as a renderer does: line by line, blocks in
// braces. Nothing may be in it that we did not put there.
func checkScript(t testing.TB, b []byte, events int) {
	t.Helper()
	lines, drawn := strings.Split(string(b), "\n"), 0
	for _, l := range lines {
		if !strings.HasPrefix(l, "Dialogue: ") {
			continue
		}
		drawn++
		text := strings.SplitN(l, ",", 10)[9]
		text = strings.NewReplacer(`\{`, "", `\}`, "").Replace(text)
		for _, block := range regexp.MustCompile(`\{[^}]*\}?`).FindAllString(text, -1) {
			if !ours.MatchString(block) {
				t.Fatalf("a foreign override %q in %q", block, l)
			}
		}
		rest := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(text, "")
		for i, r := range rest {
			if r == '\\' && !strings.HasPrefix(rest[i+1:], "\u2060") {
				t.Fatalf("a foreign escape in %q", l)
			}
		}
	}
	if drawn != events {
		t.Fatalf("%d events became %d lines", events, drawn)
	}
	if head := bytes.Count(b, []byte("[Script Info]")); len(b) > 0 && (head != 1 || strings.HasPrefix(lines[0], "\ufeff")) {
		t.Fatalf("%d headers", head)
	}
}

func scriptOfText(f *Fonts, text string) ([]byte, int) {
	c := Canvas{540, 960}
	var events []Event
	for _, style := range Styles() {
		track := Compose(Transcript{Language: "en", Words: said(text, 0, 90)}, style, c, testRate, f)
		events = append(events, track.Events(timeline.Window{In: 0, Out: 200})...)
	}
	hook, _ := SetHook(text, "en", c, testRate, 0, f)
	events = append(events, hook...)
	return Script(c, testRate, f, events), len(events)
}

var hostileTexts = []string{
	`{\fs20000}big`, `{\fscx100000\fscy100000}x`, "a\nDialogue: 9,0:00:00.00,9:00:00.00,hook,,0,0,0,,owned", `\N\N\N\h`, `{`, `}`, `\{`, `\\{\b1}`, "a\u2028b\u2029c", "\u202e{\\c&H0&}",
	"e" + strings.Repeat("\u0301", 300), strings.Repeat("\u202d", 280) + "x", "}{\\p1}m 0 0 l 9999 9999", "x,,0,0,0,,y", "[Events]\r\nFormat: x", "\x00\x1b[0m", `{\fn/etc/passwd}a`, "👩‍👩‍👧‍👦 {👍🏽}",
}

func TestNoTextBecomesAnOverrideOrALine(t *testing.T) {
	f := testFonts(t)
	for _, text := range hostileTexts {
		b, n := scriptOfText(f, text)
		checkScript(t, b, n)
	}
}

func TestTheCheckSeesAnOverride(t *testing.T) {
	for _, text := range []string{`{\fs20000}big`, `\N`} {
		if ours.MatchString(text) || strings.HasPrefix(escape(text), text) {
			t.Errorf("%q passes", text)
		}
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
	fonts := testFonts(f)
	f.Fuzz(func(t *testing.T, text string) {
		b, n := scriptOfText(fonts, text)
		checkScript(t, b, n)
	})
}

func TestAScriptIsCanonical(t *testing.T) {
	f := testFonts(t)
	words := said("Ask not what your country can do for you.", 30, 300)
	track := Compose(Transcript{Language: "en", Words: words}, Phrase, phone, testRate, f)
	events := track.Events(timeline.Window{In: 0, Out: 400})
	hook, _ := SetHook("Ask not", "en", phone, testRate, 0, f)
	a := Script(phone, testRate, f, append(append([]Event{}, events...), hook...))
	b := Script(phone, testRate, f, append(append([]Event{}, hook...), events...))
	if !bytes.Equal(a, b) {
		t.Error("the order of events changes the script")
	}
	if s := string(Script(phone, testRate, f, hook)); strings.Contains(s, "phrase") || !strings.Contains(s, "Style: hook,") || !strings.Contains(s, "PlayResX: 1080\n") {
		t.Error("a script names styles that it does not use:\n" + s)
	}
	if Script(phone, testRate, f, nil) != nil {
		t.Error("no events give a script")
	}
}
