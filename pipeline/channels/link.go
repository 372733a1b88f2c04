package channels

import (
	"net/url"
	"slices"
	"strings"

	"dropcut/pipeline"
)

// follow is the link of a post, with what tells later where an order came from:
// utm_content is the variant. A link's own such parameters are replaced.
func follow(c pipeline.Channel, w Words) string {
	base := c.Text.Link
	if base == "" && w.Plan != nil {
		base = w.Plan.Link
	}
	if plain, _ := isPlain(c); plain || !isLink(base) {
		return ""
	}
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	ours := [][2]string{{"utm_source", string(c.Platform)}, {"utm_medium", "clip"}, {"utm_campaign", campaign(c, w)}, {"utm_content", w.Variant}}
	var query []string
	for _, q := range strings.Split(u.RawQuery, "&") {
		key, _, _ := strings.Cut(q, "=")
		if q != "" && !slices.ContainsFunc(ours, func(o [2]string) bool { return strings.EqualFold(o[0], key) }) {
			query = append(query, q)
		}
	}
	for _, o := range ours {
		if o[1] != "" {
			query = append(query, o[0]+"="+url.QueryEscape(o[1]))
		}
	}
	u.RawQuery = strings.Join(query, "&")
	return u.String()
}

// campaign is the channel's own, else the drop's name, else the moment's.
func campaign(c pipeline.Channel, w Words) string {
	all := []string{c.Text.Campaign}
	if w.Plan != nil {
		all = append(all, w.Plan.Name)
	}
	for _, s := range append(all, w.Label, w.Moment) {
		if s = oneLine(s); s != "" {
			return string([]rune(s)[:min(len([]rune(s)), 100)])
		}
	}
	return ""
}
