package ffmpeg

import "testing"

func TestABuildSaysWhatItHas(t *testing.T) {
	r := runner(t)
	for _, c := range []struct {
		kind, name string
		want       bool
	}{
		{"encoder", "libx264", true}, {"filter", "ass", true}, {"filter", "no_such_filter", false}, {"encoder", "libx26", false},
	} {
		if got, err := r.Has(t.Context(), c.kind, c.name); got != c.want || err != nil {
			t.Errorf("%s %s: %v, %v", c.kind, c.name, got, err)
		}
	}
}
