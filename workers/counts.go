package workers

import "sync/atomic"

// Counts is what happened to rows since the process began. It may be read at
// any time and only grows.
type Counts struct {
	Rung       atomic.Int64 // messages sent for rows that could be claimed
	Claimed    atomic.Int64 // attempts begun
	Lost       atomic.Int64 // attempts stopped because their claim was gone
	Refused    atomic.Int64 // results thrown away because another attempt owned the row
	HandedBack atomic.Int64 // attempts given back by a stop
	Waited     atomic.Int64 // attempts put off, unspent, until there is room
	Abandoned  atomic.Int64 // rows given up because their workers died
}
