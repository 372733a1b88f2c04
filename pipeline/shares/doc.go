// Package shares turns counted re-shares and platforms' counters into the
// micro-share rate. It is pure: all it knows of posts, snapshots, events and the
// time is given to it, and the same data in any order gives the same answer.
//
// RateOf reads one post and Count many; Group adds posts up by clip, hook,
// style …; Tell is the report of a recording; Next says which variant to post
// next. docs/shares.md says what is counted and how, with ten cases worked by
// hand, which a test reads.
package shares

import "time"

// Span is how long after its post a clip's re-shares and views count.
const Span = 12 * time.Hour

const (
	enough    = 200            // views; a rate of fewer is low_sample
	near      = time.Hour      // a sample so soon after the edge is as good as one at it
	apart     = 6 * time.Hour  // two samples on either side of the edge, at most so far from each other, are too
	settles   = 48 * time.Hour // a moving source's counters of a time still change for so long
	lateAfter = 24 * time.Hour // data of a window that came later than this after its end are marked
)
