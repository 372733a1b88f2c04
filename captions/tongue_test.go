package captions

import "testing"

func TestALanguageIsFoundUnderItsShorterName(t *testing.T) {
	for _, c := range []struct {
		asked string
		all   []string
		want  int
	}{
		{"en", []string{"de", "en"}, 1}, {"en", []string{"en-US", "en"}, 1}, {"en", []string{"de", "en-US"}, 1}, {"en-GB", []string{"en"}, 0},
		{"pt-BR", []string{"pt-PT"}, -1}, {"zh", []string{"zh-Hant"}, 0}, {"zh-Hans", []string{"zh-Hant"}, -1}, {"sr-Latn", []string{"sr-RS"}, 0},
		{"fr", []string{"en", "und"}, -1}, {"und", []string{"en", "und"}, 1}, {"not a tag", []string{"en"}, -1}, {"en", nil, -1},
	} {
		if got := FindLanguage(c.all, c.asked); got != c.want {
			t.Errorf("%s among %v: %d, want %d", c.asked, c.all, got, c.want)
		}
	}
}
