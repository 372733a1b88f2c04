package hearing

import (
	"cmp"
	"slices"
)

// Rise is where what is heard stands out from what is usual around it.
type Rise struct {
	At     int // the hop it begins in
	Lasts  int // hops it stays up, at most two minutes
	Points int // how much speaks for it; see weigh
	Above  int // tenths of a dB over what is usual in the minutes around it
	Odds   int // the same in hundredths of the usual spread
	Surge  int // tenths of a dB over what came just before it; 0 in the first two seconds
	Quiet  int // hops of quiet just before it, at most ten seconds
	Crowd  int // how like a crowd it sounds, 0 … 100
	Music  int // how like music, 0 … 100
}

// Lengths in hops.
const (
	step    = 5       // a rise is looked for each half second
	holds   = 40      // a rise lasts at least so long: 4 s
	before  = 20      // what came just before
	minutes = 3 * 600 // either side, what is usual
	beaten  = 200     // heard for a beat
	longest = 2 * 600 // of a rise
	settle  = 10      // a second, within which the exact hop is looked for
	lately  = 16      // steps: 8 s
	calm    = 100     // hops of quiet that count
)

// Levels in tenths of a dB.
const (
	faintest = -600 // a rise is heard: it stays above this
	nothing  = -750 // below it is dead air, which is not counted as usual
	deepest  = -800 // what is deeper is as deep as this
	least    = 30   // a rise is at least so much: 3 dB, clearly louder
	narrow   = 30   // no recording is so even that less than this is its spread
	startles = 300  // a surge of 30 dB is as much as there can be
	wanted   = 40   // points of a rise that is worth a look
)

// Rises are the rises in what was heard, best first, each at least so many
// hops from any better one, at most so many. Nothing stands out of silence, of
// unchanging noise, or where there is less than ten seconds.
func Rises(all []Heard, apart, most int) []Rise {
	s := stretches(all)
	s.compare()
	var found []Rise
	for i := range s.full {
		if r, ok := s.rise(all, i); ok {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b Rise) int { return cmp.Compare(b.Points, a.Points) })
	var out []Rise
	for _, r := range found {
		if len(out) == most {
			break
		}
		if !slices.ContainsFunc(out, func(o Rise) bool { return r.At-o.At < apart && o.At-r.At < apart }) {
			out = append(out, r)
		}
	}
	return out
}

// stretched is what is heard in the stretch of length holds from each step on.
type stretched struct {
	full   []int // the level it falls below only now and then: a fifth of the time
	sway   []int // how far its level goes up and down
	hiss   []int // how much it is like noise, but for a fifth of the time
	usual  []int // full in the minutes around
	spread []int
}

func stretches(all []Heard) *stretched {
	s := &stretched{}
	levels, noises := make([]int, holds), make([]int, holds)
	for from := 0; from+holds <= len(all); from += step {
		for i, h := range all[from : from+holds] {
			levels[i], noises[i] = max(int(h.Level), deepest), int(h.Noise)
		}
		slices.Sort(levels)
		slices.Sort(noises)
		s.full = append(s.full, levels[holds/5])
		s.sway = append(s.sway, levels[holds*4/5]-levels[holds/5])
		s.hiss = append(s.hiss, noises[holds/5])
	}
	return s
}

// compare finds what is usual around each step: the middle of what is not
// dead air, and one and a half times how far half of it lies from there.
func (s *stretched) compare() {
	const every, reach = 4, minutes / step
	s.usual, s.spread = make([]int, len(s.full)), make([]int, len(s.full))
	for i := 0; i < len(s.full); i += every {
		var near []int
		seen := 0
		for k := max(0, i-reach); k < min(len(s.full), i+reach); k += every {
			seen++
			if s.full[k] > nothing {
				near = append(near, s.full[k])
			}
		}
		usual, spread := deepest, narrow
		if len(near)*4 > seen { // else dead air is what is usual
			usual = middle(near)
			for k := range near {
				near[k] = max(near[k]-usual, usual-near[k])
			}
			spread = max(middle(near)*3/2, narrow)
		}
		for k := i; k < min(i+every, len(s.full)); k++ {
			s.usual[k], s.spread[k] = usual, spread
		}
	}
}

// middle sorts v and gives what lies in its middle.
func middle(v []int) int {
	slices.Sort(v)
	return v[len(v)/2]
}

// rise judges the stretch from step i on.
func (s *stretched) rise(all []Heard, i int) (Rise, bool) {
	r := Rise{At: i * step, Above: s.full[i] - s.usual[i]}
	if s.full[i] <= faintest || r.Above < least {
		return r, false
	}
	r.Odds = 100 * r.Above / s.spread[i]
	r.At = exact(all, s.begins(i)*step)
	r.Surge = surge(all, r.At, holds*3/4)
	r.Quiet = quietBefore(all, r.At, s.full[i])
	r.Crowd = share(s.hiss[i]-50, 18) * share(140-s.sway[i], 80) / 100
	r.Music = music(all[r.At:min(r.At+beaten, len(all))], s.hiss[i])
	r.Lasts = s.lasts(i)
	r.weigh()
	return r, r.Points >= wanted
}

// share is v as hundredths of whole, 0 … 100.
func share(v, whole int) int { return min(max(100*v/whole, 0), 100) }

// weigh adds up what speaks for a rise. What stands out from minutes counts
// most, then how suddenly it came, and whether people are heard at once; music
// that merely begins is no moment.
func (r *Rise) weigh() {
	r.Points = min(r.Odds, 400)*30/100 + share(r.Surge, startles)*50/100 + r.Crowd*60/100 - r.Music*80/100
}

// exact is the hop near at from which on it is louder than before by most.
func exact(all []Heard, at int) int {
	best, most := at, -1<<30
	for i := max(at-2*settle, 0); i <= at+settle && i+settle <= len(all); i++ {
		if d := level(all[i:i+settle]) - level(all[max(i-settle/2, 0):i]); d > most && i > 0 {
			best, most = i, d
		}
	}
	return best
}

// level is the mean level of a stretch; deepest of none.
func level(part []Heard) int {
	if len(part) == 0 {
		return deepest
	}
	sum := 0
	for _, h := range part {
		sum += max(int(h.Level), deepest)
	}
	return sum / len(part)
}

func surge(all []Heard, at, after int) int {
	if at < before {
		return 0
	}
	return max(level(all[at:min(at+after, len(all))])-level(all[max(at-before, 0):at]), 0)
}

// quietBefore is how many hops before at are far below what follows.
func quietBefore(all []Heard, at, full int) int {
	n := 0
	for n < calm && at-n-1 >= 0 && int(all[at-n-1].Level) < full-100 {
		n++
	}
	return n
}

// begins is the step at which the level came up, if it did in the last few
// seconds before step i; else i: of something that goes on, the best is wanted.
func (s *stretched) begins(i int) int {
	half, k := (s.full[i]+s.usual[i])/2, i
	for k > 0 && s.full[k-1] >= half {
		if k--; i-k > lately {
			return i
		}
	}
	return k
}

// lasts is how many hops the level stays nearer to where it rose than to what
// is usual.
func (s *stretched) lasts(i int) int {
	half, k := (s.full[i]+s.usual[i])/2, i
	for k+1 < len(s.full) && (k-i)*step < longest && s.full[k+1] >= half {
		k++
	}
	return (k-i)*step + holds
}
