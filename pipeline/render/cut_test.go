package render

import (
	"math/rand/v2"
	"slices"
	"testing"

	"dropcut/pipeline/timeline"
)

// chance gives clips as plan may give them, and sometimes worse: windows of 15
// to 90 s with edges anywhere, near each other, equal, in no order.
func chance(r *rand.Rand, rate timeline.Rate) []timeline.Window {
	var out []timeline.Window
	second := rate.FramesOfMillis(1000)
	for range 1 + r.IntN(5) {
		in := r.Int64N(400 * second)
		if len(out) > 0 && r.IntN(2) == 0 {
			in = max(out[r.IntN(len(out))].In+r.Int64N(40)-20, 0)
		}
		out = append(out, timeline.Window{In: in, Out: in + 15*second + r.Int64N(75*second)})
	}
	return out
}

func TestEveryWindowIsCoveredWithoutGapOrOverlap(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		rate := timeline.Standards()[r.IntN(8)]
		windows := chance(r, rate)
		cuts := Cuts(windows, rate)
		for _, w := range windows {
			at := w.In
			for _, s := range Segments(w, cuts) {
				if s.In != at || s.Frames() < minSegment {
					t.Fatalf("seed %d: %v cut as %v: a gap, an overlap or too short at %v", seed, w, Segments(w, cuts), s)
				}
				if most := rate.Grid() + 2*minSegment; s.Frames() > most {
					t.Fatalf("seed %d: a segment of %d frames, %d at most", seed, s.Frames(), most)
				}
				at = s.Out
			}
			if at != w.Out {
				t.Fatalf("seed %d: %v is covered to %d", seed, w, at)
			}
		}
	}
}

func TestTheSameWindowsAreCutTheSameInAnyOrder(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		windows := chance(r, timeline.Rate30)
		want := Cuts(windows, timeline.Rate30)
		r.Shuffle(len(windows), func(i, j int) { windows[i], windows[j] = windows[j], windows[i] })
		if got := Cuts(windows, timeline.Rate30); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v, then %v", seed, want, got)
		}
	}
}

func TestCutsLieAtEdgesHooksAndTheGrid(t *testing.T) {
	for _, c := range []struct {
		why     string
		windows []timeline.Window
		want    []int64
	}{
		{"edges, hook's end, grid", []timeline.Window{{In: 30, Out: 250}}, []int64{30, 60, 105, 120, 180, 240, 250}},
		{"a grid point 7 frames from an edge gives way", []timeline.Window{{In: 53, Out: 247}}, []int64{53, 120, 128, 180, 247}},
		{"and so does one 7 frames from a hook's end", []timeline.Window{{In: 38, Out: 200}}, []int64{38, 60, 113, 180, 200}},
		{"a short in a core shares its cuts", []timeline.Window{{In: 0, Out: 300}, {In: 90, Out: 210}}, []int64{0, 60, 75, 90, 120, 165, 180, 210, 240, 300}},
		{"windows apart leave nothing between", []timeline.Window{{In: 0, Out: 60}, {In: 600, Out: 660}}, []int64{0, 60, 600, 660}},
		{"an empty window cuts nothing", []timeline.Window{{In: 5, Out: 5}}, nil},
	} {
		if got := Cuts(c.windows, timeline.Rate30); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestAShortInACoreIsMadeOfItsSegments(t *testing.T) {
	core, short := timeline.Window{In: 10, Out: 2300}, timeline.Window{In: 700, Out: 1300}
	cuts := Cuts([]timeline.Window{core, short}, timeline.Rate30)
	of := Segments(core, cuts)
	for _, s := range Segments(short, cuts) {
		if !slices.Contains(of, s) {
			t.Errorf("%v is not among the core's", s)
		}
	}
}
