package shares

import "math"

// Interval is a rate, and where the true one lies with 95 %. Rates are
// fractions: 0.0125 is 1.25 %. All three are nil where there is nothing to
// divide by.
type Interval struct {
	Rate *float64 `json:"rate"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

const z95 = 1.96

// Wilson is the rate shares ÷ views with Wilson's 95 % interval. No views, a
// number below zero, or more shares than views have none.
//
// It takes every view for a trial of its own. Viewers of one post have that
// post in common, so between posts rates differ by more: see Spread.
func Wilson(shares, views int64) Interval {
	if views <= 0 || shares < 0 || shares > views {
		return Interval{}
	}
	n := float64(views)
	p := float64(shares) / n
	over := 1 + z95*z95/n
	center := (p + z95*z95/(2*n)) / over
	half := z95 * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n)) / over
	// Rounding must not put the rate a hair outside, nor the interval outside 0 … 1.
	low, high := max(0, min(center-half, p)), min(1, max(center+half, p))
	return Interval{Rate: &p, Low: &low, High: &high}
}

// isKnown reports whether there is a rate at all.
func (i Interval) isKnown() bool { return i.Rate != nil }

// meets reports whether two intervals have a rate in common.
func (i Interval) meets(o Interval) bool { return *i.Low <= *o.High && *o.Low <= *i.High }
