// Package tracestest is a collector of traces for tests: what is sent to it over
// OTLP/HTTP can be looked at.
package tracestest

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collect "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Span is one that was sent.
type Span struct {
	Trace, ID, Parent string // hexadecimal; Parent is "" for a root
	Name              string
	About             map[string]string // its attributes
	From              map[string]string // the attributes of who sent it
	Events            []Event
	Error             string // what its status says, "" where it is none
	Began, Ended      time.Time
}

// Event is one of a span.
type Event struct {
	Name  string
	About map[string]string
}

// Collector is one that listens.
type Collector struct {
	URL string

	mu    sync.Mutex
	spans []Span
	raw   []string
	bad   []string
}

// New starts one that ends with the test.
func New(t testing.TB) *Collector {
	t.Helper()
	c := &Collector{}
	server := httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// Spans is what was sent so far; what was sent twice is there twice.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// Bad is why something that was sent was refused.
func (c *Collector) Bad() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.bad)
}

// Text is all that was sent, as JSON.
func (c *Collector) Text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.raw, "\n")
}

func (c *Collector) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent collect.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		c.bad = append(c.bad, r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type"))
		http.Error(w, "not OTLP", http.StatusBadRequest)
		return
	}
	c.raw = append(c.raw, protojson.Format(&sent))
	for _, group := range sent.ResourceSpans {
		from := about(group.Resource.Attributes)
		for _, scope := range group.ScopeSpans {
			for _, s := range scope.Spans {
				one := Span{Trace: hex.EncodeToString(s.TraceId), ID: hex.EncodeToString(s.SpanId), Parent: hex.EncodeToString(s.ParentSpanId), Name: s.Name,
					About: about(s.Attributes), From: from, Began: time.Unix(0, int64(s.StartTimeUnixNano)), Ended: time.Unix(0, int64(s.EndTimeUnixNano))}
				if s.Status.GetCode() == 2 {
					one.Error = s.Status.GetMessage()
				}
				for _, e := range s.Events {
					one.Events = append(one.Events, Event{e.Name, about(e.Attributes)})
				}
				c.spans = append(c.spans, one)
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(nil) // an empty answer is one that took all
}

func about(all []*common.KeyValue) map[string]string {
	out := map[string]string{}
	for _, a := range all {
		switch v := a.Value.GetValue().(type) {
		case *common.AnyValue_StringValue:
			out[a.Key] = v.StringValue
		default:
			out[a.Key] = strings.TrimSpace(a.Value.String()[strings.Index(a.Value.String(), ":")+1:])
		}
	}
	return out
}
