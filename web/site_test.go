package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/dir"
	"dropcut/web/api"
)

// house is a site over a real folder with one file.
type house struct {
	*Site
	*httptest.Server
	calls    int // that reached the API
	notReady error
}

const (
	key  = "ada/shows/r_1/moments/m_1/short 1.mp4"
	body = "a clip of a hundred bytes would be better"
)

func open(t *testing.T) *house {
	t.Helper()
	out, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() })
	if _, err := out.Put(t.Context(), key, strings.NewReader(body), ""); err != nil {
		t.Fatal(err)
	}
	h := &house{}
	h.Site = &Site{API: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { h.calls++ }), Output: out,
		Ready: func(context.Context) error { return h.notReady }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Site.Handler().ServeHTTP(w, r) }))
	t.Cleanup(h.Close)
	h.Files = Signed{Base: h.URL, Secret: []byte("a secret of the test")}
	return h
}

// ask calls the site with headers, given in pairs.
func (h *house) ask(t *testing.T, method, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	url := path
	if strings.HasPrefix(path, "/") {
		url = h.URL + path
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func TestWhatIsNotThereIsAProblem(t *testing.T) {
	h := open(t)
	for path, code := range map[string]string{"/nothing": "no_such_page", "/metrics": "no_such_page", "/files/ada/shows?until=9999999999&signature=00": "bad_link"} {
		answer, text := h.ask(t, "GET", path)
		var p api.Problem
		if err := json.Unmarshal([]byte(text), &p); err != nil || p.Code != code || answer.StatusCode != p.Status || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s %s", path, answer.Status, text)
		}
	}
}

// TestAnotherSitesPageCannotActHere: a browser says where a request comes from.
func TestAnotherSitesPageCannotActHere(t *testing.T) {
	h := open(t)
	answer, text := h.ask(t, "POST", "/v1/claims", "Sec-Fetch-Site", "cross-site")
	var p api.Problem
	if err := json.Unmarshal([]byte(text), &p); err != nil || answer.StatusCode != http.StatusForbidden || p.Code != "another_site" || p.Status != http.StatusForbidden || h.calls != 0 {
		t.Errorf("%s, reached %d times: %s", answer.Status, h.calls, text)
	}
	if answer, _ := h.ask(t, "POST", "/v1/claims"); answer.StatusCode != http.StatusOK || h.calls != 1 {
		t.Errorf("a program: %s, reached %d times", answer.Status, h.calls)
	}
}

func TestAFileIsHadByALinkForAWhile(t *testing.T) {
	h := open(t)
	link := func(lives time.Duration) string {
		url, until, err := h.Files.Link(t.Context(), key, lives)
		if err != nil || time.Until(until).Round(time.Minute) != lives.Round(time.Minute) {
			t.Fatal(until, err)
		}
		return url
	}
	good := link(time.Minute)
	if !strings.Contains(good, "short%201.mp4?") {
		t.Errorf("its path does not end in .mp4: %s", good)
	}
	if answer, text := h.ask(t, "GET", good); answer.StatusCode != http.StatusOK || text != body || answer.Header.Get("Content-Security-Policy") != "sandbox" ||
		answer.Header.Get("Content-Disposition") != `inline; filename="short 1.mp4"` || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s: %q", answer.Status, text)
	}
	if answer, text := h.ask(t, "GET", good, "Range", "bytes=2-5"); answer.StatusCode != http.StatusPartialContent || text != "clip" {
		t.Errorf("a range: %s %q", answer.Status, text)
	}
	for what, url := range map[string]string{"over": link(-time.Second), "later": strings.Replace(good, "until=", "until=9", 1), "another file": strings.Replace(good, "short", "core", 1)} {
		if answer, _ := h.ask(t, "GET", url); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", what, answer.Status)
		}
	}
	gone, _, err := h.Files.Link(t.Context(), "ada/gone.mp4", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if answer, _ := h.ask(t, "GET", gone); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a file that is gone: %s", answer.Status)
	}
	h.Files.Secret = nil // links are the store's: nothing is had here
	if answer, _ := h.ask(t, "GET", good); answer.StatusCode != http.StatusForbidden {
		t.Errorf("without a secret: %s", answer.Status)
	}
}

func TestItSaysWhetherItWorks(t *testing.T) {
	h := open(t)
	if answer, _ := h.ask(t, "GET", "/healthz"); answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	if answer, _ := h.ask(t, "GET", "/readyz"); answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	h.notReady = errors.Join(pipeline.Fail(pipeline.Unavailable, "redis", "start it", "Redis does not answer"))
	if answer, text := h.ask(t, "GET", "/readyz"); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "Redis does not answer") {
		t.Errorf("%s %s", answer.Status, text)
	}
}
