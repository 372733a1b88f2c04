package drop

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// examples are the YAML blocks of the page.
func examples(t testing.TB) (plan, defaults string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/drop-plan.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(page), "```yaml\n")
	if len(parts) != 3 {
		t.Fatalf("%d examples in docs/drop-plan.md", len(parts)-1)
	}
	plan, _, _ = strings.Cut(parts[1], "```")
	defaults, _, _ = strings.Cut(parts[2], "```")
	return plan, defaults
}

func TestTheExampleOfThePageIsRead(t *testing.T) {
	text, _ := examples(t)
	p, err := ParsePlan("drop.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) *time.Time { x, _ := time.Parse(time.RFC3339, s); return &x }
	want := &pipeline.DropPlan{File: "drop.yaml", Name: "Neon hoodie", Planned: at("2026-11-25T20:10:00+01:00"), Line: 2, Zone: "Europe/Berlin",
		Words: []pipeline.Term{{Write: "Neon Hoodie"}, {Write: "Kopi Luwak", Heard: []string{"coffee lou wack", "copy luwak"}}},
		Price: "49 EUR", Stock: "50 pieces", Link: "https://shop.example/neon", OfferUntil: at("2026-11-26T20:00:00+01:00"),
		Hooks: []pipeline.PlannedHook{{Text: "50 pieces. 90 seconds."}, {Text: "Half price until tomorrow", Offer: true}},
		Post: map[string]pipeline.PostText{
			"tiktok": {Text: "The neon hoodie is live, 50 pieces only. Link in bio.",
				Replies: []pipeline.Reply{{Say: "Sizes go from S to XXL."}, {To: "how much", Say: "49 euros, shipping included."}}},
			"instagram": {Text: "Half price until tomorrow, eight in the evening.", Offer: true},
			"youtube":   {Text: "The neon hoodie drop, as it happened."},
		},
		FollowUp: &pipeline.FollowUp{After: 24 * time.Hour, Text: "Sold out in 90 seconds. The next one is on Friday."},
	}
	if got, want := written(t, p), written(t, want); got != want {
		t.Errorf("read\n%s\nwant\n%s", got, want)
	}
	if p.Withdrawn() != "2026-11-26T20:00:00+01:00" {
		t.Errorf("the offer ends at %s", p.Withdrawn())
	}
	var again pipeline.DropPlan
	if err := json.Unmarshal([]byte(written(t, p)), &again); err != nil || written(t, &again) != written(t, p) {
		t.Errorf("kept and read again it is %s (%v)", written(t, &again), err)
	}
}

func written(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheDefaultsOfThePageAreRead(t *testing.T) {
	_, text := examples(t)
	d, err := ParseDefaults(".dropcut.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := Defaults{Aspects: []string{"9:16", "1:1"}, Layouts: []string{"fill"}, Styles: []string{"karaoke"}, Languages: []string{"en"},
		Hooks: []string{"You had to be there"}, Pointing: []string{"hype"}, Dictionary: []pipeline.Term{{Write: "Kopi Luwak"}},
		Fonts: []string{"fonts"}, Zone: "Europe/Berlin", Shorts: new(2)}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("read %+v, want %+v", d, want)
	}
	if d, err := ParseDefaults(".dropcut.yaml", []byte("# nothing yet\n")); err != nil || !reflect.DeepEqual(d, Defaults{}) {
		t.Errorf("an empty file is %+v, %v", d, err)
	}
}

func TestWhatIsWrongIsSaidWithLineColumnAndAHint(t *testing.T) {
	for _, c := range []struct{ why, text, at, says, hint string }{
		{"an unknown name", "name: a\nprise: 49\n", "drop.yaml:2:1", `"prise"`, "did you mean price?"},
		{"a name like no other", "name: a\ncolour: red\n", "drop.yaml:2:1", `"colour"`, "follow_up, hooks, link, name"},
		{"an unknown name inside", "post:\n  tiktok:\n    txt: hi\n", "drop.yaml:3:5", `"txt"`, "did you mean text?"},
		{"a name twice", "name: a\nname: b\n", "drop.yaml:2:1", "already", "indentation"},
		{"no YAML", "name: a: b\n", "drop.yaml:1:7", "not allowed", "quote"},
		{"a quote left open", "name: \"a\n", "drop.yaml:1:7", "double-quoted", "quote"},
		{"a list of names", "- a\n- b\n", "drop.yaml:1:1", "names with values", ""},
		{"local time without a zone", "planned: 2026-11-25 20:10\n", "drop.yaml:1:10", "which zone", "zone: Europe/Berlin"},
		{"no such zone", "zone: Europe/Berlyn\n", "drop.yaml:1:7", "no time zone", "IANA"},
		{"no time", "planned: tomorrow\n", "drop.yaml:1:10", "no time", "2026-11-25T20:10"},
		{"an hour that the clocks skip", "planned: 2026-03-29 02:30\nzone: Europe/Berlin\n", "drop.yaml:1:10", "does not exist", "change of the clocks"},
		{"an hour that they have twice", "planned: 2026-10-25 02:30\nzone: Europe/Berlin\n", "drop.yaml:1:10", "exists twice", "offset"},
		{"a year that is a slip", "planned: 0226-11-25T20:10:00Z\n", "drop.yaml:1:10", "226", ""},
		{"no value", "name:\nprice: 3\n", "drop.yaml:1:", "missing", ""},
		{"a link that is none", "link: shop.example\n", "drop.yaml:1:7", "no link", "https://"},
		{"a link to a script", "link: \"javascript:alert(1)\"\n", "drop.yaml:1:7", "no link", "https://"},
		{"a term without its writing", "words:\n  - heard: [a]\n", "drop.yaml:2:", "written is missing", "write:"},
		{"a hook in two lines", "hooks:\n  - |\n    a\n    b\n", "drop.yaml:2:", "one line", ""},
		{"an offer that is perhaps", "hooks:\n  - text: a\n    offer: maybe\n", "drop.yaml:3:12", "true or false", ""},
		{"too many hooks", "hooks: [a, b, c, d, e, f, g, h, i, j, k]\n", "drop.yaml:1:", "more than 10", ""},
		{"a channel nobody has", "post:\n  Tik Tok: hi\n", "drop.yaml:2:3", "channel", "tiktok"},
		{"a follow-up without a text", "follow_up:\n  after: 24h\n", "drop.yaml:2:", "text is missing", ""},
		{"a follow-up in a hundred days", "follow_up:\n  after: 100d\n  text: a\n", "drop.yaml:2:10", "no such time", ""},
		{"two documents", "name: a\n---\nname: b\n", "drop.yaml:3:", "one document", ""},
		{"an anchor", "name: &a b\n", "drop.yaml:1:7", "anchors", ""},
		{"an alias", "name: *a\n", "drop.yaml:1:7", "anchors", ""},
		{"a tag", "name: !!binary aGk=\n", "drop.yaml:1:7", "anchors", ""},
		{"a bell", "name: \"a\\x07b\"\n", "drop.yaml:1:7", "no text", ""},
		{"no text", "name: \xff\xfe\n", "drop.yaml:1:1", "UTF-8", ""},
		{"nothing", "# soon\n", "drop.yaml:1:1", "says nothing", ""},
	} {
		p, err := ParsePlan("drop.yaml", []byte(c.text))
		var e *pipeline.Error
		if !errors.As(err, &e) || e.Kind != pipeline.Invalid || e.Code != "bad_plan" {
			t.Errorf("%s: %+v, %v", c.why, p, err)
			continue
		}
		if !strings.HasPrefix(e.Detail, c.at) || !strings.Contains(e.Detail, c.says) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: %s (%s)", c.why, e.Detail, e.Hint)
		}
	}
}

func TestDefaultsAreAsStrict(t *testing.T) {
	for _, c := range []struct{ why, text, at, hint string }{
		{"an unknown name", "aspects: [9:16]\nstyle: karaoke\n", ".dropcut.yaml:2:1", "did you mean styles?"},
		{"too many shorts", "shorts: 4\n", ".dropcut.yaml:1:9", "0 to 3"},
		{"an aspect nobody has", "aspects: [9:16, 3:2]\n", ".dropcut.yaml:1:17", "4:5"},
		{"a style nobody has", "styles: neon\n", ".dropcut.yaml:1:9", "karaoke"},
		{"no language", "languages: [english please]\n", ".dropcut.yaml:1:13", "pt-BR"},
		{"fonts elsewhere", "fonts: /etc\n", ".dropcut.yaml:1:8", "beside this file"},
		{"fonts above", "fonts: ../../x\n", ".dropcut.yaml:1:8", "beside this file"},
	} {
		_, err := ParseDefaults(".dropcut.yaml", []byte(c.text))
		var e *pipeline.Error
		if !errors.As(err, &e) || e.Kind != pipeline.Invalid || e.Code != "bad_defaults" || !strings.HasPrefix(e.Detail, c.at) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// hostile are files that would take a reader without bounds minutes, or all memory.
func hostile() map[string]string {
	n := mostBytes - 8
	wide := strings.Builder{}
	for wide.Len() < n {
		wide.WriteString("k" + strings.Repeat("x", wide.Len()%7) + ": v\n")
	}
	steps := strings.Builder{}
	for i := 0; steps.Len()+i < n; i++ {
		steps.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	laughs := "a: &a [x, x]\n"
	for c := 'b'; c < 'z'; c++ {
		laughs += string(c) + ": &" + string(c) + " [*" + string(c-1) + ", *" + string(c-1) + "]\n"
	}
	out := map[string]string{"laughs": laughs, "wide": wide.String(), "steps": steps.String(), "too large": strings.Repeat("#", mostBytes+1)}
	for name, unit := range map[string]string{"brackets": "[", "braces": "{a: ", "dashes": "- ", "anchors": "&a ", "tags": "!a ", "colons": "a: ",
		"questions": "? ", "quotes": "a: '", "comments": "#\n", "lines": "\n", "words": "a b\n  ", "flow": "[a, ", "literal": "|\n ", "percent": "%a\n"} {
		out[name] = strings.Repeat(unit, n/len(unit))
	}
	return out
}

func TestAHostileFileIsRefusedInTime(t *testing.T) {
	for name, text := range hostile() {
		began := time.Now()
		_, err := ParsePlan("drop.yaml", []byte(text))
		if pipeline.KindOf(err) != pipeline.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 10*time.Second { // well under a second on a quiet machine
			t.Errorf("%s takes %s", name, took)
		}
	}
}

func FuzzPlan(f *testing.F) {
	plan, defaults := examples(f)
	f.Add([]byte(plan))
	f.Add([]byte(defaults))
	f.Add([]byte("a: [b, {c: d}]\n? e\n: f\n"))
	f.Add([]byte("name: |\n  a\n  b\nhooks:\n- - x\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func() error{
			func() error { _, err := ParsePlan("drop.yaml", b); return err },
			func() error { _, err := ParseDefaults("drop.yaml", b); return err },
		} {
			if err := read(); err != nil && (pipeline.KindOf(err) != pipeline.Invalid || !strings.HasPrefix(err.Error(), "drop.yaml:")) {
				t.Fatal(err)
			}
		}
	})
}
