package s3

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
)

// unconditional is a store that knows no puts on conditions, as older ones do,
// and counts those it refused.
func unconditional(t *testing.T, refused *atomic.Int64) string {
	t.Helper()
	return between(t, func(w http.ResponseWriter, r *http.Request, store http.Handler) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Header.Get("If-Match") == "" && r.Header.Get("If-None-Match") == "" {
			store.ServeHTTP(w, r)
			return
		}
		refused.Add(1)
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotImplemented)
		fmt.Fprint(w, "<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented</Message></Error>")
	})
}

// TestAStoreWithoutConditionsIsAskedFirst: what goes up whole, and what goes up
// in parts; the first who meets it is told to send it again, nothing is written
// over, and nothing is left half.
func TestAStoreWithoutConditionsIsAskedFirst(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][]byte{"whole": []byte("a recording"), "in parts": noise(partBytes + 1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var refused atomic.Int64
			b := newBucket(t, unconditional(t, &refused))
			var e *pipeline.Error
			if _, err := b.PutNew(t.Context(), "up/a", bytes.NewReader(body), ""); !errors.As(err, &e) || e.Code != "no_conditions" || !e.Retryable() || b.IsConditional() {
				t.Fatalf("at first: %v", err)
			}
			if _, err := b.Stat(t.Context(), "up/a"); !errors.Is(err, pipeline.NotFound) || unfinished(t, b) != 0 {
				t.Errorf("something of it lies there: %v", err)
			}
			o, err := b.PutNew(t.Context(), "up/a", bytes.NewReader(body), storage.DigestBytes(body))
			if err != nil || o.Size != int64(len(body)) || refused.Load() != 1 {
				t.Errorf("again: %+v, %v; refused %d times", o, err, refused.Load())
			}
			if _, err := b.PutNew(t.Context(), "up/a", strings.NewReader("another"), ""); !errors.Is(err, pipeline.Conflict) {
				t.Errorf("over what stands: %v", err)
			}
			if now, err := b.Stat(t.Context(), "up/a"); err != nil || now.Version != o.Version {
				t.Errorf("%+v, %v", now, err)
			}
		})
	}
}

func TestAStoreWithoutConditionsReplacesWhatItWasAskedFor(t *testing.T) {
	t.Parallel()
	var refused atomic.Int64
	b := newBucket(t, unconditional(t, &refused))
	replace := func(version, text string) (storage.Object, error) {
		return b.Replace(t.Context(), "manifest.json", version, strings.NewReader(text), storage.DigestBytes([]byte(text)))
	}
	first, err := replace("", "one")
	if err != nil || b.IsConditional() {
		t.Fatal(err)
	}
	if _, err := replace("", "two"); !errors.Is(err, pipeline.Conflict) {
		t.Errorf("one that stands already: %v", err)
	}
	second, err := replace(first.Version, "three")
	if err != nil || second.Version == first.Version {
		t.Errorf("%+v, %v", second, err)
	}
	if _, err := replace(first.Version, "four"); !errors.Is(err, pipeline.Conflict) {
		t.Errorf("over a newer one: %v", err)
	}
	if now, err := b.Stat(t.Context(), "manifest.json"); err != nil || now.Version != second.Version || refused.Load() == 0 {
		t.Errorf("%+v, %v; refused %d times", now, err, refused.Load())
	}
}

// TestAStoreIsAskedInTheOldWay: many know neither virtual hosts nor the newer
// checksums, whole or at the end of a body.
func TestAStoreIsAskedInTheOldWay(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	b := newBucket(t, between(t, func(w http.ResponseWriter, r *http.Request, store http.Handler) {
		asked.Add(1)
		if !strings.HasPrefix(r.URL.Path, "/"+os.Getenv("DROPCUT_TEST_S3_BUCKET")) || !strings.HasPrefix(r.Host, "127.0.0.1:") {
			t.Errorf("%s %s of %s", r.Method, r.URL.Path, r.Host)
		}
		for name := range r.Header {
			if n := strings.ToLower(name); strings.HasPrefix(n, "x-amz-checksum-") || strings.HasPrefix(n, "x-amz-sdk-checksum") || n == "x-amz-trailer" {
				t.Errorf("%s %s with %s", r.Method, r.URL.Path, name)
			}
		}
		store.ServeHTTP(w, r)
	}))
	for key, n := range map[string]int{"small": 10, "in-parts": partBytes + 1} {
		data := noise(n)
		o, err := b.Put(t.Context(), key, bytes.NewReader(data), "")
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.OpenRange(t.Context(), key, o.Version, 0, int64(n))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes of %d, %v", key, len(got), n, err)
		}
	}
	if asked.Load() < 6 {
		t.Errorf("only %d calls passed", asked.Load())
	}
}
