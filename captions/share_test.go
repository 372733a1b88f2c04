package captions

import (
	"strings"
	"testing"

	"dropcut/pipeline/timeline"
)

// Of a cue whose words have no times of their own, a corrected letter must not
// move every word: all that was encoded with them would be made again.
func TestALetterPutRightMovesNoOtherWordOfItsCue(t *testing.T) {
	const cue = "Okay chat, here it is at last: the moon lamb, all fifty of them, and then there are no more"
	before := Share(strings.Fields(cue), timeline.Window{In: 0, Out: 330})
	for _, c := range []struct{ from, to string }{{"lamb,", "lamp,"}, {"moon", "tuna"}, {"moon", "Moon's"}, {"fifty", "fifti"}, {"chat,", "chats,"}, {"here", "heere"}} {
		after := Share(strings.Fields(strings.Replace(cue, c.from, c.to, 1)), timeline.Window{In: 0, Out: 330})
		for i, w := range after {
			if w.Window() != before[i].Window() {
				t.Errorf("%q for %q moves %q from %v to %v", c.to, c.from, w.Text, before[i].Window(), w.Window())
				break
			}
		}
	}
	if long := Share(strings.Fields(strings.Replace(cue, "moon", "extraordinary", 1)), timeline.Window{In: 0, Out: 330}); long[0].End >= before[0].End {
		t.Error("a word that is much longer takes no time from the others: the test shows nothing")
	}
}

func TestASyllableIsALetterWhereScriptsWriteSo(t *testing.T) {
	for _, texts := range [][]string{{"我", "喜欢你"}, {"나", "사랑해"}} {
		w := Share(texts, timeline.Window{In: 0, Out: 60})
		if w[0].End != 20 {
			t.Errorf("%q: %v", texts, w)
		}
	}
}
