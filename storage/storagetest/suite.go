// Package storagetest is the contract every bucket keeps, as tests.
package storagetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
)

// Run proves the contract on empty buckets that open makes, one a test.
func Run(t *testing.T, open func(t *testing.T) storage.Bucket) {
	for name, test := range map[string]func(*testing.T, storage.Bucket){
		"what was put is read back":                    putAndRead,
		"a range gives just those bytes":               ranges,
		"another version is a conflict":                versions,
		"a missing key is not found":                   missing,
		"delete succeeds twice":                        deletes,
		"a listing is in key order and by prefix":      lists,
		"wrong bytes are refused and leave the old":    wrongDigest,
		"a broken upload leaves the old":               brokenUpload,
		"keys cannot leave the bucket":                 badKeys,
		"a cancelled put leaves nothing":               cancelledPut,
		"many puts of one key leave one whole object":  race,
		"only the version that is named is replaced":   replaces,
		"of many who replace one version one succeeds": replaceRace,
		"what stands is not put anew":                  putsNew,
		"of many who put one key anew one succeeds":    putNewRace,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func put(t *testing.T, b storage.Bucket, key, text string) storage.Object {
	t.Helper()
	o, err := b.Put(t.Context(), key, strings.NewReader(text), storage.DigestBytes([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func read(t *testing.T, b storage.Bucket, key, version string, off, n int64) string {
	t.Helper()
	r, err := b.OpenRange(t.Context(), key, version, off, n)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func wantKind(t *testing.T, err error, kind pipeline.Kind) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("got %v, want an error of kind %s", err, kind)
	}
}

func putAndRead(t *testing.T, b storage.Bucket) {
	o := put(t, b, "a/b/c.bin", "hello")
	if o.Size != 5 || o.Key != "a/b/c.bin" || o.Version == "" {
		t.Errorf("stored object %+v", o)
	}
	s, err := b.Stat(t.Context(), "a/b/c.bin")
	if err != nil || s.Version != o.Version || s.Size != 5 {
		t.Errorf("stat %+v, %v; put said %+v", s, err, o)
	}
	want(t, read(t, b, "a/b/c.bin", o.Version, 0, -1), "hello")
	put(t, b, "a/b/c.bin", "second")
	want(t, read(t, b, "a/b/c.bin", "", 0, -1), "second")
}

func ranges(t *testing.T, b storage.Bucket) {
	put(t, b, "r", "0123456789")
	want(t, read(t, b, "r", "", 3, 4), "3456")
	want(t, read(t, b, "r", "", 8, 10), "89")
	want(t, read(t, b, "r", "", 10, 5), "")
	want(t, read(t, b, "r", "", 2, -1), "23456789")
}

func versions(t *testing.T, b storage.Bucket) {
	first := put(t, b, "v", "one")
	second := put(t, b, "v", "other")
	if first.Version == second.Version {
		t.Errorf("version %q stayed though the bytes changed", first.Version)
	}
	_, err := b.OpenRange(t.Context(), "v", first.Version, 0, -1)
	wantKind(t, err, pipeline.Conflict)
	want(t, read(t, b, "v", second.Version, 0, -1), "other")
}

func missing(t *testing.T, b storage.Bucket) {
	_, err := b.Stat(t.Context(), "no/such")
	wantKind(t, err, pipeline.NotFound)
	_, err = b.OpenRange(t.Context(), "no/such", "", 0, -1)
	wantKind(t, err, pipeline.NotFound)
}

func deletes(t *testing.T, b storage.Bucket) {
	put(t, b, "d/x", "1")
	for range 2 {
		if err := b.Delete(t.Context(), "d/x"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.Stat(t.Context(), "d/x")
	wantKind(t, err, pipeline.NotFound)
}

func lists(t *testing.T, b storage.Bucket) {
	for _, k := range []string{"b/2", "a", "b/10", "c/d/e", "b-1"} {
		put(t, b, k, k)
	}
	keys := func(prefix string, most int) string {
		var out []string
		if err := b.List(t.Context(), prefix, func(o storage.Object) bool {
			out = append(out, o.Key)
			return len(out) < most
		}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(out, " ")
	}
	want(t, keys("", 9), "a b-1 b/10 b/2 c/d/e")
	want(t, keys("b/", 9), "b/10 b/2")
	want(t, keys("c/d", 9), "c/d/e")
	want(t, keys("", 2), "a b-1")
	want(t, keys("none", 9), "")
}

func wrongDigest(t *testing.T, b storage.Bucket) {
	put(t, b, "w", "good")
	_, err := b.Put(t.Context(), "w", strings.NewReader("bad"), storage.DigestBytes([]byte("good")))
	wantKind(t, err, pipeline.Corrupt)
	want(t, read(t, b, "w", "", 0, -1), "good")
}

// brokenReader gives some bytes and then an error.
type brokenReader struct{ left int }

func (r *brokenReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, errors.New("the sender went away")
	}
	n := min(len(p), r.left)
	r.left -= n
	return n, nil
}

func brokenUpload(t *testing.T, b storage.Bucket) {
	put(t, b, "u", "good")
	if _, err := b.Put(t.Context(), "u", &brokenReader{1 << 20}, ""); err == nil {
		t.Error("a broken upload was accepted")
	}
	want(t, read(t, b, "u", "", 0, -1), "good")
}

func badKeys(t *testing.T, b storage.Bucket) {
	for _, k := range []string{"", ".", "..", "../x", "/etc/passwd", "a/../../x", "a//b", "a/", "nul\x00"} {
		_, err := b.Put(t.Context(), k, strings.NewReader("x"), "")
		wantKind(t, err, pipeline.Invalid)
		_, err = b.OpenRange(t.Context(), k, "", 0, -1)
		wantKind(t, err, pipeline.Invalid)
	}
}

func cancelledPut(t *testing.T, b storage.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Put(ctx, "c", bytes.NewReader(make([]byte, 1<<20)), ""); err == nil {
		t.Error("a cancelled put succeeded")
	}
	_, err := b.Stat(t.Context(), "c")
	wantKind(t, err, pipeline.NotFound)
}

func race(t *testing.T, b storage.Bucket) {
	const writers = 8
	done := make(chan error, writers)
	for i := range writers {
		go func() {
			text := strings.Repeat(string(rune('a'+i)), 100_000)
			_, err := b.Put(t.Context(), "same", strings.NewReader(text), storage.DigestBytes([]byte(text)))
			done <- err
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	got := read(t, b, "same", "", 0, -1)
	if len(got) != 100_000 || strings.Trim(got, got[:1]) != "" {
		t.Errorf("%d bytes of mixed content", len(got))
	}
}

func replace(t *testing.T, b storage.Bucket, key, version, text string) (storage.Object, error) {
	t.Helper()
	return b.Replace(context.WithoutCancel(t.Context()), key, version, strings.NewReader(text), storage.DigestBytes([]byte(text)))
}

func replaces(t *testing.T, b storage.Bucket) {
	first, err := replace(t, b, "a/m.json", "", "one")
	if err != nil {
		t.Fatal(err)
	}
	want(t, read(t, b, "a/m.json", "", 0, -1), "one")
	_, err = replace(t, b, "a/m.json", "", "again")
	wantKind(t, err, pipeline.Conflict)
	second, err := replace(t, b, "a/m.json", first.Version, "two, longer")
	if err != nil || second.Version == first.Version {
		t.Fatalf("%+v, %v", second, err)
	}
	_, err = replace(t, b, "a/m.json", first.Version, "stale")
	wantKind(t, err, pipeline.Conflict)
	want(t, read(t, b, "a/m.json", "", 0, -1), "two, longer")
	if err := b.Delete(t.Context(), "a/m.json"); err != nil {
		t.Fatal(err)
	}
	_, err = replace(t, b, "a/m.json", second.Version, "of something gone")
	wantKind(t, err, pipeline.Conflict)
	_, err = replace(t, b, "../m.json", "", "outside")
	wantKind(t, err, pipeline.Invalid)
}

func replaceRace(t *testing.T, b storage.Bucket) {
	var all sync.WaitGroup
	var won atomic.Int64
	for n := range 16 {
		all.Go(func() {
			_, err := replace(t, b, "a/m.json", "", strings.Repeat("x", n+1))
			switch {
			case err == nil:
				won.Add(1)
			case pipeline.KindOf(err) != pipeline.Conflict:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 16 succeeded", won.Load())
	}
}

// large is more than goes up in one part.
const large = 20 << 20

func putsNew(t *testing.T, b storage.Bucket) {
	o, err := b.PutNew(t.Context(), "up/a", strings.NewReader("first"), storage.DigestBytes([]byte("first")))
	if err != nil || o.Size != 5 || o.Version == "" {
		t.Fatalf("%+v, %v", o, err)
	}
	_, err = b.PutNew(t.Context(), "up/a", strings.NewReader("second"), "")
	wantKind(t, err, pipeline.Conflict)
	want(t, read(t, b, "up/a", "", 0, -1), "first")
	_, err = b.PutNew(t.Context(), "up/b", strings.NewReader("bad"), storage.DigestBytes([]byte("good")))
	wantKind(t, err, pipeline.Corrupt)
	if _, err := b.PutNew(t.Context(), "up/b", &brokenReader{large}, ""); err == nil {
		t.Error("half an object was put")
	}
	_, err = b.Stat(t.Context(), "up/b")
	wantKind(t, err, pipeline.NotFound)
	_, err = b.PutNew(t.Context(), "../x", strings.NewReader("x"), "")
	wantKind(t, err, pipeline.Invalid)
}

func putNewRace(t *testing.T, b storage.Bucket) {
	for _, size := range []int{100, large} {
		key := "race/" + strconv.Itoa(size)
		var all sync.WaitGroup
		var won atomic.Int64
		for n := range 4 {
			all.Go(func() {
				_, err := b.PutNew(context.WithoutCancel(t.Context()), key, bytes.NewReader(bytes.Repeat([]byte{byte(n)}, size+n)), "")
				switch {
				case err == nil:
					won.Add(1)
				case pipeline.KindOf(err) != pipeline.Conflict:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of 4 succeeded with %d bytes", won.Load(), size)
		}
		b, err := b.OpenRange(t.Context(), key, "", 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(b)
		if err = errors.Join(err, b.Close()); err != nil || len(text) < size || len(bytes.Trim(text, string(text[:1]))) > 0 {
			t.Errorf("%d bytes of mixed content, %v", len(text), err)
		}
	}
}
