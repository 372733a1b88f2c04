package workers

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/workers/workerstest"
)

// plant is one catalogue and one Redis, and any number of servers on them.
type plant struct {
	t     *testing.T
	db    *catalog.DB
	file  string             // of the catalogue
	redis *workerstest.Redis // nil: embedded
	url   string
	dial  func() redis.UniversalClient
	flush func()
}

// onEach runs a claim's test on an embedded Redis and on a real one.
func onEach(t *testing.T, claim func(t *testing.T, p *plant)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) { t.Parallel(); claim(t, newPlant(t, nil)) })
	t.Run("redis", func(t *testing.T) { t.Parallel(); claim(t, newPlant(t, workerstest.NewRedis(t))) })
}

func newPlant(t *testing.T, r *workerstest.Redis) *plant {
	t.Helper()
	p := &plant{t: t, file: filepath.Join(t.TempDir(), "c.db"), redis: r}
	p.db = p.open()
	if r != nil {
		p.url, p.flush = r.URL(), r.Flush
		p.dial = func() redis.UniversalClient {
			c, err := Dial(p.url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c
		}
		return p
	}
	one, err := Embedded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = one.Close() })
	p.dial = func() redis.UniversalClient { return one }
	p.flush = func() { one.FlushAll(context.Background()) }
	return p
}

func (p *plant) open() *catalog.DB {
	p.t.Helper()
	db, err := catalog.Open(p.t.Context(), p.file)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = db.Close() })
	return db
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// server is one that is not running yet. Waits of tests are on what happens,
// never on how long it takes: everything that is a time is short here.
func (p *plant) server(steps map[pipeline.Step]Step) *Server {
	return &Server{Redis: p.dial(), Slots: 4, Every: 50 * time.Millisecond,
		Hand: Hand{DB: p.db, Steps: steps, Backoff: time.Millisecond, Log: quiet()}}
}

// start runs servers until the test ends, or the function it returns is called.
func (p *plant) start(all ...*Server) (stop func()) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, s := range all {
		wg.Go(func() {
			if err := s.Run(ctx); err != nil {
				p.t.Error(err)
			}
		})
	}
	stop = func() { cancel(); wg.Wait() }
	p.t.Cleanup(stop)
	return stop
}

func (p *plant) enqueue(rows ...catalog.Work) {
	p.t.Helper()
	if err := p.db.Write(p.t.Context(), func(tx *catalog.Tx) error {
		for _, w := range rows {
			if w.Input == "" {
				w.Input = "i"
			}
			if _, err := tx.Enqueue(w); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		p.t.Fatal(err)
	}
}

// until waits for something to become true.
func (p *plant) until(what string, is func() bool) {
	p.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("in vain waited for: %s", what)
		}
	}
}

// emptied waits until nothing is left to do.
func (p *plant) emptied() {
	p.t.Helper()
	p.until("no work left", func() bool {
		n, err := p.db.Unfinished(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		return n == 0
	})
}

// tally counts how often each row was done.
type tally struct {
	mu   sync.Mutex
	done map[string]int
}

func (c *tally) step(next func(catalog.Work) []catalog.Work) StepFunc {
	return func(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.done == nil {
			c.done = map[string]int{}
		}
		c.done[fmt.Sprintf("%s %s", w.Kind, w.Subject)]++
		if next == nil {
			return catalog.Outcome{}, nil
		}
		return catalog.Outcome{Next: next(w)}, nil
	}
}

func (c *tally) once(t *testing.T, rows int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for row, n := range c.done {
		if n != 1 {
			t.Errorf("%s was done %d times", row, n)
		}
	}
	if len(c.done) != rows {
		t.Errorf("%d rows were done, want %d", len(c.done), rows)
	}
}

func TestThreeServersWalkTheLineToItsEndAndDoEachRowOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		const recordings, moments = 6, 3
		var c tally
		on := func(w catalog.Work) []catalog.Work { return []catalog.Work{{Subject: w.Subject, Input: "x"}} }
		steps := map[pipeline.Step]Step{
			pipeline.Ingest: c.step(func(w catalog.Work) []catalog.Work { return []catalog.Work{{Subject: "r_" + w.Subject, Input: "x"}} }),
			pipeline.Detect: c.step(func(w catalog.Work) (out []catalog.Work) {
				for i := range moments {
					out = append(out, catalog.Work{Subject: fmt.Sprintf("m_%s_%d", w.Subject, i), Input: "x"})
				}
				return out
			}),
			pipeline.Excerpt: c.step(on), pipeline.Transcribe: c.step(on), pipeline.Plan: c.step(on), pipeline.Compose: c.step(on), pipeline.Publish: c.step(nil)}
		for i := range recordings {
			p.enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: fmt.Sprint(i)})
		}
		all := []*Server{p.server(steps), p.server(steps), p.server(steps)}
		p.start(all...)
		p.emptied()
		c.once(t, recordings*(2+5*moments))
		var claimed int64
		for _, s := range all {
			claimed += s.Counts.Claimed.Load()
		}
		if claimed != recordings*(2+5*moments) {
			t.Errorf("%d attempts", claimed)
		}
	})
}

func TestAStopOfTheServerHandsBackWithoutSpendingAnAttempt(t *testing.T) {
	onEach(t, func(t *testing.T, p *plant) {
		started := make(chan struct{}, 2)
		s := p.server(map[pipeline.Step]Step{pipeline.Sound: StepFunc(func(ctx context.Context, _ catalog.Work, _ func(float64)) (catalog.Outcome, error) {
			started <- struct{}{}
			<-ctx.Done()
			return catalog.Outcome{}, ctx.Err()
		})})
		p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "a"}, catalog.Work{Kind: pipeline.Sound, Subject: "b"})
		stop := p.start(s)
		<-started
		<-started
		began := time.Now()
		stop()
		if took := time.Since(began); took > s.Grace {
			t.Errorf("a stop took %s", took)
		}
		if n := s.Counts.HandedBack.Load(); n != 2 {
			t.Errorf("%d rows were handed back", n)
		}
		var first atomic.Int64
		next := p.server(map[pipeline.Step]Step{pipeline.Sound: StepFunc(func(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
			if w.Attempt == 1 {
				first.Add(1)
			}
			return catalog.Outcome{}, nil
		})})
		p.start(next)
		p.emptied()
		if first.Load() != 2 {
			t.Errorf("%d of 2 rows had not spent an attempt", first.Load())
		}
	})
}
