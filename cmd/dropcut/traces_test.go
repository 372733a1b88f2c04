//go:build linux

package main

import (
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/workers/traces/tracestest"
)

// tracedTo is what a process needs in its environment to send traces there soon.
func tracedTo(c *tracestest.Collector) map[string]string {
	return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL, "OTEL_BSP_SCHEDULE_DELAY": "200"}
}

// isTraced looks for the rounds that made a recording's clips, for a variant
// that was asked for, and for words that came later: each is a trace with a
// root, and the first of them has every step.
func isTraced(t *testing.T, c *tracestest.Collector, recording string) {
	t.Helper()
	if bad := c.Bad(); len(bad) > 0 {
		t.Error(bad)
	}
	roots, steps, clips := map[string]tracestest.Span{}, map[string]map[string]int{}, 0
	for _, s := range c.Spans() {
		if s.About["recording"] != recording {
			t.Errorf("%s of %q", s.Name, s.About["recording"])
		}
		if s.Parent == "" {
			roots[s.Trace] = s
			continue
		}
		if steps[s.Trace] == nil {
			steps[s.Trace] = map[string]int{}
		}
		steps[s.Trace][s.Name]++
		if (s.Name == string(pipeline.Assemble) || s.Name == string(pipeline.Sound)) && strings.HasPrefix(s.About["clip"], pipeline.ClipID) && s.About["moment"] != "" {
			clips++
		}
	}
	if len(roots) != 3 || len(steps) != 3 || clips == 0 {
		t.Errorf("%d traces, %d of them from end to end, %d spans name a clip", len(steps), len(roots), clips)
	}
	whole := 0
	for id, of := range steps {
		n := 0
		for _, s := range pipeline.Line() {
			if of[string(s)] > 0 {
				n++
			}
		}
		if n == len(pipeline.Line()) {
			whole++
		}
		if r := roots[id]; r.Error != "" || r.About["outcome"] != "ready" || !r.Ended.After(r.Began) {
			t.Errorf("%+v", r)
		}
	}
	if whole == 0 {
		t.Errorf("no trace has every step: %v", steps)
	}
}

// isOneTrace checks that whatever was sent is of one trace.
func isOneTrace(t *testing.T, c *tracestest.Collector) {
	t.Helper()
	all, roots := map[string]int{}, 0
	for _, s := range c.Spans() {
		if all[s.Trace]++; s.Parent == "" {
			roots++
		}
	}
	if len(all) != 1 || roots > 1 {
		t.Errorf("spans of %v, %d roots", all, roots)
	}
}
