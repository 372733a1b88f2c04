package recording

import (
	"math"

	"dropcut/pipeline/timeline"
)

// span says that media whose times lie in [from, to) is shown delta ticks
// later than the file counts. An edit list gives one for each of its edits.
type span struct{ from, to, delta int64 }

func (s span) holds(pts int64) bool { return pts >= s.from && pts < s.to }

// everything shows all media when the file counts it.
func everything(delta int64) []span {
	return []span{{math.MinInt64 / 4, math.MaxInt64 / 4, delta}}
}

// spansOf turns an edit list into spans, in the way ffmpeg reads edit lists:
// slices and whole recordings must agree. Sound keeps the edits' own times. The
// first picture of an edit is shown when the edit begins, also when the edit
// begins between two pictures, and the first of all when the empty edits in
// front of it end.
func (t *track) spansOf() []span {
	var out []span
	var at, empty int64
	for _, e := range t.edits {
		if at > timeline.Forever-e.dur {
			break
		}
		if e.media < 0 {
			if len(out) == 0 {
				empty += e.dur
			}
			at += e.dur
			continue
		}
		s := span{e.media, e.media + e.dur, at - e.media}
		if e.dur == 0 { // writers that did not know the length yet
			s.to = math.MaxInt64 / 4
		}
		out = append(out, s)
		at += e.dur
	}
	if len(out) == 0 {
		return everything(empty)
	}
	if t.kind == "vide" {
		t.settle(out, empty)
	}
	return out
}

// settle moves the spans of a picture track to where ffmpeg shows them.
func (t *track) settle(spans []span, empty int64) {
	type seen struct {
		any    bool
		first  int64 // decoding time of the first shown, in order of decoding
		lowest int64 // smallest pts shown
	}
	found := make([]seen, len(spans))
	var shift int64
	t.table.each(func(_ int64, s sample) bool {
		shift = max(shift, s.dts-s.pts)
		for i := range spans {
			if !spans[i].holds(s.pts) {
				continue
			}
			f := &found[i]
			if !f.any {
				f.any, f.first, f.lowest = true, s.dts, s.pts
			}
			f.lowest = min(f.lowest, s.pts)
		}
		return true
	})
	lowest, any := int64(0), false
	for i, f := range found {
		if !f.any {
			continue
		}
		begin := spans[i].delta + spans[i].from // when the edit begins
		spans[i].delta = begin - f.first + shift
		if shown := f.lowest + spans[i].delta; !any || shown < lowest {
			lowest, any = shown, true
		}
	}
	if back := lowest - empty; any && back > 0 {
		for i := range spans {
			spans[i].delta -= back
		}
	}
}
