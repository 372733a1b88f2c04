package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// house is a site over a real catalogue and a real folder, with one recording
// that has a made and an offered variant.
type house struct {
	*Site
	*httptest.Server
	db       *catalog.DB
	rec      pipeline.Recording
	made     pipeline.Variant
	offered  pipeline.Variant
	looks    int
	wakes    int
	notReady error
}

func open(t *testing.T, token string) *house {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: db}
	h.Site = &Site{Catalog: db, Output: out, Token: token, Look: func() { h.looks++ }, Wake: func() { h.wakes++ },
		Ready: func(context.Context) error { return h.notReady }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	h.Server = httptest.NewServer(h.Handler())
	h.Links = Signed{Base: h.URL, Secret: []byte("a secret of the test")}
	t.Cleanup(func() { h.Server.Close(); _, _ = db.Close(), out.Close() })
	h.fill(t)
	return h
}

func (h *house) fill(t *testing.T) {
	t.Helper()
	h.rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "ada", Fingerprint: "f", Key: "ada/show.mp4", State: pipeline.RecordingDone}
	m := pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: h.rec.ID, State: pipeline.MomentMade}
	c := pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.ID, Kind: pipeline.Short, N: 1, Parts: nil}
	h.offered = pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: c.ID, State: pipeline.VariantOffered, Look: pipeline.Look{Aspect: "1:1"}}
	body := "a clip of a hundred bytes would be better"
	h.made = pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: c.ID, State: pipeline.VariantMade, Look: pipeline.Look{Aspect: "9:16"},
		Made: &pipeline.MadeFile{Key: "ada/shows/r_1/moments/m_1/short 1.mp4", Digest: storage.DigestBytes([]byte(body)), Bytes: int64(len(body))}}
	if _, err := h.Output.Put(t.Context(), h.made.Made.Key, strings.NewReader(body), ""); err != nil {
		t.Fatal(err)
	}
	x := pipeline.Excerpted{ID: pipeline.Mint(pipeline.ExcerptID), Moment: m.ID}
	err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
		return errors.Join(tx.PutRecording(h.rec), tx.PutMarks(h.rec.ID, nil), tx.PutMoment(m), tx.PutExcerpt(x), tx.PutClip(c, false), tx.PutVariant(h.offered), tx.PutVariant(h.made))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ask calls the site with headers, given in pairs.
func (h *house) ask(t *testing.T, method, path string, doc any, headers ...string) *http.Response {
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
	if doc != nil {
		if err := json.NewDecoder(answer.Body).Decode(doc); err != nil {
			t.Fatalf("%s %s: %s: %v", method, path, answer.Status, err)
		}
	}
	return answer
}

func TestErrorsAreProblemsThatSayWhatToDo(t *testing.T) {
	h := open(t, "")
	for _, c := range []struct {
		method, path string
		status       int
		code         string
	}{
		{"GET", "/v1/recordings/r_none", 404, "no_such_recording"},
		{"POST", "/v1/variants/v_none/make", 404, "no_such_variant"},
		{"POST", "/v1/recordings/r_none/retry", 404, ""},
		{"POST", "/v1/recordings/r_none/cancel", 404, ""},
		{"GET", "/v1/variants/" + h.offered.ID + "/link", 409, "not_made"},
		{"GET", "/nothing", 404, "no_such_page"},
		{"GET", "/files/ada/shows?until=9999999999&signature=00", 403, "bad_link"},
	} {
		var p problem
		answer := h.ask(t, c.method, c.path, &p)
		if answer.StatusCode != c.status || p.Status != c.status || c.code != "" && p.Code != c.code || p.Detail == "" {
			t.Errorf("%s %s: %s, %+v", c.method, c.path, answer.Status, p)
		}
		if kind := answer.Header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s %s: %s", c.method, c.path, kind)
		}
	}
}

func TestNobodyGetsInWithoutTheToken(t *testing.T) {
	h := open(t, "right")
	for header, want := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer right": 200, "right": 200} {
		if answer := h.ask(t, "GET", "/v1/recordings", nil, "Authorization", header); answer.StatusCode != want {
			t.Errorf("%q: %s", header, answer.Status)
		}
	}
	if answer := h.ask(t, "GET", "/healthz", nil); answer.StatusCode != 200 {
		t.Errorf("health: %s", answer.Status)
	}
}

// TestAnotherSitesPageCannotActHere: a browser says where a request comes from.
func TestAnotherSitesPageCannotActHere(t *testing.T) {
	h := open(t, "")
	path := "/v1/variants/" + h.offered.ID + "/make"
	if answer := h.ask(t, "POST", path, nil, "Sec-Fetch-Site", "cross-site"); answer.StatusCode != 403 || h.wakes != 0 {
		t.Errorf("%s, woken %d times", answer.Status, h.wakes)
	}
	if answer := h.ask(t, "POST", path, nil); answer.StatusCode != 202 || h.wakes != 1 {
		t.Errorf("a program: %s, woken %d times", answer.Status, h.wakes)
	}
}

func TestANameThatWasMadeToLeadHereReachesNothing(t *testing.T) {
	for _, c := range []struct {
		token, host string
		want        int
	}{
		{"", "evil.example:8420", 403}, {"", "evil.example", 403}, {"", "192.0.2.7:8420", 403}, {"", "localhost.evil.example", 403},
		{"", "127.0.0.1:8420", 202}, {"", "localhost:8420", 202}, {"", "LocalHost", 202}, {"", "[::1]:8420", 202}, {"", "[::1]", 202},
		{"right", "clips.example", 202}, // a browser has no token to send for a page of another
	} {
		h := open(t, c.token)
		r := httptest.NewRequest("POST", "/v1/recordings/"+h.rec.ID+"/cancel", nil)
		r.Host = c.host
		r.Header.Set("Authorization", "Bearer "+c.token)
		r.Header.Set("Origin", "http://"+c.host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		h.Handler().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("token %q, host %s: %d, want %d: %s", c.token, c.host, w.Code, c.want, w.Body)
		}
	}
}

func TestAFileIsHadByALinkForAWhile(t *testing.T) {
	h := open(t, "")
	var link struct{ URL, Digest, Expires string }
	h.ask(t, "GET", "/v1/variants/"+h.made.ID+"/link", &link)
	answer, err := http.Get(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || storage.DigestBytes(body) != link.Digest {
		t.Errorf("%s: %s, %d bytes, %v", link.URL, answer.Status, len(body), err)
	}
	if !strings.Contains(link.URL, "short%201.mp4?") {
		t.Errorf("the path of %s does not end as the file's name does", link.URL)
	}
	old, err := Signed{Base: h.URL, Secret: []byte("a secret of the test")}.Link(t.Context(), h.made.Made.Key, -time.Second)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Signed{Base: h.URL, Secret: []byte("another secret")}.Link(t.Context(), h.made.Made.Key, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for why, url := range map[string]string{"its time is over": old, "another machine's": other, "another file's": strings.Replace(link.URL, "short%201", "short%202", 1)} {
		if answer := h.ask(t, "GET", url, nil); answer.StatusCode != 403 {
			t.Errorf("%s: %s", why, answer.Status)
		}
	}
}

func TestANotificationOnlyRings(t *testing.T) {
	h := open(t, "")
	if answer := h.ask(t, "POST", "/v1/notifications", nil); answer.StatusCode != 202 || h.looks != 1 {
		t.Errorf("%s, looked %d times", answer.Status, h.looks)
	}
}

func TestASiteThatCannotWorkSaysWhy(t *testing.T) {
	h := open(t, "")
	if answer := h.ask(t, "GET", "/readyz", nil); answer.StatusCode != 200 {
		t.Errorf("%s", answer.Status)
	}
	h.notReady = pipeline.Fail(pipeline.Unavailable, "redis", "start it", "Redis does not answer")
	var p problem
	if answer := h.ask(t, "GET", "/readyz", &p); answer.StatusCode != 503 || p.Hint != "start it" {
		t.Errorf("%s, %+v", answer.Status, p)
	}
}

// follow reads events until want of them came, and gives their IDs and lines.
func (h *house) follow(t *testing.T, last string, want int, then func()) (ids, lines []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, "GET", h.URL+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", last)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text := bufio.NewScanner(answer.Body)
	for len(ids) < want && text.Scan() {
		if strings.HasPrefix(text.Text(), ":") && then != nil {
			then() // the connection stands
			then = nil
		}
		if id, ok := strings.CutPrefix(text.Text(), "id: "); ok {
			ids = append(ids, id)
		}
		if strings.HasPrefix(text.Text(), "event: ") {
			lines = append(lines, text.Text())
		}
	}
	if len(ids) < want {
		t.Fatalf("%d events of %d: %v", len(ids), want, text.Err())
	}
	for len(lines) < want && text.Scan() {
		if strings.HasPrefix(text.Text(), "event: ") {
			lines = append(lines, text.Text())
		}
	}
	return ids, lines
}

func TestWhoeverFollowsIsToldWhatChangesAndWhatWasMissed(t *testing.T) {
	h := open(t, "")
	change := func(state pipeline.RecordingState) func() {
		return func() {
			h.rec.State = state
			if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.PutRecording(h.rec) }); err != nil {
				t.Error(err)
			}
		}
	}
	ids, lines := h.follow(t, "", 1, change(pipeline.RecordingDetected))
	if lines[0] != "event: recording.detected" {
		t.Errorf("told %v; what was before is not news", lines)
	}
	change(pipeline.RecordingNoMoment)()
	change(pipeline.RecordingDone)()
	if _, lines = h.follow(t, ids[0], 2, nil); lines[0] != "event: recording.no_moment" || lines[1] != "event: recording.done" {
		t.Errorf("missed and told: %v", lines)
	}
}
