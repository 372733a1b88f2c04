package recording

import (
	"math/rand/v2"
	"os"
	"testing"

	"dropcut/faultstest"
)

// harmed is a recording of which something was lost, zeroed, changed, doubled,
// or said to be huge.
func harmed(body []byte, r *rand.Rand) ([]byte, string) {
	out := append([]byte(nil), body...)
	at := r.IntN(len(out))
	n := min(1+r.IntN(1<<r.IntN(14)), len(out)-at)
	switch r.IntN(6) {
	case 0:
		return out[:at], "truncations"
	case 1:
		clear(out[at : at+n])
		return out, "zeroed stretches"
	case 2:
		for i := range n {
			out[at+i] = byte(r.Uint32())
		}
		return out, "changed stretches"
	case 3:
		return append(out[:at], out[at+n:]...), "lost stretches"
	case 4:
		return append(out[:at], append(append([]byte(nil), out[at:at+n]...), out[at:]...)...), "doubled stretches"
	default:
		for i := range min(8, len(out)-at) {
			out[at+i] = 0xff
		}
		return out, "huge numbers"
	}
}

// TestADamagedRecordingIsReadOrRefusedAndNothingHangs: good files of every
// container, damaged again and again.
func TestADamagedRecordingIsReadOrRefusedAndNothingHangs(t *testing.T) {
	t.Parallel()
	faultstest.AtLength(t)
	r := faultstest.Rand(t)
	figures := faultstest.Figures{Faults: map[string]int{}}
	fragmented := []string{"-g", "5", "-movflags", "+frag_keyframe+empty_moov"}
	refused := 0
	for _, f := range []struct {
		name    string
		options []string
	}{{"last.mp4", nil}, {"first.mp4", []string{"-movflags", "+faststart"}}, {"fragmented.mp4", fragmented}, {"a.mov", nil}, {"a.mkv", nil},
		{"live.mkv", []string{"-live", "1"}}, {"a.ts", nil}, {"a.flv", nil}, {"b.mkv", []string{"-bf", "2", "-g", "10"}}} {
		body, err := os.ReadFile(drawn(t, f.name, "10", "2", append([]string{"-s", "64x64"}, f.options...)...))
		if err != nil {
			t.Fatal(err)
		}
		for range faultstest.Scaled(20, 1000) {
			worse, how := harmed(body, r)
			if e := tried(t, worse); e != nil {
				refused++
				if e.Detail == "" || e.Code == "" {
					t.Errorf("%s, %s: refused without a reason: %+v", f.name, how, e)
				}
			}
			figures.Faults[how]++
			figures.Done++
		}
	}
	t.Logf("%d of %d were refused", refused, figures.Done)
	faultstest.Tell(t, figures)
}
