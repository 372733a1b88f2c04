package pipeline

import (
	"slices"
	"strings"
	"testing"
)

func TestAPostHasOneKeyHoweverItsAddressIsWritten(t *testing.T) {
	for key, all := range map[string][]Named{
		"tiktok/7412345678901234567": {
			{Platform: TikTok, ExternalID: "7412345678901234567"},
			{URL: "https://www.tiktok.com/@ada/video/7412345678901234567"},
			{URL: "http://m.tiktok.com/@ada/video/7412345678901234567?lang=de&utm_source=x#top"},
			{URL: "tiktok.com/@ada/video/7412345678901234567/"},
		},
		"youtube/dQw4w9WgXcQ": {
			{URL: "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3"}, {URL: "https://youtu.be/dQw4w9WgXcQ?si=1"},
			{URL: "https://youtube.com/shorts/dQw4w9WgXcQ"}, {Platform: YouTube, ExternalID: "dQw4w9WgXcQ"},
		},
		"x/1890000000000000001":  {{URL: "https://twitter.com/ada/status/1890000000000000001"}, {URL: "https://x.com/i/web/status/1890000000000000001"}},
		"instagram/DAbc_123":     {{URL: "https://www.instagram.com/reel/DAbc_123/?igsh=a"}, {URL: "https://www.instagram.com/ada/p/DAbc_123/"}},
		"facebook/123":           {{URL: "https://www.facebook.com/reel/123"}, {URL: "https://www.facebook.com/watch/?v=123"}},
		"peer.example/w/aB?at=1": {{URL: "https://peer.example/w/aB/?utm_campaign=x&at=1"}, {Platform: Other, ExternalID: "9", URL: "HTTPS://PEER.example/w/aB?at=1"}},
		"v_1":                    {{Variant: "v_1"}, {Variant: "v_1", Platform: Other}},
		"tiktok/v_1":             {{Variant: "v_1", Platform: TikTok}},
		"p_1":                    {{Post: "p_1", Variant: "v_1", URL: "https://x.com/a/status/1"}},
		"":                       {{}, {Platform: X}, {URL: "://"}, {ExternalID: "1"}, {Post: strings.Repeat("x", MostName+1)}},
	} {
		for _, n := range all {
			if got := n.Key(); got != key {
				t.Errorf("%+v is %q, want %q", n, got, key)
			}
		}
	}
}

func TestAPostIsFoundByEachOfItsNames(t *testing.T) {
	p := Post{ID: "p_1", Platform: Instagram, ExternalID: "178", URL: "https://www.instagram.com/reel/DAbc/", Variant: "v_1"}
	want := []string{"p_1", "instagram/178", "instagram/DAbc", "instagram/v_1", "v_1"}
	if got := p.Names(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (Post{ID: "p_2", Platform: Other}).Names(); !slices.Equal(got, []string{"p_2"}) {
		t.Errorf("of a post of which nothing is known: %q", got)
	}
}

func FuzzKey(f *testing.F) {
	f.Add("https://www.tiktok.com/@ada/video/7412345678901234567")
	f.Add("youtu.be/%2f?v=\x00")
	f.Fuzz(func(t *testing.T, address string) {
		key := Named{URL: address}.Key()
		if len(key) > MostName {
			t.Errorf("%q has a key of %d bytes", address, len(key))
		}
		if again := (Named{Post: key}).Key(); again != key {
			t.Errorf("%q, then %q", key, again)
		}
	})
}
