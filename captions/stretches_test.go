package captions

import (
	"strings"
	"testing"

	"dropcut/pipeline/timeline"
)

func TestStretchesHoldEveryWordOnceInItsTime(t *testing.T) {
	words := Share(strings.Fields("And here it is: the lamp that we spoke of all evening. Look at it!"), timeline.Window{In: 30, Out: 240})
	words = append(words, Share([]string{"Later,\x1b", "🎉", "much", "later."}, timeline.Window{In: 600, Out: 660})...)
	all := Stretches(Transcript{Language: "en", Words: words}, timeline.Rate30)
	var texts []string
	last := int64(0)
	for _, s := range all {
		if s.Window.In < last || s.Window.IsEmpty() || len(s.Text) > 2*subtitleLetters+1 || strings.ContainsAny(s.Text, "\n\x1b") {
			t.Errorf("%+v after %d", s, last)
		}
		last = s.Window.Out
		texts = append(texts, s.Text)
	}
	if got := strings.Join(texts, " "); got != "And here it is: the lamp that we spoke of all evening. Look at it! Later, much later." {
		t.Errorf("%q", got)
	}
	if n := len(all); n < 3 || all[0].Window.In != 30 || all[n-1].Window.In != 600 || all[n-2].Window.Out != 240 {
		t.Errorf("%+v", all)
	}
	japanese := Stretches(Transcript{Language: "ja", Words: Share([]string{"ここにランプがあります。", "見てください！"}, timeline.Window{In: 0, Out: 90})}, timeline.Rate30)
	texts = nil
	for _, s := range japanese {
		texts = append(texts, s.Text)
	}
	if got := strings.ReplaceAll(strings.Join(texts, ""), " ", ""); got != "ここにランプがあります。見てください！" || strings.Count(strings.Join(texts, ""), " ") > 1 {
		t.Errorf("%q", texts)
	}
	if got := Stretches(Transcript{}, timeline.Rate30); got != nil {
		t.Errorf("%+v of nothing", got)
	}
}
