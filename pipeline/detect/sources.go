package detect

import (
	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// habitOf is how marks of a source behave. The table is marks.Formats.
func habitOf(source string) marks.Habit { return marks.FormatOf(source).Habit }

const (
	agreed   = 0.02 // added to a confidence for each further source that says the same
	mostSure = 0.99 // what agreement can reach; only a range on the command line is surer
)

// markOf makes an entry of a source a mark.
func markOf(e marks.Entry, source, origin string) pipeline.Mark {
	h := habitOf(source)
	m := pipeline.Mark{Source: source, At: e.At, End: e.End, Label: e.Label, Precision: e.Step, Confidence: h.Point, Origin: origin}
	if m.IsRange() {
		m.Confidence = h.Ranged
	} else {
		m.Late = h.Lead > 0
	}
	return m
}

// sum is the confidence of evidence that agrees.
func sum(a, b float64) float64 {
	best := max(a, b)
	return max(best, min(best+agreed, mostSure))
}
