package render

import (
	"encoding/json"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// runOrder is what one run makes: the Doc of its work row. It is whole in
// itself, so that a run makes the pixels its recipes name whatever has changed
// since it was ordered.
type runOrder struct {
	Moment  string    `json:"moment"`
	Picture treatment `json:"picture"`
	Fonts   []string  `json:"fonts,omitempty"`
	Strands []strand  `json:"strands"` // the longest first
}

// strand is one look of a run: contiguous segments of one canvas, with what is
// written on them.
type strand struct {
	Canvas   geometry              `json:"canvas"`
	Script   string                `json:"script,omitempty"` // ASS
	Segments []pipeline.SegmentRef `json:"segments"`
}

// window is the stretch of a strand.
func (s strand) window() timeline.Window {
	return timeline.Window{In: s.Segments[0].In, Out: s.Segments[len(s.Segments)-1].Out}
}

// lengths is the number of frames of each segment.
func (s strand) lengths() []int64 {
	var out []int64
	for _, x := range s.Segments {
		out = append(out, x.Frames())
	}
	return out
}

// window is the stretch that all strands together need.
func (o runOrder) window() timeline.Window {
	var w timeline.Window
	for _, s := range o.Strands {
		w = w.Union(s.window())
	}
	return w
}

// scripts is all that is written in a run.
func (o runOrder) scripts() []string {
	var out []string
	for _, s := range o.Strands {
		if s.Script != "" {
			out = append(out, s.Script)
		}
	}
	return out
}

// frames is how many pictures the run encodes.
func (o runOrder) frames() int64 {
	var n int64
	for _, s := range o.Strands {
		n += s.window().Frames()
	}
	return n
}

// soundOrder is the Doc of a sound's work row.
type soundOrder struct {
	Moment string          `json:"moment"`
	Clip   string          `json:"clip"`
	Recipe string          `json:"recipe"`
	Window timeline.Window `json:"window"`
}

// assemblyOrder is the Doc of an assembly's work row.
type assemblyOrder struct {
	Input    string          `json:"input"` // the variant's, when it was ordered
	Decode   bool            `json:"decode,omitempty"`
	Captions *pipeline.Check `json:"captions,omitempty"` // how the variant's captions keep the rules; nil without any
}

// read decodes a work row's Doc.
func read[T any](doc json.RawMessage) (T, error) {
	var v T
	if err := json.Unmarshal(doc, &v); err != nil {
		return v, pipeline.Fail(pipeline.Corrupt, "bad_work", "run again", "read what was ordered: %w", err)
	}
	return v, nil
}

// write is v as a work row's Doc.
func write(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("render: an order that is no JSON: " + err.Error()) // a bug of ours: orders are plain data
	}
	return b
}
