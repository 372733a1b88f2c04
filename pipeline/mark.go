package pipeline

import "time"

// Mark is evidence that someone or something pointed at an instant or a range.
type Mark struct {
	Source     string         `json:"source"` // flag, obs_chapter, twitch_csv …: the table of docs/marks.md
	At         time.Duration  `json:"at_ns"`  // on the timeline
	End        *time.Duration `json:"end_ns"` // nil for a point
	Label      string         `json:"label"`
	Precision  time.Duration  `json:"precision_ns"` // the source's own step: 1 s for whole-second lists
	Confidence float64        `json:"confidence"`   // 0 … 1
	Late       bool           `json:"late"`         // a point pressed after the event, see detect's lead table
	Origin     string         `json:"origin,omitempty"`
	Also       []string       `json:"also,omitempty"`   // other sources merged into this mark
	Why        []string       `json:"why,omitempty"`    // what speaks for a mark that nobody made
	Unused     string         `json:"unused,omitempty"` // why the mark is not used; empty when it is
	UnusedCode string         `json:"unused_code,omitempty"`
}

// IsRange reports whether the mark has an end of its own.
func (m Mark) IsRange() bool { return m.End != nil }

// Used reports whether moments may grow from the mark.
func (m Mark) Used() bool { return m.Unused == "" }
