package s3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage"
)

// meddled is a proxy before the store; uploads pass through f.
func meddled(t *testing.T, f func(w http.ResponseWriter, r *http.Request, store http.Handler)) string {
	t.Helper()
	return between(t, func(w http.ResponseWriter, r *http.Request, store http.Handler) {
		if r.Method == http.MethodPut || r.Method == http.MethodPost {
			f(w, r, store)
			return
		}
		store.ServeHTTP(w, r)
	})
}

// said answers as a store does that refuses.
func said(status int, code string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>"+code+"</Message></Error>")
	}
}

// cutUp lets half of the body through, and hangs up.
func cutUp(w http.ResponseWriter, r *http.Request, store http.Handler) {
	body := r.Body
	r.Body = io.NopCloser(io.MultiReader(io.LimitReader(body, r.ContentLength/2), reader(func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF })))
	store.ServeHTTP(w, r)
}

// deafened does what it is asked to, and nobody hears that it is done.
func deafened(_ http.ResponseWriter, r *http.Request, store http.Handler) {
	store.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

var uploadFaults = []struct {
	what  string
	every int64 // so many requests meet one
	do    func(http.ResponseWriter, *http.Request, http.Handler)
}{
	{"503 SlowDown", 2, said(http.StatusServiceUnavailable, "SlowDown")},
	{"500", 2, said(http.StatusInternalServerError, "InternalError")},
	{"409", 7, said(http.StatusConflict, "OperationAborted")}, // not asked again: the row is
	{"cut uploads", 3, cutUp},
	{"lost replies", 3, deafened},
	{"hang-ups", 3, func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }},
}

// TestAnUploadIsWholeOrAnErrorWhateverTheWireDoes: each kind of fault, at
// many requests, over objects of one part and of several.
func TestAnUploadIsWholeOrAnErrorWhateverTheWireDoes(t *testing.T) {
	t.Parallel()
	faultstest.AtLength(t)
	for _, fault := range uploadFaults {
		t.Run(fault.what, func(t *testing.T) {
			t.Parallel()
			r := faultstest.Rand(t)
			figures := faultstest.Figures{Faults: map[string]int{}}
			var asked, done atomic.Int64
			b := newBucket(t, meddled(t, func(w http.ResponseWriter, q *http.Request, store http.Handler) {
				if asked.Add(1)%fault.every != 1 {
					store.ServeHTTP(w, q)
					return
				}
				done.Add(1)
				fault.do(w, q, store)
			}))
			for n := range faultstest.Scaled(8, 400) {
				size := r.IntN(60_000)
				if n%100 == 5 {
					size += 2 * partBytes
				}
				if uploaded(t, b, noise(size)) {
					figures.Done++
				} else {
					figures.Lost++
				}
			}
			if n := unfinished(t, b); n != 0 && fault.what != "lost replies" { // an upload that nobody knows of is swept
				t.Errorf("%d uploads are unfinished", n)
			}
			if _, err := b.Sweep(t.Context(), []string{"."}, time.Now().Add(time.Hour)); err != nil || unfinished(t, b) != 0 {
				t.Errorf("%d uploads are left: %v", unfinished(t, b), err)
			}
			figures.Faults[fault.what] = int(done.Load())
			faultstest.Tell(t, figures)
		})
	}
}

// uploaded puts an object until that succeeds; at no time a short one is there.
func uploaded(t *testing.T, b *Bucket, data []byte) bool {
	t.Helper()
	for range 10 {
		_, err := b.Put(t.Context(), "o", bytes.NewReader(data), storage.DigestBytes(data))
		if err != nil && !retryable(err) {
			t.Errorf("%d bytes: %v", len(data), err)
		}
		o, gone := b.Stat(t.Context(), "o")
		if gone == nil && o.Size != int64(len(data)) {
			t.Errorf("%d bytes of %d lie there, after %v", o.Size, len(data), err)
			return false
		}
		if gone != nil && !errors.Is(gone, pipeline.NotFound) {
			t.Error(gone)
		}
		if err != nil {
			continue
		}
		same := isSame(b, data)
		if !same {
			t.Error("other bytes lie there")
		}
		if err := b.Delete(t.Context(), "o"); err != nil {
			t.Error(err)
		}
		return same
	}
	t.Errorf("%d bytes are not there after ten tries", len(data))
	return false
}

func retryable(err error) bool { return pipeline.AsError(err, "").Retryable() }

func isSame(b *Bucket, data []byte) bool {
	r, err := b.OpenRange(context.Background(), "o", "", 0, -1)
	if err != nil {
		return false
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	return err == nil && bytes.Equal(got, data)
}

// TestAStoreThatKeepsLessThanItWasSentIsFoundOut: some keep what came of an
// upload that was cut as if it were whole.
func TestAStoreThatKeepsLessThanItWasSentIsFoundOut(t *testing.T) {
	t.Parallel()
	data := noise(100_000)
	var direct *Bucket
	var key string
	at := meddled(t, func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		if _, err := direct.Put(r.Context(), key, bytes.NewReader(data[:rand.IntN(len(data))]), ""); err != nil {
			t.Error(err)
		}
		w.Header().Set("ETag", `"of the whole"`)
	})
	b := newBucket(t, at)
	direct = newBucket(t, endpoint(t))
	direct.prefix, key = b.prefix, "short"
	_, err := b.Put(t.Context(), key, bytes.NewReader(data), "")
	if err == nil {
		t.Fatal("it is said to be whole")
	}
	if e := pipeline.AsError(err, ""); e.Kind != pipeline.Corrupt || e.Code != "upload_short" {
		t.Errorf("%v", err)
	}
	if !strings.Contains(pipeline.AsError(err, "").Hint, "again") {
		t.Error("it says not what to do")
	}
}

// TestAnUploadThatStallsIsGivenUp: the store takes no more bytes, and stays on
// the line.
func TestAnUploadThatStallsIsGivenUp(t *testing.T) {
	t.Parallel()
	endpoint(t) // for its credentials
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			if _, err := l.Accept(); err != nil { // and never read
				return
			}
		}
	}()
	b, err := Open(t.Context(), Config{Bucket: "x", Endpoint: "http://" + l.Addr().String(), Stall: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), faultstest.Patience())
	defer cancel()
	if _, err := b.Put(ctx, "k", bytes.NewReader(noise(12<<20)), ""); !errors.Is(err, pipeline.Unavailable) || ctx.Err() != nil {
		t.Errorf("%v", err)
	}
}
