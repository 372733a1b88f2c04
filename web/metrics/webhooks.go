package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"dropcut/storage/catalog"
)

// Outbox reads what is still to be told.
type Outbox interface {
	Outbox(ctx context.Context) (catalog.Outbox, error)
}

// Told counts what became of messages to webhooks since the start.
type Told struct {
	Delivered func() int64
	Failed    func() int64 // attempts
	GivenUp   func() int64
}

// Webhooks shows what webhooks were told, and what is still to be. It is called once.
func (m *Meter) Webhooks(outbox Outbox, t Told) {
	for _, c := range []struct {
		name, help string
		count      func() int64
	}{
		{"messages_delivered_total", "Messages that webhooks took.", t.Delivered},
		{"messages_attempts_failed_total", "Attempts to deliver a message that failed.", t.Failed},
		{"messages_given_up_total", "Messages that were given up after the last attempt.", t.GivenUp},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "dropcut_webhook_" + c.name, Help: c.help},
			func() float64 { return float64(c.count()) }))
	}
	m.registry.MustRegister(untold{outbox})
}

// untold is what is still to be told, read when metrics are.
type untold struct{ outbox Outbox }

var (
	messages = prometheus.NewDesc("dropcut_webhook_messages", "Messages that are not delivered yet: waiting, or held for a webhook that is disabled.", []string{"state"}, nil)
	oldest   = prometheus.NewDesc("dropcut_webhook_oldest_seconds", "How long ago the oldest message was told that waits.", nil, nil)
)

// Describe implements prometheus.Collector.
func (untold) Describe(to chan<- *prometheus.Desc) { to <- messages; to <- oldest }

// Collect implements prometheus.Collector. A catalogue that does not answer has
// nothing to tell.
func (u untold) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	o, err := u.outbox.Outbox(ctx)
	if err != nil {
		return
	}
	to <- prometheus.MustNewConstMetric(messages, prometheus.GaugeValue, float64(o.Waiting), "waiting")
	to <- prometheus.MustNewConstMetric(messages, prometheus.GaugeValue, float64(o.Held), "held")
	to <- prometheus.MustNewConstMetric(oldest, prometheus.GaugeValue, o.Age.Seconds())
}
