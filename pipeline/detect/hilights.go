package detect

import "time"

// hilightsOf is the presses of a GoPro's button as a list: points without a
// name, late like any press.
func hilightsOf(tags []time.Duration) list {
	l := list{source: SourceGoPro, name: "HiLight tag"}
	for _, at := range tags {
		l.add(entry{at: at, step: time.Millisecond})
	}
	return l
}
