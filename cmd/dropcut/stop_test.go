//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/storage/catalog"
)

// moments gives random moments inside a run that takes about wall, early ones
// as likely as late ones.
func moments(t *testing.T, wall time.Duration) func() time.Duration {
	r := faultstest.Rand(t)
	t.Logf("an undisturbed run takes %v", wall.Round(time.Millisecond))
	return func() time.Duration { return time.Duration(r.Float64() * float64(wall) * 0.8) }
}

// Tests in which a stop is timed run one at a time.
const (
	stopsWithin = 2 * time.Second // the promise
	slack       = time.Second     // for a machine that does much else
)

// stop signals a process and checks that it keeps its promise.
func (r *running) stop(t *testing.T, s stall, sig syscall.Signal) {
	t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		t.Logf("%v came too late: %v", sig, err)
		return
	}
	began := time.Now()
	e := r.end(t, 20*time.Second)
	took := time.Since(began)
	t.Logf("%v: exit %d after %v", sig, e.code, took.Round(time.Millisecond))
	if e.code == exitMade {
		return // it was finished already
	}
	if e.code != exitStopped {
		t.Errorf("%v: exit %d, want %d: %s", sig, e.code, exitStopped, e.talk)
	}
	if !strings.Contains(e.talk, "dropcut: stopped") || !strings.Contains(e.talk, "hint: run again") {
		t.Errorf("it does not say that it was stopped and what to do: %q", e.talk)
	}
	if took > stopsWithin+slack {
		t.Errorf("%v: stopped after %v, want at most %v", sig, took, stopsWithin)
	}
	if left := s.processes(); len(left) > 0 {
		t.Errorf("%v: still there: %v", sig, left)
	}
	s.noHalves(t)
}

// locked is when the run holds its data folder: from then on it can be stopped.
func (s stall) locked() bool {
	_, err := os.Stat(s.path("clips/.dropcut/tmp"))
	return err == nil
}

func TestAStoppedRunGoesOnAndMakesNothingAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("stops and goes on with real runs")
	}
	want := undisturbed(t)
	s := openStall(t)
	moment := moments(t, want.wall)
	children := false
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGINT} {
		r := s.start(t, job()...)
		r.until(t, "the run has its folder", s.locked)
		time.Sleep(moment())
		seen := s.processes()
		if len(seen) == 0 && r.cmd.Process.Signal(syscall.Signal(0)) == nil {
			t.Error("a running dropcut is not seen: the test looks wrongly")
		}
		children = children || len(seen) > 1
		r.stop(t, s, sig)
	}
	if !children {
		t.Log("no child was alive at any of these moments")
	}
	s.run(t, exitMade, job()...)
	s.whole(t)
	all := s.manifests(t)
	if got, want := signature(all), signature(want.manifests); got != want {
		t.Errorf("clips differ from those of an undisturbed run:\n%s\nwant\n%s", got, want)
	}
	if got, most := encoded(all), encoded(want.manifests); got > most {
		t.Errorf("%d pictures encoded in all runs, an undisturbed one encodes %d: something whole was made again", got, most)
	}
}

// deafen stops a child, so that it hears no signal but the last.
func (s stall) deafen(t *testing.T, r *running) {
	t.Helper()
	r.until(t, "child", func() bool {
		for _, p := range s.processes() {
			if p.pid != r.cmd.Process.Pid && strings.HasPrefix(p.what, "/") && syscall.Kill(p.pid, syscall.SIGSTOP) == nil {
				return true
			}
		}
		return false
	})
}

func TestADeafChildHoldsUpNoStop(t *testing.T) {
	s := openStall(t)
	r := s.start(t, job()...)
	s.deafen(t, r)
	r.stop(t, s, syscall.SIGINT)

	r = s.start(t, job()...)
	s.deafen(t, r)
	for range 2 { // the second does not wait for the child
		if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if e := r.end(t, stopsWithin); e.code != -1 && e.code != exitStopped {
		t.Errorf("exit %d: %s", e.code, e.talk)
	}
	s.alone(t, time.Second)
}

func TestAKilledRunLosesOnlyWhatWasInHand(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills and goes on with real runs")
	}
	want := undisturbed(t)
	s := openStall(t)
	moment := moments(t, want.wall)
	kill := func(r *running) {
		_ = r.cmd.Process.Kill()
		r.end(t, 20*time.Second)
		s.alone(t, time.Second) // the kernel ends the children
	}
	// The first cuts elsewhere, and is killed when a file of it stands.
	r := s.start(t, "run", "--mark", "0:30-1:35 crowd", "--shorts", "1", "show.mp4")
	r.until(t, "first file", func() bool {
		found, _ := filepath.Glob(s.path("clips/show/*/*.mp4"))
		return len(found) > 0
	})
	kill(r)
	for range 2 {
		r := s.start(t, job()...)
		r.until(t, "the run has its folder", s.locked)
		time.Sleep(moment())
		kill(r)
	}
	s.halve(t)
	s.run(t, exitMade, job()...)
	s.whole(t)
	if got, want := signature(s.manifests(t)), signature(want.manifests); got != want {
		t.Errorf("clips differ from those of an undisturbed run:\n%s\nwant\n%s", got, want)
	}
	s.intact(t)
}

// halve leaves half files as a process does that is killed while it writes.
func (s stall) halve(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"clips/show/01-crowd", "clips/.dropcut/segments"} {
		if err := os.MkdirAll(s.path(folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.path(folder+"/.dropcut-part-0123456789abcdef"), []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// intact asks the database whether its file is whole.
func (s stall) intact(t *testing.T) {
	t.Helper()
	db, err := catalog.Open(t.Context(), s.path("clips/.dropcut/catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Intact(t.Context()); err != nil {
		t.Error(err)
	}
	if n, err := db.Unfinished(t.Context()); err != nil || n > 0 {
		t.Errorf("%d pieces of work are left: %v", n, err)
	}
}

func TestOneRunAtATimeWorksInAFolder(t *testing.T) {
	s := openStall(t)
	first := s.start(t, job()...)
	first.until(t, "the run has its folder", s.locked)
	e := s.run(t, exitConflict, job()...)
	if !strings.Contains(e.talk, "hint: wait until it is finished") {
		t.Errorf("no hint: %q", e.talk)
	}
	select {
	case <-first.done:
		t.Fatal("the second run ended the first")
	default:
	}
	first.stop(t, s, syscall.SIGINT)
}

// resize makes the small disk larger or smaller.
func (s stall) resize(t *testing.T, size string) {
	t.Helper()
	if err := syscall.Mount("dropcut", s.path("clips"), "tmpfs", syscall.MS_REMOUNT, "size="+size); err != nil {
		t.Fatal(err)
	}
}

func TestAFullDiskIsSaidAndTheNextRunGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a disk with real runs")
	}
	want := undisturbed(t)
	s := openStall(t)
	if err := os.Mkdir(s.path("clips"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("dropcut", s.path("clips"), "tmpfs", 0, "size=200k"); err != nil {
		t.Skip("no small disk can be made here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(s.path("clips"), 0) })
	fails := func(size string) {
		t.Helper()
		s.resize(t, size)
		e := s.run(t, exitNoRoom, job()...)
		t.Logf("%s: %s", size, e.talk)
		if !strings.Contains(e.talk, "hint: make room") {
			t.Errorf("%s: no hint: %q", size, e.talk)
		}
		s.noHalves(t)
	}
	fails("200k") // no room for the catalogue
	fails("12m")  // for the excerpt
	s.resize(t, "300m")
	r := s.start(t, job()...)
	r.until(t, "first segment", func() bool {
		found, _ := os.ReadDir(s.path("clips/.dropcut/segments"))
		return len(found) > 0
	})
	r.stop(t, s, syscall.SIGINT)
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.path("clips"), &disk); err != nil {
		t.Fatal(err)
	}
	used := (int64(disk.Blocks) - int64(disk.Bfree)) * disk.Bsize
	fails(strconv.FormatInt(used+300<<10, 10)) // for the pictures
	s.resize(t, "300m")
	s.run(t, exitMade, job()...)
	s.whole(t)
	s.intact(t)
	all := s.manifests(t)
	if got, want := signature(all), signature(want.manifests); got != want {
		t.Errorf("clips differ from those of an undisturbed run:\n%s\nwant\n%s", got, want)
	}
	if got, most := encoded(all), encoded(want.manifests); got > most {
		t.Errorf("%d pictures encoded in all runs, an undisturbed one encodes %d", got, most)
	}
}
