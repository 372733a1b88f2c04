package detect

import (
	"dropcut/pipeline/marks"
)

// livePresses is what was marked live, as a list. Its times are by the recording's
// clock, and no more exact than that is known.
func livePresses(l loaded) marks.List {
	out := marks.List{Source: marks.SourceLive, Name: marks.SourceLive}
	for _, m := range l.live {
		at, end, ok := m.On(l.recording)
		if !ok {
			continue
		}
		out.Add(marks.Entry{At: at, End: end, Step: m.Step(l.recording), Label: m.Label, By: m.Source})
	}
	return out
}
