package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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
		c := retryCommand{remote{Server: s.URL}, id}
		if err := c.Run(t.Context(), console{io.Discard, io.Discard}); err != nil || asked != want {
			t.Errorf("%s: asked %q, %v", id, asked, err)
		}
	}
	c := retryCommand{remote{Server: s.URL}, "c_1"}
	if err := c.Run(t.Context(), console{io.Discard, io.Discard}); !errors.Is(err, pipeline.Usage) {
		t.Errorf("a clip: %v", err)
	}
}

func TestACancelOfWhatIsDoneSaysThatNothingWasLeft(t *testing.T) {
	t.Parallel()
	answer := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, answer) }))
	defer s.Close()
	for _, c := range []struct{ answer, want string }{
		{`{"id":"r_1","ended":0}`, "unchanged  r_1: nothing was left to cancel\n"},
		{`{"id":"r_1","ended":1}`, "cancelled  r_1, 1 piece of work\n"},
		{`{"id":"r_1","ended":12}`, "cancelled  r_1, 12 pieces of work\n"},
	} {
		answer = c.answer
		if code, out, talk := called("cancel", "--server", s.URL, "r_1"); code != exitMade || out != "" || talk != c.want {
			t.Errorf("%s: exit %d, %q, %q", c.answer, code, out, talk)
		}
	}
}

func TestACommandWaitsWhereThereWereTooManyCalls(t *testing.T) {
	t.Parallel()
	var said []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		said = append(said, r.Header.Get("Idempotency-Key")+string(body))
		if len(said) < 3 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer s.Close()
	if err := (remote{Server: s.URL}).tellOnce(t.Context(), "/v1/marks", map[string]string{"label": "now"}, nil); err != nil {
		t.Fatal(err)
	}
	if len(said) != 3 || said[0] != said[2] || !strings.HasSuffix(said[0], `{"label":"now"}`) {
		t.Errorf("told %q", said)
	}
}

func TestACommandThatWouldHaveToWaitTooLongSaysSo(t *testing.T) {
	t.Parallel()
	for _, asked := range []string{"3600", "9223372036854775807", "Fri, 31 Dec 2100 23:59:59 GMT"} {
		calls := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			calls++
			w.Header().Set("Retry-After", asked)
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"detail":"too many calls","code":"too_many"}`)
		}))
		defer s.Close()
		err := (remote{Server: s.URL}).ask(t.Context(), "GET", "/v1/recordings", nil)
		if !errors.Is(err, pipeline.Unavailable) || !strings.Contains(err.Error(), "too many calls") || calls != 1 {
			t.Errorf("%s: %d calls, %v", asked, calls, err)
		}
	}
}
