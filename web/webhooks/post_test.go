package webhooks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// home is a guard that lets tests reach this machine.
func home(t testing.TB) Guard { return Guard{Networks: networks(t, "127.0.0.0/8,::1")} }

func listening(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	other := listening(t, func(http.ResponseWriter, *http.Request) { requests.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		first := listening(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) })
		p := newPosts(home(t), nil)
		a, err := p.post(t.Context(), sentTo(first.URL), time.Now())
		if err == nil || err.Code != "redirected" || a.status != status || requests.Load() != 0 || decide(1, a, 0).delivered {
			t.Errorf("%d: %+v, %v, %d requests at the other", status, a, err, requests.Load())
		}
		p.plain.CheckRedirect = nil
		if _, err := p.post(t.Context(), sentTo(first.URL), time.Now()); err != nil || requests.Swap(0) != 1 {
			t.Errorf("%d: the guard is not what keeps it from being followed: %v", status, err)
		}
	}
}

// TestNoProxyIsAsked is not parallel: it sets what the environment says of proxies.
func TestNoProxyIsAsked(t *testing.T) {
	var requests atomic.Int64
	proxy := listening(t, func(http.ResponseWriter, *http.Request) { requests.Add(1) })
	t.Setenv("HTTP_PROXY", proxy.URL)
	p := newPosts(home(t), nil)
	to := sentTo("http://nobody.invalid/")
	if _, err := p.post(t.Context(), to, time.Now()); err == nil || err.Code != "no_such_host" || requests.Load() != 0 {
		t.Errorf("%v, %d requests at the proxy", err, requests.Load())
	}
	p.plain.Transport.(*http.Transport).Proxy = http.ProxyFromEnvironment
	if _, err := p.post(t.Context(), to, time.Now()); err != nil || requests.Load() != 1 {
		t.Errorf("the guard is not what keeps it from the proxy: %v", err)
	}
}

func TestALongReplyIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	written := make(chan int64, 1)
	s := listening(t, func(w http.ResponseWriter, _ *http.Request) {
		n, _ := io.Copy(w, io.LimitReader(endless{}, 1<<30))
		written <- n
	})
	if a, err := newPosts(home(t), nil).post(t.Context(), sentTo(s.URL), time.Now()); err != nil || a.status != 200 {
		t.Errorf("%+v, %v", a, err)
	}
	if n := <-written; n > 64<<20 {
		t.Errorf("%d bytes of the reply were taken", n)
	}
	long := listening(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", mostHeader)) })
	if _, err := newPosts(home(t), nil).post(t.Context(), sentTo(long.URL), time.Now()); err == nil {
		t.Error("headers without end are read")
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAFailureSaysWhyAndNothingOfWhatIsInside(t *testing.T) {
	t.Parallel()
	hangs := listening(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is it noticed that the caller left
		<-r.Context().Done()
	})
	closed := httptest.NewServer(nil)
	closed.Close()
	port, _, _ := inside(t, nil)
	for code, c := range map[string]struct {
		to   string
		hint string
	}{
		"no_answer":       {hangs.URL + "/?key=hidden", "after"},
		"unreachable":     {closed.URL + "/?key=hidden", ""},
		"no_such_host":    {"http://nobody.invalid/?key=hidden", ""},
		"bad_certificate": {"https://127.0.0.1:" + port + "/?key=hidden", ""},
		"bad_address":     {"gopher://example.org/?key=hidden", "https"},
		"address_closed":  {"https://192.168.1.1/?key=hidden", "DROPCUT_WEBHOOK_NETWORKS"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
		a, err := newPosts(home(t), nil).post(ctx, sentTo(c.to), time.Now())
		cancel()
		if err == nil || err.Code != code || a.status != 0 || !strings.Contains(err.Hint, c.hint) {
			t.Errorf("%s: %+v, %v", code, a, err)
			continue
		}
		for e := error(err); e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "hidden") || strings.Contains(e.Error(), "127.0.0.1:") {
				t.Errorf("%s tells %q", code, e)
			}
		}
	}
}

func TestAStatusIsAFailureButItIsOfTheTwoHundreds(t *testing.T) {
	t.Parallel()
	s := listening(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
	})
	for status, code := range map[int]string{200: "", 202: "", 204: "", 304: "redirected", 400: "refused", 404: "refused", 410: "gone", 429: "refused", 500: "refused"} {
		a, err := newPosts(home(t), nil).post(t.Context(), sentTo(fmt.Sprintf("%s/%d", s.URL, status)), time.Now())
		if got := ""; a.status != status || a.asked != 7*time.Second {
			t.Errorf("%d: %+v", status, a)
		} else if err != nil {
			if got = err.Code; got != code {
				t.Errorf("%d: %s", status, got)
			}
		} else if code != "" {
			t.Errorf("%d is taken for success", status)
		}
	}
}
