package captions

import (
	"slices"

	"dropcut/pipeline/timeline"
)

// eased joins captions that nobody could read in time to a neighbour, where both
// fit on the style's lines: one that stands too briefly, however many words
// that makes, one whose words are too many for its time within the words of the
// style. What a pause or a file's own cue parts stays apart.
func (s *shape) eased(words []Word, groups [][][]int, rate timeline.Rate) [][][]int {
	windows := s.windows(words, groups, rate)
	for i := 0; i < len(groups); {
		at, ok := s.partner(words, groups, windows, i)
		if !ok {
			i++
			continue
		}
		from, _ := ends(groups[at])
		_, to := ends(groups[at+1])
		_, groups[at] = s.set(words, from, to)
		windows[at].Out = windows[at+1].Out
		groups, windows = slices.Delete(groups, at+1, at+2), slices.Delete(windows, at+1, at+2)
		i = max(at-1, 0)
	}
	return groups
}

// partner is the break beside caption i that is to go: it lies behind caption
// at. Of two, the one that reads worse goes.
func (s *shape) partner(words []Word, groups [][][]int, windows []timeline.Window, i int) (at int, ok bool) {
	worst := -1.0
	for _, k := range []int{i - 1, i} {
		if k < 0 || k+1 >= len(groups) {
			continue
		}
		from, m := ends(groups[k])
		_, to := ends(groups[k+1])
		if s.parts(words, m-1) || !s.helps(words, from, m, to, windows[k], windows[k+1]) {
			continue
		}
		if c := s.gap(words, m); c > worst {
			worst, at, ok = c, k, true
		}
	}
	return at, ok
}

// helps reports whether captions [i, m) and [m, j), one of which is hard to
// read in its window, are better as one.
func (s *shape) helps(words []Word, i, m, j int, first, second timeline.Window) bool {
	a, b, both := first.Frames(), second.Frames(), second.Out-first.In
	cost, lines := s.set(words, i, j)
	if cost >= forbidden/1e2 || both > s.longest { // it does not fit
		return false
	}
	if min(a, b) < s.least {
		return true
	}
	hasty := a < s.reading(words, i, m) || b < s.reading(words, m, j)
	breaksWell := len(lines) < 2 || s.gap(words, lines[1][0]) <= plainBreak
	return hasty && breaksWell && j-i <= s.most && both >= s.reading(words, i, j)
}

// ends is where a caption's words begin, and the first behind them.
func ends(lines [][]int) (from, to int) {
	last := lines[len(lines)-1]
	return lines[0][0], last[len(last)-1] + 1
}

// lent gives a caption too brief to be seen a little of its neighbours' time,
// where they touch and can still be read without it: it may come as early as any may, and the
// next as much late.
func (s *shape) lent(words []Word, groups [][][]int, windows []timeline.Window, rate timeline.Rate) {
	least, most := rate.FramesOfMillis(flash), rate.FramesOfMillis(earliest)
	spare := func(k int, word Word) int64 { // of caption k, and of its word at the border
		from, to := ends(groups[k])
		return min(windows[k].Frames()-max(least, s.reading(words, from, to)), word.Window().Frames()-1, most)
	}
	for i := range windows {
		w := &windows[i]
		from, to := ends(groups[i])
		if i > 0 && windows[i-1].Out == w.In {
			n := max(min(least-w.Frames(), spare(i-1, words[from-1])), 0)
			windows[i-1].Out, w.In = windows[i-1].Out-n, w.In-n
		}
		if i+1 < len(windows) && windows[i+1].In == w.Out {
			n := max(min(least-w.Frames(), spare(i+1, words[to])), 0)
			windows[i+1].In, w.Out = windows[i+1].In+n, w.Out+n
		}
	}
}
