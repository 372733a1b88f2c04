package whisper

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
)

// weights are a model of 300,000 bytes, as a server has it.
func weights() (Model, []byte) {
	body := make([]byte, 300_000)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(body)
	return Model{Name: "base", Bytes: int64(len(body)), Digest: storage.DigestBytes(body)}, body
}

// serve gives the body, by ranges where it is asked.
func serve(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "ggml-base.bin", time.Time{}, bytes.NewReader(body))
	}
}

// fetch brings m from that server into a fresh folder, in which part may lie already.
func fetch(t *testing.T, m Model, h http.HandlerFunc, part []byte) (path string, err error) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	path = filepath.Join(t.TempDir(), "ggml-base.bin")
	if part != nil {
		if err := os.WriteFile(path+".part", part, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path, Fetcher{From: s.URL, Stall: 2 * time.Second, Pause: time.Millisecond}.Fetch(t.Context(), m, path)
}

func isThere(path string) bool { _, err := os.Stat(path); return err == nil }

func TestAModelComesWhole(t *testing.T) {
	t.Parallel()
	m, body := weights()
	var asked atomic.Value
	var far int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Path)
		serve(body)(w, r)
	}))
	defer s.Close()
	path := filepath.Join(t.TempDir(), "x")
	err := Fetcher{From: s.URL + "/models/", Progress: func(done, _ int64) { far = done }}.Fetch(t.Context(), m, path)
	got, _ := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, body) || far != m.Bytes || asked.Load() != "/models/ggml-base.bin" || isThere(path+".part") {
		t.Errorf("%d bytes from %v, told %d: %v", len(got), asked.Load(), far, err)
	}
}

func TestWrongBytesAreDeleted(t *testing.T) {
	t.Parallel()
	m, body := weights()
	other := bytes.Clone(body)
	other[1000] ^= 1
	for _, c := range []struct {
		why  string
		body []byte
		part []byte
	}{
		{"one bit", other, nil}, {"too many", append(bytes.Clone(body), 0), nil}, {"far too many", bytes.Repeat(body, 20), nil},
		{"a part that was something else", body, []byte("<html>")}, {"a part that is too long", body, append(bytes.Clone(body), 0)},
	} {
		path, err := fetch(t, m, serve(c.body), c.part)
		if pipeline.KindOf(err) != pipeline.Corrupt || pipeline.AsError(err, "").Code != "model_mismatch" || isThere(path) || isThere(path+".part") {
			t.Errorf("%s: %v, kept: %v %v", c.why, err, isThere(path), isThere(path+".part"))
		}
	}
}

func TestACutBodyIsGoneOnWith(t *testing.T) {
	t.Parallel()
	m, body := weights()
	var ranges []string
	cuts := 0
	cut := func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		if cuts++; cuts <= 2 {
			from := int64(0)
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			w.Header().Set("Content-Length", fmt.Sprint(m.Bytes-from))
			if from > 0 {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, m.Bytes-1, m.Bytes))
				w.WriteHeader(http.StatusPartialContent)
			}
			_, _ = w.Write(body[from : from+100_000])
			return // the server closes: fewer bytes than were promised
		}
		serve(body)(w, r)
	}
	path, err := fetch(t, m, cut, nil)
	got, _ := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, body) || fmt.Sprint(ranges) != "[ bytes=100000- bytes=200000-]" {
		t.Errorf("%d bytes by %q: %v", len(got), ranges, err)
	}
}

func TestAnEarlierPartIsGoneOnWithAndAServerWithoutRangesStartsOver(t *testing.T) {
	t.Parallel()
	m, body := weights()
	var sent atomic.Int64
	counting := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { h(&counter{w, &sent}, r) }
	}
	path, err := fetch(t, m, counting(serve(body)), body[:250_000])
	if got, _ := os.ReadFile(path); err != nil || !bytes.Equal(got, body) || sent.Load() != 50_000 {
		t.Errorf("with ranges: %d bytes were sent, %v", sent.Load(), err)
	}
	sent.Store(0)
	path, err = fetch(t, m, counting(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }), body[:250_000])
	if got, _ := os.ReadFile(path); err != nil || !bytes.Equal(got, body) || sent.Load() != m.Bytes {
		t.Errorf("without: %d bytes were sent, %v", sent.Load(), err)
	}
	path, err = fetch(t, m, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Range", "bytes 0-9/10")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(body)
	}, body[:250_000])
	if err == nil || isThere(path) || size(path+".part") != 250_000 {
		t.Errorf("another part than was asked for: %v, part of %d", err, size(path+".part"))
	}
}

// counter counts the bytes of a body.
type counter struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counter) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return c.ResponseWriter.Write(b)
}

func TestAServerThatHasNothingSaysSo(t *testing.T) {
	t.Parallel()
	m, _ := weights()
	for _, c := range []struct {
		why   string
		serve http.HandlerFunc
		kind  pipeline.Kind
		calls int32
	}{
		{"not there", http.NotFound, pipeline.NotFound, 1},
		{"broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, pipeline.Unavailable, fruitless},
		{"always empty", func(http.ResponseWriter, *http.Request) {}, pipeline.Unavailable, fruitless},
		{"round and round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) }, pipeline.Unavailable, fruitless * (redirects + 1)},
	} {
		var calls atomic.Int32
		path, err := fetch(t, m, func(w http.ResponseWriter, r *http.Request) { calls.Add(1); c.serve(w, r) }, nil)
		if pipeline.KindOf(err) != c.kind || isThere(path) || calls.Load() != c.calls {
			t.Errorf("%s: %v after %d calls, want %s after %d", c.why, err, calls.Load(), c.kind, c.calls)
		}
	}
	s := httptest.NewServer(nil)
	s.Close()
	if err := (Fetcher{From: s.URL, Pause: time.Millisecond}).Fetch(t.Context(), m, filepath.Join(t.TempDir(), "x")); pipeline.KindOf(err) != pipeline.Unavailable {
		t.Errorf("nobody there: %v", err)
	}
}

func TestASlowServerIsLeftAndWhatCameIsKept(t *testing.T) {
	t.Parallel()
	m, body := weights()
	hang := func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(body[:50_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			<-r.Context().Done()
			return
		}
		hang(w, r)
	}))
	defer s.Close()
	path := filepath.Join(t.TempDir(), "x")
	err := Fetcher{From: s.URL, Stall: 150 * time.Millisecond, Pause: time.Millisecond}.Fetch(t.Context(), m, path)
	if e := pipeline.AsError(err, ""); e.Kind != pipeline.Unavailable || e.Code != "too_slow" || size(path+".part") != 50_000 {
		t.Errorf("%v with %d bytes kept", err, size(path+".part"))
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := (Fetcher{From: s.URL}).Fetch(ctx, m, path); pipeline.KindOf(err) != pipeline.Stopped || size(path+".part") != 50_000 {
		t.Errorf("asked to stop: %v with %d bytes kept", err, size(path+".part"))
	}
}

func TestEveryKnownModelIsPinnedWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Known() {
		if len(storage.Hex(m.Digest)) != 64 || m.Digest == storage.Hex(m.Digest) || m.Bytes < 30<<20 || m.Bytes > 4<<30 || m.Remarks == "" || seen[m.Name] || seen[m.Digest] {
			t.Errorf("%+v", m)
		}
		seen[m.Name], seen[m.Digest] = true, true
		if got, ok := ByName(m.Name); !ok || got != m {
			t.Errorf("%s is not found by its name", m.Name)
		}
	}
	if _, ok := ByName(Default); !ok {
		t.Error("the default is not known")
	}
}
