package workers

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
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

// onServers runs it with nothing embedded: Redis and PostgreSQL.
func onServers(t *testing.T, claim func(t *testing.T, p *plant)) {
	t.Helper()
	t.Run("redis and postgres", func(t *testing.T) {
		t.Parallel()
		claim(t, plantAt(t, workerstest.NewRedis(t), postgres.Database(t)))
	})
}

// newPlant has its catalogue in a file.
func newPlant(t *testing.T, r *workerstest.Redis) *plant {
	t.Helper()
	return plantAt(t, r, filepath.Join(t.TempDir(), "c.db"))
}

func plantAt(t *testing.T, r *workerstest.Redis, catalogue string) *plant {
	t.Helper()
	p := &plant{t: t, file: catalogue, redis: r}
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
	for end := time.Now().Add(faultstest.Patience()); !is(); time.Sleep(5 * time.Millisecond) {
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

// gate is a step that says when it begins and waits to be let through, or for
// its ctx to end.
type gate struct {
	begun chan catalog.Work
	pass  chan struct{}
	ended chan error // why it ended before it was let through
}

func newGate() *gate {
	return &gate{begun: make(chan catalog.Work, 100), pass: make(chan struct{}), ended: make(chan error, 100)}
}

func (g *gate) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	g.begun <- w
	select {
	case <-g.pass:
		return catalog.Outcome{}, nil
	case <-ctx.Done():
		g.ended <- context.Cause(ctx)
		return catalog.Outcome{}, ctx.Err()
	}
}

// deaf is a gate that does not hear its ctx.
type deaf struct{ *gate }

func (d deaf) Do(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	d.begun <- w
	<-d.pass
	return catalog.Outcome{}, nil
}

// raw runs SQL beside the catalogue, and counts the rows it changed.
func (p *plant) raw(query string, args ...any) int64 {
	p.t.Helper()
	db, err := sql.Open("sqlite", p.file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	r, err := db.ExecContext(p.t.Context(), query, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// lock keeps everybody from writing to the catalogue until it is called off.
func (p *plant) lock() (unlock func()) {
	p.t.Helper()
	db, err := sql.Open("sqlite", p.file)
	if err != nil {
		p.t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(p.t.Context(), `BEGIN IMMEDIATE`); err != nil {
		p.t.Fatal(err)
	}
	return func() { _ = db.Close() }
}

// isFree reports whether nobody writes to the catalogue now.
func (p *plant) isFree() bool {
	p.t.Helper()
	db, err := sql.Open("sqlite", p.file+"?_pragma=busy_timeout(100)&_txlock=immediate")
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(p.t.Context(), nil)
	return err == nil && tx.Rollback() == nil
}

// row is how the row of that kind and subject stands.
func (p *plant) row(kind pipeline.Step, subject string) (w catalog.Work) {
	p.t.Helper()
	if err := p.db.Write(p.t.Context(), func(tx *catalog.Tx) (err error) {
		w, err = tx.WorkOf(kind, subject, "i")
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return w
}
