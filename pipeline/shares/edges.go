package shares

import (
	"slices"
	"time"

	"dropcut/pipeline"
)

// Step is how far apart the points of a curve are.
const Step = 15 * time.Minute

// Edges is where the events of a post must be told apart for Count to say the
// same of them when they are counted in stretches (pipeline.ShareEvent.N) as when
// each is told: no stretch has events on both sides of an edge.
type Edges struct {
	From, To time.Time   // the window, half-open: an edge at each, and every Step between
	At       []time.Time // other edges, in order
	Outer    time.Time   // from here on nothing is of the post's life: it is removed, or that time has not come
	Late     time.Time   // what came later is told apart: it is marked
}

// EdgesOf is the edges of each post's events, by its ID: those of the post that
// they are counted for. Of claims that are no post there are none. Times are
// whole milliseconds.
func EdgesOf(posts []pipeline.Post, snapshots []pipeline.Snapshot, now time.Time) map[string]Edges {
	out, as := map[string]Edges{}, sameAs(inOrder(posts))
	for _, c := range Count(posts, snapshots, nil, now).Posts { // how far a source tells, its counters alone say
		if id := c.Post.ID; as[id] == id {
			out[id] = edgesOf(c, now)
		}
	}
	for id, twin := range as {
		out[id] = out[twin]
	}
	return out
}

func edgesOf(c Counted, now time.Time) Edges {
	e := Edges{From: c.Rate.From, To: c.Rate.To, Late: c.Rate.To.Add(lateAfter)}
	if e.To.Before(e.From) {
		e.To = e.From // it was removed before it was posted
	}
	const next = time.Millisecond // what is of an instant is of the life that ends with it
	e.Outer = now.Add(next)
	e.At = []time.Time{now, e.Outer}
	if gone := c.Post.RemovedAt; gone != nil {
		e.Outer = earlier(e.Outer, gone.Add(next))
		e.At = append(e.At, e.Outer)
	}
	for _, r := range append([]Reading{c.Rate.Reading}, c.Rate.Beside...) {
		if r.Until != nil {
			e.At = append(e.At, *r.Until)
		}
	}
	slices.SortFunc(e.At, time.Time.Compare)
	e.At = slices.CompactFunc(e.At, time.Time.Equal)
	return e
}
