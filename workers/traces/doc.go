// Package traces tells OpenTelemetry what happens to a recording from landing to
// ready: a trace for each round, a span for each attempt of a piece of work.
//
// The IDs of a trace and of its spans are made from those of the round, of the
// row and of the claim: whichever process of whichever machine tells of a
// round, also after it was killed, tells of the same trace.
package traces
