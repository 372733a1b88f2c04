package main

import (
	"bytes"
	"testing"

	"dropcut/pipeline/upkeep"
)

// TestGCSaysThatNothingGoes: to a person; data stays empty.
func TestGCSaysThatNothingGoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		removed   upkeep.Removed
		out, talk string
	}{
		{upkeep.Removed{DryRun: true}, "", "nothing would go\n"},
		{upkeep.Removed{}, "", "nothing was to be removed\n"},
		{upkeep.Removed{DryRun: true, Halves: 1}, "would go  1 half-written file or upload\n", ""},
	} {
		var out, talk bytes.Buffer
		if err := (&gcCommand{}).print(console{&out, &talk}, c.removed); err != nil || out.String() != c.out || talk.String() != c.talk {
			t.Errorf("%+v: %v, %q, %q", c.removed, err, out.String(), talk.String())
		}
	}
}
