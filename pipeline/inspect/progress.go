package inspect

import (
	"slices"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Progress is how far the work on something is, in the round that was asked
// for last.
type Progress struct {
	Done     int64         `json:"done" doc:"pieces of work that are finished"`
	Failed   int64         `json:"failed" doc:"that failed for good"`
	Running  int64         `json:"running" doc:"in hand now"`
	Waiting  int64         `json:"waiting" doc:"known of and not begun; more may follow"`
	Attempts int64         `json:"attempts"`
	Step     pipeline.Step `json:"step,omitempty" doc:"the earliest of the line that is not finished"`
	BeganMS  int64         `json:"began_ms,omitempty" doc:"epoch milliseconds"`
	EndedMS  int64         `json:"ended_ms,omitempty" doc:"epoch milliseconds; none while it goes on"`
}

// Works is the rows of work on something, and on all within it.
type Works []catalog.WorkCount

// All is how far all of it is; nil where nothing was asked for.
func (w Works) All() *Progress {
	return w.of(func(catalog.WorkCount) bool { return true })
}

// Moment is how far a moment is, with its clips and variants.
func (w Works) Moment(id string) *Progress {
	return w.of(func(c catalog.WorkCount) bool { return c.Moment == id })
}

// Clip is how far a clip is: its sound, and its variants. Pictures are made for
// several clips at once, and are the moment's.
func (w Works) Clip(id string) *Progress {
	return w.of(func(c catalog.WorkCount) bool { return c.Clip == id })
}

// Variant is how far a variant is: whether it was put together, which begins
// when all its pieces are there.
func (w Works) Variant(id string) *Progress {
	return w.of(func(c catalog.WorkCount) bool { return c.Variant == id })
}

func (w Works) of(is func(catalog.WorkCount) bool) *Progress {
	var p *Progress
	for _, c := range w {
		if !is(c) {
			continue
		}
		if p == nil {
			p = &Progress{}
		}
		p.add(c)
	}
	if p != nil && p.Running+p.Waiting > 0 {
		p.EndedMS = 0
	}
	return p
}

func (p *Progress) add(c catalog.WorkCount) {
	p.Attempts += c.Attempts
	switch c.State {
	case catalog.WorkDone:
		p.Done += c.Rows
	case catalog.WorkFailed:
		p.Failed += c.Rows
	case catalog.WorkRunning:
		p.Running += c.Rows
	case catalog.WorkReady:
		p.Waiting += c.Rows
	}
	if c.State == catalog.WorkRunning || c.State == catalog.WorkReady {
		if p.Step == "" || place(c.Kind) < place(p.Step) {
			p.Step = c.Kind
		}
	}
	if p.BeganMS == 0 || c.BeganMS > 0 && c.BeganMS < p.BeganMS {
		p.BeganMS = c.BeganMS
	}
	p.EndedMS = max(p.EndedMS, c.EndedMS)
}

// place is where a step stands in the line.
func place(s pipeline.Step) int {
	if at := slices.Index(pipeline.Line(), s); at >= 0 {
		return at
	}
	return len(pipeline.Line())
}

// furthest is the states of variants, the one that tells most of a clip first.
var furthest = []pipeline.VariantState{pipeline.VariantApproved, pipeline.VariantMade, pipeline.VariantRendering, pipeline.VariantFailed, pipeline.VariantRejected,
	pipeline.VariantReplaced, pipeline.VariantOffered}

// ClipState is a clip's: that of the variant of it that is furthest; "" where it
// has none yet.
func ClipState(of []pipeline.VariantState) pipeline.VariantState {
	for _, s := range furthest {
		if slices.Contains(of, s) {
			return s
		}
	}
	return ""
}
