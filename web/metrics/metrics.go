// Package metrics counts what is done, and shows it as Prometheus reads it.
package metrics

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Queue reads what is to be done.
type Queue interface {
	Queue(ctx context.Context) (catalog.Queue, error)
}

// Meter is told what happens to work, and counts it.
type Meter struct {
	registry *prometheus.Registry
	steps    *prometheus.HistogramVec
	failures *prometheus.CounterVec
	encoded  prometheus.Counter
	wanted   prometheus.Counter
	missing  prometheus.Counter
	read     prometheus.Counter
	cpu      *prometheus.CounterVec
	files    *prometheus.CounterVec

	mu    sync.Mutex
	began map[string]time.Time // by row and fence
}

// New makes a meter. counts are numbers that grow elsewhere, by the name and the
// help they are shown with; each is called when metrics are read.
func New(queue Queue, counts map[string]func() int64) *Meter {
	m := &Meter{registry: prometheus.NewRegistry(), began: map[string]time.Time{}}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: "dropcut_" + name, Help: help})
		m.registry.MustRegister(c)
		return c
	}
	byLabels := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "dropcut_" + name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	m.steps = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "dropcut_step_seconds", Help: "How long work took, by step and outcome.",
		Buckets: prometheus.ExponentialBuckets(0.05, 2, 14)}, []string{"step", "outcome"})
	m.registry.MustRegister(m.steps, &depth{queue: queue})
	m.failures = byLabels("failures_total", "Attempts that failed, by step and code.", "step", "code")
	m.encoded = counter("frames_encoded_total", "Pictures encoded.")
	m.wanted = counter("frames_wanted_total", "Different pictures that variants asked for.")
	m.missing = counter("frames_missing_total", "Those of them that no segment had: one less missing over wanted is the reuse.")
	m.read = counter("recording_bytes_read_total", "Bytes read of recordings.")
	m.cpu = byLabels("cpu_seconds_total", "Processor time of ffmpeg and other children, by step.", "step")
	m.files = byLabels("clips_made_total", "Files finished, by kind.", "kind")
	for name, count := range counts {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "dropcut_" + name, Help: "Rows of work " + name + "."},
			func() float64 { return float64(count()) }))
	}
	return m
}

// Handler shows the metrics.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func attempt(w catalog.Work) string { return w.ID + "/" + time.Duration(w.Fence).String() }

// Started implements workers.Watch.
func (m *Meter) Started(w catalog.Work) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.began[attempt(w)] = time.Now()
}

// Progress implements workers.Watch.
func (m *Meter) Progress(catalog.Work, float64) {}

// Finished implements workers.Watch.
func (m *Meter) Finished(w catalog.Work, made catalog.Made, err *pipeline.Error) {
	m.mu.Lock()
	began, known := m.began[attempt(w)]
	delete(m.began, attempt(w))
	m.mu.Unlock()
	step, outcome := string(w.Kind), "done"
	if err != nil {
		outcome = "failed"
		if pipeline.IsFull(err) {
			outcome = "waited"
		}
		m.failures.WithLabelValues(step, err.Code).Inc()
	}
	if known {
		m.steps.WithLabelValues(step, outcome).Observe(time.Since(began).Seconds())
	}
	m.encoded.Add(float64(made.Frames))
	m.wanted.Add(float64(made.Wanted))
	m.missing.Add(float64(made.Todo))
	m.read.Add(float64(made.BytesRead))
	m.cpu.WithLabelValues(step).Add(made.CPU.Seconds())
	if made.File != "" {
		kind := "core"
		if made.Short {
			kind = "short"
		}
		m.files.WithLabelValues(kind).Inc()
	}
}

// depth is what is to be done, read when metrics are.
type depth struct{ queue Queue }

var (
	rows = prometheus.NewDesc("dropcut_work", "Rows of work, by urgency and whether they are in hand, can be begun or must wait.", []string{"urgency", "state"}, nil)
	full = prometheus.NewDesc("dropcut_work_without_room", "Rows of work that wait because a disk or a store is full.", nil, nil)
	age  = prometheus.NewDesc("dropcut_queue_age_seconds", "How long the oldest row that can be begun has existed, by urgency.", []string{"urgency"}, nil)
)

// Describe implements prometheus.Collector.
func (d *depth) Describe(to chan<- *prometheus.Desc) { to <- rows; to <- age; to <- full }

// within bounds how long the catalogue is waited for.
const within = 5 * time.Second

// Collect implements prometheus.Collector. A catalogue that does not answer has
// no depth.
func (d *depth) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	q, err := d.queue.Queue(ctx)
	if err != nil {
		return
	}
	to <- prometheus.MustNewConstMetric(full, prometheus.GaugeValue, float64(q.Full))
	for _, u := range pipeline.Urgencies {
		for state, n := range q.Rows[u] {
			to <- prometheus.MustNewConstMetric(rows, prometheus.GaugeValue, float64(n), string(u), state)
		}
		to <- prometheus.MustNewConstMetric(age, prometheus.GaugeValue, q.Age[u].Seconds(), string(u))
	}
}
