package captions

import (
	"math"

	"dropcut/pipeline/timeline"
)

// shape is what a style wants of one caption.
type shape struct {
	most        int     // words
	best        [2]int  // words: from, to
	lines       int     // at most
	lineWords   int     // at most on a line
	limit       float64 // width of a line at full size
	tight       float64 // width beyond which a line must not go, at full size: limit ÷ smallest step
	space       float64
	width       []float64 // of each word
	columns     []int     // of each word, to a reader
	joined      []bool    // whether each stands against the one before it
	columnsMost int       // of a line; zero: as many as fit
	grammar     grammar
	least       int64   // frames on screen
	word        int64   // frames on screen for each word
	longest     int64   // frames on screen
	pause       int64   // a pause longer than this ends a caption
	pace        float64 // columns a frame that can be read; zero: not asked for
}

const forbidden = 1e12

// lettersASecond is how fast a grown-up reads (outputs: 20 letters a second).
const lettersASecond = 20

// take measures the words as they are shown, each as wide as width says.
func (s *shape) take(shown []string, words []Word, width func(text string) float64) {
	for i, w := range shown {
		s.width = append(s.width, width(w))
		s.columns = append(s.columns, columns(w))
		s.joined = append(s.joined, words[i].Joined)
	}
}

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
	return i-k >= 2 || EndsSentence(words[i].Text, words[i+1].Text, s.grammar.tag)
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
		cost += 1.5 * s.gap(words, j)
	}
	return cost + s.hurry(words, i, j)
}

// gap is the cost of a break before word k. In a script that runs on, a short
// piece likely belongs to what stands before it.
func (s *shape) gap(words []Word, k int) float64 {
	cost := float64(s.grammar.breakCost(words[k-1].Text, words[k].Text))
	if cost >= plainBreak && s.joined[k] && s.columns[k] <= 3 {
		cost += 14
	}
	return cost
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
	if want := s.reading(words, i, j); shown < want {
		cost += 15 * min(float64(want)/float64(max(shown, 1))-1, 2)
	}
	return cost
}

// reading is how many frames words [i, j) should be on screen to be read.
func (s *shape) reading(words []Word, i, j int) int64 {
	want := max(s.least, s.word*int64(spokenIn(words[i:j])))
	if s.pace > 0 {
		want = max(want, int64(math.Ceil(float64(s.long(i, j))/s.pace)))
	}
	return want
}

// spokenIn counts words as a reader does: pieces that stand together in a
// script that runs on are half a word each, as a phrase of two is one.
func spokenIn(words []Word) int {
	n := 0
	for i, w := range words {
		if i == 0 || !w.Joined {
			n += 2
		} else {
			n++
		}
	}
	return (n + 1) / 2
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
		c := 6 + s.line(i, m) + s.line(m, j) + s.gap(words, m)
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
	if long := s.long(i, j); s.columnsMost > 0 && long > s.columnsMost {
		return cost + forbidden/1e2*float64(long)/float64(s.columnsMost)
	}
	if w > s.limit {
		cost += 20 + 120*(w/s.limit-1)
	}
	return cost
}

func (s *shape) measure(i, j int) float64 {
	w := 0.0
	for k := i; k < j; k++ {
		if k > i && !s.joined[k] {
			w += s.space
		}
		w += s.width[k]
	}
	return w
}

// long is words [i, j) on one line, in columns.
func (s *shape) long(i, j int) int {
	n := 0
	for k := i; k < j; k++ {
		if k > i && !s.joined[k] {
			n++
		}
		n += s.columns[k]
	}
	return n
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
// its last word, longer when it could not be read by then. So two captions
// either touch or stand half a second apart.
func (s *shape) windows(words []Word, groups [][][]int, rate timeline.Rate) []timeline.Window {
	half, hang := rate.FramesOfMillis(500), rate.FramesOfMillis(1500)
	out := make([]timeline.Window, len(groups))
	for i, g := range groups {
		first, last := g[0][0], g[len(g)-1][len(g[len(g)-1])-1]
		w := timeline.Window{In: words[first].Start, Out: words[last].End}
		said := w.Out
		wanted := min(max(said+half, w.In+s.reading(words, first, last+1)), said+hang)
		if i+1 < len(groups) {
			next := words[groups[i+1][0][0]].Start
			switch gap := next - said; {
			case gap <= s.pause:
				w.Out = next
			case wanted <= next-half:
				w.Out = wanted
			default:
				w.Out = max(next-half, said)
			}
		} else {
			w.Out = wanted
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
