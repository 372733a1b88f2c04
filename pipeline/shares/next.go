package shares

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"dropcut/pipeline"
)

// Features are what the next variant is chosen by. Variants themselves are too
// many to learn of one by one; what they have in common is not.
type Features struct {
	HookKind string `json:"hook_kind"` // "" is no hook
	Style    string `json:"style"`
	Length   string `json:"length"` // as LengthOf says
}

// features are in this order wherever they are numbered.
var features = [3]string{"hook", "style", "length"}

func (f Features) levels() [3]string { return [3]string{f.HookKind, f.Style, f.Length} }

// LengthOf is the bucket of a clip's length: under 20 s, 20 s, 25 s, 60 s, 70 s,
// 80 s; named for where it begins.
func LengthOf(d time.Duration) string {
	name := "under 20 s"
	for _, b := range []struct {
		from time.Duration
		name string
	}{{20 * time.Second, "20 s"}, {25 * time.Second, "25 s"}, {60 * time.Second, "60 s"}, {70 * time.Second, "70 s"}, {80 * time.Second, "80 s"}} {
		if d >= b.from {
			name = b.name
		}
	}
	return name
}

// FeaturesOf is what choosing sees of a post.
func FeaturesOf(p pipeline.Post) Features {
	return Features{HookKind: p.HookKind, Style: p.Style, Length: LengthOf(p.Length)}
}

// Trial is a past post as evidence. One that is not counted yet is a trial too:
// rotation does not send the same again while it waits.
type Trial struct {
	Kind     pipeline.ClipKind `json:"kind"`
	Features Features          `json:"features"`
	Counted  bool              `json:"counted"`
	Shares   int64             `json:"shares"`
	Views    int64             `json:"views"`
}

// Trials is what there is to learn from.
func Trials(posts []Counted) []Trial {
	var out []Trial
	for _, c := range posts {
		if c.Post.PostedAt.IsZero() || c.Rate.has(SamePost) {
			continue
		}
		t := Trial{Kind: c.Post.Kind, Features: FeaturesOf(c.Post), Counted: c.Rate.IsCounted()}
		if t.Counted {
			t.Shares, t.Views = *c.Rate.Shares, *c.Rate.Views
		}
		out = append(out, t)
	}
	return out
}

// Candidate is a variant that could be posted next.
type Candidate struct {
	Variant  string            `json:"variant"`
	Kind     pipeline.ClipKind `json:"kind"`
	Features Features          `json:"features"`
}

// How a choice was made.
type How string

// Rotate spreads posts over all there is, until each hook kind, style and length
// was seen often enough; then Sample posts each as often as it is likely the best.
const (
	Rotate How = "rotate"
	Sample How = "sample"
)

// Choice is the variant to post next, and all that a log needs to judge it later.
type Choice struct {
	Candidate    Candidate `json:"candidate"`
	How          How       `json:"how"`
	Propensity   float64   `json:"propensity"`   // with which it was chosen
	Propensities []float64 `json:"propensities"` // of all candidates, in their order; they add up to 1
	Trials       int       `json:"trials"`       // counted posts it rests on
	Leads        []Lead    `json:"leads"`        // of each feature in which candidates differ
	Sure         string    `json:"sure"`         // how sure it is, in words
}

const (
	explore   = 0.10 // of all posts go to any candidate alike, so that nothing is given up for good
	capViews  = 5000 // views of one post that count as evidence: a viral one is not a million trials
	draws     = 1000 // of what may be true, to see how often each is best
	seenPosts = 2    // counted posts of a hook kind, style or length that are enough to stop rotating …
	seenViews = 200  // … with so many views
	seenMost  = 6    // … or so many posts, whatever their views
)

// Next chooses among candidates of one kind. The same history, candidates and
// generator in the same state give the same choice; neither changes. It fails as
// invalid without candidates, or where core and short are mixed.
//
// The choice is drawn from Propensities, which are known exactly: a tenth is
// spread over all candidates, the rest goes where How says.
func Next(history []Trial, candidates []Candidate, rng *rand.Rand) (Choice, error) {
	if len(candidates) == 0 {
		return Choice{}, pipeline.Fail(pipeline.Invalid, "no_candidates", "approve a variant", "choose the next variant: there are no candidates")
	}
	kind := candidates[0].Kind
	if slices.ContainsFunc(candidates, func(c Candidate) bool { return c.Kind != kind }) {
		return Choice{}, pipeline.Fail(pipeline.Invalid, "mixed_kinds", "ask for core and short apart", "choose the next variant: candidates are of more than one kind")
	}
	history = slices.DeleteFunc(slices.Clone(history), func(t Trial) bool { return t.Kind != kind })
	slices.SortFunc(history, byTrial) // sums of floats are the same in the same order
	n := seen(history)
	m := fit(history, candidates)
	b := m.imagine(candidates, rng)
	out := Choice{How: Sample, Trials: n.counted, Leads: m.leads(b, n, candidates), Propensities: b.best}
	if missing := n.missing(candidates); len(missing) > 0 {
		out.How, out.Propensities = Rotate, n.rotation(candidates)
		out.Sure = sureOfRotation(missing)
	} else {
		out.Sure = sure(out.Leads, n.counted)
	}
	for i := range out.Propensities {
		out.Propensities[i] = (1-explore)*out.Propensities[i] + explore/float64(len(candidates))
	}
	i := draw(out.Propensities, rng)
	out.Candidate, out.Propensity = candidates[i], out.Propensities[i]
	return out, nil
}

func byTrial(a, b Trial) int {
	return cmp.Or(cmp.Compare(a.Features.HookKind, b.Features.HookKind), cmp.Compare(a.Features.Style, b.Features.Style),
		cmp.Compare(a.Features.Length, b.Features.Length), first(a.Counted, b.Counted), cmp.Compare(a.Views, b.Views), cmp.Compare(a.Shares, b.Shares))
}

// draw is the index of one of the chances, which add up to 1.
func draw(chances []float64, rng *rand.Rand) int {
	at := rng.Float64()
	for i, c := range chances {
		if at -= c; at < 0 {
			return i
		}
	}
	return len(chances) - 1
}
