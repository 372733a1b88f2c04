package inspect

import (
	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Progress is how far the work on a recording is, in the round that was asked
// for last.
type Progress struct {
	Done     int64         `json:"done"`    // pieces of work that are finished
	Failed   int64         `json:"failed"`  // that failed for good
	Running  int64         `json:"running"` // in hand now
	Waiting  int64         `json:"waiting"` // known of and not begun; more may follow
	Attempts int64         `json:"attempts"`
	Step     pipeline.Step `json:"step,omitempty"` // the earliest of the line that is not finished
	BeganMS  int64         `json:"began_ms,omitempty"`
	EndedMS  int64         `json:"ended_ms,omitempty"` // epoch milliseconds; 0 while it goes on
}

func progress(tx *catalog.Tx, recording string) (*Progress, error) {
	counts, err := tx.WorkCounts(recording)
	if err != nil || len(counts) == 0 {
		return nil, err
	}
	var p Progress
	earliest := len(pipeline.Line())
	for _, c := range counts {
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
			if at := place(c.Kind); at < earliest {
				earliest, p.Step = at, c.Kind
			}
		}
		if p.BeganMS == 0 || c.BeganMS > 0 && c.BeganMS < p.BeganMS {
			p.BeganMS = c.BeganMS
		}
		p.EndedMS = max(p.EndedMS, c.EndedMS)
	}
	if p.Running+p.Waiting > 0 {
		p.EndedMS = 0
	}
	return &p, nil
}

func place(s pipeline.Step) int {
	for i, x := range pipeline.Line() {
		if x == s {
			return i
		}
	}
	return len(pipeline.Line())
}
