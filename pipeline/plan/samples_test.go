package plan

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// interval is seconds of the sample recording.
type interval struct{ Start, End float64 }

// talk is what the sample recording's truth says of its talk sections.
func talk(t *testing.T) (speech, sections []interval) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "samples", "long", "truth.json"))
	if err != nil {
		t.Skip("the sample recordings are not here")
	}
	var truth struct {
		Speech   []interval `json:"speech_intervals"`
		Sections []struct {
			Start, End float64
			Kind       string
		}
	}
	if err := json.Unmarshal(body, &truth); err != nil {
		t.Fatal(err)
	}
	for _, x := range truth.Sections {
		if x.Kind == "talk" {
			sections = append(sections, interval{x.Start, x.End})
		}
	}
	return truth.Speech, sections
}

// wordsOf fills each stretch of speech with words of about a third of a second.
func wordsOf(speech []interval) []captions.Word {
	var out []captions.Word
	for _, x := range speech {
		if n := len(out); n > 0 && x.Start*30 < float64(out[n-1].End) {
			continue
		}
		out = append(out, sentence(x.Start, x.End, max(int((x.End-x.Start)*3), 1))...)
	}
	return out
}

// gapNear reports whether an edge at sec lies inside speech though a gap of
// 150 ms or more lies within 2 s.
func gapNear(speech []interval, sec float64) bool {
	for i, x := range speech {
		if sec <= x.Start+0.02 || sec >= x.End-0.02 {
			continue
		}
		before := i > 0 && sec-x.Start <= 2 && x.Start-speech[i-1].End >= 0.15
		after := i+1 < len(speech) && x.End-sec <= 2 && speech[i+1].Start-x.End >= 0.15
		return before || after
	}
	return false
}

func TestNoEdgeCutsSpeechWhereAGapIsNear(t *testing.T) {
	speech, sections := talk(t)
	words := wordsOf(speech)
	var gaps []timeline.Window
	for i, x := range speech[1:] {
		if x.Start-speech[i].End >= 0.15 {
			gaps = append(gaps, win(speech[i].End, x.Start))
		}
	}
	for _, c := range []struct {
		name  string
		words []captions.Word
		gaps  []timeline.Window
	}{{"words alone", words, nil}, {"quiet alone", nil, gaps}, {"both", words, gaps}} {
		t.Run(c.name, func(t *testing.T) {
			const seed = 2026
			t.Logf("200 random marks, seed %d", seed)
			rnd := rand.New(rand.NewPCG(2, seed))
			for range 200 {
				x := sections[rnd.IntN(len(sections))]
				in := around(x.Start+rnd.Float64()*(x.End-x.Start), 1200)
				in.Bounds = in.Moment.Span(in.Rate).Clamp(win(0, 1200))
				in.Words, in.Signals.Gaps = c.words, c.gaps
				if c.words == nil {
					in.Signals.Loudness = loud(1200, func(float64) float64 { return -20 })
				}
				drafts, _ := Plan(in)
				if len(of(drafts, pipeline.Core)) != 1 || len(of(drafts, pipeline.Short)) == 0 {
					t.Errorf("mark at %d: %d clips", in.Moment.Payoff.Out, len(drafts))
				}
				for _, d := range drafts {
					for _, f := range []int64{d.Window.In, d.Window.Out} {
						if gapNear(speech, float64(f)/30) {
							t.Errorf("mark at %d: the %s's edge at %.2f s cuts speech: %q", in.Moment.Payoff.Out, d.Kind, float64(f)/30, d.Why)
						}
					}
				}
			}
		})
	}
}
