package detect

import (
	"fmt"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// plannedLength is how long after its planned time a drop is looked for: as
// long as a core.
const plannedLength = 90 * time.Second

// plannedSure is how sure the mark of a planned time is, by who says when the
// recording began. All are below any mark that somebody made.
var plannedSure = map[string]float64{pipeline.StartFromName: 0.50, pipeline.StartFromContainer: 0.45, pipeline.StartFromModified: 0.30}

// planned is the drop plan's own mark: the stretch after the planned time. It
// is not used, with the reason, where the recording's start is not known or
// the stretch is not in it. False without a planned time.
func planned(b pipeline.Brief, rec pipeline.Recording) (found, bool) {
	if b.Drop == nil || b.Drop.Planned == nil {
		return found{}, false
	}
	p := *b.Drop
	m := found{list: p.File, loose: true, Mark: pipeline.Mark{Source: marks.SourcePlan, Label: marks.CleanLabel(p.Name), Confidence: habitOf(marks.SourcePlan).Ranged,
		Origin: fmt.Sprintf("%s:%d", p.File, p.Line)}}
	if rec.StartedAt == nil {
		m.unuse(UnusedNoStart, "it is planned for %s, and nothing says when the recording began", p.Planned.Format(time.RFC3339))
		return m, true
	}
	length := rec.Media.Rate.Duration(rec.Media.Frames)
	from := p.Planned.Sub(*rec.StartedAt)
	end := from + plannedLength
	m.Precision = rec.StartedStep
	if sure, ok := plannedSure[rec.StartedFrom]; ok {
		m.Confidence = sure
	}
	if end <= 0 || from >= length {
		m.At, m.End = from, &end
		m.unuse(UnusedOutside, "it is planned for %s, and the recording covers %s to %s, as %s says", p.Planned.Format(time.RFC3339),
			rec.StartedAt.In(p.Planned.Location()).Format(time.RFC3339), rec.StartedAt.Add(length).In(p.Planned.Location()).Format(time.RFC3339), witness(rec.StartedFrom))
		return m, true
	}
	end = min(end, length)
	m.At, m.End = max(from, 0), &end
	return m, true
}

// witness is who says when a recording began.
func witness(from string) string {
	switch from {
	case pipeline.StartFromName:
		return "its name"
	case pipeline.StartFromContainer:
		return "its creation time"
	}
	return "the time at which the file was last written"
}

// withPlanned adds the drop plan's mark to those that were gathered. It is
// merged with none: it has no time of its own that could be the better one.
func withPlanned(all []found, l loaded) []found {
	if m, ok := planned(l.brief, l.recording); ok {
		all = append(all, m)
		inOrder(all)
	}
	return all
}

// isGuess reports whether nothing but a plan speaks for a draft.
func (d draft) isGuess() bool { return d.marks[0].Source == marks.SourcePlan }

// confirmed is a draft that somebody's mark made, confirmed by one that only a
// plan speaks for: its window and payoff stay.
func confirmed(a, b draft) draft {
	if a.isGuess() {
		a, b = b, a
	}
	a.sure = sum(a.sure, b.sure)
	a.marks = append(a.marks, b.marks[:min(len(b.marks), max(mostAnchors-len(a.marks), 0))]...)
	return a
}
