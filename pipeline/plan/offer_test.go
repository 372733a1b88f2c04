package plan

import (
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestAHookThatSpeaksOfTheOfferCanBeWithdrawn(t *testing.T) {
	until := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	p := &pipeline.DropPlan{Price: "1.049,00 EUR", Stock: "50 pieces", OfferUntil: &until, Hooks: []pipeline.PlannedHook{{Text: "Two for one until tomorrow", Offer: true}, {Text: "Wear it at night"}}}
	for _, c := range []struct {
		why  string
		hook pipeline.Hook
		want bool
	}{
		{"the line itself", pipeline.Hook{Text: "Two for one until tomorrow"}, true},
		{"with a sign more", pipeline.Hook{Text: "Two for one until tomorrow!"}, true},
		{"said so in the clip", pipeline.Hook{Text: "Until tomorrow: two for one"}, true},
		{"an offer", pipeline.Hook{Text: "Half price today", Kind: "offer"}, true},
		{"a countdown", pipeline.Hook{Text: "Ten minutes left", Kind: "countdown"}, true},
		{"names the price", pipeline.Hook{Text: "Only 1049 euro until tomorrow", Kind: "number"}, true},
		{"names it with its hundredths", pipeline.Hook{Text: "It is yours for 1,049.00"}, true},
		{"names the stock", pipeline.Hook{Text: "We made 50 of them", Kind: "number"}, true},
		{"another amount", pipeline.Hook{Text: "I wore it for 500 days", Kind: "number"}, false},
		{"none of it", pipeline.Hook{Text: "Wear it at night", Kind: "statement"}, false},
	} {
		if got := offered(c.hook, p); got.Offer != c.want || (got.OfferUntil != "") != c.want {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	for _, p := range []*pipeline.DropPlan{nil, {Name: "Nova", Hooks: []pipeline.PlannedHook{{Text: "Buy it"}}}} {
		if got := offered(pipeline.Hook{Text: "Buy it", Kind: "offer"}, p); got.Offer {
			t.Errorf("%+v: there is nothing to withdraw", p)
		}
	}
}
