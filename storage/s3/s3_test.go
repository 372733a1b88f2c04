package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/storagetest"
)

func TestTheContractHolds(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Bucket { return newBucket(t, endpoint(t)) })
}

// noise is n bytes that differ everywhere.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

func unfinished(t *testing.T, b *Bucket) int {
	t.Helper()
	out, err := b.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &b.bucket, Prefix: &b.prefix})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Uploads)
}

func TestALargeObjectGoesUpInPartsAndComesBackWhole(t *testing.T) {
	t.Parallel()
	b := newBucket(t, endpoint(t))
	data := noise(partBytes*2 + 12345)
	o, err := b.Put(t.Context(), "large", io.MultiReader(bytes.NewReader(data)), storage.DigestBytes(data))
	if err != nil || o.Size != int64(len(data)) {
		t.Fatal(o, err)
	}
	r, err := b.OpenRange(t.Context(), "large", o.Version, partBytes-10, 20)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, data[partBytes-10:partBytes+10]) {
		t.Errorf("a range over the seam of two parts: %v, %d bytes", err, len(got))
	}
	_ = r.Close()
	if n := unfinished(t, b); n != 0 {
		t.Errorf("%d uploads are unfinished", n)
	}
}

// failing gives n bytes and then an error.
type failing struct {
	n   int
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.n <= 0 {
		return 0, f.err
	}
	n := min(len(p), f.n)
	f.n -= n
	return n, nil
}

func TestAnUploadThatFailsLeavesNoParts(t *testing.T) {
	t.Parallel()
	for name, put := range map[string]func(b *Bucket) error{
		"the sender fails": func(b *Bucket) error {
			_, err := b.Put(t.Context(), "x", &failing{partBytes * 3, errors.New("the sender went away")}, "")
			return err
		},
		"the digest is another": func(b *Bucket) error {
			_, err := b.Put(t.Context(), "x", bytes.NewReader(noise(partBytes*2)), storage.DigestBytes([]byte("other")))
			return err
		},
		"it is stopped": func(b *Bucket) error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := b.Put(ctx, "x", io.MultiReader(bytes.NewReader(noise(partBytes*2)), reader(func([]byte) (int, error) { cancel(); return 0, ctx.Err() })), "")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBucket(t, endpoint(t))
			if err := put(b); err == nil {
				t.Error("it succeeded")
			}
			if _, err := b.Stat(context.Background(), "x"); !errors.Is(err, pipeline.NotFound) {
				t.Errorf("what was not whole lies there: %v", err)
			}
			if n := unfinished(t, b); n != 0 {
				t.Errorf("%d uploads are unfinished", n)
			}
		})
	}
}

type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

func TestUnfinishedUploadsOfTheKilledAreSwept(t *testing.T) {
	t.Parallel()
	b := newBucket(t, endpoint(t))
	if _, err := b.client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &b.bucket, Key: b.key("a/left")}); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Sweep(t.Context(), []string{"."}, time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("a young upload was swept: %d, %v", n, err)
	}
	for folder, want := range map[string][]string{"a": {"a/left"}, "b": nil, "a/left": nil, ".": {"a/left"}} {
		if got, err := b.Halves(t.Context(), []string{folder}, time.Now().Add(time.Hour)); err != nil || !slices.Equal(got, want) {
			t.Errorf("halves in %s: %v, %v", folder, got, err)
		}
	}
	if n, err := b.Sweep(t.Context(), []string{"a"}, time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if n := unfinished(t, b); n != 0 {
		t.Errorf("%d uploads are unfinished", n)
	}
}

// faulty is a proxy before the store whose answers to GET of an object pass through f.
func faulty(t *testing.T, f func(n int64, w http.ResponseWriter, r *http.Request, store http.Handler)) string {
	t.Helper()
	var asked atomic.Int64
	return between(t, func(w http.ResponseWriter, r *http.Request, store http.Handler) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/big") {
			f(asked.Add(1), w, r, store)
			return
		}
		store.ServeHTTP(w, r)
	})
}

// between is a proxy before the store; all that is asked passes through f. Where
// the store does not answer, it hangs up.
func between(t *testing.T, f func(w http.ResponseWriter, r *http.Request, store http.Handler)) string {
	t.Helper()
	to, err := url.Parse(endpoint(t))
	if err != nil {
		t.Fatal(err)
	}
	store := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // what was signed
	}, ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(w, r, store) }))
	t.Cleanup(s.Close)
	return s.URL
}

// cut sends the headers and so many bytes of the body, and then hangs up.
type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(p []byte) (int, error) {
	if c.left < len(p) {
		_, _ = c.ResponseWriter.Write(p[:c.left])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

// aRead reads a stretch of a large object through a faulty proxy.
func aRead(t *testing.T, stall time.Duration, f func(n int64, w http.ResponseWriter, r *http.Request, store http.Handler)) ([]byte, []byte, error) {
	t.Helper()
	data := noise(3 << 20)
	b := newBucket(t, faulty(t, f))
	b.stall = stall
	o, err := b.Put(t.Context(), "big", bytes.NewReader(data), "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.OpenRange(t.Context(), "big", o.Version, 1000, 2<<20)
	if err != nil {
		return data[1000:][:2<<20], nil, err
	}
	got, err := io.ReadAll(r)
	return data[1000:][:2<<20], got, errors.Join(err, r.Close())
}

func TestABodyThatIsCutIsReadOn(t *testing.T) {
	t.Parallel()
	var asked int64
	want, got, err := aRead(t, time.Minute, func(n int64, w http.ResponseWriter, r *http.Request, store http.Handler) {
		asked = n
		if n <= 5 {
			w = &cut{w, 300_000}
		}
		store.ServeHTTP(w, r)
	})
	if err != nil || !bytes.Equal(got, want) || asked != 6 {
		t.Errorf("%d bytes of %d in %d answers: %v", len(got), len(want), asked, err)
	}
}

func TestABodyThatStallsIsReadOn(t *testing.T) {
	t.Parallel()
	want, got, err := aRead(t, 300*time.Millisecond, func(n int64, w http.ResponseWriter, r *http.Request, store http.Handler) {
		if n == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(2<<20))
			w.WriteHeader(http.StatusPartialContent)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done() // never a byte
			return
		}
		store.ServeHTTP(w, r)
	})
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d: %v", len(got), len(want), err)
	}
}

func TestABodyThatIsAlwaysCutIsAnErrorAndNeverShort(t *testing.T) {
	t.Parallel()
	_, got, err := aRead(t, time.Minute, func(_ int64, w http.ResponseWriter, r *http.Request, store http.Handler) {
		store.ServeHTTP(&cut{w, 0}, r)
	})
	if !errors.Is(err, pipeline.Unavailable) {
		t.Errorf("%d bytes and %v", len(got), err)
	}
}

func TestAnObjectThatIsReplacedWhileItIsReadIsAConflict(t *testing.T) {
	t.Parallel()
	var b *Bucket
	_, got, err := aRead(t, time.Minute, func(n int64, w http.ResponseWriter, r *http.Request, store http.Handler) {
		if n == 1 {
			defer func() {
				direct := *b
				if _, err := direct.Put(context.Background(), "big", bytes.NewReader(noise(3<<20+1)), ""); err != nil {
					t.Error(err)
				}
			}()
			b = newBucket(t, endpoint(t))
			b.prefix = strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"+b.bucket+"/"), "big")
			w = &cut{w, 300_000}
		}
		store.ServeHTTP(w, r)
	})
	if !errors.Is(err, pipeline.Conflict) {
		t.Errorf("%d bytes of two objects, %v", len(got), err)
	}
}

func TestWhatTheStoreRefusesSaysWhatToDo(t *testing.T) {
	t.Parallel()
	at := endpoint(t)
	none, err := Open(t.Context(), Config{Bucket: "no-such-bucket", Endpoint: at})
	if err != nil {
		t.Fatal(err)
	}
	_, err = none.Put(t.Context(), "x", strings.NewReader("x"), "")
	if e := pipeline.AsError(err, ""); e.Kind != pipeline.NotFound || e.Code != "no_such_bucket" || e.Hint == "" {
		t.Errorf("%+v", e)
	}
	nobody, err := Open(t.Context(), Config{Bucket: "x", Endpoint: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nobody.Stat(t.Context(), "x"); !errors.Is(err, pipeline.Unavailable) {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestARefusalThatPassesIsTriedAgainAndOneThatStaysIsNot(t *testing.T) {
	t.Parallel()
	endpoint(t) // for its credentials
	for _, c := range []struct {
		status int
		code   string
		again  bool
	}{
		{400, "RequestTimeout", true}, {400, "ExpiredToken", true}, {403, "RequestTimeTooSkewed", true}, {400, "IncompleteBody", true},
		{403, "AccessDenied", false}, {403, "InvalidAccessKeyId", false}, {400, "InvalidArgument", false},
	} {
		at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { said(c.status, c.code)(w, r, nil) }))
		defer at.Close()
		b, err := Open(t.Context(), Config{Bucket: "x", Endpoint: at.URL})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.OpenRange(t.Context(), ".dropcut.yaml", "", 0, -1)
		if err == nil || retryable(err) != c.again || errors.Is(err, pipeline.Invalid) == c.again {
			t.Errorf("%s: %v", c.code, err)
		}
	}
}

func TestABucketIsNamedByAURL(t *testing.T) {
	for in, want := range map[string]Config{
		"s3://clips": {Bucket: "clips"}, "s3://clips/": {Bucket: "clips"}, "s3://clips/a/b/": {Bucket: "clips", Prefix: "a/b"},
	} {
		if got, err := Parse(in); err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "clips", "s3://", "s3:///x", "http://x/y", "s3://a/../b", "s3://a?x=1", "s3://user@a"} {
		if got, err := Parse(in); !errors.Is(err, pipeline.Usage) {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
}

func TestABucketIsMadeOnce(t *testing.T) {
	at := endpoint(t)
	b, err := Open(t.Context(), Config{Bucket: fmt.Sprintf("made-%d", time.Now().UnixNano()), Endpoint: at})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.List(t.Context(), "", func(storage.Object) bool { return true }); pipeline.AsError(err, "").Code != "no_such_bucket" {
		t.Errorf("before: %v", err)
	}
	for range 2 {
		if err := b.Create(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := b.List(t.Context(), "", func(storage.Object) bool { return true }); err != nil {
		t.Errorf("after: %v", err)
	}
}
