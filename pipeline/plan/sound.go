package plan

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// sound is the loudness around a moment in tenths of a LUFS, as whole numbers.
type sound struct {
	at    []int64 // middle of each measured stretch
	level []int64
	usual int64   // level in the middle of all that is not silent
	sum   []int64 // of interest before each entry
	dead  []int64 // number of silent entries before each
}

const (
	silent  = -500 // tenths of a LUFS; below it nothing is heard beside the rest
	deepest = -700
)

// soundIn reads the loudness that touches area.
func soundIn(all []pipeline.Loudness, area timeline.Window, r rules) sound {
	var s sound
	half := r.second / 5 // a momentary loudness covers the 400 ms before it
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b pipeline.Loudness) int { return cmp.Compare(a.At, b.At) })
	for _, l := range all {
		if at := l.At - half; area.Contains(at) {
			s.at = append(s.at, at)
			s.level = append(s.level, tenths(l.LUFS))
		}
	}
	var heard []int64
	for _, v := range s.level {
		if v > silent {
			heard = append(heard, v)
		}
	}
	slices.Sort(heard)
	if len(heard) > 0 {
		s.usual = heard[len(heard)/2]
	}
	s.sum, s.dead = make([]int64, len(s.at)+1), make([]int64, len(s.at)+1)
	for i, v := range s.level {
		worth, dead := min(max(v-s.usual, -150), 100), int64(0)
		if v <= silent {
			worth, dead = -200, 1
		}
		s.sum[i+1], s.dead[i+1] = s.sum[i]+worth, s.dead[i]+dead
	}
	return s
}

func tenths(lufs float64) int64 {
	if math.IsNaN(lufs) || lufs < -70 {
		return deepest
	}
	return int64(math.Round(min(lufs, 30) * 10))
}

func (s sound) in(w timeline.Window) (from, to int) {
	return sort.Search(len(s.at), func(i int) bool { return s.at[i] >= w.In }), sort.Search(len(s.at), func(i int) bool { return s.at[i] >= w.Out })
}

// interest is how much louder than usual w is, -200 … 100; 0 when unknown.
func (s sound) interest(w timeline.Window) int64 {
	from, to := s.in(w)
	if from >= to {
		return 0
	}
	return (s.sum[to] - s.sum[from]) / int64(to-from)
}

// hush is how much quieter than usual w is, 0 … 100.
func (s sound) hush(w timeline.Window) int64 {
	from, to := s.in(w)
	if from >= to {
		return 0
	}
	return min(max((s.usual-mean(s.level[from:to]))/2, 0), 100)
}

// silence is how much of w is silent, in hundredths.
func (s sound) silence(w timeline.Window) int64 {
	from, to := s.in(w)
	if from >= to {
		return 0
	}
	return (s.dead[to] - s.dead[from]) * 100 / int64(to-from)
}

func mean(v []int64) int64 {
	var sum int64
	for _, x := range v {
		sum += x
	}
	return sum / int64(len(v))
}
