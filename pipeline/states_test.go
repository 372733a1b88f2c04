package pipeline

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write docs/states.md anew")

func TestTheStatesPageSaysWhatTheCodeSays(t *testing.T) {
	file := filepath.Join("..", "docs", "states.md")
	if *update {
		if err := os.WriteFile(file, []byte(StatesDocument()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(file)
	if err != nil || string(page) != StatesDocument() {
		t.Errorf("docs/states.md is not what the code says; run go test ./pipeline -update (%v)", err)
	}
}

func TestEveryStateCanBeReached(t *testing.T) {
	for record, all := range map[string][]string{
		"recording":        {string(RecordingFound), string(RecordingSealed), string(RecordingDetected), string(RecordingDone), string(RecordingNoMoment), string(RecordingFailed)},
		"moment":           {string(MomentFound), string(MomentOffered), string(MomentExcerpted), string(MomentPlanned), string(MomentRendering), string(MomentMade), string(MomentSuperseded), string(MomentFailed)},
		"variant revision": {string(VariantOffered), string(VariantRendering), string(VariantMade), string(VariantApproved), string(VariantRejected), string(VariantReplaced), string(VariantFailed)},
	} {
		reached := map[string]bool{}
		for _, s := range states {
			for _, c := range s.changes {
				reached[s.record+" "+c.to] = true
			}
		}
		for _, state := range all {
			if !reached[record+" "+state] {
				t.Errorf("%s: nothing leads to %s", record, state)
			}
		}
	}
}
