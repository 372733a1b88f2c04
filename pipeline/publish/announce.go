package publish

import (
	"time"

	"dropcut/pipeline"
)

// announce adds what a drop plan says of the drop, of posts and of what comes
// after them. Nothing without a plan.
func announce(m *pipeline.Manifest, p *pipeline.DropPlan) {
	if p == nil {
		return
	}
	m.Drop = &pipeline.ManifestDrop{Name: p.Name, Price: p.Price, Stock: p.Stock, Link: p.Link, OfferUntil: p.Withdrawn()}
	if p.Planned != nil {
		m.Drop.Planned = p.Planned.Format(time.RFC3339)
	}
	if *m.Drop == (pipeline.ManifestDrop{}) {
		m.Drop = nil
	}
	until := func(offer bool) string {
		if offer {
			return p.Withdrawn()
		}
		return ""
	}
	for channel, t := range p.Post {
		if m.Post == nil {
			m.Post = map[string]pipeline.ManifestPost{}
		}
		m.Post[channel] = pipeline.ManifestPost{Text: t.Text, Offer: t.Offer, OfferUntil: until(t.Offer), Replies: t.Replies}
	}
	if f := p.FollowUp; f != nil {
		m.FollowUp = &pipeline.ManifestFollowUp{AfterMS: f.After.Milliseconds(), Text: f.Text, Offer: f.Offer, OfferUntil: until(f.Offer)}
	}
}
