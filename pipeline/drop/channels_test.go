package drop

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// channelsExample is the YAML block of the page.
func channelsExample(t testing.TB) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/channels.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), "```yaml\n")
	text, _, ok2 := strings.Cut(text, "```")
	if !ok || !ok2 {
		t.Fatal("no example in docs/channels.md")
	}
	return text
}

func TestTheChannelsOfThePageAreRead(t *testing.T) {
	got, err := ParseChannels("channels.yaml", []byte(channelsExample(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := []pipeline.Channel{
		{Name: "tiktok", Platform: pipeline.TikTok, Account: "@neonshop", Zone: "Europe/Berlin",
			Slots: []pipeline.Slot{{Days: []string{"mon", "fri"}, At: "18:30"}, {At: "12:00"}}, GapMS: 5_400_000, Daily: 3, Kinds: []pipeline.ClipKind{pipeline.Short},
			Text: pipeline.TextRules{Description: "{hook}\n\n{tags}", Hashtags: []string{"neon", "drop"}}},
		{Name: "youtube", Platform: pipeline.YouTube, Zone: "America/New_York", Music: true, MaxMS: 60_000, Languages: []string{"en"},
			Text: pipeline.TextRules{Title: "{hook}", Description: "{quote}\n\nGet it for {price}: {link}\n\n{tags}", Hashtags: []string{"neondrop"},
				Link: "https://shop.example/neon", Campaign: "autumn"}},
	}
	if written(t, got) != written(t, want) {
		t.Errorf("read\n%s\nwant\n%s", written(t, got), written(t, want))
	}
	if got, err := ParseChannels("channels.yaml", []byte("# none yet\n")); err != nil || got != nil {
		t.Errorf("an empty file is %+v, %v", got, err)
	}
	all := "- name: a\n  platform: other\n  zone: UTC\n  audience: [" + strings.Repeat("1, ", 167) + "2]\n  aspects: 9:16\n  min: 15s\n  max_size: 300MB\n  overlay: plain\n  siblings: true\n  paused: true\n"
	got, err = ParseChannels("channels.yaml", []byte(all))
	if err != nil || len(got) != 1 || len(got[0].Audience) != 168 || got[0].Audience[167] != 2 || got[0].MinMS != 15_000 || got[0].MaxBytes != 300_000_000 ||
		got[0].Overlay != pipeline.OverlayPlain || !got[0].Siblings || !got[0].Paused || len(got[0].Aspects) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsWrongInChannelsIsSaidWithLineColumnAndAHint(t *testing.T) {
	const head = "- name: a\n  platform: x\n  zone: UTC\n"
	for _, c := range []struct{ why, text, at, says, hint string }{
		{"an unknown name", head + "  slot: 12:00\n", "channels.yaml:4:3", `"slot"`, "did you mean slots?"},
		{"no name", "- platform: x\n  zone: UTC\n", "channels.yaml:1:", "no name of a channel", "small letters"},
		{"the same name again", head + head, "channels.yaml:4:9", "already", "its own"},
		{"no such zone", "- name: a\n  platform: x\n  zone: Europe/Berlyn\n", "channels.yaml:3:9", "no time zone", "IANA"},
		{"this machine's zone", "- name: a\n  platform: x\n  zone: Local\n", "channels.yaml:3:9", "no time zone", "IANA"},
		{"no such platform", "- name: a\n  zone: UTC\n  platform: vine\n", "channels.yaml:3:13", "no platform", "tiktok"},
		{"no such day", head + "  slots:\n    - {days: [mon, foo], at: \"18:30\"}\n", "channels.yaml:5:20", "no day", "mon, tue"},
		{"no such time", head + "  slots: [\"12:00\", \"25:00\"]\n", "channels.yaml:4:20", "no time of a day", "18:30"},
		{"a gap without its unit", head + "  gap: 90\n", "channels.yaml:4:8", "no such time", "90m"},
		{"more than so many a day", head + "  daily: 5000\n", "channels.yaml:4:10", "no number of posts", "1000"},
		{"words for a number", head + "  daily: three\n", "channels.yaml:4:10", "no number", "digits"},
		{"half a week", head + "  audience: [1, 2]\n", "channels.yaml:4:", "2 numbers", "168"},
		{"a week and an hour", head + "  audience: [" + strings.Repeat("1, ", 168) + "1]\n", "channels.yaml:4:", "more than 168", ""},
		{"shortest above longest", head + "  max: 10s\n  min: 20s\n", "channels.yaml:5:8", "longer than the longest", ""},
		{"no size", head + "  max_size: much\n", "channels.yaml:4:13", "no size", "300MB"},
		{"no field", head + "  text:\n    title: \"{hok}\"\n", "channels.yaml:5:12", "{hok}", "{hook}"},
		{"a hashtag with its sign", head + "  text:\n    hashtags: [a, \"#b\"]\n", "channels.yaml:5:19", "no hashtag", "without #"},
		{"no list", "name: a\nprise: b\n", "channels.yaml:2:1", `"prise"`, ""},
		{"an anchor", "- &a b\n", "channels.yaml:1:3", "anchors", ""},
		{"a list of words", "- tiktok\n", "channels.yaml:1:3", "names with values", "docs/channels.md"},
		{"no text", "\xff", "channels.yaml:1:1", "UTF-8", ""},
	} {
		got, err := ParseChannels("channels.yaml", []byte(c.text))
		var e *pipeline.Error
		if !errors.As(err, &e) || e.Kind != pipeline.Invalid || e.Code != "bad_channels" {
			t.Errorf("%s: %+v, %v", c.why, got, err)
			continue
		}
		if !strings.HasPrefix(e.Detail, c.at) || !strings.Contains(e.Detail, c.says) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: %s (%s)", c.why, e.Detail, e.Hint)
		}
	}
}

func TestHostileChannelsAreRefusedInTime(t *testing.T) {
	for name, text := range hostile() {
		began := time.Now()
		if got, err := ParseChannels("channels.yaml", []byte(text)); pipeline.KindOf(err) != pipeline.Invalid && len(got) > 0 {
			t.Errorf("%s: %d channels, %v", name, len(got), err)
		}
		if took := time.Since(began); took > 10*time.Second { // well under a second on a quiet machine
			t.Errorf("%s takes %s", name, took)
		}
	}
}

func FuzzChannels(f *testing.F) {
	f.Add([]byte(channelsExample(f)))
	f.Add([]byte("- name: a\n  platform: x\n  zone: UTC\n  slots: 12:00\n  audience: 1\n"))
	f.Add([]byte("- {name: a, platform: other, zone: UTC, max_size: 1GB, gap: 2d, text: {title: \"{hook}\"}}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ParseChannels("channels.yaml", b)
		if err != nil && (pipeline.KindOf(err) != pipeline.Invalid || !strings.HasPrefix(err.Error(), "channels.yaml:")) {
			t.Fatal(err)
		}
		if err == nil && len(got) > mostOfFile {
			t.Fatalf("%d channels", len(got))
		}
	})
}
