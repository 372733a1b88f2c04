package channels

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dropcut/pipeline"
)

func drop() *pipeline.DropPlan {
	ends := time.Date(2026, 11, 26, 19, 0, 0, 0, time.UTC)
	return &pipeline.DropPlan{Name: "Neon hoodie", Price: "49 EUR", Link: "https://shop.example/neon?size=m&utm_source=old#top", OfferUntil: &ends,
		Post: map[string]pipeline.PostText{
			"tiktok": {Text: "The neon hoodie is live.", Replies: []pipeline.Reply{{To: "how much", Say: "49 euros."}}},
			"second": {Text: "On my second account."},
			"offers": {Text: "Half price until eight.", Offer: true},
		},
		FollowUp: &pipeline.FollowUp{After: 24 * time.Hour, Text: "Sold out."},
	}
}

func words() Words {
	return Words{Variant: "v_1", Hook: "You had to be there", Quote: "So here it is, the neon hoodie.", Label: "reveal", Moment: "m_1", Plan: drop()}
}

const tracked = "https://shop.example/neon?size=m&utm_source=youtube&utm_medium=clip&utm_campaign=Neon+hoodie&utm_content=v_1#top"

func TestWhatIsWrittenBesideAClip(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 59) + "word"
	for _, c := range []struct {
		why                      string
		channel                  pipeline.Channel
		edit                     func(*Words)
		title, description, link string
		breaks                   string
	}{
		{"the plan's text, by channel", pipeline.Channel{Name: "second", Platform: pipeline.TikTok}, nil,
			"You had to be there", "On my second account.", "", ""},
		{"else by platform; no link on TikTok", pipeline.Channel{Name: "mine", Platform: pipeline.TikTok, Text: pipeline.TextRules{Hashtags: []string{"neon", "Neon", "drop"}}}, nil,
			"You had to be there", "The neon hoodie is live.\n\n#neon #drop", "", ""},
		{"no link where the overlay is plain", pipeline.Channel{Name: "tiktok", Platform: pipeline.YouTube, Overlay: "plain"}, nil,
			"You had to be there", "The neon hoodie is live.", "", ""},
		{"the plan's text goes before the template", pipeline.Channel{Name: "tiktok", Platform: pipeline.YouTube, Text: pipeline.TextRules{Description: "{hook}"}}, nil,
			"You had to be there", "The neon hoodie is live.\n\n" + tracked, tracked, ""},
		{"a text of the offer, in time", pipeline.Channel{Name: "offers", Platform: pipeline.YouTube}, func(w *Words) { w.At = w.Plan.OfferUntil.Add(-time.Second) },
			"You had to be there", "Half price until eight.\n\n" + tracked, tracked, ""},
		{"a text of an offer that is over", pipeline.Channel{Name: "offers", Platform: pipeline.YouTube}, func(w *Words) { w.At = *w.Plan.OfferUntil },
			"You had to be there", "So here it is, the neon hoodie.\n\n" + tracked, tracked, ""},
		{"a template", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Title: "{drop}: {label}", Description: "{quote}\nNow {price}: {link}\n\n{tags}", Hashtags: []string{"a"}}}, func(w *Words) { w.Plan.Post = nil },
			"Neon hoodie: reveal", "So here it is, the neon hoodie.\nNow 49 EUR: " + tracked + "\n\n#a", tracked, ""},
		{"a line of nothing is left out", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Description: "{quote}\nPrice: {price}\nGet it: {link}\n\n{tags}\nBye"}}, func(w *Words) { w.Plan = nil },
			"You had to be there", "So here it is, the neon hoodie.\n\nBye", "", ""},
		{"the channel's own link and campaign", pipeline.Channel{Name: "f", Platform: pipeline.Facebook, Text: pipeline.TextRules{Link: "https://a.example", Campaign: "autumn & more"}}, nil,
			"You had to be there", "So here it is, the neon hoodie.\n\nhttps://a.example?utm_source=facebook&utm_medium=clip&utm_campaign=autumn+%26+more&utm_content=v_1", "https://a.example?utm_source=facebook&utm_medium=clip&utm_campaign=autumn+%26+more&utm_content=v_1", ""},
		{"a link that nobody can follow is not written", pipeline.Channel{Name: "i", Platform: pipeline.Instagram}, nil,
			"You had to be there", "So here it is, the neon hoodie.", strings.Replace(tracked, "youtube", "instagram", 1), ""},
		{"no words: the label", pipeline.Channel{Name: "o", Platform: pipeline.TikTok}, func(w *Words) { w.Plan, w.Quote, w.Hook = nil, "", "" },
			"reveal", "reveal", "", ""},
		{"nothing to say", pipeline.Channel{Name: "o", Platform: pipeline.YouTube}, func(w *Words) { *w = Words{Variant: "v_1"} },
			"", "", "", "title"},
		{"the clip's words are cut at a word, with an ellipsis", pipeline.Channel{Name: "x", Platform: pipeline.X, Text: pipeline.TextRules{Hashtags: []string{"neon"}}}, func(w *Words) { w.Quote = long },
			"You had to be there", strings.TrimSpace(strings.Repeat("word ", 49)) + "…\n\n" + strings.Replace(tracked, "youtube", "x", 1) + "\n\n#neon", strings.Replace(tracked, "youtube", "x", 1), ""},
		{"the creator's are not", pipeline.Channel{Name: "x", Platform: pipeline.X, Text: pipeline.TextRules{Link: "https://a.com"}}, func(w *Words) { w.Plan.Post["x"] = pipeline.PostText{Text: strings.Repeat("a", 300) + " www.shop.com"} },
			"You had to be there", strings.Repeat("a", 300) + " www.shop.com", "https://a.com?utm_source=x&utm_medium=clip&utm_campaign=Neon+hoodie&utm_content=v_1", "description"},
		{"a hook too long for a title: the next", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Description: "a"}}, func(w *Words) { w.Hook = strings.Repeat("a", 101) },
			"reveal", "a", tracked, ""},
		{"a creator's title is not cut", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Title: "{hook}", Description: "a"}}, func(w *Words) { w.Hook = strings.Repeat("a", 101) },
			strings.Repeat("a", 101), "a", tracked, "title"},
		{"YouTube takes no angles", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Title: "a > b", Description: "{quote}"}}, func(w *Words) { w.Plan, w.Quote = nil, "x <b> y" },
			"a > b", "x b y", "", "title"},
		{"a link in what was said is not ours to spread", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Description: "{quote}"}}, func(w *Words) { w.Quote = "go to evil.com/x now" },
			"You had to be there", "go to now", tracked, ""},
		{"a creator's link on TikTok is noted", pipeline.Channel{Name: "tiktok", Platform: pipeline.TikTok}, func(w *Words) { w.Plan.Post["tiktok"] = pipeline.PostText{Text: "see neonshop.com"} },
			"You had to be there", "see neonshop.com", "", "link?"},
		{"a field's value is text", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Title: "{label}", Description: "{label} {quote}"}}, func(w *Words) { w.Label, w.Quote = "{link}{tags}", "{price}" },
			"{link}{tags}", "{link}{tags} {price}", tracked, ""},
		{"no controls, and titles of one line", pipeline.Channel{Name: "y", Platform: pipeline.YouTube, Text: pipeline.TextRules{Title: "{hook}", Description: "{hook}"}}, func(w *Words) { w.Hook = "a\r\n\x1b[31mb\u202ec\u2028d\xff\ufeff" },
			"a [31mbc d", "a [31mbc d", tracked, ""},
	} {
		w := words()
		if c.edit != nil {
			c.edit(&w)
		}
		c.channel.Zone = "UTC"
		if err := Check(c.channel); err != nil {
			t.Errorf("%s: %v", c.why, err)
		}
		got, fits := Text(c.channel, w)
		if c.why == "a text of an offer that is over" {
			if got.FollowUp != "Sold out." {
				t.Errorf("%s: a follow-up that does not speak of it is %q", c.why, got.FollowUp)
			}
		}
		if got.Title != c.title || got.Description != c.description || got.Link != c.link || broken(fits) != c.breaks {
			t.Errorf("%s:\n title %q\n  want %q\n text %q\n want %q\n link %s\n want %s\n breaks %q, want %q: %+v", c.why, got.Title, c.title, got.Description, c.description, got.Link, c.link, broken(fits), c.breaks, fits)
		}
	}
}

func TestWhatIsBoundToAnOfferEndsWithIt(t *testing.T) {
	t.Parallel()
	w := words()
	w.Plan.FollowUp.Offer = true
	c := channel("UTC")
	for at, want := range map[time.Time]string{{}: "Sold out.", w.Plan.OfferUntil.Add(-25 * time.Hour): "Sold out.", w.Plan.OfferUntil.Add(-24 * time.Hour): ""} {
		w.At = at
		if got, _ := Text(c, w); got.FollowUp != want {
			t.Errorf("posted at %s it is followed by %q, want %q", at, got.FollowUp, want)
		}
	}
	got, _ := Text(c, w)
	if len(got.Replies) != 1 || got.Replies[0] != (pipeline.Reply{To: "how much", Say: "49 euros."}) {
		t.Errorf("replies are %+v", got.Replies)
	}
}

func TestHashtagsAreAsManyAsAreTaken(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 40 {
		many = append(many, "tag"+string(rune('a'+i%26))+string(rune('a'+i/26)))
	}
	c := pipeline.Channel{Name: "i", Platform: pipeline.Instagram, Text: pipeline.TextRules{Description: "{quote} #own\n\n{tags}", Hashtags: many}}
	w := words()
	got, fits := Text(c, w)
	if len(got.Hashtags) != 29 || written(got.Description) != 30 || broken(fits) != "hashtags?" {
		t.Errorf("%d hashtags, %d written, breaks %q", len(got.Hashtags), written(got.Description), broken(fits))
	}
	c.Platform, c.Text.Description = pipeline.X, ""
	w.Plan = nil
	got, fits = Text(c, w)
	if n := len(got.Hashtags); n < 10 || n == 40 || !strings.HasPrefix(got.Description, "So here it is") || weigh(got.Description) > 280 || weigh(got.Description+" #tagaa") <= 280 || broken(fits) != "hashtags?" {
		t.Errorf("%d hashtags in %d: %q breaks %q", n, weigh(got.Description), got.Description, broken(fits))
	}
	w.Plan = &pipeline.DropPlan{Post: map[string]pipeline.PostText{"instagram": {Text: strings.Repeat("#a ", 31)}}}
	c.Platform = pipeline.Instagram
	if _, fits = Text(c, w); broken(fits) != "hashtags hashtags?" && broken(fits) != "hashtags" {
		t.Errorf("31 hashtags of the creator's own break %q", broken(fits))
	}
}

// The cases of X are those of its own library's rules, worked by hand.
func TestLengthsAreCountedAsThePlatformCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit unit
		s    string
		want int64
	}{
		{weighted, "abc", 3}, {weighted, "äöü", 3}, {weighted, "a\u0308", 1}, {weighted, "日本", 4}, {weighted, "…", 2}, {weighted, "–“”", 3},
		{weighted, "😀", 2}, {weighted, "👨‍👩‍👧‍👦", 2}, {weighted, "👍🏽", 2}, {weighted, "🇩🇪", 2}, {weighted, "1️⃣", 2},
		{weighted, "see https://shop.example/a/very/long/path?with=more now", 4 + 23 + 4}, {weighted, "shop.com.", 24}, {weighted, "node.js", 7},
		{utf16units, "a😀", 3}, {characters, "a😀", 2}, {utf8bytes, "aä", 3},
	} {
		if got := c.unit.count(c.s); got != c.want {
			t.Errorf("%q has %d %s, want %d", c.s, got, c.unit, c.want)
		}
	}
}

func TestWordsAreCutWhereTheyEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"one two, three", 0, "one two, three"}, {"one two, three", 1, "one two…"}, {"one two, three", 2, "one…"}, {"one two, three", 3, "on…"}, {"one two, three", 5, ""},
		{"👨‍👩‍👧‍👦👍🏽", 1, "👨‍👩‍👧‍👦…"}, {"", 0, ""},
	} {
		if got := cutsOf(c.s).at(c.n); got != c.want {
			t.Errorf("%q cut %d times is %q, want %q", c.s, c.n, got, c.want)
		}
	}
}

// TestNoTextBreaksOut: whatever strangers write, a text is clean, its own words
// fit, and its link leads where the creator said.
func TestNoTextBreaksOut(t *testing.T) {
	t.Parallel()
	hostile := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"{link}", "{quote}", "\x00\x1b", "a\nb", "\u202e", "#x https://evil.com", "日本語の長い文", "👨‍👩‍👧‍👦", strings.Repeat("long ", 900), strings.Repeat("長", 3000), "<script>"}))
	rapid.Check(t, func(t *rapid.T) {
		c := channel("UTC")
		c.Platform = rapid.SampledFrom(pipeline.Platforms).Draw(t, "platform")
		c.Text.Link = rapid.SampledFrom([]string{"", "https://shop.example/a?b=c"}).Draw(t, "link")
		c.Text.Description = rapid.SampledFrom([]string{"", "{quote}", "{quote} {link}\n{tags}"}).Draw(t, "template")
		c.Text.Hashtags = []string{"one", "two"}
		w := Words{Variant: "v_1", Quote: hostile.Draw(t, "quote"), Hook: hostile.Draw(t, "hook"), Label: hostile.Draw(t, "label")}
		got, fits := Text(c, w)
		for _, s := range []string{got.Title, got.Description} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == '\u202e' }) {
				t.Fatalf("%q is no text", s)
			}
		}
		if strings.Contains(got.Title, "\n") {
			t.Fatalf("the title %q has two lines", got.Title)
		}
		if l, ok := limitOf(c.Platform, "description"); ok && w.Quote != "" && oneLine(w.Quote) != "" {
			if i := slices.IndexFunc(fits, func(f pipeline.Fit) bool { return f.Rule == "description" }); l.unit.count(got.Description) > l.most || !fits[i].OK && !strings.ContainsAny(w.Hook+w.Label, "<>") {
				if len(links(w.Quote)) == 0 { // with nothing left to quote, label and hook are the creator's
					t.Fatalf("%d of %d: %q", l.unit.count(got.Description), l.most, got.Description)
				}
			}
		}
		if plain, _ := isPlain(c); plain && got.Link != "" {
			t.Fatalf("there is a link: %s", got.Link)
		}
		if got.Link != "" {
			u, err := url.Parse(got.Link)
			if q := u.Query(); err != nil || u.Host != "shop.example" || q.Get("b") != "c" || q.Get("utm_content") != "v_1" || q.Get("utm_source") != string(c.Platform) || len(q) > 5 {
				t.Fatalf("%s, %v", got.Link, err)
			}
		}
	})
}

func TestALongTextCostsLittle(t *testing.T) {
	t.Parallel()
	w := words()
	w.Quote = strings.Repeat("a.com/ 👨‍👩‍👧‍👦 日本 word ", 50_000)
	w.Plan.Post["x"] = pipeline.PostText{Text: strings.Repeat("a.b ", 2500)}
	for _, p := range pipeline.Platforms {
		for _, quoted := range []string{"", "{quote}{quote}{quote}{link}{tags}"} {
			c := pipeline.Channel{Name: string(p), Platform: p, Zone: "UTC", Text: pipeline.TextRules{Title: quoted, Description: quoted + strings.Repeat(" {hook}", 1000)}}
			for i := range mostTags {
				c.Text.Hashtags = append(c.Text.Hashtags, "tag"+strings.Repeat("a", i))
			}
			began := time.Now()
			Text(c, w)
			if took := time.Since(began); took > 5*time.Second { // about a tenth on a quiet machine
				t.Errorf("%s takes %s", p, took)
			} else if os.Getenv("TIMES") != "" {
				t.Logf("%s %q: %s", p, quoted, took)
			}
		}
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("{hook} {link}\n{tags}", "{link}")
	f.Add("{", "}")
	f.Fuzz(func(t *testing.T, template, value string) {
		pieces, err := parseTemplate(template)
		if err != nil {
			if err.Kind != pipeline.Invalid {
				t.Fatal(err)
			}
			return
		}
		var again strings.Builder
		for _, p := range pieces {
			again.WriteString(p.text)
			if p.field != "" {
				again.WriteString("{" + p.field + "}")
			}
		}
		if again.String() != template {
			t.Fatalf("%q read and written is %q", template, again.String())
		}
		values := map[string]string{"hook": value}
		if got := fill(pieces, values); strings.Contains(template, "{hook}") && !strings.Contains(got, strings.TrimSpace(value)) && !strings.ContainsAny(value+template, "\n ") {
			t.Fatalf("%q of %q has lost its %q", got, template, value)
		}
	})
}
