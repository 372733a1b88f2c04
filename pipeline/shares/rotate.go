package shares

import "slices"

// level is one value of one feature.
type level struct {
	feature int
	name    string
}

// known is what was seen of a level.
type known struct {
	started int     // posts, counted or not
	counted int     // posts whose window is over
	views   float64 // of those, at most capViews each
}

func (k known) isEnough() bool {
	return k.counted >= seenPosts && k.views >= seenViews || k.counted >= seenMost
}

// evidence is what was seen of every level.
type evidence struct {
	of      map[level]known
	counted int // posts in all
}

func seen(history []Trial) evidence {
	e := evidence{of: map[level]known{}}
	for _, t := range history {
		if t.Counted {
			e.counted++
		}
		for f, name := range t.Features.levels() {
			k := e.of[level{f, name}]
			k.started++
			if t.Counted {
				k.counted++
				k.views += float64(min(t.Views, capViews))
			}
			e.of[level{f, name}] = k
		}
	}
	return e
}

// rivals is the levels of one feature among candidates, in order of name.
func rivals(candidates []Candidate, feature int) []string {
	var out []string
	for _, c := range candidates {
		out = append(out, c.Features.levels()[feature])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// missing is the levels of which too little was seen. A feature in which all
// candidates are alike needs nothing.
func (e evidence) missing(candidates []Candidate) []level {
	var out []level
	for f := range features {
		names := rivals(candidates, f)
		for _, name := range names {
			if len(names) > 1 && !e.of[level{f, name}].isEnough() {
				out = append(out, level{f, name})
			}
		}
	}
	return out
}

// rotation gives all to the candidates whose levels were posted least, evenly.
func (e evidence) rotation(candidates []Candidate) []float64 {
	need := make([]int, len(candidates))
	for i, c := range candidates {
		for f, name := range c.Features.levels() {
			need[i] += e.of[level{f, name}].started
		}
	}
	least := slices.Min(need)
	n := 0
	for _, v := range need {
		if v == least {
			n++
		}
	}
	out := make([]float64, len(candidates))
	for i, v := range need {
		if v == least {
			out[i] = 1 / float64(n)
		}
	}
	return out
}
