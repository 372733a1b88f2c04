package shares

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// model is what is believed of re-share rates: on the logit scale, a level of
// all posts plus what hook kind, style and length each add. Effects of one
// feature are pooled towards none, the more so the less they were seen to differ;
// posts of the same features differ too, by a variance that is learned, so that
// ten thousand views of one post never count as ten thousand trials.
//
// It is a generalised linear model with extra variance between trials (Williams
// 1982, model III), Gaussian priors, and the normal approximation at its mode.
type model struct {
	index   map[level]int // parameter of each level; 0 is the level of all posts
	size    int
	rows    []row
	mean    []float64 // of the parameters
	cov     *mat.SymDense
	pooled  [3]float64    // variance of the effects of each feature
	between float64       // variance between posts of the same features
	upper   *mat.TriDense // of the precision's Cholesky factor
}

// row is a counted post: which parameters it has, and its capped figures.
type row struct {
	at    [4]int
	trial trial
}

const (
	usual       = 0.01 // the rate that is expected of nothing that was seen …
	usualSpread = 1.5  // … give or take this on the logit scale: 0.2 % to 4 %
	poolPrior   = 0.10 // variance of effects before anything was seen, worth …
	poolWeight  = 3    // … as much as so many levels
	postPrior   = 0.30 // variance between posts, worth …
	postWeight  = 5    // … as much as so many posts
	rounds      = 15   // at most; most end earlier, when nothing moves
)

// fit learns from history what is needed to judge candidates.
func fit(history []Trial, candidates []Candidate) *model {
	m := &model{index: map[level]int{}, size: 1, pooled: [3]float64{poolPrior, poolPrior, poolPrior}, between: postPrior}
	for _, t := range history {
		if t.Counted && t.Views > 0 && t.Shares >= 0 && t.Shares <= t.Views {
			n := float64(min(t.Views, capViews))
			m.rows = append(m.rows, row{m.parameters(t.Features), trial{shares: float64(t.Shares) * n / float64(t.Views), views: n}})
		}
	}
	for _, c := range candidates {
		m.parameters(c.Features)
	}
	m.mean = make([]float64, m.size)
	m.mean[0] = logit(usual)
	for range rounds {
		was := slices.Clone(m.mean)
		m.solve()
		m.pool()
		if len(m.rows) == 0 || floats.Distance(was, m.mean, math.Inf(1)) < 1e-3 {
			break
		}
	}
	return m
}

// parameters is the numbers of what a post of these features adds up.
func (m *model) parameters(f Features) [4]int {
	out := [4]int{0}
	for i, name := range f.levels() {
		l := level{i, name}
		if _, ok := m.index[l]; !ok {
			m.index[l] = m.size
			m.size++
		}
		out[i+1] = m.index[l]
	}
	return out
}

func (m *model) predict(at [4]int) float64 {
	return m.mean[at[0]] + m.mean[at[1]] + m.mean[at[2]] + m.mean[at[3]]
}

// weigh is a row on the line through what is believed now: where it points, and
// how much it weighs. One step goes no further than 2, for the line is a curve.
func (m *model) weigh(r row) (off, weight float64) {
	p := min(max(expit(m.predict(r.at)), 1e-6), 1-1e-6)
	slope := p * (1 - p)
	off = min(max((r.trial.shares/r.trial.views-p)/slope, -2), 2)
	return off, 1 / (1/(r.trial.views*slope) + m.between)
}

// solve is one step of iteratively reweighted least squares.
func (m *model) solve() {
	precision := mat.NewSymDense(m.size, nil)
	right := mat.NewVecDense(m.size, nil)
	precision.SetSym(0, 0, 1/(usualSpread*usualSpread))
	right.SetVec(0, logit(usual)/(usualSpread*usualSpread))
	for l, i := range m.index {
		precision.SetSym(i, i, 1/m.pooled[l.feature])
	}
	for _, r := range m.rows {
		off, w := m.weigh(r)
		z := m.predict(r.at) + off
		for a, i := range r.at {
			right.SetVec(i, right.AtVec(i)+w*z)
			for _, j := range r.at[a:] {
				precision.SetSym(i, j, precision.At(i, j)+w)
			}
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(precision) {
		return // cannot be: a diagonal above zero plus squares
	}
	var mean mat.VecDense
	var cov mat.SymDense
	var upper mat.TriDense
	if chol.SolveVecTo(&mean, right) != nil || chol.InverseTo(&cov) != nil {
		return
	}
	chol.UTo(&upper)
	copy(m.mean, mean.RawVector().Data)
	m.cov, m.upper = &cov, &upper
}

// pool learns how much effects of a feature differ, and how much posts of the
// same features do: each from what is seen and a prior of some weight.
func (m *model) pool() {
	var sum, n [3]float64
	for l, i := range m.index {
		sum[l.feature] += m.mean[i]*m.mean[i] + m.cov.At(i, i)
		n[l.feature]++
	}
	for f := range sum {
		m.pooled[f] = (poolWeight*poolPrior + sum[f]) / (poolWeight + n[f])
	}
	seen, free := 0.0, 0.0
	for _, r := range m.rows {
		off, w := m.weigh(r)
		lever := 0.0
		for _, i := range r.at {
			for _, j := range r.at {
				lever += m.cov.At(i, j)
			}
		}
		seen += w * off * off
		free += max(0, 1-w*lever)
	}
	ratio := (postWeight*postPrior/m.between + seen) / (postWeight + free)
	m.between = min(max(m.between*ratio, 0.02), 2)
}

// beliefs is how often things were best among draws of what may be true.
type beliefs struct {
	best   []float64         // of each candidate
	levels map[level]float64 // of each level among those of its feature
}

// imagine draws what may be true, and sees what would be best then. Candidates
// that are alike share what they win.
func (m *model) imagine(candidates []Candidate, rng *rand.Rand) beliefs {
	out := beliefs{best: make([]float64, len(candidates)), levels: map[level]float64{}}
	kinds, of := map[[4]int]int{}, []([]int){}
	var at [][4]int
	for i, c := range candidates {
		p := m.parameters(c.Features)
		k, ok := kinds[p]
		if !ok {
			k = len(at)
			kinds[p] = k
			at, of = append(at, p), append(of, nil)
		}
		of[k] = append(of[k], i)
	}
	var names [3][]string
	for f := range names {
		names[f] = rivals(candidates, f)
	}
	wins := make([]int, len(at))
	x := make([]float64, m.size)
	for range draws {
		m.sample(x, rng)
		wins[m.winner(at, x)]++
		for f := range names {
			out.levels[level{f, names[f][m.leader(f, names[f], x)]}] += 1.0 / draws
		}
	}
	for k, n := range wins {
		for _, i := range of[k] {
			out.best[i] = float64(n) / draws / float64(len(of[k]))
		}
	}
	return out
}

// sample draws parameters: the mean plus U⁻¹ of independent normals, where UᵀU
// is the precision.
func (m *model) sample(x []float64, rng *rand.Rand) {
	u := m.upper.RawTriangular()
	for i := m.size - 1; i >= 0; i-- {
		v := rng.NormFloat64()
		line := u.Data[i*u.Stride : i*u.Stride+m.size]
		for j := i + 1; j < m.size; j++ {
			v -= line[j] * x[j]
		}
		x[i] = v / line[i]
	}
	for i := range x {
		x[i] += m.mean[i]
	}
}

func (m *model) winner(at [][4]int, x []float64) int {
	best, most := 0, math.Inf(-1)
	for k, p := range at {
		if v := x[p[1]] + x[p[2]] + x[p[3]]; v > most {
			best, most = k, v
		}
	}
	return best
}

func (m *model) leader(feature int, names []string, x []float64) int {
	best, most := 0, math.Inf(-1)
	for k, name := range names {
		if v := x[m.index[level{feature, name}]]; v > most {
			best, most = k, v
		}
	}
	return best
}
