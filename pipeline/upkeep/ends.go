package upkeep

import (
	"fmt"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// ends says what of a recording neither ended nor is on its way. Pure.
func (s subject) ends() []Finding {
	out := s.recordingEnds()
	for _, m := range s.moments {
		out = append(out, s.momentEnds(m)...)
		for _, v := range m.variants {
			out = append(out, s.variantEnds(m, v)...)
		}
	}
	for i := range out {
		out[i].recording = s.recording.ID
	}
	return out
}

func (s subject) recordingEnds() []Finding {
	r := s.recording
	switch r.State {
	case pipeline.RecordingDone, pipeline.RecordingNoMoment:
		return nil
	case pipeline.RecordingFailed:
		return unsaid(r.ID, "the recording "+r.Name, r.Failure)
	}
	if s.isBusy() || r.State == pipeline.RecordingDetected && s.anyEnded() {
		return nil
	}
	f := found(recordingStuck, r.ID, "the recording %s is %s, and nothing is to be done for it", r.Name, r.State)
	if r.Media.Frames > 0 {
		f.begin = start{pipeline.Detect, r.ID}
	}
	return []Finding{f}
}

// anyEnded reports whether a moment tells how its recording ended.
func (s subject) anyEnded() bool {
	for _, m := range s.moments {
		if m.State == pipeline.MomentMade || m.State == pipeline.MomentFailed || s.onlyPlanned(m.Moment) {
			return true
		}
	}
	return false
}

func (s subject) momentEnds(m moment) []Finding {
	switch m.State {
	case pipeline.MomentMade, pipeline.MomentOffered, pipeline.MomentSuperseded:
		return nil
	case pipeline.MomentFailed:
		return unsaid(m.ID, fmt.Sprintf("the moment %q", m.Label), m.Failure)
	}
	if s.moves(m.ID) || s.onlyPlanned(m.Moment) {
		return nil
	}
	f := found(momentStuck, m.ID, "the moment %q is %s, and nothing is to be done for it", m.Label, m.State)
	f.begin = start{pipeline.Excerpt, m.ID}
	if m.State == pipeline.MomentPlanned || m.State == pipeline.MomentRendering {
		f.begin.step = pipeline.Compose
	}
	return []Finding{f}
}

func (s subject) variantEnds(m moment, v pipeline.Variant) []Finding {
	switch {
	case v.State == pipeline.VariantFailed:
		return unsaid(v.ID, "a variant of "+quoted(m), v.Failure)
	case v.State != pipeline.VariantRendering || s.moves(m.ID, v.ID):
		return nil
	}
	f := found(variantStuck, v.ID, "a variant of %s is in the making, and nothing makes it", quoted(m))
	if !isOver(m.Moment) {
		f.begin = start{pipeline.Compose, m.ID}
	}
	return []Finding{f}
}

func quoted(m moment) string { return fmt.Sprintf("the moment %q", m.Label) }

// unsaid is a finding where a failure does not say what, where and why.
func unsaid(id, what string, f *pipeline.Error) []Finding {
	switch {
	case f == nil:
		return []Finding{found(failureUnsaid, id, "%s failed and does not say why", what)}
	case f.Code == "" || f.Detail == "" || f.Step == "" && f.Kind != pipeline.Stopped: // a person's cancel has no step
		return []Finding{found(failureUnsaid, id, "%s failed with code %q at step %q: %q", what, f.Code, f.Step, f.Detail)}
	}
	return nil
}

// arrivalEnds says what of an accepted object neither ended nor is on its way.
func arrivalEnds(a catalog.Acceptance) []Finding {
	id := a.Source + " " + a.Key
	switch {
	case a.State == catalog.WorkFailed:
		return unsaid(id, a.Key, a.Failure)
	case a.State != "" && a.State != catalog.WorkDone || a.Recording != "":
		return nil
	}
	f := found(arrivalLost, id, "%s was accepted, and neither work nor a recording stands for it", a.Key)
	f.change = func(tx *catalog.Tx) (bool, error) { return true, tx.Unaccept(a.Source, a.Key) }
	return []Finding{f}
}
