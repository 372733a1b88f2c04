package workers

import (
	"slices"

	"dropcut/pipeline"
)

// waiting is how many handlers wait for cores.
func (r *room) waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.queue)
}

func (r *room) waitingFor(u pipeline.Urgency) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.queue {
		if w.urgency == slices.Index(pipeline.Urgencies, u) {
			n++
		}
	}
	return n
}
