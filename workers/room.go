package workers

import (
	"context"
	"slices"
	"sync"

	"dropcut/pipeline"
)

// Weights is how many cores a row of each kind keeps busy; a kind that is not
// named is 1. No row starts more than one process at a time: what bounds the
// cores bounds the memory too, see Machine.
var Weights = map[pipeline.Step]int{
	pipeline.Render:     2, // decoder, filters and encoders side by side
	pipeline.Transcribe: 2, // a recogniser, where there is one
}

// room is how many cores rows may keep busy at once. Asynq's own count of
// handlers is no such limit: it forgets a handler as soon as it loses sight of
// its message.
type room struct {
	mu     sync.Mutex
	free   int
	size   int
	inside int // handlers that wait or work
	queue  []*waiter
	shut   bool
	empty  chan struct{} // closed when room is shut and nobody is inside
}

type waiter struct {
	cores   int
	urgency int
	ready   chan bool // true: it has its cores; false: it is sent away
}

func newRoom(cores int) *room {
	return &room{free: cores, size: cores, empty: make(chan struct{})}
}

// take waits for cores, the most urgent first, and reports whether it got them:
// not when ctx ends, the room is shut, or something more urgent needs the
// handler. Who got them gives them back.
func (r *room) take(ctx context.Context, cores int, u pipeline.Urgency) bool {
	w := &waiter{cores: min(cores, r.size), urgency: slices.Index(pipeline.Urgencies, u), ready: make(chan bool, 1)}
	r.mu.Lock()
	if r.shut {
		r.mu.Unlock()
		return false
	}
	r.inside++
	at := len(r.queue)
	for at > 0 && r.queue[at-1].urgency > w.urgency {
		at--
	}
	r.queue = slices.Insert(r.queue, at, w)
	r.admit()
	r.mu.Unlock()
	select {
	case got := <-w.ready:
		return got
	case <-ctx.Done():
		r.mu.Lock()
		defer r.mu.Unlock()
		if i := slices.Index(r.queue, w); i >= 0 {
			r.send(i)
		}
		return <-w.ready
	}
}

// give returns what take got.
func (r *room) give(cores int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free += min(cores, r.size)
	r.inside--
	r.admit()
	r.leave()
}

// admit lets in who is first in line, while there is room. With mu held.
func (r *room) admit() {
	for len(r.queue) > 0 && r.queue[0].cores <= r.free {
		w := r.queue[0]
		r.queue = r.queue[1:]
		r.free -= w.cores
		w.ready <- true
	}
}

// giveWay sends away who waits and is less urgent than u, where every handler
// is taken: their rows stay in the catalogue and are rung for again.
func (r *room) giveWay(u pipeline.Urgency) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inside < r.size {
		return
	}
	for i := len(r.queue) - 1; i >= 0; i-- {
		if r.queue[i].urgency > slices.Index(pipeline.Urgencies, u) {
			r.send(i)
		}
	}
}

// send sends the i-th in line away. With mu held.
func (r *room) send(i int) {
	w := r.queue[i]
	r.queue = slices.Delete(r.queue, i, i+1)
	r.inside--
	w.ready <- false
	r.leave()
}

// close lets nobody in any more. The channel it returns is closed when the last has left.
func (r *room) close() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) > 0 {
		r.send(0)
	}
	r.shut = true
	r.leave()
	return r.empty
}

func (r *room) leave() {
	if !r.shut || r.inside > 0 {
		return
	}
	select {
	case <-r.empty:
	default:
		close(r.empty)
	}
}
