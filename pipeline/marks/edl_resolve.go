package marks

import "dropcut/pipeline/timeline"

// looksResolve: an edit list whose events carry markers.
func looksResolve(f *file) bool { return f.cuts().markers > 0 }

// parseResolve reads DaVinci Resolve's "Timeline Markers to EDL": each event
// stands for a marker, its record side is where, and a line below says colour,
// name and length in frames.
func parseResolve(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceResolve}
	e := f.cuts()
	var codes []timeline.Timecode
	for _, x := range e.events {
		if x.marker != nil {
			codes = append(codes, x.codes[2])
		}
	}
	t := tapeOf(codes, of)
	l.Remarks, l.Cut = t.doubts, e.cut
	for _, x := range e.events {
		if x.marker == nil {
			l.problem("line %d is an event without a marker", x.line)
			continue
		}
		at, ok := t.entry(x.codes[2])
		if !ok {
			t.unnumbered(&l, x.line)
			continue
		}
		at.Line, at.Label = x.line, editorLabel(x.marker.name, x.marker.note)
		if n := x.marker.frames; n > 1 {
			end := t.after(x.codes[2], n)
			at.End = &end
		}
		l.Add(at)
	}
	return []List{l}, nil
}
