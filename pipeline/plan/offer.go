package plan

import (
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
)

// planned is the lines of a drop plan's hooks.
func planned(p *pipeline.DropPlan) (out []string) {
	if p != nil {
		for _, h := range p.Hooks {
			out = append(out, h.Text)
		}
	}
	return out
}

// offered marks a hook that speaks of the plan's offer, wherever it came from:
// it must go when the offer ends.
func offered(h pipeline.Hook, p *pipeline.DropPlan) pipeline.Hook {
	if p == nil {
		return h
	}
	h.Offer = slices.ContainsFunc(p.Hooks, func(x pipeline.PlannedHook) bool {
		text, _ := captions.Clean(x.Text)
		return x.Offer && text == h.Text
	})
	if h.Offer {
		h.OfferUntil = p.Withdrawn()
	}
	return h
}
