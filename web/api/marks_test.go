package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// TestAMarkIsMadeAndTakenBack: by our clock where none is told; pressed twice
// with one key it is one.
func TestAMarkIsMadeAndTakenBack(t *testing.T) {
	h := open(t)
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	var m Marked
	a := h.call(t, ada, "POST", "/v1/marks", map[string]any{"label": "drop", "source": "phone"}, "Idempotency-Key", "one")
	if a.into(t, &m); a.status != http.StatusCreated || m.At == nil || time.Since(*m.At).Abs() > time.Minute || len(m.Recordings) != 0 || h.wakes != 0 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if again := h.call(t, ada, "POST", "/v1/marks", map[string]any{"label": "drop", "source": "phone"}, "Idempotency-Key", "one"); again.body != a.body {
		t.Errorf("%s", again.body)
	}
	rec := h.make(t, "ada").rec
	a = h.call(t, ada, "POST", "/v1/marks", map[string]any{"recording": rec.ID, "at_ms": 1000, "end_ms": 4000})
	if a.into(t, &m); a.status != http.StatusCreated || len(m.Recordings) != 1 || m.Recordings[0] != rec.ID || h.wakes == 0 {
		t.Errorf("%d %s", a.status, a.body)
	}
	var list struct{ Data []pipeline.LiveMark }
	if h.call(t, ada, "GET", "/v1/marks", nil).into(t, &list); len(list.Data) != 2 {
		t.Fatalf("%+v", list)
	}
	eve := h.token(t, "eve", pipeline.ScopeCreator)
	if a := h.call(t, eve, "POST", "/v1/marks", map[string]any{"recording": rec.ID, "at_ms": 1}); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, eve, "DELETE", "/v1/marks/"+m.ID, nil); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "DELETE", "/v1/marks/"+m.ID, nil); a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "GET", "/v1/marks", nil); strings.Contains(a.body, m.ID) {
		t.Errorf("%s", a.body)
	}
	now := time.Now()
	for pointer, body := range map[string]map[string]any{
		"/recording": {"at_ms": 1}, "/at_ms": {"at_ms": 1, "at": now, "recording": rec.ID}, "/end": {"end": now},
		"/end_ms": {"at_ms": 5, "end_ms": 5, "recording": rec.ID},
	} {
		if a := h.call(t, ada, "POST", "/v1/marks", body); a.status != http.StatusUnprocessableEntity || a.problem(t).Errors[0].Pointer != pointer {
			t.Errorf("%v: %d %s", body, a.status, a.body)
		}
	}
}
