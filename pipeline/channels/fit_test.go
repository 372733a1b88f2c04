package channels

import (
	"flag"
	"os"
	"strings"
	"testing"

	"dropcut/pipeline"
)

var update = flag.Bool("update", false, "write the table of docs/channels.md anew")

func TestThePageHasTheLimitsOfTheCode(t *testing.T) {
	const file = "../../docs/channels.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), "-update -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /limits -->")
	if !ok || !ok2 {
		t.Fatal("the page has no place for the limits")
	}
	want := before + "-update -->\n" + LimitsTable() + "<!-- /limits -->" + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(page) {
		t.Error("docs/channels.md is not what the code says; run go test ./pipeline/channels -run Page -update")
	}
}

func TestEveryLimitHasASource(t *testing.T) {
	for p, all := range limits {
		for _, l := range all {
			if l.source == "" || l.read == "" || l.must && l.source == hearsay || l.least == 0 && l.most == 0 && l.among == nil {
				t.Errorf("%s: %+v", p, l)
			}
		}
	}
	for _, p := range pipeline.Platforms {
		if _, ok := limits[p]; !ok {
			t.Errorf("nothing is known of %s", p)
		}
	}
}

// core is a file as dropcut makes it.
func core() File {
	return File{Kind: pipeline.Core, Aspect: "9:16", Language: "en", FrameRate: "30000/1001", MS: 75_000, Bytes: 60_000_000,
		Hook: pipeline.Hook{Text: "You had to be there", Kind: "statement"}}
}

func TestWhatAPlatformTakes(t *testing.T) {
	t.Parallel()
	type edit = func(*pipeline.Channel, *File)
	for _, c := range []struct {
		why      string
		platform pipeline.Platform
		edit     edit
		breaks   string // a rule, with ? where it is advice
	}{
		{"a core", pipeline.TikTok, nil, ""},
		{"a core", pipeline.Instagram, nil, ""},
		{"a core", pipeline.YouTube, nil, ""},
		{"a core", pipeline.Facebook, nil, ""},
		{"a core at 1920 high", pipeline.X, nil, "pixels?"},
		{"a core", pipeline.LinkedIn, nil, ""},
		{"a core", pipeline.Other, nil, ""},
		{"with music", pipeline.YouTube, func(c *pipeline.Channel, f *File) { c.Music = true }, "music"},
		{"60 s with music", pipeline.YouTube, func(c *pipeline.Channel, f *File) { c.Music, f.MS = true, 60_000 }, ""},
		{"a ms more", pipeline.YouTube, func(c *pipeline.Channel, f *File) { c.Music, f.MS = true, 60_001 }, "music"},
		{"music of a silent file", pipeline.YouTube, func(c *pipeline.Channel, f *File) { c.Music, f.Silent = true, true }, ""},
		{"music elsewhere", pipeline.TikTok, func(c *pipeline.Channel, f *File) { c.Music = true }, ""},
		{"four minutes", pipeline.YouTube, func(c *pipeline.Channel, f *File) { f.MS = 240_000 }, "length?"},
		{"wide", pipeline.YouTube, func(c *pipeline.Channel, f *File) { f.Aspect = "16:9" }, "aspect?"},
		{"90 s", pipeline.Facebook, func(c *pipeline.Channel, f *File) { f.MS = 90_000 }, ""},
		{"a ms more", pipeline.Facebook, func(c *pipeline.Channel, f *File) { f.MS = 90_001 }, "length"},
		{"film", pipeline.Facebook, func(c *pipeline.Channel, f *File) { f.FrameRate = "24000/1001" }, ""},
		{"square", pipeline.Facebook, func(c *pipeline.Channel, f *File) { f.Aspect = "1:1" }, "aspect"},
		{"300 MB", pipeline.Instagram, func(c *pipeline.Channel, f *File) { f.Bytes = 300_000_000 }, ""},
		{"a byte more", pipeline.Instagram, func(c *pipeline.Channel, f *File) { f.Bytes++; f.Bytes = 300_000_001 }, "size"},
		{"2 s", pipeline.Instagram, func(c *pipeline.Channel, f *File) { f.MS = 2000 }, "length"},
		{"141 s", pipeline.X, func(c *pipeline.Channel, f *File) { f.MS, f.Width, f.Height = 141_000, 720, 1280 }, "length"},
		{"141 s of an account that may", pipeline.X, func(c *pipeline.Channel, f *File) { f.MS, f.Width, f.Height, c.MaxMS = 141_000, 720, 1280, 600_000 }, ""},
		{"513 MB", pipeline.X, func(c *pipeline.Channel, f *File) { f.Bytes, f.Width, f.Height = 513_000_000, 720, 1280 }, "size"},
		{"a strip", pipeline.X, func(c *pipeline.Channel, f *File) { f.Width, f.Height = 200, 720 }, "aspect"},
		{"120 frames", pipeline.TikTok, func(c *pipeline.Channel, f *File) { f.FrameRate = "120" }, "frame_rate"},
		{"15 frames", pipeline.TikTok, func(c *pipeline.Channel, f *File) { f.FrameRate = "15" }, "frame_rate"},
		{"a portrait that TikTok puts bars at", pipeline.TikTok, func(c *pipeline.Channel, f *File) { f.Aspect = "4:5" }, "aspect?"},
		{"600 MB", pipeline.LinkedIn, func(c *pipeline.Channel, f *File) { f.Bytes = 600_000_000 }, "size"},
		{"longer than the channel wants", pipeline.TikTok, func(c *pipeline.Channel, f *File) { c.MaxMS = 60_000 }, "length"},
		{"the channel cannot widen what is hard", pipeline.Facebook, func(c *pipeline.Channel, f *File) { c.MaxMS, f.MS = 600_000, 95_000 }, "length"},
		{"longer than the channel wants, where the platform only advises", pipeline.YouTube, func(c *pipeline.Channel, f *File) { c.MaxMS = 60_000 }, "length"},
		{"a channel's own limits where nothing is known", pipeline.Other, func(c *pipeline.Channel, f *File) { c.MaxBytes = 1000 }, "size"},
		{"another kind", pipeline.TikTok, func(c *pipeline.Channel, f *File) { c.Kinds = []pipeline.ClipKind{pipeline.Short} }, "kind"},
		{"another aspect", pipeline.Other, func(c *pipeline.Channel, f *File) { c.Aspects = []string{"1:1"} }, "aspect"},
		{"another language", pipeline.Other, func(c *pipeline.Channel, f *File) { c.Languages = []string{"de"} }, "language"},
		{"a language's region", pipeline.Other, func(c *pipeline.Channel, f *File) { c.Languages, f.Language = []string{"en"}, "en-GB" }, ""},
		{"a region's language", pipeline.Other, func(c *pipeline.Channel, f *File) { c.Languages = []string{"en-GB"} }, "language"},
		{"no language known", pipeline.Other, func(c *pipeline.Channel, f *File) { c.Languages, f.Language = []string{"de"}, "und" }, "language?"},
		{"not made yet: no size is known", pipeline.Instagram, func(c *pipeline.Channel, f *File) { f.Bytes, f.FrameRate = 0, "" }, ""},
	} {
		ch, f := pipeline.Channel{Name: "a", Platform: c.platform, Zone: "UTC"}, core()
		if c.edit != nil {
			c.edit(&ch, &f)
		}
		if got := broken(Fit(ch, f)); got != c.breaks {
			t.Errorf("%s on %s breaks %q, want %q", c.why, c.platform, got, c.breaks)
		}
		if got, want := Takes(Fit(ch, f)), c.breaks == "" || strings.HasSuffix(c.breaks, "?"); got != want {
			t.Errorf("%s on %s is handed out: %t", c.why, c.platform, got)
		}
	}
}

// broken are the rules that are broken, with ? where that is advice.
func broken(fits []pipeline.Fit) string {
	var out []string
	for _, f := range fits {
		if f.OK {
			continue
		}
		if f.Detail == "" {
			out = append(out, "SILENT")
		}
		if f.Must {
			out = append(out, f.Rule)
		} else {
			out = append(out, f.Rule+"?")
		}
	}
	return strings.Join(out, " ")
}

func TestPicturesOnTikTokPromoteNothing(t *testing.T) {
	t.Parallel()
	plan := &pipeline.DropPlan{Link: "https://neon.shop.example/hoodie", Price: "forty-nine"}
	for _, c := range []struct {
		hook   pipeline.Hook
		breaks bool
	}{
		{pipeline.Hook{Text: "You had to be there"}, false},
		{pipeline.Hook{Text: "50 pieces. 90 seconds."}, false},
		{pipeline.Hook{Text: "100% real... and then this"}, false},
		{pipeline.Hook{Text: "The end.And then node.js"}, false},
		{pipeline.Hook{}, false},
		{pipeline.Hook{Text: "Half of it tomorrow", Offer: true}, true},
		{pipeline.Hook{Text: "Half of it tomorrow", Kind: "offer"}, true},
		{pipeline.Hook{Text: "20 % off today"}, true},
		{pipeline.Hook{Text: "Get it at neonshop.com now"}, true},
		{pipeline.Hook{Text: "GET IT AT NEONSHOP.COM"}, true},
		{pipeline.Hook{Text: "neon\u200bshop.c\u200bom"}, true},
		{pipeline.Hook{Text: "see https://a.b"}, true},
		{pipeline.Hook{Text: "see x.test/y"}, true},
		{pipeline.Hook{Text: "all on NEON.shop.example"}, true},
		{pipeline.Hook{Text: "for 49 EUR"}, true},
		{pipeline.Hook{Text: "only $5"}, true},
		{pipeline.Hook{Text: "only 5 €"}, true},
		{pipeline.Hook{Text: "it is forty-nine"}, true},
		{pipeline.Hook{Text: "by @NeonShop"}, true},
	} {
		for _, on := range []struct {
			platform pipeline.Platform
			overlay  pipeline.Overlay
			breaks   string
		}{{pipeline.TikTok, "", "overlay"}, {pipeline.TikTok, "any", "overlay?"}, {pipeline.Facebook, "plain", "overlay"}, {pipeline.Facebook, "", ""}, {pipeline.Facebook, "any", ""}} {
			f := core()
			f.Hook, f.Plan = c.hook, plan
			want := map[bool]string{true: on.breaks}[c.breaks]
			if got := broken(Fit(pipeline.Channel{Platform: on.platform, Overlay: on.overlay, Account: "neonshop"}, f)); got != want {
				t.Errorf("%+v on %s %s breaks %q, want %q", c.hook, on.platform, on.overlay, got, want)
			}
		}
	}
	f := core()
	f.Captions = "go to neonshop.com everyone"
	if got := broken(Fit(pipeline.Channel{Platform: pipeline.TikTok}, f)); got != "overlay?" {
		t.Errorf("a link that was said breaks %q", got)
	}
}
