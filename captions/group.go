package captions

import (
	"math"

	"dropcut/pipeline/timeline"
)

// shape is what a style wants of one caption.
type shape struct {
	most      int     // words
	best      [2]int  // words: from, to
	lines     int     // at most
	lineWords int     // at most on a line
	limit     float64 // width of a line at full size
	tight     float64 // width beyond which a line must not go, at full size: limit ÷ smallest step
	space     float64
	width     []float64 // of each word
	grammar   grammar
	least     int64   // frames on screen
	longest   int64   // frames on screen
	pause     int64   // a pause longer than this ends a caption
	pace      float64 // units of width a frame that can be read
}

const forbidden = 1e12

// group cuts words into captions, each into lines: the cheapest way over all
// words at once, not the first that fits. Words are indexes into the shape's
// widths; every word lands in exactly one caption, in order.
func (s *shape) group(words []Word) [][][]int {
	n := len(words)
	cost := make([]float64, n+1)
	from := make([]int, n+1)
	for j := 1; j <= n; j++ {
		cost[j] = math.Inf(1)
		for i := j - 1; i >= 0 && j-i <= s.most; i-- {
			if c := cost[i] + s.caption(words, i, j); c < cost[j] {
				cost[j], from[j] = c, i
			}
			if i > 0 && s.parts(words, i-1) {
				break
			}
		}
	}
	var out [][][]int
	for j := n; j > 0; j = from[j] {
		_, lines := s.set(words, from[j], j)
		out = append(out, lines)
	}
	for i, k := 0, len(out)-1; i < k; i, k = i+1, k-1 {
		out[i], out[k] = out[k], out[i]
	}
	return out
}

// parts reports whether a caption must end after word i: a long pause, or the
// end of a cue that is more than a word or two.
func (s *shape) parts(words []Word, i int) bool {
	if words[i+1].Start-words[i].End > s.pause {
		return true
	}
	if !words[i].LastOfCue {
		return false
	}
	k := i
	for k > 0 && i-k < 2 && !words[k-1].LastOfCue {
		k--
	}
	return i-k >= 2 || endsSentence(words[i].Text)
}

// caption is the cost of showing words [i, j) together.
func (s *shape) caption(words []Word, i, j int) float64 {
	cost, _ := s.set(words, i, j)
	if n := j - i; n < s.best[0] {
		cost += 14 * float64(s.best[0]-n)
	} else if n > s.best[1] {
		cost += 10 * float64(n-s.best[1])
	}
	for k := i; k < j-1; k++ { // what is said after a stop belongs to the next caption
		switch c := s.grammar.breakCost(words[k].Text, words[k+1].Text); c {
		case afterSentence:
			cost += 45
		case afterClause:
			cost += 12
		}
	}
	if j < len(words) && !s.parts(words, j-1) {
		cost += 1.5 * float64(s.grammar.breakCost(words[j-1].Text, words[j].Text))
	}
	return cost + s.hurry(words, i, j)
}

// hurry is the cost of being on screen too short to be read, or too long.
func (s *shape) hurry(words []Word, i, j int) float64 {
	shown := words[j-1].End - words[i].Start
	if j < len(words) && words[j].Start-words[j-1].End <= s.pause {
		shown = words[j].Start - words[i].Start
	}
	cost := 0.0
	if shown < s.least {
		cost += 50 + 50*float64(s.least-shown)/float64(s.least)
	}
	if shown > s.longest && j-i > 1 {
		cost += forbidden / 1e3
	}
	if s.pace > 0 {
		total := 0.0
		for _, w := range s.width[i:j] {
			total += w
		}
		if over := total/(s.pace*float64(shown)) - 1; over > 0 {
			cost += 15 * min(over, 2)
		}
	}
	return cost
}

// set sets words [i, j) on as few lines as it can, at the best places: the
// lower line the longer.
func (s *shape) set(words []Word, i, j int) (float64, [][]int) {
	best, lines := s.line(i, j), [][]int{span(i, j)}
	if s.lines < 2 || j-i < 2 {
		return best, lines
	}
	for m := i + 1; m < j; m++ {
		a, b := s.measure(i, m), s.measure(m, j)
		c := 6 + s.line(i, m) + s.line(m, j) + float64(s.grammar.breakCost(words[m-1].Text, words[m].Text))
		c += 14 * math.Abs(a-b) / s.limit
		if a > b {
			c += 4 + 10*(a-b)/s.limit
		}
		if c < best {
			best, lines = c, [][]int{span(i, m), span(m, j)}
		}
	}
	return best, lines
}

// line is the cost of words [i, j) on one line.
func (s *shape) line(i, j int) float64 {
	w, cost := s.measure(i, j), 0.0
	if j-i > s.lineWords {
		cost += 200 * float64(j-i-s.lineWords)
	}
	if w > s.tight {
		return cost + forbidden*(w/s.tight)
	}
	if w > s.limit {
		cost += 20 + 120*(w/s.limit-1)
	}
	return cost
}

func (s *shape) measure(i, j int) float64 {
	w := s.space * float64(j-i-1)
	for _, x := range s.width[i:j] {
		w += x
	}
	return w
}

func span(i, j int) []int {
	out := make([]int, 0, j-i)
	for ; i < j; i++ {
		out = append(out, i)
	}
	return out
}

// windows is when each caption is on screen: from its first word on, until
// the next begins when the pause between them is short, else a little after
// its last word, so that two captions either touch or stand half a second
// apart.
func (s *shape) windows(words []Word, groups [][][]int, rate timeline.Rate) []timeline.Window {
	half := rate.FramesOfMillis(500)
	out := make([]timeline.Window, len(groups))
	for i, g := range groups {
		last := g[len(g)-1]
		w := timeline.Window{In: words[g[0][0]].Start, Out: words[last[len(last)-1]].End}
		if i+1 < len(groups) {
			next := words[groups[i+1][0][0]].Start
			switch gap := next - w.Out; {
			case gap <= s.pause:
				w.Out = next
			default:
				w.Out += min(half, max(gap-half, 0))
			}
		} else {
			w.Out += half
		}
		if w.Frames() > s.longest { // a word held for long
			w.Out = w.In + s.longest
			if i+1 < len(groups) {
				w.Out = max(w.In+1, min(w.Out, words[groups[i+1][0][0]].Start-half))
			}
		}
		out[i] = w
	}
	return out
}
