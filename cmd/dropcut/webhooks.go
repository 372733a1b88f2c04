package main

import (
	"os"

	"dropcut/web/metrics"
	"dropcut/web/webhooks"
)

// webhookGuard says where messages of webhooks may be sent.
func webhookGuard() (webhooks.Guard, error) {
	networks, err := webhooks.Networks(os.Getenv("DROPCUT_WEBHOOK_NETWORKS"))
	return webhooks.Guard{Networks: networks}, err
}

// tellWebhooks has what creators are told sent for as long as the service runs.
func (s *service) tellWebhooks() error {
	guard, err := webhookGuard()
	if err != nil {
		return err
	}
	sender := &webhooks.Sender{Outbox: s.db, Guard: guard, Log: s.said}
	c := &sender.Counts
	s.meter.Webhooks(s.db, metrics.Told{Delivered: c.Delivered.Load, Failed: c.Failed.Load, GivenUp: c.GivenUp.Load})
	s.parts = append(s.parts, sender.Run)
	return nil
}
