package hearing

// Beats come three to a second, or one in two seconds, or between.
const (
	quickest = 3
	slowest  = 20
)

// music is how like music a stretch is, 0 … 100: its spectrum rises again and
// again at one distance and at twice that, or it is made of tones alone.
func music(part []Heard, hiss int) int {
	tones := share(30-hiss, 15)
	return max(tones, share(beat(part)-25, 25))
}

// beat is how much of what changes comes again one beat later and two beats
// later, in hundredths.
func beat(part []Heard) int {
	if len(part) < 4*slowest {
		return 0
	}
	z := make([]int64, len(part))
	var sum, energy int64
	for _, h := range part {
		sum += int64(min(h.Change, 200))
	}
	for i, h := range part {
		z[i] = int64(min(h.Change, 200)) - sum/int64(len(part))
		energy += z[i] * z[i]
	}
	if energy == 0 {
		return 0
	}
	again := func(lag int) int64 {
		var s int64
		for i := 0; i+lag < len(z); i++ {
			s += z[i] * z[i+lag]
		}
		return 100 * s / energy * int64(len(z)) / int64(len(z)-lag)
	}
	best := int64(0)
	for lag := quickest; lag <= slowest; lag++ {
		once := again(lag)
		twice := max(again(2*lag-1), again(2*lag), again(2*lag+1))
		best = max(best, min(once, twice))
	}
	return int(best)
}
