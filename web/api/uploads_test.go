package api

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/dir"
)

// source is every key of the source, hidden ones too.
func (h *house) source(t *testing.T) (out []string) {
	t.Helper()
	if err := h.Source.List(t.Context(), "", func(o storage.Object) bool { out = append(out, o.Key); return true }); err != nil {
		t.Fatal(err)
	}
	return out
}

func contentDigestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha-512=:AAAA:, sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// TestAnUploadIsWholeAndOverwritesNothing: what is not what its digest says, or
// has a name that is taken, changes nothing.
func TestAnUploadIsWholeAndOverwritesNothing(t *testing.T) {
	h := open(t)
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	marks := h.call(t, ada, "PUT", "/v1/uploads/2026/show.txt", "0:50 crowd\n")
	if marks.status != http.StatusCreated || !slices.Equal(h.source(t), []string{"ada/2026/show.txt"}) {
		t.Fatalf("%d %s: %v", marks.status, marks.body, h.source(t))
	}
	if a := h.call(t, ada, "PUT", "/v1/uploads/2026/show.mp4", "pictures", "Content-Digest", contentDigestOf("other pictures")); a.status != http.StatusUnprocessableEntity || a.problem(t).Code != "digest_differs" {
		t.Errorf("%d %s", a.status, a.body)
	}
	var up Uploaded
	a := h.call(t, ada, "PUT", "/v1/uploads/2026/show.mp4", "pictures", "Content-Digest", contentDigestOf("pictures"), "Content-Type", "video/mp4")
	if a.into(t, &up); a.status != http.StatusCreated || up != (Uploaded{"ada/2026/show.mp4", 8, storage.DigestBytes([]byte("pictures"))}) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	want := []string{"ada/2026/show.mp4", "ada/2026/show.mp4.done", "ada/2026/show.txt"}
	if got := h.source(t); !slices.Equal(got, want) || h.looks != 2 {
		t.Errorf("there lies %v, looked for %d times", got, h.looks)
	}
	if a := h.call(t, ada, "PUT", "/v1/uploads/2026/show.mp4", "other"); a.status != http.StatusConflict || a.problem(t).Code != "key_taken" {
		t.Errorf("%d %s", a.status, a.body)
	}
	r, err := h.Source.OpenRange(t.Context(), "ada/2026/show.mp4", "", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if text, err := io.ReadAll(r); err != nil || string(text) != "pictures" {
		t.Errorf("it is overwritten: %q, %v", text, err)
	}
	if a := h.call(t, ada, "PUT", "/v1/uploads/empty.mp4", ""); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "PUT", "/v1/uploads/x.mp4", "x", "Content-Digest", "sha-512=:AAAA:"); a.status != http.StatusUnprocessableEntity || a.problem(t).Code != "bad_digest" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestAnUploadStaysInItsCreatorsFolder: whatever it is called.
func TestAnUploadStaysInItsCreatorsFolder(t *testing.T) {
	h := open(t)
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	for _, name := range []string{"..%2Feve%2Fshow.mp4", "%2Fetc%2Fshow.mp4", "a%2F%2Fshow.mp4", "a%2F..%2F..%2Feve%2Fshow.mp4", ".hidden.mp4", "a/.b/show.mp4", "show.mp4.done",
		"a%5C..%5Cshow.mp4", "a%00.mp4", "a%0A.mp4", "%FF.mp4", strings.Repeat("x", 201) + ".mp4", "a/", "%2E%2E"} {
		if a := h.call(t, ada, "PUT", "/v1/uploads/"+name, "x"); a.status < 300 || a.status >= 500 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := h.call(t, ada, "PUT", "/v1/uploads/show.mp4?creator=eve", "x"); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, creator := range []string{"", "..", ".", "a%2Fb", ".x"} {
		if a := h.call(t, root, "PUT", "/v1/uploads/show.mp4?creator="+creator, "x"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("creator %q: %d %s", creator, a.status, a.body)
		}
	}
	if got := h.source(t); len(got) > 0 {
		t.Errorf("there lies %v", got)
	}
	if a := h.call(t, h.token(t, "ada", pipeline.ScopeScheduler), "PUT", "/v1/uploads/show.mp4", "x"); a.status != http.StatusForbidden {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestAnUploadMayTakeLongButNotStall: the server's limit is moved along while
// bytes come; what is cut off or stalls leaves nothing.
func TestAnUploadMayTakeLongButNotStall(t *testing.T) {
	h := open(t)
	h.Stall = 500 * time.Millisecond
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	s := httptest.NewUnstartedServer(h.API.Handler())
	s.Config.ReadTimeout, s.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	s.Start()
	defer s.Close()
	begin := func(name string) net.Conn {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		fmt.Fprintf(c, "PUT /v1/uploads/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 12\r\n\r\n", name, ada)
		return c
	}
	status := func(c net.Conn) int {
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		return r.StatusCode
	}
	slow := begin("slow.mp4")
	for range 12 {
		time.Sleep(100 * time.Millisecond)
		fmt.Fprint(slow, "x")
	}
	if got := status(slow); got != http.StatusCreated {
		t.Errorf("an upload that is slow: %d", got)
	}
	stalled := begin("stalled.mp4")
	fmt.Fprint(stalled, "x")
	if got := status(stalled); got != http.StatusRequestTimeout {
		t.Errorf("an upload that stalls: %d", got)
	}
	cut := begin("cut.mp4")
	fmt.Fprint(cut, "x")
	if err := errors.Join(cut.(*net.TCPConn).CloseWrite()); err != nil {
		t.Fatal(err)
	}
	if got := status(cut); got != http.StatusBadRequest {
		t.Errorf("an upload that is cut off: %d", got)
	}
	if got := h.source(t); !slices.Equal(got, []string{"ada/slow.mp4", "ada/slow.mp4.done"}) {
		t.Errorf("there lies %v", got)
	}
	if half, err := h.Source.(*dir.Bucket).Halves(t.Context(), []string{"."}, time.Now().Add(time.Hour)); err != nil || len(half) > 0 {
		t.Errorf("half of it lies there: %v, %v", half, err)
	}
}

// TestANotificationIsWhateverItsSenderSends: S3 and its like send JSON, some
// call that text, curl a form; nobody reads it. It rings also while the catalogue
// answers nothing; what has a key is kept there, and cannot.
func TestANotificationIsWhateverItsSenderSends(t *testing.T) {
	t.Parallel()
	h := open(t)
	event := map[string]any{"Records": []any{map[string]any{"s3": map[string]any{"object": map[string]any{"key": "ada/a.mp4"}}}}}
	for n, c := range []struct {
		kind string
		body any
	}{
		{"", nil}, {"application/json", nil}, {"application/json", event}, {"application/json", []any{}}, {"application/json", "7"},
		{"text/plain; charset=UTF-8", event},             // relays
		{"application/cloudevents+json", event},          // event grids
		{"application/x-www-form-urlencoded", "{}"},      // curl -d
		{"application/json", "{"}, {"image/png", "\x89"}, // whatever
	} {
		var headers []string
		if c.kind != "" {
			headers = []string{"Content-Type", c.kind}
		}
		if a := h.call(t, root, "POST", "/v1/notifications", c.body, headers...); a.status != http.StatusAccepted || h.looks != n+1 {
			t.Errorf("%s %v: %d %s; looked %d times", c.kind, c.body, a.status, a.body, h.looks)
		}
	}
	if a := h.call(t, root, "POST", "/v1/notifications", strings.Repeat("x", mostBody+1)); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("more than anybody sends: %d %s", a.status, a.body)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	rung := h.looks
	if a := h.call(t, root, "POST", "/v1/notifications", event); a.status != http.StatusAccepted || h.looks != rung+1 {
		t.Errorf("a catalogue out of reach: %d %s; looked %d times", a.status, a.body, h.looks-rung)
	}
	if a := h.call(t, root, "POST", "/v1/notifications", event, "Idempotency-Key", "k"); a.status < 500 || h.looks != rung+1 {
		t.Errorf("with a key: %d %s; looked %d times", a.status, a.body, h.looks-rung)
	}
}
