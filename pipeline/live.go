package pipeline

import "time"

// LiveMark is a mark that was made by a button or a call, not in a file: by
// wall clock, maybe before there is a recording, or at an offset on one.
type LiveMark struct {
	ID        string     `json:"id"`
	Creator   string     `json:"creator"`
	Recording string     `json:"recording,omitempty"` // "": whichever of the creator's recordings covers At
	At        *time.Time `json:"at,omitempty"`        // by wall clock; nil where AtMS says it
	End       *time.Time `json:"end,omitempty"`       // of a range by wall clock
	AtMS      *int64     `json:"at_ms,omitempty"`     // on the timeline of Recording
	EndMS     *int64     `json:"end_ms,omitempty"`    // of a range on the timeline
	Label     string     `json:"label"`
	Source    string     `json:"source,omitempty"` // who or what pressed, as they say
	Created   time.Time  `json:"created_at"`
}

// On is where the mark lies on a recording's timeline, and where it ends; nil
// for a point. False where it is of another, where nothing says when the
// recording began, or where it was not running then: as exactly as its start
// is known.
func (m LiveMark) On(r Recording) (at time.Duration, end *time.Duration, ok bool) {
	length := r.Media.Rate.Duration(r.Media.Frames)
	switch {
	case m.Creator != r.Creator || m.Recording != "" && m.Recording != r.ID:
		return 0, nil, false
	case m.AtMS != nil:
		if m.EndMS != nil {
			e := time.Duration(*m.EndMS) * time.Millisecond
			end = &e
		}
		return time.Duration(*m.AtMS) * time.Millisecond, end, true
	case m.At == nil || r.StartedAt == nil:
		return 0, nil, false
	}
	at = m.At.Sub(*r.StartedAt)
	last := at
	if m.End != nil {
		e := m.End.Sub(*r.StartedAt)
		end, last = &e, e
	}
	if m.Recording == "" && (last < -r.StartedStep || at > length+r.StartedStep) {
		return 0, nil, false
	}
	if at < 0 && last >= -r.StartedStep {
		at = 0
	}
	return at, end, true
}

// Step is how exact the mark is on a recording's timeline, at best.
func (m LiveMark) Step(r Recording) time.Duration {
	if m.AtMS != nil {
		return time.Millisecond
	}
	return max(r.StartedStep, time.Millisecond)
}

// LongestMark is the longest range that is marked live.
const LongestMark = time.Hour
