//go:build linux

package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dropcut/pipeline/inspect"
)

// encoding stops the process that encodes pictures for the stall, and reports
// whether there is one.
func (s stall) encoding() bool {
	for _, p := range s.processes() {
		args, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.pid), "cmdline"))
		if strings.HasPrefix(string(args), "/") && strings.Contains(string(args), "libx264") && syscall.Kill(p.pid, syscall.SIGSTOP) == nil {
			return true
		}
	}
	return false
}

// of is what is known of the recordings of a creator.
func of(creator string, all []inspect.Document) (out []inspect.Document) {
	for _, d := range all {
		if d.Creator == creator {
			out = append(out, d)
		}
	}
	return out
}

// TestWhoWaitedForAnothersRunThatIsCancelledMakesItAll: two creators have the
// same show, so that the second waits for pictures that are encoded for the
// first, whose encoder hangs; then the first is cancelled.
func TestWhoWaitedForAnothersRunThatIsCancelledMakesItAll(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	want := strings.ReplaceAll(quietService(t), "ada", "bob")
	s := openStall(t)
	v := s.serve(t, "--slots", "4")
	s.drop(t, "ada")
	v.until(t, "an encoder", s.encoding)
	s.drop(t, "bob")
	db, err := sql.Open("sqlite", "file:"+s.path("svc/catalog.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	waits := 0
	v.until(t, "the second waits for the first", func() bool {
		err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM work_waits x JOIN work w ON w.id = x.work_id JOIN work o ON o.id = x.on_id
			JOIN recordings r ON r.id = o.recording WHERE r.creator = 'ada' AND w.recording <> o.recording`).Scan(&waits)
		return err == nil && waits > 0
	})
	v.run(t, exitMade, "cancel", "--server", v.address, "--data", "svc", of("ada", v.known(t))[0].Recording.ID)
	v.waits(t, "the clips of the second", func(all []inspect.Document) bool { return isFinished(of("bob", all), 1) })
	all := v.known(t)
	if got := outcomeOf(of("bob", all)); got != want {
		t.Errorf("it made:\n%s\nundisturbed:\n%s", got, want)
	}
	if d := of("bob", all)[0]; d.Progress.Failed > 0 {
		t.Errorf("%d pieces of its work failed: %+v", d.Progress.Failed, d.Failed)
	}
	if f := of("ada", all)[0].Failed; len(f) == 0 || f[0].Code != "cancelled" || f[0].Hint == "" {
		t.Errorf("of the first there is: %+v", f)
	}
	v.run(t, exitMade, "retry", "--server", v.address, "--data", "svc", of("ada", all)[0].Moments[0].ID)
	v.waits(t, "the clips of the first", func(all []inspect.Document) bool { return isFinished(all, 2) })
	v.leave(t)
	if got, want := outcomeOf(of("ada", s.known(t))), quietService(t); got != want {
		t.Errorf("it made:\n%s\nundisturbed:\n%s", got, want)
	}
	s.ledger(t)
}
