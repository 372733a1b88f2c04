package workers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
	"dropcut/workers/workerstest"
)

// The test binary is a worker where these are set: one process with one server
// on a catalogue and a Redis that others share.
const (
	childFile = "WORKER_CHILD_CATALOGUE"
	childURL  = "WORKER_CHILD_REDIS"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childFile); file != "" {
		if err := beWorker(file, os.Getenv(childURL)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if told := os.Getenv(childSmithy); told != "" {
		if err := beSmith(told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(postgres.Around(m))
}

// beWorker works until SIGTERM. What it does with a row is the row's subject to
// say; what it does it says on stdout, a line each.
func beWorker(file, url string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := catalog.Open(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	client, err := Dial(url)
	if err != nil {
		return err
	}
	defer client.Close()
	s := &Server{Redis: client, Slots: 4, Every: 50 * time.Millisecond,
		Hand: Hand{DB: db, Lease: childLease, Log: quiet(), Watch: teller{}, Steps: map[pipeline.Step]Step{
			pipeline.Sound: StepFunc(func(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
				fmt.Println("begun", w.Subject)
				switch {
				case strings.HasSuffix(w.Subject, "poison"):
					_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
					select {}
				case strings.HasPrefix(w.Subject, "hold"):
					<-ctx.Done()
					return catalog.Outcome{}, ctx.Err()
				case strings.HasPrefix(w.Subject, "deaf"):
					for _, err := os.Stat(w.Subject); err != nil; _, err = os.Stat(w.Subject) {
						time.Sleep(10 * time.Millisecond)
					}
				}
				return catalog.Outcome{}, nil
			})}}}
	err = s.Run(ctx)
	fmt.Println("refused", s.Counts.Refused.Load())
	fmt.Println("handed back", s.Counts.HandedBack.Load())
	return err
}

// teller says on stdout which rows failed, and how.
type teller struct{ unwatched }

func (teller) Finished(w catalog.Work, _ catalog.Made, err *pipeline.Error) {
	if err != nil {
		fmt.Println("failed", w.Subject, err.Code)
	}
}

// childLease is short, so that a dead worker's rows are soon free, and long
// enough for a live one to beat on a machine that is busy.
const childLease = 2 * time.Second

// child is a worker that is a process.
type child struct {
	p     *plant
	cmd   *exec.Cmd
	lines chan string
	dir   string
}

func (p *plant) child() *child {
	p.t.Helper()
	c := &child{p: p, lines: make(chan string, 1000), dir: p.t.TempDir()}
	c.cmd = exec.Command(os.Args[0])
	c.cmd.Dir = c.dir
	c.cmd.Env = append(os.Environ(), childFile+"="+p.file, childURL+"="+p.url)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.kill)
	go func() {
		defer close(c.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
	}()
	return c
}

// says waits until the child says line; false when it ends before.
func (c *child) says(line string) bool {
	c.p.t.Helper()
	after := time.After(2 * time.Minute)
	for {
		select {
		case got, ok := <-c.lines:
			if !ok || got == line {
				return ok
			}
		case <-after:
			c.p.t.Fatalf("the worker does not say %q", line)
		}
	}
}

// signal does nothing to a child that was waited for: the handle knows.
func (c *child) signal(s syscall.Signal) { _ = c.cmd.Process.Signal(s) }

// pause stops it, but not amid a transaction: SQLite would stop for all.
func (c *child) pause() {
	c.p.t.Helper()
	c.p.until("it is stopped between transactions", func() bool {
		c.signal(syscall.SIGSTOP)
		if c.p.isFree() {
			return true
		}
		c.signal(syscall.SIGCONT)
		return false
	})
}

// kill ends it as a crash would.
func (c *child) kill() {
	c.signal(syscall.SIGKILL)
	_ = c.cmd.Wait()
}

// processes is a plant whose workers are processes: on a real Redis.
func processes(t *testing.T) *plant {
	t.Helper()
	t.Parallel()
	return newPlant(t, workerstest.NewRedis(t))
}

func TestAKilledWorkersRowIsTakenOver(t *testing.T) {
	p := processes(t)
	p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "hold"})
	c := p.child()
	if !c.says("begun hold") {
		t.Fatal("the worker ended")
	}
	c.kill()
	g := newGate()
	p.start(p.server(map[pipeline.Step]Step{pipeline.Sound: g}))
	if w := <-g.begun; w.Attempt != 2 || w.Fence != 2 {
		t.Errorf("taken over as %+v", w)
	}
	close(g.pass)
	p.emptied()
}

func TestAWorkerThatIsStoppedPastItsLeaseIsRefused(t *testing.T) {
	p := processes(t)
	p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "deaf"})
	c := p.child()
	if !c.says("begun deaf") {
		t.Fatal("the worker ended")
	}
	c.pause()
	var others tally
	p.start(p.server(map[pipeline.Step]Step{pipeline.Sound: others.step(nil)}))
	p.emptied()
	if err := os.WriteFile(filepath.Join(c.dir, "deaf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.signal(syscall.SIGCONT)
	c.signal(syscall.SIGTERM)
	if !c.says("refused 1") {
		t.Error("what it made was not refused")
	}
	others.once(t, 1)
}

func TestAWorkerThatIsToldToEndHandsItsRowBack(t *testing.T) {
	p := processes(t)
	p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "hold"})
	c := p.child()
	if !c.says("begun hold") {
		t.Fatal("the worker ended")
	}
	c.signal(syscall.SIGTERM)
	if !c.says("handed back 1") {
		t.Error("nothing was handed back")
	}
	w, err := p.db.Claim(t.Context(), time.Minute)
	if err != nil || w == nil || w.Attempt != 1 || w.Fence != 2 {
		t.Errorf("the row is %+v (%v)", w, err)
	}
}

func TestARowThatKillsItsWorkersIsAbandoned(t *testing.T) {
	p := processes(t)
	if err := p.db.Write(t.Context(), func(tx *catalog.Tx) error {
		return errors.Join(tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", State: pipeline.RecordingDetected}),
			tx.PutMoment(pipeline.Moment{ID: "m_poison", Recording: "r_1", State: pipeline.MomentFound}))
	}); err != nil {
		t.Fatal(err)
	}
	p.enqueue(catalog.Work{Kind: pipeline.Sound, Subject: "m_poison", Priority: pipeline.First.Priority(0)}, catalog.Work{Kind: pipeline.Sound, Subject: "good"})
	kills := 0
	for !p.child().says("failed m_poison abandoned") {
		if kills++; kills > 3 {
			t.Fatal("it is claimed for ever")
		}
	}
	if kills != 3 {
		t.Errorf("it was given up after %d kills, want 3", kills)
	}
	var m pipeline.Moment
	if err := p.db.Write(t.Context(), func(tx *catalog.Tx) (err error) { m, err = tx.Moment("m_poison"); return err }); err != nil {
		t.Fatal(err)
	}
	if f := m.Failure; m.State != pipeline.MomentFailed || f == nil || f.Code != "abandoned" || f.Hint == "" || !f.Retryable() {
		t.Errorf("the moment is %s, %+v", m.State, f)
	}
	p.emptied() // the row beside it was done
}
