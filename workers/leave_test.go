package workers

import (
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dropcut/faultstest"
	"dropcut/storage/storagetest/postgres"
)

// leaves tells a smith to stop, and gives how long it took.
func (s *smith) leaves() time.Duration {
	began := time.Now()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.ended
	s.f.count("leaves")
	return time.Since(began)
}

// attempts is the most attempts that any row has spent.
func (f *forge) attempts() (most int) {
	f.t.Helper()
	c, err := pgx.Connect(f.t.Context(), f.where)
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close(f.t.Context())
	if err := c.QueryRow(f.t.Context(), `SELECT MAX(attempt) FROM work`).Scan(&most); err != nil {
		f.t.Fatal(err)
	}
	return most
}

// TestWorkersThatAreReplacedOneByOneSpendNoAttempt: each is told to stop amid
// its work, and another begins.
func TestWorkersThatAreReplacedOneByOneSpendNoAttempt(t *testing.T) {
	t.Parallel()
	f := openForge(t, postgres.Shared(t), false)
	f.smithy.Takes, f.smithy.Lease = 60*time.Millisecond, 15*time.Second
	r := faultstest.Rand(t)
	inHand := []*smith{f.begin(), f.begin()}
	enough := f.busy(20)
	for i := range faultstest.Scaled(6, 200) {
		s := inHand[i%2]
		<-s.open
		time.Sleep(time.Duration(r.IntN(200)) * time.Millisecond)
		if took := s.leaves(); took > 10*time.Second {
			t.Errorf("a stop took %s", took)
		}
		inHand[i%2] = f.begin()
	}
	enough()
	f.emptied()
	if n := f.attempts(); n != 1 {
		t.Errorf("a row has spent %d attempts", n)
	}
	faultstest.Tell(t, f.judge())
}
