package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// TestAMarkIsSentWithItsOwnTime: a call that is slow marks no later instant.
func TestAMarkIsSentWithItsOwnTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	now := time.Date(2026, 3, 1, 20, 15, 3, 0, zone)
	for _, c := range []struct {
		at, recording string
		want          map[string]any
	}{
		{"", "", map[string]any{"at": "2026-03-01T19:15:03Z"}},
		{"20:10:00", "", map[string]any{"at": "2026-03-01T20:10:00+01:00"}},
		{"2026-02-01T08:00:00Z", "r_1", map[string]any{"at": "2026-02-01T08:00:00Z", "recording": "r_1"}},
		{"7:45-8:10", "r_1", map[string]any{"at_ms": 465000, "end_ms": 490000, "recording": "r_1"}},
	} {
		got := map[string]any{}
		if err := (&markCommand{At: c.at, Recording: c.recording}).when(got, now); err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(c.want)
		if string(a) != string(b) {
			t.Errorf("%q: %s, want %s", c.at, a, b)
		}
	}
	if err := (&markCommand{At: "soon"}).when(map[string]any{}, now); !errors.Is(err, pipeline.Usage) {
		t.Errorf("%v", err)
	}
	var asked, sent string
	touched := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		asked, sent = r.Method+" "+r.URL.String(), string(b)
		_, _ = io.WriteString(w, `{"id":"lm_1","recordings":[`+touched+`]}`)
	}))
	defer s.Close()
	c := markCommand{remote: remote{Server: s.URL}, Label: "the hoodie", Creator: "ada"}
	var doc struct{ Label string }
	if err := c.Run(t.Context(), console{io.Discard, io.Discard}); err != nil || asked != "POST /v1/marks?creator=ada" || json.Unmarshal([]byte(sent), &doc) != nil || doc.Label != "the hoodie" {
		t.Errorf("%s %s, %v", asked, sent, err)
	}
	for _, c := range []struct{ recording, touched, want string }{
		{"", "", "waits for its recording"},
		{"r_1", `"r_1"`, "marked     lm_1, r_1\n"},
		{"r_1", "", "outside r_1"}, // 55:00 of ten minutes
	} {
		touched = c.touched
		if code, _, talk := called("mark", "--server", s.URL, "--recording", c.recording, "--at", "2026-03-01T20:15:00Z"); code != exitMade || !strings.Contains(talk, c.want) {
			t.Errorf("%+v: exit %d, %s", c, code, talk)
		}
	}
}
