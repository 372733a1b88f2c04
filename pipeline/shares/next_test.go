package shares

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dropcut/pipeline"
)

func core(hook, style string) Candidate {
	return Candidate{Variant: hook + " " + style, Kind: pipeline.Core, Features: Features{HookKind: hook, Style: style, Length: "70 s"}}
}

func trials(n int, hook string, views, shares int64) (out []Trial) {
	for range n {
		out = append(out, Trial{Kind: pipeline.Core, Features: core(hook, "phrase").Features, Counted: true, Views: views, Shares: shares})
	}
	return out
}

func next(t *testing.T, history []Trial, seed uint64, candidates ...Candidate) Choice {
	t.Helper()
	c, err := Next(history, candidates, rand.New(rand.NewPCG(seed, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWithoutEvidenceAllTakeTurns(t *testing.T) {
	waiting := trials(1, "question", 0, 0)
	waiting[0].Counted = false
	got := next(t, waiting, 1, core("question", "phrase"), core("number", "phrase"))
	if got.How != Rotate || got.Propensities[0] != 0.05 || math.Abs(got.Propensities[1]-0.95) > 1e-12 {
		t.Errorf("%s %v: want number next, since a question is out already", got.How, got.Propensities)
	}
	if !strings.Contains(got.Sure, "too little was counted") {
		t.Errorf("it says %q", got.Sure)
	}
}

func TestWhatEarnsMoreIsPostedMoreAndNothingIsGivenUp(t *testing.T) {
	history := append(trials(12, "question", 3000, 60), trials(12, "number", 3000, 15)...)
	got := next(t, history, 1, core("question", "phrase"), core("number", "phrase"))
	if got.How != Sample || got.Propensities[0] < 0.9 || got.Propensities[1] < 0.05 {
		t.Errorf("%s %v", got.How, got.Propensities)
	}
	if len(got.Leads) != 1 || got.Leads[0].Level != "question" || got.Leads[0].Posts != 12 || !strings.Contains(got.Sure, "hook question is almost surely the best of 2") {
		t.Errorf("%+v: %q", got.Leads, got.Sure)
	}
}

func TestAViralPostIsNotAMillionTrials(t *testing.T) {
	history := append(trials(3, "question", 800, 8), trials(2, "number", 800, 8)...)
	calm := next(t, history, 1, core("question", "phrase"), core("number", "phrase"))
	history = append(history, trials(1, "number", 2_000_000, 60_000)...)
	got := next(t, history, 1, core("question", "phrase"), core("number", "phrase"))
	if got.Leads[0].Chance > 0.9 {
		t.Errorf("one viral post made it %.0f %% sure (%.0f %% before)", 100*got.Leads[0].Chance, 100*calm.Leads[0].Chance)
	}
	again := append(history[:5:5], trials(1, "number", 5000, 150)...)
	if same := next(t, again, 1, core("question", "phrase"), core("number", "phrase")); same.Leads[0] != got.Leads[0] || same.Propensities[0] != got.Propensities[0] {
		t.Errorf("2,000,000 views weigh %+v, 5000 views of the same rate %+v", got.Leads[0], same.Leads[0])
	}
}

func TestOfTheOtherKindNothingIsLearned(t *testing.T) {
	history := append(trials(8, "question", 3000, 60), trials(8, "number", 3000, 15)...)
	for i := range history {
		history[i].Kind = pipeline.Short
	}
	if got := next(t, history, 1, core("question", "phrase"), core("number", "phrase")); got.How != Rotate || got.Trials != 0 {
		t.Errorf("%s after %d posts of shorts", got.How, got.Trials)
	}
	mixed := core("question", "phrase")
	mixed.Kind = pipeline.Short
	for _, candidates := range [][]Candidate{nil, {core("number", "phrase"), mixed}} {
		if _, err := Next(nil, candidates, rand.New(rand.NewPCG(1, 1))); !errors.Is(err, pipeline.Invalid) {
			t.Errorf("%v: %v", candidates, err)
		}
	}
}

func TestTheSameSeedChoosesTheSameAndChancesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hooks, styles := rapid.SampledFrom([]string{"", "question", "number"}), rapid.SampledFrom([]string{"phrase", "karaoke"})
		var history []Trial
		for range rapid.IntRange(0, 20).Draw(t, "posts") {
			views := rapid.Int64Range(0, 1_000_000).Draw(t, "views")
			history = append(history, Trial{Kind: pipeline.Core, Features: core(hooks.Draw(t, "hook"), styles.Draw(t, "style")).Features,
				Counted: rapid.Bool().Draw(t, "counted"), Views: views, Shares: rapid.Int64Range(0, views).Draw(t, "shares")})
		}
		var candidates []Candidate
		for range rapid.IntRange(1, 6).Draw(t, "candidates") {
			candidates = append(candidates, core(hooks.Draw(t, "hook"), styles.Draw(t, "style")))
		}
		seed := rapid.Uint64().Draw(t, "seed")
		a, err := Next(history, candidates, rand.New(rand.NewPCG(seed, 0)))
		if err != nil {
			t.Fatal(err)
		}
		shuffled := rapid.Permutation(history).Draw(t, "history in another order")
		b, _ := Next(shuffled, candidates, rand.New(rand.NewPCG(seed, 0)))
		if written(t, a) != written(t, b) {
			t.Fatalf("%s\n%s", written(t, a), written(t, b))
		}
		sum := 0.0
		for _, p := range a.Propensities {
			if p < 0.1/float64(len(candidates))-1e-12 || math.IsNaN(p) {
				t.Fatalf("propensity %v of %d candidates", p, len(candidates))
			}
			sum += p
		}
		if math.Abs(sum-1) > 1e-9 || a.Propensity <= 0 {
			t.Fatalf("propensities add up to %v", sum)
		}
	})
}

// TestPropensitiesAreWhatHappens draws many times from one history.
func TestPropensitiesAreWhatHappens(t *testing.T) {
	history := append(trials(4, "question", 1000, 14), trials(4, "number", 1000, 10)...)
	want, n := 0.0, 0
	for seed := range uint64(600) {
		c := next(t, history, seed, core("question", "phrase"), core("number", "phrase"))
		want += c.Propensities[0] / 600
		if c.Candidate.Features.HookKind == "question" {
			n++
		}
	}
	if got := float64(n) / 600; math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/600) {
		t.Errorf("a question was chosen in %.3f of 600, propensity %.3f", got, want)
	}
}

func TestLengthsFallIntoTheirBuckets(t *testing.T) {
	for d, want := range map[time.Duration]string{15 * time.Second: "under 20 s", 20 * time.Second: "20 s", 29999 * time.Millisecond: "25 s",
		60 * time.Second: "60 s", 79999 * time.Millisecond: "70 s", 90 * time.Second: "80 s"} {
		if got := LengthOf(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	history := append(trials(100, "question", 3000, 60), trials(100, "number", 3000, 15)...)
	candidates := newWorld(1, 0.5, 0.25, 0.25).offer()
	for b.Loop() {
		if _, err := Next(history, candidates, rand.New(rand.NewPCG(1, 1))); err != nil {
			b.Fatal(err)
		}
	}
}
