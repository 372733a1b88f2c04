package api

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// operations is every operation that the document describes.
func (h *house) operations(t *testing.T) (out [][2]string) {
	t.Helper()
	text, err := h.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			out = append(out, [2]string{strings.ToUpper(method), strings.NewReplacer("{id}", "x_1", "{name}", "show.mp4", "{of}", "v_1").Replace(path)})
		}
	}
	if len(out) < 30 {
		t.Fatalf("%d operations", len(out))
	}
	return out
}

// TestNothingIsHadWithoutAToken: every operation, and what is none.
func TestNothingIsHadWithoutAToken(t *testing.T) {
	h := open(t)
	over := time.Now().Add(300 * time.Millisecond)
	good := h.token(t, "ada", pipeline.ScopeScheduler)
	var k struct{ ID, Token string }
	h.call(t, root, "POST", "/v1/tokens", map[string]any{"name": "revoked", "scopes": []string{"admin"}}).into(t, &k)
	if a := h.call(t, root, "DELETE", "/v1/tokens/"+k.ID, nil); a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var e struct{ Token string }
	h.call(t, root, "POST", "/v1/tokens", map[string]any{"name": "short", "scopes": []string{"admin"}, "expires_at": over}).into(t, &e)
	time.Sleep(time.Until(over.Add(50 * time.Millisecond)))
	for _, op := range append(h.operations(t), [2]string{"GET", "/v1/nothing"}, [2]string{"PATCH", "/v1/claims"}) {
		for what, token := range map[string]string{"none": "", "wrong": "dc_wrong", "revoked": k.Token, "over": e.Token} {
			a := h.call(t, token, op[0], op[1], nil)
			code := "unauthorised"
			if strings.HasPrefix(op[1], "/v1/inbound/") {
				code = "not_signed" // there a signature is what a token is elsewhere
			}
			if p := a.problem(t); a.status != http.StatusUnauthorized || p.Code != code || a.header.Get("WWW-Authenticate") == "" || p.RequestID == "" {
				t.Errorf("%s %s with a token that is %s: %d %s", op[0], op[1], what, a.status, a.body)
			}
		}
	}
	if a := h.call(t, good, "GET", "/v1/channels", nil); a.status != http.StatusOK {
		t.Errorf("a good token: %d %s", a.status, a.body)
	}
}

// TestATokenSaysWhenItWasUsedLast: so that one that nobody uses is found.
func TestATokenSaysWhenItWasUsedLast(t *testing.T) {
	h := open(t)
	used, idle := h.token(t, "ada", pipeline.ScopeEditor), h.token(t, "eve", pipeline.ScopeEditor)
	h.call(t, used, "GET", "/v1/clips", nil)
	var list struct{ Data []pipeline.Token }
	h.call(t, root, "GET", "/v1/tokens", nil).into(t, &list)
	for _, k := range list.Data {
		if (k.Used != nil) != (k.Creator == "ada") || k.Used != nil && time.Since(*k.Used).Abs() > time.Minute {
			t.Errorf("%+v; the other, %s, was never used", k, idle[:3])
		}
	}
}

// TestATokensTextIsKeptNowhere: neither beside its digest nor in what is
// answered again.
func TestATokensTextIsKeptNowhere(t *testing.T) {
	h := open(t)
	body := map[string]any{"name": "once", "scopes": []string{"editor"}}
	var k struct{ Token string }
	h.call(t, root, "POST", "/v1/tokens", body, "Idempotency-Key", "one").into(t, &k)
	if a := h.call(t, root, "POST", "/v1/tokens", body, "Idempotency-Key", "one"); a.status != http.StatusConflict || a.problem(t).Code != "shown_once" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, root, "GET", "/v1/tokens", nil); strings.Contains(a.body, k.Token) || !strings.Contains(a.body, "once") {
		t.Errorf("%s", a.body)
	}
	err := h.db.Read(t.Context(), func(tx *catalog.Tx) error {
		a, _, err := tx.Answered("root", "one", "")
		if strings.Contains(a.Body, k.Token) || a.Body == "" {
			t.Errorf("kept: %s", a.Body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestANameThatWasMadeToLeadHereReachesNothing: where no token is needed, the
// name must be one that no other machine can have.
func TestANameThatWasMadeToLeadHereReachesNothing(t *testing.T) {
	h := open(t)
	h.Keys.Open = true
	handler := h.API.Handler()
	for host, want := range map[string]int{"evil.example:8420": 403, "evil.example": 403, "192.0.2.7:8420": 403, "localhost.evil.example": 403,
		"127.0.0.1:8420": 200, "localhost:8420": 200, "LocalHost": 200, "[::1]:8420": 200, "[::1]": 200} {
		r := httptest.NewRequest("GET", "/v1/recordings", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%s: %d, want %d: %s", host, w.Code, want, w.Body)
		}
	}
}

// TestWhoCallsTooOftenWaits: one token's calls are not another's.
func TestWhoCallsTooOftenWaits(t *testing.T) {
	h := open(t)
	busy, calm := h.token(t, "ada", pipeline.ScopeEditor), h.token(t, "ada", pipeline.ScopeEditor)
	h.Rate = 1
	h.Server.Config.Handler = h.API.Handler()
	var last answer
	for range 10 {
		last = h.call(t, busy, "GET", "/v1/clips", nil)
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" || last.header.Get("X-RateLimit-Remaining") != "0" || last.problem(t).Code != "too_many" {
		t.Errorf("%d %v %s", last.status, last.header, last.body)
	}
	if a := h.call(t, calm, "GET", "/v1/clips", nil); a.status != http.StatusOK || a.header.Get("RateLimit-Policy") == "" {
		t.Errorf("another token: %d %s", a.status, a.body)
	}
}

// TestWhatNeedsNoTokenIsCountedByAddress: and so are paths and methods that there
// are not, with and without a token.
func TestWhatNeedsNoTokenIsCountedByAddress(t *testing.T) {
	h := open(t)
	token := h.token(t, "ada", pipeline.ScopeEditor)
	h.Rate = 1
	for _, c := range [][3]string{{"GET", "/v1/openapi.json", ""}, {"GET", "/v1/docs", ""}, {"GET", "/v1/docs.js", ""}, {"GET", "/v1/docs.css", ""},
		{"GET", "/v1/nothing", ""}, {"PATCH", "/v1/claims", "dc_wrong"}, {"GET", "/v1/nothing", token}, {"PATCH", "/v1/claims", token}} {
		h.API.calls = limits{}
		handler := h.API.Handler()
		var last *httptest.ResponseRecorder
		for range 10 {
			r := httptest.NewRequest(c[0], c[1], nil)
			if c[2] != "" {
				r.Header.Set("Authorization", "Bearer "+c[2])
			}
			last = httptest.NewRecorder()
			handler.ServeHTTP(last, r)
		}
		if last.Code != http.StatusTooManyRequests || last.Header().Get("Retry-After") == "" || last.Header().Get("X-RateLimit-Remaining") != "0" {
			t.Errorf("%s %s with %q: %d %v", c[0], c[1], c[2], last.Code, last.Header())
		}
	}
}

// TestWhatAProxySaysIsNotBelieved: an address in a header is whatever its sender
// writes; calls are counted by where they come from.
func TestWhatAProxySaysIsNotBelieved(t *testing.T) {
	h := open(t)
	h.Rate = 1
	handler := h.API.Handler()
	last := 0
	for n := range 10 {
		r := httptest.NewRequest("GET", "/v1/clips", nil)
		for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
			r.Header.Set(name, fmt.Sprintf("for=203.0.113.%d", n))
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		last = w.Code
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("%d: each call is taken for another's", last)
	}
}

// TestAChangeIsLoggedWithWhoAsked: and no secret with it; reading is not.
func TestAChangeIsLoggedWithWhoAsked(t *testing.T) {
	h := open(t)
	creator := h.token(t, "ada", pipeline.ScopeCreator)
	said := &spoken{}
	h.Log = slog.New(slog.NewTextHandler(said, nil))
	h.call(t, creator, "POST", "/v1/channels", map[string]any{"name": "main", "platform": "tiktok", "zone": "UTC"})
	h.call(t, creator, "GET", "/v1/channels", nil)
	h.call(t, creator, "POST", "/v1/tokens", map[string]any{"name": "x", "scopes": []string{"admin"}})
	log := said.until("operation=create-channel", "what=create-token")
	if strings.Count(log, "operation=") != 1 || !strings.Contains(log, "operation=create-channel") || !strings.Contains(log, "token=t_") || !strings.Contains(log, "status=201") ||
		!strings.Contains(log, "refused") || strings.Contains(log, creator) {
		t.Errorf("%s", log)
	}
}

// spoken is a log that is read while it is written.
type spoken struct {
	sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (s *spoken) Write(p []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	s.text = append(s.text, p...)
	return len(p), nil
}

// until is what was said once it has all of words, or after a while: a change
// is logged after it is answered.
func (s *spoken) until(words ...string) string {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s.Lock()
		text := string(s.text)
		s.Unlock()
		if time.Now().After(end) || !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			return text
		}
	}
}
