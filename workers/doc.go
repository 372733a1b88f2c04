// Package workers does the work rows of the catalogue: it claims a row, runs
// the step of its kind, and finishes in one transaction guarded by the fence.
//
// Hand does one claimed row. Drain gives it rows until none is left, in this
// process and without a queue, for `dropcut run`. Server gives it the rows that
// messages name, beside other servers, for as long as it runs. SQL is the truth
// and Asynq the doorbell: losing a message, a worker or all of Redis loses at
// most what was in hand, for a row's lease runs out and another takes it.
package workers
