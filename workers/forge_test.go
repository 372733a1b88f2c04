package workers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/s3"
	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/versitygw"
	"dropcut/storage/storagetest/wire"
	"dropcut/workers/workerstest"
)

// forge is a PostgreSQL, a Redis and a store, and smiths that reach each over a
// wire. The test itself reaches them directly.
type forge struct {
	t      *testing.T
	server *postgres.Server
	where  string // the database, directly
	db     *catalog.DB
	redis  *workerstest.Redis
	store  *versitygw.Store // nil: none
	bucket *s3.Bucket
	smithy smithy // as smiths are told
	direct smithy // as the test reaches the same

	sql, bell, goods *wire.Wire

	mu      sync.Mutex
	smiths  []*smith
	moments []string
	begun   map[string][]beginning // by work ID
	refused int
	crashes []crash
	faults  map[string]int
}

// crash is the end of a smith at which nothing was handed back.
type crash struct {
	of *smith
	at time.Time
}

// beginning is one attempt at a row.
type beginning struct {
	by    *smith
	fence string
	at    time.Time
	ended bool
}

// lightLease is short: smiths' rows take no longer than milliseconds.
const lightLease = 800 * time.Millisecond

// openForge has a database of its own on that server, and where a store is
// wanted one of its own.
func openForge(t *testing.T, on *postgres.Server, withStore bool) *forge {
	t.Helper()
	faultstest.AtLength(t)
	f := &forge{t: t, server: on, where: on.Database(t), redis: workerstest.NewRedis(t), begun: map[string][]beginning{}, faults: map[string]int{}}
	u, err := url.Parse(f.where)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	f.sql = wire.New(t, filepath.Join(q.Get("host"), ".s.PGSQL."+q.Get("port")))
	q.Del("host")
	q.Del("port")
	u.Host, u.RawQuery = f.sql.Address(), q.Encode()
	f.bell = wire.New(t, strings.TrimSuffix(strings.TrimPrefix(f.redis.URL(), "unix://"), "?db=0"))
	f.direct = smithy{Catalogue: f.where, Redis: f.redis.URL(), Lease: lightLease, Takes: 20 * time.Millisecond, Bytes: 2000}
	if withStore {
		f.openStore()
	}
	f.smithy = f.direct
	f.smithy.Catalogue, f.smithy.Redis = u.String(), "redis://"+f.bell.Address()+"/0"
	if withStore {
		f.smithy.Endpoint = "http://" + f.goods.Address()
	}
	if f.db, err = catalog.Open(t.Context(), f.where); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.leave(syscall.SIGKILL)
		_ = f.db.Close()
	})
	return f
}

func (f *forge) openStore() {
	t := f.t
	t.Helper()
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": versitygw.Access, "AWS_SECRET_ACCESS_KEY": versitygw.Secret,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1"} {
		_ = os.Setenv(name, value) // the same for all tests, which run side by side
	}
	var err error
	if f.store, err = versitygw.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.store.Remove)
	f.goods = wire.New(t, strings.TrimPrefix(f.store.Endpoint(), "http://"))
	f.direct.Endpoint, f.direct.Bucket = f.store.Endpoint(), "forge"
	if f.bucket, err = s3.Open(t.Context(), s3.Config{Bucket: "forge", Endpoint: f.store.Endpoint()}); err != nil {
		t.Fatal(err)
	}
	if err := f.bucket.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// smith is a worker that is a process of ours: nobody else has its handle.
type smith struct {
	f     *forge
	cmd   *exec.Cmd
	open  chan struct{} // closed when it has its catalogue
	ended chan struct{} // closed when it was waited for
	last  string        // what it said last
}

// begin starts a smith.
func (f *forge) begin() *smith { return f.beginAs(os.Args[0], f.smithy) }

func (f *forge) beginAs(program string, told smithy) *smith {
	f.t.Helper()
	text, err := json.Marshal(told)
	if err != nil {
		f.t.Fatal(err)
	}
	s := &smith{f: f, cmd: exec.Command(program), open: make(chan struct{}), ended: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), childSmithy+"="+string(text))
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.mu.Lock()
	f.smiths = append(f.smiths, s)
	f.mu.Unlock()
	go func() {
		defer close(s.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			f.heard(s, lines.Text())
		}
		_ = s.cmd.Wait()
	}()
	return s
}

// heard takes down what a smith says.
func (f *forge) heard(s *smith, line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.last = line
	var id, fence string
	var back int
	switch {
	case line == "open":
		close(s.open)
	case strings.Contains(line, `msg="result refused"`):
		f.refused++
	case backed(line, &back):
		f.faults["rows handed back"] += back
	case scanned(line, "begun", &id, &fence):
		f.begun[id] = append(f.begun[id], beginning{by: s, fence: fence, at: time.Now()})
	case scanned(line, "ended", &id, &fence):
		for i, b := range f.begun[id] {
			if b.fence == fence {
				f.begun[id][i].ended = true
			}
		}
	}
}

func backed(line string, rows *int) bool {
	n, _ := fmt.Sscanf(line, "handed back %d", rows)
	return n == 1
}

func scanned(line, verb string, id, fence *string) bool {
	n, _ := fmt.Sscanf(line, verb+" %s %s", id, fence)
	return n == 2
}

// count notes that a fault was done.
func (f *forge) count(fault string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[fault]++
}

// fell kills a smith as a machine that fails would, and waits for its end.
func (s *smith) fell() {
	s.struck()
	<-s.ended
}

// struck is fell, without waiting.
func (s *smith) struck() {
	at := time.Now()
	if s.cmd.Process.Signal(syscall.SIGKILL) != nil {
		return // it had ended by itself
	}
	s.f.count("kills")
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	s.f.crashes = append(s.f.crashes, crash{s, at})
}

// leave ends all smiths.
func (f *forge) leave(by syscall.Signal) {
	f.mu.Lock()
	all := f.smiths
	f.smiths = nil
	f.mu.Unlock()
	for _, s := range all {
		_ = s.cmd.Process.Signal(by)
	}
	for _, s := range all {
		select {
		case <-s.ended:
		case <-time.After(30 * time.Second):
			_ = s.cmd.Process.Kill()
			<-s.ended
			f.t.Errorf("a smith did not hear %v", by)
		}
	}
}

// order asks for so many more moments: again, where nobody knows whether it was
// heard.
func (f *forge) order(n int) {
	f.t.Helper()
	var more []string
	for range n {
		more = append(more, pipeline.Mint(pipeline.MomentID))
	}
	f.until("the order is acknowledged", func() bool {
		err := f.db.Write(f.t.Context(), func(tx *catalog.Tx) error { return ordered(tx, more) })
		if err != nil && pipeline.KindOf(err) != pipeline.Unavailable {
			f.t.Fatal(err)
		}
		return err == nil
	})
	f.moments = append(f.moments, more...)
}

func ordered(tx *catalog.Tx, moments []string) error {
	if err := tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "ada", State: pipeline.RecordingDetected}); err != nil {
		return err
	}
	for _, m := range moments {
		if err := tx.PutMoment(pipeline.Moment{ID: m, Recording: "r_1", State: pipeline.MomentFound}); err != nil {
			return err
		}
		if _, err := tx.Enqueue(catalog.Work{Kind: stages[0], Subject: m, Input: "i"}); err != nil {
			return err
		}
	}
	return nil
}

// busy sees to it that there is work, until the function it gives is called.
func (f *forge) busy(rows int64) (enough func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for !isClosed(stop) {
			if n := f.left(); n >= 0 && n < rows {
				f.order(int(rows-n)/2 + 1)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() { close(stop); <-stopped }
}

// emptied waits until nothing is left to do.
func (f *forge) emptied() {
	f.t.Helper()
	f.until("no work left", func() bool { return f.left() == 0 })
}

func (f *forge) left() int64 {
	n, err := f.db.Unfinished(f.t.Context())
	if err != nil {
		return -1
	}
	return n
}

// until waits for something to become true.
func (f *forge) until(what string, is func() bool) {
	f.t.Helper()
	for end := time.Now().Add(faultstest.Patience()); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Errorf("in vain waited for: %s (-seed %d); smiths said last: %q; work: %s", what, faultstest.Seed(), f.last(), f.standing())
			f.t.FailNow()
		}
	}
}

// last is what each smith said last.
func (f *forge) last() (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.smiths {
		out = append(out, s.last)
	}
	return out
}
