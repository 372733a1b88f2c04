package marks

import (
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// seconds is secondsOf, zero for what is no time.
func seconds(s string) time.Duration { d, _ := secondsOf(s); return d }

// secondsOf reads "3600s", "1001/30000s" or "2.5s", exact to the nanosecond.
func secondsOf(s string) (time.Duration, bool) {
	s, below := strings.CutPrefix(strings.TrimSuffix(strings.TrimSpace(s), "s"), "-")
	above, under, fraction := strings.Cut(s, "/")
	sign := time.Duration(1)
	if below {
		sign = -1
	}
	if !fraction {
		at, ok := decimalSeconds(above)
		return sign * at.at, ok
	}
	n, err := strconv.ParseUint(above, 10, 62)
	d, errUnder := strconv.ParseUint(under, 10, 62)
	if err != nil || errUnder != nil || d == 0 || n/d > uint64(longestTime/time.Second) {
		return 0, false
	}
	return sign * timeline.Seconds(int64(n), int64(d)), true
}
