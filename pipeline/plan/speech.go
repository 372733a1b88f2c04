package plan

import (
	"cmp"
	"slices"
	"sort"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// speech is the words around a moment, and the stretches between them.
type speech struct {
	words  []captions.Word
	blocks []timeline.Window // words, and words that overlap as one; an edge may lie on their borders, never inside
	tag    string            // of their language
	loose  bool              // nobody put full stops: sentences are known by pauses alone
}

// speechIn reads the words that touch area.
func speechIn(all []captions.Word, tag string, area timeline.Window) speech {
	s := speech{tag: tag}
	for _, w := range all {
		if w.End > w.Start && w.Window().Overlaps(area) {
			s.words = append(s.words, w)
		}
	}
	slices.SortStableFunc(s.words, func(a, b captions.Word) int { return cmp.Compare(a.Start, b.Start) })
	stops := 0
	for i, w := range s.words {
		if n := len(s.blocks); n > 0 && w.Start < s.blocks[n-1].Out {
			s.blocks[n-1].Out = max(s.blocks[n-1].Out, w.End)
		} else {
			s.blocks = append(s.blocks, w.Window())
		}
		if s.ends(i) {
			stops++
		}
	}
	s.loose = stops*60 < len(s.words)
	return s
}

// cuts reports whether an edge at f would cut a word.
func (s speech) cuts(f int64) bool {
	i := sort.Search(len(s.blocks), func(i int) bool { return s.blocks[i].Out > f })
	return i < len(s.blocks) && s.blocks[i].In < f
}

// after is the first word that starts at or after f, and false without one.
func (s speech) after(f int64) (int, bool) {
	i := sort.Search(len(s.words), func(i int) bool { return s.words[i].Start >= f })
	return i, i < len(s.words)
}

// before is the last word that ends at or before f, and false without one.
func (s speech) before(f int64) (int, bool) {
	i := sort.Search(len(s.words), func(i int) bool { return s.words[i].Start >= f }) - 1
	for ; i >= 0 && s.words[i].End > f; i-- {
	}
	return i, i >= 0
}

// any reports whether a word begins in w.
func (s speech) any(w timeline.Window) bool {
	i, ok := s.after(w.In)
	return ok && s.words[i].Start < w.Out
}

// free is the stretches of area that no word covers, with their ends; words
// that touch leave one of no length.
func (s speech) free(area timeline.Window) []timeline.Window {
	var out []timeline.Window
	from := area.In
	for _, b := range s.blocks {
		if b.In >= from {
			out = append(out, timeline.Window{In: from, Out: min(b.In, area.Out)})
		}
		from = max(from, b.Out)
	}
	if from <= area.Out {
		out = append(out, timeline.Window{In: from, Out: area.Out})
	}
	return out
}

// sentence says how surely a sentence begins with word i: 0 no, 1 perhaps, 2 yes.
func (s speech) sentence(i int, r rules) int {
	if i == 0 {
		return 1
	}
	prev, gap := s.words[i-1], s.words[i].Start-s.words[i-1].End
	switch {
	case s.ends(i-1) && (!prev.Estimated || prev.LastOfCue):
		return 2
	case s.ends(i - 1):
		return 1
	case gap >= r.second || s.loose && gap*2 >= r.second:
		return 2
	case s.loose && (prev.LastOfCue || gap >= r.pause):
		return 1
	}
	return 0
}

// ends reports whether a sentence ends with word i by its signs.
func (s speech) ends(i int) bool {
	next := ""
	if i+1 < len(s.words) {
		next = s.words[i+1].Text
	}
	return captions.EndsSentence(s.words[i].Text, next, s.tag)
}

// said is the words wholly inside w as text.
func said(all []captions.Word, w timeline.Window) string {
	return captions.Text(captions.Transcript{Words: all}.In(w))
}
