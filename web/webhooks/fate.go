package webhooks

import (
	"net/http"
	"time"
)

// delays are how long each attempt comes after the one before, at least: those
// of Standard Webhooks. After the last, some 75 hours in, the message is given up.
var delays = []time.Duration{0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

const (
	jitter     = 0.2              // of a delay, at most, is added by chance: not all come back at once
	quietLeast = 30 * time.Second // a receiver that asks for time without saying how much
	quietMost  = time.Hour        // has as long as the message, but between these
)

// answer is what came back of an attempt.
type answer struct {
	status int           // 0: nothing came back
	asked  time.Duration // its Retry-After; 0 for none
}

// fate is what becomes of a message after an attempt: one of the first three, or
// another attempt after a while.
type fate struct {
	delivered bool
	gone      bool // nobody is there any more
	givenUp   bool
	after     time.Duration
	quiet     time.Duration // of the whole webhook; 0: none
}

// decide says what becomes of a message. attempt is 1 for the first, chance is
// in [0, 1).
func decide(attempt int64, a answer, chance float64) fate {
	switch {
	case a.status >= 200 && a.status < 300:
		return fate{delivered: true}
	case a.status == http.StatusGone:
		return fate{gone: true}
	}
	next := delays[len(delays)-1]
	if attempt < int64(len(delays)) {
		next = delays[attempt]
	}
	next += time.Duration(float64(next) * jitter * chance)
	f := fate{givenUp: attempt >= int64(len(delays)), after: max(next, a.asked)}
	switch a.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if f.quiet = min(max(next, quietLeast), quietMost); a.asked > 0 {
			f.quiet = a.asked
		}
	}
	return f
}
