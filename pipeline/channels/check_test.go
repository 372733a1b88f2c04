package channels

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
)

func TestWhatACreatorWritesWronglyIsSaid(t *testing.T) {
	t.Parallel()
	if err := Check(channel("Europe/Berlin")); err != nil {
		t.Errorf("a channel with nothing but what it needs: %v", err)
	}
	hours := func(n, each int) []int { return slices.Repeat([]int{each}, n) }
	text := func(edit func(*pipeline.TextRules)) func(*pipeline.Channel) {
		return func(c *pipeline.Channel) { edit(&c.Text) }
	}
	for _, c := range []struct {
		why, code, at string
		edit          func(*pipeline.Channel)
	}{
		{"no name", "bad_name", "/name", func(c *pipeline.Channel) { c.Name = "" }},
		{"a name that no plan could write", "bad_name", "/name", func(c *pipeline.Channel) { c.Name = "Tik Tok" }},
		{"no platform", "unknown_platform", "/platform", func(c *pipeline.Channel) { c.Platform = "" }},
		{"an account in two lines", "bad_text", "/account", func(c *pipeline.Channel) { c.Account = "a\nb" }},
		{"no zone", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "" }},
		{"this machine's zone", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "Local" }},
		{"another way to say so", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "localtime" }},
		{"a slip", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "Europe/Berlyn" }},
		{"an offset", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "+01:00" }},
		{"a path", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "../Europe/Berlin" }},
		{"a path from the root", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "/etc/localtime" }},
		{"leap seconds", "unknown_zone", "/zone", func(c *pipeline.Channel) { c.Zone = "right/Europe/Berlin" }},
		{"too many slots", "too_many", "/slots", func(c *pipeline.Channel) { c.Slots = slices.Repeat([]pipeline.Slot{{At: "12:00"}}, 101) }},
		{"no time", "bad_slot", "/slots/1/at", func(c *pipeline.Channel) { c.Slots = []pipeline.Slot{{At: "12:00"}, {At: "24:00"}} }},
		{"an hour of one digit", "bad_slot", "/slots/0/at", func(c *pipeline.Channel) { c.Slots = []pipeline.Slot{{At: "8:00"}} }},
		{"no day", "bad_slot", "/slots/0/days/1", func(c *pipeline.Channel) {
			c.Slots = []pipeline.Slot{{At: "12:00", Days: []string{"mon", "Tuesday"}}}
		}},
		{"eight days", "bad_slot", "/slots/0/days", func(c *pipeline.Channel) {
			c.Slots = []pipeline.Slot{{At: "12:00", Days: slices.Repeat([]string{"mon"}, 8)}}
		}},
		{"a week of 167 hours", "bad_audience", "/audience", func(c *pipeline.Channel) { c.Audience = hours(167, 1) }},
		{"fewer than none", "bad_audience", "/audience/0", func(c *pipeline.Channel) { c.Audience = hours(168, -1) }},
		{"more than people", "bad_audience", "/audience/0", func(c *pipeline.Channel) { c.Audience = hours(168, 1<<60) }},
		{"nobody", "bad_audience", "/audience", func(c *pipeline.Channel) { c.Audience = hours(168, 0) }},
		{"a gap before", "bad_gap", "/gap_ms", func(c *pipeline.Channel) { c.GapMS = -1 }},
		{"a gap of a year", "bad_gap", "/gap_ms", func(c *pipeline.Channel) { c.GapMS = 365 * 86_400_000 }},
		{"a gap that overflows", "bad_gap", "/gap_ms", func(c *pipeline.Channel) { c.GapMS = 1 << 62 }},
		{"fewer than none a day", "bad_daily", "/daily", func(c *pipeline.Channel) { c.Daily = -1 }},
		{"a length before", "bad_length", "/min_ms", func(c *pipeline.Channel) { c.MinMS = -1 }},
		{"a length of days", "bad_length", "/max_ms", func(c *pipeline.Channel) { c.MaxMS = 1 << 40 }},
		{"shortest above longest", "bad_length", "/min_ms", func(c *pipeline.Channel) { c.MinMS, c.MaxMS = 2, 1 }},
		{"less than nothing", "bad_size", "/max_bytes", func(c *pipeline.Channel) { c.MaxBytes = -1 }},
		{"no kind", "unknown_kind", "/kinds/0", func(c *pipeline.Channel) { c.Kinds = []pipeline.ClipKind{"long"} }},
		{"no aspect", "unknown_aspect", "/aspects/1", func(c *pipeline.Channel) { c.Aspects = []string{"1:1", "3:2"} }},
		{"no language", "unknown_language", "/languages/0", func(c *pipeline.Channel) { c.Languages = []string{"english please"} }},
		{"no overlay", "unknown_overlay", "/overlay", func(c *pipeline.Channel) { c.Overlay = "none" }},
		{"a title in two lines", "bad_text", "/text/title", text(func(r *pipeline.TextRules) { r.Title = "a\nb" })},
		{"a bell", "bad_text", "/text/description", text(func(r *pipeline.TextRules) { r.Description = "a\ab" })},
		{"a turn of direction", "bad_text", "/text/description", text(func(r *pipeline.TextRules) { r.Description = "a\u202eb" })},
		{"a long text", "bad_text", "/text/description", text(func(r *pipeline.TextRules) { r.Description = strings.Repeat("a", 10_001) })},
		{"no field", "unknown_field", "/text/title", text(func(r *pipeline.TextRules) { r.Title = "{hok}" })},
		{"an open brace", "bad_template", "/text/description", text(func(r *pipeline.TextRules) { r.Description = "{hook" })},
		{"a closing brace", "bad_template", "/text/description", text(func(r *pipeline.TextRules) { r.Description = "hook}" })},
		{"too many hashtags", "too_many", "/text/hashtags", text(func(r *pipeline.TextRules) { r.Hashtags = slices.Repeat([]string{"a"}, 61) })},
		{"a hashtag with its sign", "bad_hashtag", "/text/hashtags/0", text(func(r *pipeline.TextRules) { r.Hashtags = []string{"#a"} })},
		{"a hashtag of two words", "bad_hashtag", "/text/hashtags/1", text(func(r *pipeline.TextRules) { r.Hashtags = []string{"a", "b c"} })},
		{"a hashtag of digits", "bad_hashtag", "/text/hashtags/0", text(func(r *pipeline.TextRules) { r.Hashtags = []string{"2026"} })},
		{"half a link", "bad_link", "/text/link", text(func(r *pipeline.TextRules) { r.Link = "shop.example" })},
		{"a script", "bad_link", "/text/link", text(func(r *pipeline.TextRules) { r.Link = "javascript:alert(1)" })},
		{"a link with a password", "bad_link", "/text/link", text(func(r *pipeline.TextRules) { r.Link = "https://a:b@shop.example" })},
		{"a campaign in two lines", "bad_text", "/text/campaign", text(func(r *pipeline.TextRules) { r.Campaign = "a\nb" })},
	} {
		ch := channel("Europe/Berlin")
		c.edit(&ch)
		var e *pipeline.Error
		if err := Check(ch); !errors.As(err, &e) || e.Kind != pipeline.Invalid || e.Code != c.code || e.Where != c.at || e.Detail == "" || e.Hint == "" {
			t.Errorf("%s: %+v, want %s at %s", c.why, e, c.code, c.at)
		}
	}
}
