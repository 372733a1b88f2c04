package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"dropcut/pipeline"
)

func TestARetryAsksForWhateverHasAnID(t *testing.T) {
	t.Parallel()
	var asked string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.Path
		_, _ = io.WriteString(w, "{}")
	}))
	defer s.Close()
	for id, want := range map[string]string{
		"r_1": "POST /v1/recordings/r_1/retry", "m_1": "POST /v1/moments/m_1/retry", "v_1": "POST /v1/variants/v_1/retry",
		"w_1": "POST /v1/tasks/w_1/retry", // what could not be taken in has no recording
	} {
		asked = ""
		c := retryCommand{remote{s.URL}, id}
		if err := c.Run(t.Context(), console{io.Discard, io.Discard}); err != nil || asked != want {
			t.Errorf("%s: asked %q, %v", id, asked, err)
		}
	}
	c := retryCommand{remote{s.URL}, "c_1"}
	if err := c.Run(t.Context(), console{io.Discard, io.Discard}); !errors.Is(err, pipeline.Usage) {
		t.Errorf("a clip: %v", err)
	}
}
