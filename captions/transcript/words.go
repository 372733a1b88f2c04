package transcript

import (
	"strings"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// Words is what stretches say, word by word, on a timeline of length frames at
// a rate. Words with times of their own keep them; the time of other stretches
// is shared out to their words by letters, and those times are marked as
// estimated. Words are in order, never overlap, lie in [0, length) and have a
// frame each; where a stretch has too few frames, neighbours stand together in
// one Word. Speakers' names and dashes, sounds in brackets and notes of music
// are no words. What rolling captions repeat is said once.
func Words(all []Timed, rate timeline.Rate, length int64) []captions.Word {
	all = merged(unrolled(all), rate)
	names := speakers(all)
	var out []captions.Word
	var free int64 // first frame not yet taken
	for i, t := range all {
		w := timeline.Window{In: max(rate.Frames(t.Start), free), Out: min(rate.Frames(t.End), length)}
		if len(t.Parts) > 0 {
			w.Out = length
			if i+1 < len(all) {
				w.Out = min(max(rate.Frames(all[i+1].Start), rate.Frames(t.End)), length)
			}
			out = append(out, exact(t, w, rate, names)...)
		} else if texts := tokens(t.Text, names); len(texts) > 0 {
			if i+1 < len(all) {
				if next := rate.Frames(all[i+1].Start); next > w.In+int64(len(texts)) {
					w.Out = min(w.Out, next)
				}
			}
			if !w.IsEmpty() {
				out = append(out, captions.Share(texts, w)...)
			}
		}
		if n := len(out); n > 0 {
			free = out[n-1].End
		}
	}
	return out
}

// merged joins stretches that begin so nearly together that the first would
// have no time of its own: two speakers in two places of the picture.
func merged(all []Timed, rate timeline.Rate) []Timed {
	var out []Timed
	for _, t := range all {
		if n := len(out) - 1; n >= 0 && len(t.Parts)+len(out[n].Parts) == 0 && t.Start < out[n].End && len(out[n].Text) < cueRunes &&
			rate.Frames(t.Start) <= rate.Frames(out[n].Start)+int64(len(strings.Fields(out[n].Text))) {
			out[n].Text += "\n" + t.Text
			out[n].End = max(out[n].End, t.End)
			continue
		}
		out = append(out, t)
	}
	return out
}
