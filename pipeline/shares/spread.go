package shares

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Spread is an interval of the same rate that knows that views of one post are
// not trials of their own: what differs between posts is in it. It is never
// narrower than Wilson's.
type Spread struct {
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Effective float64 `json:"effective_posts"` // posts of equal views that would tell as much
}

// trial is one post's figures, which may be scaled.
type trial struct{ shares, views float64 }

// spreadOf is an interval of a ratio over clusters, on the logit scale. Its
// variance is what the posts themselves show (Cochran, Sampling Techniques, 6.3),
// worth as many posts as there are effective ones (Kish's (Σn)²/Σn²) less one, and
// what is usual between posts, worth postWeight: two posts that happen to agree, or
// not to, say little of how much posts differ. No views: nil. No re-shares, or
// nothing but re-shares: Wilson's.
func spreadOf(each []trial) *Spread {
	x, n, squares, k := totals(each)
	if k == 0 {
		return nil
	}
	w := Wilson(int64(x), int64(n))
	out := &Spread{Low: *w.Low, High: *w.High, Effective: n * n / squares}
	p := x / n
	slope := p * (1 - p)
	if slope <= 0 {
		return out
	}
	usual := 1/(n*slope) + postPrior/out.Effective
	weight := out.Effective - 1
	variance := (weight*clustered(each, p)/(slope*slope) + postWeight*usual) / (weight + postWeight)
	reach := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: weight + postWeight}.Quantile(0.975) * math.Sqrt(variance)
	out.Low = min(out.Low, expit(logit(p)-reach))
	out.High = max(out.High, expit(logit(p)+reach))
	return out
}

// clustered is the variance of the rate p that the posts themselves show; 0 of one.
func clustered(each []trial, p float64) float64 {
	off := 0.0
	for _, t := range each {
		off += (t.shares - p*t.views) * (t.shares - p*t.views)
	}
	_, n, _, k := totals(each)
	return float64(k) / float64(max(k-1, 1)) * off / (n * n)
}

// totals adds up the posts that have views.
func totals(each []trial) (shares, views, squares float64, posts int) {
	for _, t := range each {
		if t.views > 0 {
			shares, views, squares, posts = shares+t.shares, views+t.views, squares+t.views*t.views, posts+1
		}
	}
	return
}

// differ reports whether posts differ by more than chance: Pearson's χ² at 5 %.
func differ(each []trial) bool {
	x, n, _, k := totals(each)
	if k < 2 || x <= 0 || x >= n {
		return false
	}
	p, chi := x/n, 0.0
	for _, t := range each {
		if t.views > 0 {
			chi += (t.shares - p*t.views) * (t.shares - p*t.views) / (t.views * p * (1 - p))
		}
	}
	return chi > distuv.ChiSquared{K: float64(k - 1)}.Quantile(0.95)
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
