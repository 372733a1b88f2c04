package pipeline

import (
	"net/url"
	"slices"
	"strings"
)

// Named is how a source names a post. Of what is set the first counts: our ID,
// the platform's with its platform, a URL, the variant that was posted (with
// the platform, where its link says which: utm_content and utm_source).
type Named struct {
	Post       string   `json:"post,omitempty"`
	Platform   Platform `json:"platform,omitempty"`
	ExternalID string   `json:"external_id,omitempty"`
	URL        string   `json:"url,omitempty"`
	Variant    string   `json:"variant,omitempty"`
}

// MostName is the longest key in bytes: what is longer names nothing.
const MostName = 1000

// Key is the name as one text, the same for the same post whatever way its
// address is written: what ShareEvent and Snapshot hold as their post until it
// is known. "" when nothing is named.
func (n Named) Key() string {
	key := ""
	switch {
	case n.Post != "":
		key = n.Post
	case n.ExternalID != "" && n.Platform != "" && n.Platform != Other:
		key = string(n.Platform) + "/" + n.ExternalID
	case n.URL != "":
		key = addressKey(n.URL)
	case n.Variant != "" && n.Platform != "" && n.Platform != Other:
		key = string(n.Platform) + "/" + n.Variant
	case n.Variant != "":
		key = n.Variant
	}
	if len(key) > MostName {
		return ""
	}
	return key
}

// Names is every key that p may be named by, its ID first.
func (p Post) Names() []string {
	out := []string{p.ID}
	for _, n := range []Named{
		{Platform: p.Platform, ExternalID: p.ExternalID}, {URL: p.URL},
		{Platform: p.Platform, Variant: p.Variant}, {Variant: p.Variant},
	} {
		if key := n.Key(); key != "" {
			out = append(out, key)
		}
	}
	return out
}

// place is where a platform's addresses hold the ID of a post: behind one of
// these parts of a path.
type place struct {
	platform Platform
	behind   []string
}

// places are platforms by host, without www and m.
var places = map[string]place{
	"tiktok.com":    {TikTok, []string{"video", "photo"}},
	"youtube.com":   {YouTube, []string{"shorts", "live", "embed", "v"}},
	"instagram.com": {Instagram, []string{"reel", "reels", "p", "tv"}},
	"facebook.com":  {Facebook, []string{"reel", "videos", "posts"}},
	"x.com":         {X, []string{"status", "statuses"}},
	"twitter.com":   {X, []string{"status", "statuses"}},
}

// addressKey is a post's address as a key: platform and ID where the address
// holds them, else the address without what does not matter.
func addressKey(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	for _, front := range []string{"www.", "m.", "mobile."} {
		host = strings.TrimPrefix(host, front)
	}
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if id := byQuery(host, parts, u.Query()); id != "" {
		return id
	}
	if p, ok := places[host]; ok {
		for i := 0; i+1 < len(parts); i++ {
			if slices.Contains(p.behind, parts[i]) {
				return string(p.platform) + "/" + parts[i+1]
			}
		}
	}
	return plainAddress(host, parts, u.Query())
}

// byQuery is the key of an address that has the ID elsewhere than behind a part
// of its path.
func byQuery(host string, parts []string, query url.Values) string {
	switch {
	case host == "youtu.be" && len(parts) == 1:
		return string(YouTube) + "/" + parts[0]
	case host == "youtube.com" && query.Get("v") != "":
		return string(YouTube) + "/" + query.Get("v")
	case host == "facebook.com" && query.Get("v") != "":
		return string(Facebook) + "/" + query.Get("v")
	}
	return ""
}

// plainAddress is an address without scheme, fragment and what links carry to
// be counted by.
func plainAddress(host string, parts []string, query url.Values) string {
	for name := range query {
		if strings.HasPrefix(name, "utm_") || name == "igsh" || name == "fbclid" || name == "si" {
			query.Del(name)
		}
	}
	key := host + "/" + strings.Join(parts, "/")
	if more := query.Encode(); more != "" {
		key += "?" + more
	}
	return key
}
