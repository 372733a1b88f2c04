package recording

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// fuzzed makes small recordings of every container for a fuzzer to begin with.
func fuzzed(f *testing.F) {
	for _, name := range []string{"a.mp4", "a.mkv", "a.ts", "a.flv"} {
		if body, err := os.ReadFile(drawn(f, name, "10", "1", "-s", "32x32")); err == nil {
			f.Add(body)
		}
	}
	if body, err := os.ReadFile(drawn(f, "f.mp4", "10", "2", "-s", "32x32", "-g", "5", "-movflags", "+frag_keyframe+empty_moov")); err == nil {
		f.Add(body)
	}
}

func FuzzOpen(f *testing.F) {
	fuzzed(f)
	f.Fuzz(func(t *testing.T, body []byte) { tried(t, body) })
}

// tried opens and slices whatever body is: it ends, in a recording that holds
// what its clock says or in an error with a kind, which it gives.
func tried(t *testing.T, body []byte) *pipeline.Error {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	r, err := openIn(ctx, held(body), t.TempDir())
	if ctx.Err() != nil {
		t.Fatal("took longer than 20 s")
	}
	if err != nil {
		var e *pipeline.Error
		if !errors.As(err, &e) {
			t.Fatalf("an error without a kind: %v", err)
		}
		return e
	}
	defer r.Close()
	c := r.Clock()
	if c.Frames < 1 || c.Rate.IsZero() || len(c.Pieces) == 0 {
		t.Fatalf("opened with the clock %+v", c)
	}
	length := c.Rate.Duration(c.Frames)
	s, err := r.Slice(ctx, length/2, length/2+time.Second, t.TempDir())
	if ctx.Err() != nil {
		t.Fatal("took longer than 20 s")
	}
	if err != nil {
		return pipeline.AsError(err, "")
	}
	if i, err := os.Stat(s.Path); err != nil || i.Size() > int64(3*len(body)+1<<20) {
		t.Fatalf("a slice of %d bytes from %d (%v)", i.Size(), len(body), err)
	}
	return nil
}

// slow gives its bytes late and counts how often it is asked.
type slow struct {
	held
	asks atomic.Int64
	fail atomic.Bool
}

func (s *slow) ReadRange(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	s.asks.Add(1)
	time.Sleep(5 * time.Millisecond)
	if s.fail.Load() {
		return nil, pipeline.Fail(pipeline.Unavailable, "away", "", "the bucket does not answer")
	}
	return s.held.ReadRange(ctx, off, n)
}

func pattern(n int) held {
	out := make(held, n)
	for i := range out {
		out[i] = byte(i * 7 / 3)
	}
	return out
}

func TestNoByteIsReadTwiceHoweverManyAsk(t *testing.T) {
	body := pattern(10*blockSize + 77)
	src := &slow{held: body}
	b, err := newBytes(src, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			off := int64(i%8) * blockSize
			n := min(3*blockSize, b.Size()-off)
			got, err := b.Read(t.Context(), off, n)
			if err != nil || string(got) != string(body[off:off+n]) {
				t.Errorf("read %d at %d: %d bytes, %v", n, off, len(got), err)
			}
		})
	}
	all.Wait()
	if got, err := b.Read(t.Context(), 0, b.Size()); err != nil || string(got) != string(body) {
		t.Errorf("the whole is %d bytes, %v", len(got), err)
	}
	if b.BytesRead() != b.Size() {
		t.Errorf("%d bytes came from a source of %d", b.BytesRead(), b.Size())
	}
}

func TestContiguousBlocksAreOneRequest(t *testing.T) {
	src := &slow{held: pattern(9 * blockSize)}
	b, err := newBytes(src, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range []struct {
		off, n, asks int64
		why          string
	}{{4 * blockSize, 10, 1, "one block"}, {0, 9 * blockSize, 2, "what lies before and behind the kept block"}, {10, 9*blockSize - 10, 0, "all is kept"}} {
		before := src.asks.Load()
		if _, err := b.Read(t.Context(), c.off, c.n); err != nil {
			t.Fatal(err)
		}
		if got := src.asks.Load() - before; got != c.asks {
			t.Errorf("%d requests, want %d: %s", got, c.asks, c.why)
		}
	}
}

func TestAFailedReadIsTriedAgain(t *testing.T) {
	src := &slow{held: pattern(blockSize + 1)}
	b, err := newBytes(src, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	src.fail.Store(true)
	if _, err := b.Read(t.Context(), 0, 10); !errors.Is(err, pipeline.Unavailable) {
		t.Errorf("got %v, want the source's own error", err)
	}
	src.fail.Store(false)
	if _, err := b.Read(t.Context(), 0, 10); err != nil {
		t.Error(err)
	}
	for _, c := range [][2]int64{{b.Size(), 1}, {0, b.Size() + 1}, {-1, 4}, {5, -1}} {
		if _, err := b.Read(t.Context(), c[0], c[1]); !errors.Is(err, pipeline.Corrupt) {
			t.Errorf("reading %d at %d gives %v", c[1], c[0], err)
		}
	}
	if got, err := b.Read(t.Context(), b.Size()-1, 1); err != nil || len(got) != 1 {
		t.Errorf("the last byte: %v, %v", got, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Read(gone, blockSize, 1); err != nil && !errors.Is(err, pipeline.Stopped) {
		t.Errorf("after the end of its context: %v", err)
	}
}

func TestASourceThatGivesTooLittleIsCaught(t *testing.T) {
	b, err := newBytes(short{pattern(100)}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Read(t.Context(), 0, 100); !errors.Is(err, pipeline.Corrupt) {
		t.Errorf("got %v", err)
	}
}

// short gives half of what it is asked for.
type short struct{ held }

func (s short) ReadRange(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	return s.held.ReadRange(ctx, off, n/2)
}

func TestAShelfReadsAnIndexOnce(t *testing.T) {
	path := drawn(t, "a.mp4", "30", "2")
	var opens atomic.Int64
	var src *onDisk
	shelf := NewShelf(t.TempDir(), func(_ context.Context, r pipeline.Recording) (Source, error) {
		if r.Key == "gone" {
			return nil, pipeline.Fail(pipeline.NotFound, "gone", "", "no such key")
		}
		opens.Add(1)
		return src, nil
	})
	src = fileSource(t, path)
	one := pipeline.Recording{Source: "s", Key: filepath.Base(path), Version: "1"}
	var first atomic.Pointer[Recording]
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			got, err := shelf.Open(t.Context(), one)
			if err != nil {
				t.Error(err)
				return
			}
			if !first.CompareAndSwap(nil, got) && first.Load() != got {
				t.Error("two recordings for one key")
			}
		})
	}
	all.Wait()
	if opens.Load() != 1 {
		t.Errorf("opened %d times", opens.Load())
	}
	other := one
	other.Version = "2"
	if got, err := shelf.Open(t.Context(), other); err != nil || got == first.Load() {
		t.Errorf("another version is the same recording (%v)", err)
	}
	for range 2 {
		if _, err := shelf.Open(t.Context(), pipeline.Recording{Key: "gone"}); !errors.Is(err, pipeline.NotFound) {
			t.Errorf("got %v", err)
		}
	}
	added, err := Open(t.Context(), fileSource(t, path))
	if err != nil {
		t.Fatal(err)
	}
	third := one
	third.Key = "third"
	shelf.Add(third, added)
	if got, err := shelf.Open(t.Context(), third); err != nil || got != added {
		t.Errorf("what was added is not given (%v)", err)
	}
	shelf.Close()
	if _, err := shelf.Open(t.Context(), one); !errors.Is(err, pipeline.Stopped) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := added.Slice(t.Context(), 0, time.Second, t.TempDir()); err == nil {
		t.Error("a closed recording still gives slices")
	}
}

func TestAShelfKeepsWhatWasOpenedLastAndWhatIsInUse(t *testing.T) {
	path := drawn(t, "a.mp4", "30", "2")
	opens := map[string]int{}
	shelf := NewShelf(t.TempDir(), func(_ context.Context, r pipeline.Recording) (Source, error) {
		opens[r.Key]++
		return fileSource(t, path), nil
	})
	defer shelf.Close()
	open := func(n int) *Recording {
		t.Helper()
		rec, err := shelf.Open(t.Context(), pipeline.Recording{Key: strconv.Itoa(n)})
		if err != nil {
			t.Fatal(err)
		}
		return rec
	}
	used := open(0)
	used.slicing.Add(1) // a slice is being written
	for n := range mostBooks + 10 {
		open(n)
	}
	if len(shelf.books) != mostBooks || opens["0"] != 1 {
		t.Errorf("%d stand open; the one in use was opened %d times", len(shelf.books), opens["0"])
	}
	if open(mostBooks + 9); opens[strconv.Itoa(mostBooks+9)] != 1 {
		t.Error("the newest was closed")
	}
	if open(1); opens["1"] != 2 {
		t.Error("the oldest was kept")
	}
	if _, err := used.Slice(t.Context(), 0, time.Second, t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestTheRateOfPictures(t *testing.T) {
	grid := func(n, step int64, skip ...int64) []int64 {
		gone := map[int64]bool{}
		for _, s := range skip {
			gone[s] = true
		}
		var out []int64
		for i := range n {
			if !gone[i] {
				out = append(out, i*step)
			}
		}
		return out
	}
	rounded := func(n int64, r, scale timeline.Rate) []int64 {
		var out []int64
		for i := range n {
			out = append(out, timeline.DivRound(i*r.Den, scale.Num, r.Num))
		}
		return out
	}
	millis := timeline.NewRate(1000, 1)
	for _, c := range []struct {
		name     string
		ticks    []int64
		scale    timeline.Rate
		declared timeline.Rate
		source   timeline.Rate
		variable bool
		rate     timeline.Rate
	}{
		{"exact thirty", grid(300, 512), timeline.NewRate(15360, 1), timeline.Rate{}, timeline.Rate30, false, timeline.Rate30},
		{"one tick a frame", grid(300, 1), timeline.NewRate(30, 1), timeline.Rate{}, timeline.Rate30, false, timeline.Rate30},
		{"one tick a frame, long", grid(60000, 1), timeline.NewRate(25, 1), timeline.Rate{}, timeline.Rate25, false, timeline.Rate25},
		{"dropped pictures", grid(300, 3600, 17, 18, 100, 201), timeline.NewRate(90000, 1), timeline.Rate{}, timeline.Rate25, false, timeline.Rate25},
		{"29.97 in milliseconds", rounded(3000, timeline.Rate2997, millis), millis, timeline.Rate{}, timeline.Rate2997, false, timeline.Rate2997},
		{"30 in milliseconds", rounded(3000, timeline.Rate30, millis), millis, timeline.Rate{}, timeline.Rate30, false, timeline.Rate30},
		{"59.94 in milliseconds", rounded(3000, timeline.Rate5994, millis), millis, timeline.Rate{}, timeline.Rate5994, false, timeline.Rate5994},
		{"a few pictures, the container decides", rounded(8, timeline.Rate2997, millis), millis, timeline.Rate2997, timeline.Rate2997, false, timeline.Rate2997},
		{"a lie of the container", rounded(3000, timeline.Rate25, millis), millis, timeline.Rate60, timeline.Rate25, false, timeline.Rate25},
		{"12.5", grid(300, 7200), timeline.NewRate(90000, 1), timeline.Rate{}, timeline.NewRate(25, 2), false, timeline.Rate30},
		{"uneven", []int64{0, 33, 50, 99, 133, 170, 200, 261, 299, 333}, millis, timeline.Rate{}, timeline.NewRate(1000, 34), true, timeline.Rate30},
		{"one picture", []int64{5}, millis, timeline.Rate25, timeline.Rate25, false, timeline.Rate25},
		{"nothing known", nil, millis, timeline.Rate{}, timeline.Rate{}, false, timeline.Rate30},
	} {
		got := rateOf(c.ticks, c.scale, c.declared)
		if got.SourceRate != c.source || got.Variable != c.variable || got.Rate != c.rate {
			t.Errorf("%s: %+v, want %v variable %v on %v", c.name, got, c.source, c.variable, c.rate)
		}
	}
}
