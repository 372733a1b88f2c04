package detect

import (
	"time"

	"dropcut/pipeline"
)

// The sources of marks, as Mark.Source names them.
const (
	SourceFlag       = "flag"
	SourceNative     = "dropcut_json"
	SourceTimestamps = "timestamps"
	SourceTwitch     = "twitch_csv"
	SourceOBS        = "obs_chapter"
	SourceGoPro      = "gopro_hilight"
	SourceChapter    = "chapter"
)

// habit is how marks of one source behave.
type habit struct {
	rank   int           // among equally sure sources, low first
	point  float64       // confidence of a point mark
	ranged float64       // confidence of a range
	lead   time.Duration // a point's event may lie this long before it …
	trail  time.Duration // … or this long after it
}

// habits is the one table of confidence and lead.
//
// A hotkey or a button is pressed after the event: up to 15 s (chat guidance is
// 5–15 s). A time typed by a person who looked it up is less late: 10 s. A line
// of show notes may point at where something begins as well as back at it. A
// chapter is not late: what it names follows it. Ranges are never late.
var habits = map[string]habit{
	SourceFlag:       {rank: 0, point: 0.95, ranged: 1.00, lead: 10 * time.Second},
	SourceNative:     {rank: 1, point: 0.90, ranged: 0.95, lead: 15 * time.Second},
	SourceOBS:        {rank: 2, point: 0.85, ranged: 0.85, lead: 15 * time.Second},
	SourceGoPro:      {rank: 2, point: 0.85, ranged: 0.85, lead: 15 * time.Second},
	SourceTwitch:     {rank: 3, point: 0.85, ranged: 0.85, lead: 15 * time.Second},
	SourceTimestamps: {rank: 4, point: 0.80, ranged: 0.85, lead: 10 * time.Second, trail: 5 * time.Second},
	SourceChapter:    {rank: 5, point: 0.75, ranged: 0.80, trail: 15 * time.Second},
}

const (
	agreed   = 0.02 // added to a confidence for each further source that says the same
	mostSure = 0.99 // what agreement can reach; only a range on the command line is surer
)

// mark makes an entry of a source a mark.
func (e entry) mark(source, origin string) pipeline.Mark {
	h := habits[source]
	m := pipeline.Mark{Source: source, At: e.at, End: e.end, Label: e.label, Precision: e.step, Confidence: h.point, Origin: origin}
	if m.IsRange() {
		m.Confidence = h.ranged
	} else {
		m.Late = h.lead > 0
	}
	return m
}

// sum is the confidence of evidence that agrees.
func sum(a, b float64) float64 {
	best := max(a, b)
	return max(best, min(best+agreed, mostSure))
}
