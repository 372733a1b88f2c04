package marks

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"
)

// heatBin is how often one stretch was replayed, 0 … 1 of the most.
type heatBin struct {
	Start *writtenTime `json:"start_time"`
	End   *writtenTime `json:"end_time"`
	Value *float64     `json:"value"`
}

const (
	mostBins  = 10_000           // of a heat map; YouTube has 100
	mostPeaks = 10               // that are marks
	widestBin = 10 * time.Minute // a coarser map points at nothing
)

// heatmap makes a mark of every stretch that was replayed far more often than
// the others: the middle of the bin, precise to half its width. The beginning
// is no peak while the map only falls from it: everybody begins there.
func heatmap(raw json.RawMessage) List {
	l := List{Source: SourceYtdlpHeatmap}
	var all []heatBin
	each(&l, raw, "stretch", func(n int, b heatBin) {
		if b.Start == nil || b.End == nil || b.Value == nil || b.End.at <= b.Start.at || b.End.at-b.Start.at > widestBin || math.IsNaN(*b.Value) {
			l.problem("stretch %d of the heat map is none", n)
			return
		}
		if len(all) < mostBins {
			all = append(all, b)
		}
	})
	slices.SortStableFunc(all, func(a, b heatBin) int { return cmp.Compare(a.Start.at, b.Start.at) })
	for _, i := range peaks(all) {
		b := all[i]
		half := (b.End.at - b.Start.at) / 2
		l.Add(Entry{At: b.Start.at + half, Step: max(half, time.Millisecond), Label: "most replayed"})
	}
	return l
}

// peaks is which bins stand out, in order of time: local maxima three times the
// usual deviation above the median and at least a quarter of the scale, the
// highest first where there are many.
func peaks(all []heatBin) (out []int) {
	const least = 0.25
	if len(all) < 5 {
		return nil
	}
	values := make([]float64, len(all))
	for i, b := range all {
		values[i] = *b.Value
	}
	mid := median(values)
	apart := make([]float64, len(all))
	for i, v := range values {
		apart[i] = math.Abs(v - mid)
	}
	floor := mid + max(least, 3*1.4826*median(apart)) // 1.4826 makes a median deviation a standard one
	for i := 1; i < len(values); i++ {
		if values[i] >= floor && values[i] > values[i-1] && (i+1 == len(values) || values[i] >= values[i+1]) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	out = out[:min(len(out), mostPeaks)]
	slices.Sort(out)
	return out
}

func median(all []float64) float64 {
	s := slices.Sorted(slices.Values(all))
	return s[len(s)/2]
}
