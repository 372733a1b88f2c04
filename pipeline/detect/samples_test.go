package detect

import (
	"encoding/json"
	"slices"
	"testing"

	"dropcut/pipeline"
)

// trueMoment is what is known of a moment of the sample recording, in seconds.
type trueMoment struct {
	ID         string
	Start, End float64
	Payoff     []float64
}

func trueMoments(t *testing.T) []trueMoment {
	t.Helper()
	var truth struct{ Moments []trueMoment }
	if err := json.Unmarshal(read(t, sample(t, "long/payoffs.json")), &truth); err != nil {
		t.Fatal(err)
	}
	return truth.Moments
}

// TestTheSampleRecordingGivesItsMoments holds each source alone against what is
// known of the sample: a core of 60–90 s that stays in the moment and holds its
// payoff must hold the known payoff, or share 25 s with the known moment.
func TestTheSampleRecordingGivesItsMoments(t *testing.T) {
	path := sample(t, "long/proxy_360p_with_chapters.mp4")
	truth := trueMoments(t)
	for _, c := range []struct {
		name, file string
		unused     []string // codes of marks that are not used, without structure
	}{
		{"Twitch", "long/marks/twitch_markers.csv", []string{UnusedDeadAir}},
		{"YouTube", "long/marks/youtube_chapters.txt", nil},
		{"chapters", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, path)
			if c.file != "" {
				b.rec.Media.Chapters = nil // each source alone
				b.keepRecording(t)
				b.sidecar(t, "marks", read(t, sample(t, c.file)), true)
			}
			marks, moments, out := b.detect(t)
			var unused []string
			for _, m := range marks {
				if !m.Used() && m.UnusedCode != UnusedStructure {
					unused = append(unused, m.UnusedCode)
					t.Logf("%s %q: %s", spoken(m.At), m.Label, m.Unused)
				}
			}
			if !slices.Equal(unused, c.unused) || len(moments) != len(truth) || len(out.Next) != len(moments) {
				t.Fatalf("unused %v, %d moments, %d rows", unused, len(moments), len(out.Next))
			}
			for i, want := range truth {
				m := moments[i]
				t.Logf("%s: window %.1f-%.1f payoff %.1f-%.1f given %v %q in %s", want.ID, float64(m.Window.In)/30, float64(m.Window.Out)/30,
					float64(m.Payoff.In)/30, float64(m.Payoff.Out)/30, m.Given, m.Label, m.Folder)
				known := win(want.Start, want.End)
				if want.Payoff != nil {
					known = win(want.Payoff[0], want.Payoff[1])
				}
				if !worstCore(m, func(core int64) bool {
					at := win(0, 60)
					at.In, at.Out = at.In+core, at.Out+core
					if want.Payoff != nil {
						return at.Covers(known)
					}
					return at.Intersect(known).Frames() >= 25*30
				}) {
					t.Errorf("%s: a core in %v with payoff %v may miss %v", want.ID, m.Window, m.Payoff, known)
				}
			}
			b.Shelf = nil // nothing is read a second time
			_, again, _ := b.detect(t)
			for i := range moments {
				if again[i].ID != moments[i].ID || again[i].Folder != moments[i].Folder {
					t.Errorf("%s became %s", moments[i].ID, again[i].ID)
				}
			}
		})
	}
}

// worstCore tries every core of 60 s that holds the payoff and as much of the
// moment as it can: inside a longer moment, around a shorter one.
func worstCore(m pipeline.Moment, good func(in int64) bool) bool {
	const length = 60 * 30
	from, to := m.Window.In, m.Window.Out-length
	if m.Window.Frames() < length {
		from, to = m.Window.Out-length, m.Window.In
	}
	for in := from; in <= to; in++ {
		if in <= m.Payoff.In && in+length >= m.Payoff.Out && !good(in) {
			return false
		}
	}
	return true
}
