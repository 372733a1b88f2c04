package plan

import (
	"regexp"
	"slices"
	"strings"

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
// it must go when the offer ends. Rather one too many is marked than one stays.
func offered(h pipeline.Hook, p *pipeline.DropPlan) pipeline.Hook {
	if p == nil || !sells(p) {
		return h
	}
	kind := captions.HookKind(h.Kind)
	h.Offer = kind == captions.KindOffer || kind == captions.KindCountdown || names(h.Text, p.Price) || names(h.Text, p.Stock) ||
		slices.ContainsFunc(p.Hooks, func(x pipeline.PlannedHook) bool { return x.Offer && captions.Alike(x.Text, h.Text) })
	if h.Offer {
		h.OfferUntil = p.Withdrawn()
	}
	return h
}

// sells reports whether a plan has an offer that could end.
func sells(p *pipeline.DropPlan) bool {
	return p.Price != "" || p.Stock != "" || p.OfferUntil != nil || slices.ContainsFunc(p.Hooks, func(h pipeline.PlannedHook) bool { return h.Offer })
}

var (
	amount   = regexp.MustCompile(`\d+(?:[.,'’\x{00a0}\x{202f} ]\d+)*`)
	fraction = regexp.MustCompile(`[.,](\d{1,2})$`)
)

// names reports whether a text has one of the amounts that a price or a stock
// has, however their thousands and hundredths are parted.
func names(text, of string) bool {
	in := amounts(text)
	return slices.ContainsFunc(amounts(of), func(n string) bool { return slices.Contains(in, n) })
}

// amounts are a text's numbers, written alike: 1,299.00 and 1.299 are both 1299.
func amounts(text string) (out []string) {
	for _, n := range amount.FindAllString(text, -1) {
		whole, part := n, ""
		if m := fraction.FindStringSubmatchIndex(n); m != nil {
			whole, part = n[:m[0]], strings.TrimRight(n[m[2]:m[3]], "0")
		}
		whole = strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, whole)
		if part != "" {
			whole += "." + part
		}
		out = append(out, whole)
	}
	return out
}
