package cached

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/dir"
	"dropcut/storage/storagetest"
)

func folder(t *testing.T) *dir.Bucket {
	t.Helper()
	b, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// counting counts how often bytes were read of the bucket behind.
type counting struct {
	storage.Bucket
	reads atomic.Int64
}

func (c *counting) OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error) {
	c.reads.Add(1)
	return c.Bucket.OpenRange(ctx, key, version, off, n)
}

func read(t *testing.T, b storage.Bucket, key string) string {
	t.Helper()
	r, err := b.OpenRange(t.Context(), key, "", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func put(t *testing.T, b storage.Bucket, key, body string) {
	t.Helper()
	if _, err := b.Put(t.Context(), key, strings.NewReader(body), ""); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, behind storage.Bucket, folder string, most int64) *Bucket {
	t.Helper()
	c, err := Open(behind, folder, most)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestABucketWithACacheKeepsTheContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Bucket { return open(t, folder(t), t.TempDir(), 1<<20) })
}

func TestWhatWasReadOnceIsReadHere(t *testing.T) {
	behind := &counting{Bucket: folder(t)}
	cache := t.TempDir()
	c := open(t, behind, cache, 100)
	put(t, behind, "segments/a", "aaaa")
	for range 3 {
		if read(t, c, "segments/a") != "aaaa" {
			t.Fatal("other bytes")
		}
	}
	if again := open(t, behind, cache, 100); read(t, again, "segments/a") != "aaaa" || behind.reads.Load() != 1 {
		t.Errorf("read %d times of the bucket, of which a second process too", behind.reads.Load())
	}
}

func TestTheLeastRecentlyUsedGoesFirst(t *testing.T) {
	behind := &counting{Bucket: folder(t)}
	c := open(t, behind, t.TempDir(), 10)
	for _, key := range []string{"a", "b", "c"} {
		put(t, behind, key, strings.Repeat(key, 4))
	}
	for _, key := range []string{"a", "b", "a", "c", "a"} { // c takes the place of b
		read(t, c, key)
	}
	if c.held != 8 || behind.reads.Load() != 3 {
		t.Errorf("%d bytes held, %d reads", c.held, behind.reads.Load())
	}
	if read(t, c, "b"); behind.reads.Load() != 4 {
		t.Error("b was still there")
	}
}

func TestWhatIsLargerThanTheCacheIsReadWithout(t *testing.T) {
	behind := folder(t)
	c := open(t, behind, t.TempDir(), 3)
	put(t, behind, "a", "aaaa")
	if read(t, c, "a") != "aaaa" || c.held != 0 {
		t.Error("it was kept")
	}
}

func TestACacheThatSomebodyEmptiedOrCutIsFilledAgain(t *testing.T) {
	behind := folder(t)
	cache := t.TempDir()
	c := open(t, behind, cache, 100)
	put(t, behind, "a", "aaaa")
	read(t, c, "a")
	if err := os.Truncate(filepath.Join(cache, name("a")), 2); err != nil {
		t.Fatal(err)
	}
	if got := read(t, c, "a"); got != "aaaa" {
		t.Errorf("a cut file was handed out: %q", got)
	}
	if err := os.Remove(filepath.Join(cache, name("a"))); err != nil {
		t.Fatal(err)
	}
	if got := read(t, c, "a"); got != "aaaa" {
		t.Errorf("%q", got)
	}
}

func TestALinkStaysWhateverTheCacheDoes(t *testing.T) {
	behind := folder(t)
	c := open(t, behind, t.TempDir(), 5)
	put(t, behind, "a", "aaaa")
	put(t, behind, "b", "bbbb")
	to := filepath.Join(t.TempDir(), "excerpt.mkv")
	if err := c.LinkTo(t.Context(), "a", to); err != nil {
		t.Fatal(err)
	}
	read(t, c, "b")
	if body, err := os.ReadFile(to); err != nil || string(body) != "aaaa" {
		t.Errorf("%q, %v", body, err)
	}
	if err := c.LinkTo(t.Context(), "none", to); pipeline.KindOf(err) != pipeline.NotFound {
		t.Errorf("%v", err)
	}
}

func TestManyWhoReadOneObjectAllGetItWhole(t *testing.T) {
	behind := folder(t)
	c := open(t, behind, t.TempDir(), 2<<20)
	body := strings.Repeat("x", 1<<20)
	put(t, behind, "a", body)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			r, err := c.OpenRange(context.WithoutCancel(t.Context()), "a", "", 0, -1)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || string(got) != body {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	all.Wait()
	if c.held != 1<<20 {
		t.Errorf("%d bytes held", c.held)
	}
}
