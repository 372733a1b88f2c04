package workers

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
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

// next builds these tests as a later version may be: its schema has a table and
// a column more.
func next(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	migrations, err := filepath.Abs("../storage/catalog/migrations")
	if err != nil {
		t.Fatal(err)
	}
	sql := "-- +goose Up\nALTER TABLE work ADD COLUMN later TEXT NOT NULL DEFAULT '';\nCREATE TABLE later (id TEXT PRIMARY KEY);\n-- +goose Down\nDROP TABLE later;\n"
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(migrations, "99999_later.sql"): filepath.Join(folder, "later.sql")}})
	for name, body := range map[string][]byte{"later.sql": []byte(sql), "overlay.json": list} {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), body, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	program, err := faultstest.Build("workers", filepath.Join(folder, "next.test"), "-overlay", filepath.Join(folder, "overlay.json"))
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// TestAnOldAndANewVersionWorkSideBySide: workers of a version whose schema is
// newer come one by one, and go back one by one.
func TestAnOldAndANewVersionWorkSideBySide(t *testing.T) {
	if faultstest.Times() == 1 {
		t.Skip("make faults")
	}
	t.Parallel()
	f := openForge(t, postgres.Shared(t), false)
	f.smithy.Takes = 60 * time.Millisecond
	programs := []string{os.Args[0], next(t)}
	inHand := []*smith{f.begin(), f.begin()}
	enough := f.busy(20)
	for i := range faultstest.Scaled(4, 40) {
		s := inHand[i%2]
		<-s.open
		time.Sleep(200 * time.Millisecond)
		s.leaves()
		inHand[i%2] = f.beginAs(programs[i/2%2], f.smithy)
		f.count("changes of version")
	}
	enough()
	f.emptied()
	if n := f.later(); n != 1 {
		t.Errorf("the newer schema is there %d times", n)
	}
	if n := f.attempts(); n != 1 {
		t.Errorf("a row has spent %d attempts", n)
	}
	faultstest.Tell(t, f.judge())
}

// later is how many columns of the newer schema there are.
func (f *forge) later() (n int) {
	f.t.Helper()
	c, err := pgx.Connect(f.t.Context(), f.where)
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close(f.t.Context())
	if err := c.QueryRow(f.t.Context(), `SELECT COUNT(*) FROM information_schema.columns WHERE table_name = 'work' AND column_name = 'later'`).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}
