// Package workers does the work rows of the catalogue: it claims a row, runs
// the step of its kind, and finishes in one transaction guarded by the fence.
//
// Drain does it in process, for `dropcut run`. Losing a worker at any point
// loses at most what was in hand: the row's lease runs out and another takes it.
package workers
