package main

import (
	"bytes"
	"strings"
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

// TestInspectShowsCandidatesAndWhyEachWonOrLost: instants that nobody pointed
// at, and the windows that were behind the one that was taken.
func TestInspectShowsCandidatesAndWhyEachWonOrLost(t *testing.T) {
	t.Parallel()
	signal := func(at int64, confidence float64, used bool, unused string, why ...string) pipeline.ManifestMark {
		return pipeline.ManifestMark{Source: "signal", AtMS: at, Confidence: confidence, Used: used, Unused: unused, Why: why}
	}
	d := inspect.Document{
		Marks: []pipeline.ManifestMark{signal(60_000, 0.42, true, "", "a crowd sets in", "8 dB above what is usual"), signal(300_000, 0.1, false, "others are surer", "a little louder")},
		Moments: []inspect.Moment{{ManifestMoment: pipeline.ManifestMoment{StartMS: 30_000, EndMS: 110_000}, State: pipeline.MomentMade,
			Clips: []inspect.Clip{{Kind: pipeline.Short, InMS: 45_000, OutMS: 66_000, Points: 91, Why: []string{"ends with a sentence"},
				Over: []pipeline.ManifestRival{{InMS: 40_000, OutMS: 66_000, Points: 80, Lost: "starts inside a sentence"}}}}}},
	}
	var out bytes.Buffer
	if err := printDocument(console{&out, &out}, d); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"candidate 1:00.000 confidence 0.42, proposed: a crowd sets in; 8 dB above what is usual",
		"candidate 5:00.000 confidence 0.10, not proposed (others are surer): a little louder",
		"short 0:45.000-1:06.000 91 points: ends with a sentence",
		"not 0:40.000-1:06.000 80 points: starts inside a sentence",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
