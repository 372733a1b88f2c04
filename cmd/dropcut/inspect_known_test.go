package main

import (
	"bytes"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
)

// TestInspectOfAnIDListsWhatItHasByID: make and retry take IDs, which are read
// here; what goes on says how far it is, and what failed why.
func TestInspectOfAnIDListsWhatItHasByID(t *testing.T) {
	t.Parallel()
	broken := &pipeline.ManifestFailure{Code: "broken", Step: "render", Detail: "it broke", Hint: "try again"}
	d := inspect.Document{State: pipeline.RecordingDetected, Progress: &inspect.Progress{Done: 3, Failed: 1, Running: 1, Waiting: 2, Step: "render"},
		Failed: []inspect.Failed{{Subject: "v_2", Attempts: 3, ManifestFailure: *broken}},
		Moments: []inspect.Moment{
			{ManifestMoment: pipeline.ManifestMoment{ID: "m_1", StartMS: 50_000, EndMS: 112_000, Label: "crowd"}, State: pipeline.MomentRendering,
				Progress: &inspect.Progress{Done: 2, Running: 1, Step: "assemble"},
				Clips: []inspect.Clip{{ID: "c_1", Kind: pipeline.Core, State: pipeline.VariantMade, InMS: 50_000, OutMS: 112_000, Variants: []inspect.Variant{
					{ID: "v_1", State: pipeline.VariantMade, Aspect: "9:16", Layout: "fill", Style: "phrase", Language: "en", Hook: "Fifty left"},
					{ID: "v_2", State: pipeline.VariantFailed, Aspect: "1:1", Layout: "fit", Style: "phrase", Language: "en", Failure: broken}}}}},
			{ManifestMoment: pipeline.ManifestMoment{ID: "m_2", StartMS: 200_000, EndMS: 260_000}, State: pipeline.MomentOffered},
		}}
	const want = `state   detected       3 of 7 pieces of work done, at render, 1 failed
failed  render of v_2  broken: it broke (try again)

ID       STATE                                                WHAT
m_1      rendering (2 of 3 pieces of work done, at assemble)  moment 0:50.000-1:52.000 "crowd"
  c_1    made                                                 core 0:50.000-1:52.000
    v_1  made                                                 9:16 fill phrase en "Fifty left"
    v_2  failed (broken)                                      1:1 fit phrase en ""
m_2      offered                                              moment 3:20.000-4:20.000 ""
`
	var out bytes.Buffer
	if err := printKnown(console{&out, &out}, d); err != nil || out.String() != want {
		t.Errorf("%v, it is\n%swant\n%s", err, out.String(), want)
	}
}
