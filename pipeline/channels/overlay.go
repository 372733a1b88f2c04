package channels

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"

	"dropcut/pipeline"
)

// isPlain reports whether pictures of the channel may show no link, no price,
// no brand and no offer. Must is false where TikTok wants it and the channel's
// creator does not.
func isPlain(c pipeline.Channel) (plain, must bool) {
	switch c.Overlay {
	case pipeline.OverlayPlain:
		return true, true
	case pipeline.OverlayAny:
		return c.Platform == pipeline.TikTok, false
	}
	return c.Platform == pipeline.TikTok, true
}

// overlay is what a file's pictures show. What was said in it stands there as
// its creator said it: of that only links count, as advice.
func overlay(c pipeline.Channel, f File) pipeline.Fit {
	plain, must := isPlain(c)
	out := pipeline.Fit{Rule: "overlay", OK: true, Must: must && plain}
	if !plain {
		return out
	}
	out.Detail = "no link, brand, price or offer"
	if what := promotes(c, f); what != "" {
		out.OK, out.Detail = false, "the hook shows "+what
	} else if len(links(f.Captions)) > 0 {
		out.OK, out.Must, out.Detail = false, false, "the captions show a link"
	}
	return out
}

var (
	prices  = regexp.MustCompile(`(?i)[$€£¥₹]\s?\d|\d\s?([$€£¥₹]|(eur|usd|gbp|chf|euros?|dollars?|pounds?|bucks)\b)`)
	reduced = regexp.MustCompile(`(?i)\d\s?%\s?(off|discount|rabatt|less|cheaper)\b|\b(half price|promo code|coupon|discount)\b`)
)

// promotes is what of the shop a hook shows, or "".
func promotes(c pipeline.Channel, f File) string {
	text := strings.ToLower(clean(f.Hook.Text))
	has := func(s string) bool {
		s = strings.ToLower(strings.TrimSpace(s))
		return s != "" && strings.Contains(text, s)
	}
	switch {
	case f.Hook.Text == "":
	case f.Hook.Offer || f.Hook.Kind == "offer" || reduced.MatchString(text):
		return "an offer"
	case len(links(text)) > 0 || f.Plan != nil && has(host(f.Plan.Link)) || has(host(c.Text.Link)):
		return "a link"
	case prices.MatchString(text) || f.Plan != nil && has(f.Plan.Price):
		return "a price"
	case has("@"+strings.TrimPrefix(strings.TrimSpace(c.Account), "@")) && strings.Trim(c.Account, "@ ") != "":
		return "a brand"
	}
	return ""
}

func host(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

var likeLinks = regexp.MustCompile(`(?i)https?://[^\s<>"]+|(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?[.。])+\p{L}[\p{L}\p{N}-]+(?::\d+)?(?:[/?#][^\s<>"]*)?`)

// links are the places of links in a text: whole ones, and names of hosts that
// could be.
func links(s string) (out [][]int) {
	for _, at := range likeLinks.FindAllStringIndex(s, -1) {
		found := strings.TrimRight(s[at[0]:at[1]], ".,;:!?)]}'’”…")
		at[1] = at[0] + len(found)
		if isHost(found) {
			out = append(out, at)
		}
	}
	return out
}

// isHost reports whether what looks like a link is one: "end.And" is not.
func isHost(s string) bool {
	low := strings.ToLower(s)
	if strings.Contains(low, "://") || strings.HasPrefix(low, "www.") || strings.ContainsAny(low, "/?#") {
		return true
	}
	name, _, _ := strings.Cut(strings.ReplaceAll(low, "。", "."), ":")
	suffix, known := publicsuffix.PublicSuffix(name)
	return (known || suffix == "example") && suffix != name
}
