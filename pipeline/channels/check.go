package channels

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones on machines that have none
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"dropcut/pipeline"
)

// What one channel may have of each.
const (
	mostSlots    = 100
	mostTags     = 60
	mostActivity = 1_000_000_000_000
	mostGap      = 90 * 24 * time.Hour
	mostDaily    = 1000
	mostLength   = 12 * time.Hour

	shortText = 200
	longText  = 10_000
)

var (
	names    = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`) // as a drop plan writes them
	zones    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)
	times    = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
)

// Check says what a creator wrote wrongly, with a pointer to it: Invalid. The
// rest of this room is for channels that it found nothing in.
func Check(c pipeline.Channel) error {
	for _, check := range []func(pipeline.Channel) *pipeline.Error{checkWho, checkZone, checkTimes, checkLimits, checkFile, checkText} {
		if err := check(c); err != nil {
			return err
		}
	}
	return nil
}

func wrong(pointer, code, hint, format string, args ...any) *pipeline.Error {
	return pipeline.Fail(pipeline.Invalid, code, hint, format, args...).At(pointer)
}

func checkWho(c pipeline.Channel) *pipeline.Error {
	switch {
	case !names.MatchString(c.Name):
		return wrong("/name", "bad_name", "write it in small letters, as tiktok or youtube_shorts", "%q is no name of a channel", short(c.Name))
	case !slices.Contains(pipeline.Platforms, c.Platform):
		return wrong("/platform", "unknown_platform", "it is one of "+listed(pipeline.Platforms), "%q is no platform", short(string(c.Platform)))
	}
	return checkLine("/account", c.Account, shortText)
}

func checkZone(c pipeline.Channel) *pipeline.Error {
	if _, err := zoneOf(c.Zone); err != nil {
		return wrong("/zone", "unknown_zone", "write its IANA name, such as Europe/Berlin, America/New_York or UTC", "%q is no time zone", short(c.Zone))
	}
	return nil
}

// zoneOf is a zone by its IANA name. Names that mean another zone on another
// machine, and those that count leap seconds, are none.
func zoneOf(name string) (*time.Location, error) {
	first, _, _ := strings.Cut(name, "/")
	if len(name) > 64 || !zones.MatchString(name) || slices.Contains([]string{"local", "localtime", "posixrules", "factory", "posix", "right"}, strings.ToLower(first)) {
		return nil, fmt.Errorf("%q is no IANA name", short(name))
	}
	return time.LoadLocation(name)
}

func checkTimes(c pipeline.Channel) *pipeline.Error {
	if len(c.Slots) > mostSlots {
		return wrong("/slots", "too_many", "keep the ones you use", "there are more than %d slots", mostSlots)
	}
	for i, s := range c.Slots {
		if !times.MatchString(s.At) {
			return wrong(fmt.Sprintf("/slots/%d/at", i), "bad_slot", "write it as 18:30, from 00:00 to 23:59", "%q is no time of a day", short(s.At))
		}
		if len(s.Days) > 7 {
			return wrong(fmt.Sprintf("/slots/%d/days", i), "bad_slot", "name each day once", "a week has seven days")
		}
		for j, d := range s.Days {
			if !slices.Contains(weekdays, d) {
				return wrong(fmt.Sprintf("/slots/%d/days/%d", i, j), "bad_slot", "it is one of "+listed(weekdays), "%q is no day of the week", short(d))
			}
		}
	}
	return checkAudience(c.Audience)
}

func checkAudience(hours []int) *pipeline.Error {
	const hint = "give 168 numbers, one for each local hour of a week, Monday 00:00 first"
	if len(hours) != 0 && len(hours) != 168 {
		return wrong("/audience", "bad_audience", hint, "the audience has %d numbers", len(hours))
	}
	for i, n := range hours {
		if n < 0 || n > mostActivity {
			return wrong(fmt.Sprintf("/audience/%d", i), "bad_audience", hint, "%d is no number of people", n)
		}
	}
	if len(hours) > 0 && slices.Max(hours) == 0 {
		return wrong("/audience", "bad_audience", "leave it out where it is not known", "nobody is there in any hour")
	}
	return nil
}

func checkLimits(c pipeline.Channel) *pipeline.Error {
	switch {
	case c.GapMS < 0 || c.GapMS > mostGap.Milliseconds():
		return wrong("/gap_ms", "bad_gap", "at most 90 days, in milliseconds", "%d is no time between posts", c.GapMS)
	case c.Daily < 0 || c.Daily > mostDaily:
		return wrong("/daily", "bad_daily", fmt.Sprintf("at most %d; 0 for no limit", mostDaily), "%d is no number of posts a day", c.Daily)
	case c.MinMS < 0 || c.MinMS > mostLength.Milliseconds():
		return wrong("/min_ms", "bad_length", "in milliseconds; 0 for the platform's own", "%d is no length", c.MinMS)
	case c.MaxMS < 0 || c.MaxMS > mostLength.Milliseconds():
		return wrong("/max_ms", "bad_length", "in milliseconds; 0 for the platform's own", "%d is no length", c.MaxMS)
	case c.MaxMS > 0 && c.MinMS > c.MaxMS:
		return wrong("/min_ms", "bad_length", "exchange the two", "the shortest is longer than the longest")
	case c.MaxBytes < 0:
		return wrong("/max_bytes", "bad_size", "in bytes; 0 for the platform's own", "%d is no size", c.MaxBytes)
	}
	return nil
}

func checkFile(c pipeline.Channel) *pipeline.Error {
	for i, k := range c.Kinds {
		if k != pipeline.Core && k != pipeline.Short {
			return wrong(fmt.Sprintf("/kinds/%d", i), "unknown_kind", "it is core or short", "%q is no kind of clip", short(string(k)))
		}
	}
	for i, a := range c.Aspects {
		if !slices.Contains(pipeline.Aspects(), a) {
			return wrong(fmt.Sprintf("/aspects/%d", i), "unknown_aspect", "it is one of "+listed(pipeline.Aspects()), "%q is no aspect", short(a))
		}
	}
	for i, l := range c.Languages {
		if _, err := language.Parse(l); err != nil || len(l) > 35 {
			return wrong(fmt.Sprintf("/languages/%d", i), "unknown_language", "write a tag such as en, de or pt-BR", "%q is no language", short(l))
		}
	}
	if !slices.Contains([]pipeline.Overlay{"", pipeline.OverlayAny, pipeline.OverlayPlain}, c.Overlay) {
		return wrong("/overlay", "unknown_overlay", "it is any or plain; leave it out for the platform's own", "%q is no rule for overlays", short(string(c.Overlay)))
	}
	return nil
}

func checkText(c pipeline.Channel) *pipeline.Error {
	r := c.Text
	if err := checkLine("/text/title", r.Title, longText); err != nil {
		return err
	}
	if err := checkLines("/text/description", r.Description, longText); err != nil {
		return err
	}
	for at, t := range map[string]string{"/text/title": r.Title, "/text/description": r.Description} {
		if _, err := parseTemplate(t); err != nil {
			return err.At(at)
		}
	}
	if len(r.Hashtags) > mostTags {
		return wrong("/text/hashtags", "too_many", "keep the best", "there are more than %d hashtags", mostTags)
	}
	for i, h := range r.Hashtags {
		if !isTag(h) {
			return wrong(fmt.Sprintf("/text/hashtags/%d", i), "bad_hashtag", "letters, digits and _, without #; not digits alone", "%q is no hashtag", short(h))
		}
	}
	if r.Link != "" && !isLink(r.Link) {
		return wrong("/text/link", "bad_link", "write it whole: https://shop.example/thing", "%q is no link", short(r.Link))
	}
	return checkLine("/text/campaign", r.Campaign, shortText)
}

// checkLine wants text of one line, checkLines text of any.
func checkLine(pointer, s string, most int) *pipeline.Error {
	if strings.ContainsAny(s, "\n\r\u2028\u2029") {
		return wrong(pointer, "bad_text", "write it in one line", "one line is wanted here")
	}
	return checkLines(pointer, s, most)
}

func checkLines(pointer, s string, most int) *pipeline.Error {
	switch {
	case utf8.RuneCountInString(s) > most:
		return wrong(pointer, "bad_text", "shorten it", "it has more than %d characters", most)
	case !isText(s):
		return wrong(pointer, "bad_text", "remove the character", "there is a character in it that is no text")
	}
	return nil
}

// isTag reports whether a platform makes a link of # before s.
func isTag(s string) bool {
	letters := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' {
			return false
		}
		letters = letters || unicode.IsLetter(r)
	}
	return letters && utf8.ValidString(s) && utf8.RuneCountInString(s) <= 100
}

// isLink reports whether s is a whole link that a browser opens.
func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && len(s) <= 2048 &&
		!strings.ContainsAny(s, " <>\"\n\r\t") && isText(s)
}

func listed[T ~string](all []T) string {
	var out []string
	for _, a := range all {
		out = append(out, string(a))
	}
	return strings.Join(out, ", ")
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
