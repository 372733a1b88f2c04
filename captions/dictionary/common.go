package dictionary

import (
	"sync"

	"github.com/trustelem/zxcvbn/frequency"
)

// ordinary is words by how often they are said in English films and written
// in English, and names that people have: 1 is the most frequent. A word stands
// in one of the lists only, so all are read, also that of what people choose as
// passwords. Together they are about 94,000.
var ordinary = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for _, list := range frequency.FrequencyLists {
		for i, w := range list {
			w = letters(w)
			if n, ok := out[w]; w != "" && (!ok || i < n) {
				out[w] = i + 1
			}
		}
	}
	return out
})

// common reports whether a word, in folded letters, is one that people say for
// its own sake.
func common(word string) bool { return ordinary()[word] > 0 }

// frequent reports whether it is one of those that every text is made of.
func frequent(word string) bool {
	const most = 5000
	n := ordinary()[word]
	return n > 0 && n <= most
}
