//go:build linux

package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
)

// smallDisk makes the service's folder a disk of its own.
func (s stall) smallDisk(t *testing.T, size string) {
	t.Helper()
	if err := os.Mkdir(s.path("svc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("dropcut", s.path("svc"), "tmpfs", 0, "size="+size); err != nil {
		t.Skip("no small disk can be made here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(s.path("svc"), syscall.MNT_DETACH) })
}

// leaves fills the disk until so much is free.
func (s stall) leaves(t *testing.T, free int64) {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.path("svc"), &disk); err != nil {
		t.Fatal(err)
	}
	have := int64(0)
	if info, err := os.Stat(s.path("svc/other")); err == nil {
		have = info.Size()
	}
	f, err := os.OpenFile(s.path("svc/other"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := have + int64(disk.Bavail)*disk.Bsize - free
	if want < have {
		err = f.Truncate(want)
	} else if _, err = f.Seek(have, io.SeekStart); err == nil {
		_, err = f.Write(make([]byte, want-have))
	}
	if err != nil && free > 0 {
		t.Fatal(err)
	}
}

// metric is a number that the service counts, "" for none.
func (v *served) metric(t *testing.T, name string) string {
	t.Helper()
	if m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(v.metrics(t)); m != nil {
		return m[1]
	}
	return ""
}

// TestAFullDiskIsAWaitOfTheServiceAndNoBrokenClip: first somebody else leaves
// nothing of the disk, then a little, then enough.
func TestAFullDiskIsAWaitOfTheServiceAndNoBrokenClip(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	s.smallDisk(t, "600m")
	v := s.serve(t, "--spare", "8MiB")
	s.drop(t, "ada")
	v.until(t, "the recording to be known", func() bool { return len(s.known(t)) == 1 })
	s.leaves(t, 0)
	time.Sleep(2 * time.Second) // whatever is in hand meets it
	s.leaves(t, 16<<20)
	v.until(t, "the wait", func() bool {
		all := v.list(t)
		return len(all) == 1 && all[0].Delayed != nil && all[0].Delayed.Code == "no_room"
	})
	doc := s.known(t)[0]
	if doc.State == pipeline.RecordingFailed || len(doc.Failed) > 0 || len(doc.Delayed) == 0 || doc.Delayed[0].Hint == "" {
		t.Errorf("%s: %+v, delayed %+v", doc.State, doc.Failed, doc.Delayed)
	}
	if e := v.run(t, exitMade, "inspect", "--server", v.address, "--data", "svc", doc.Recording.ID); !strings.Contains(e.said, "waits") || !strings.Contains(e.said, "no_room") {
		t.Errorf("inspect says nothing of a wait:\n%s", e.said)
	}
	if n := v.metric(t, "dropcut_work_without_room"); n == "" || n == "0" {
		t.Errorf("%q rows are counted as waiting for room", n)
	}
	if err := os.Remove(s.path("svc/other")); err != nil {
		t.Fatal(err)
	}
	v.goesOn(t)
	v.leave(t)
	if strings.Contains(v.talk.String(), `"step failed"`) {
		t.Error(v.talk.String())
	}
}

// goesOn waits for the first clip, and where faults are many for all, which are
// those of an undisturbed service.
func (v *served) goesOn(t *testing.T) {
	t.Helper()
	if faultstest.Times() == 1 {
		v.until(t, "a clip", func() bool { return outcomeOf(v.known(t)) != "" })
	} else {
		v.until(t, "clips", func() bool { return v.finished(t, 1) })
		v.sound(t)
		if got, want := outcomeOf(v.known(t)), quietService(t); got != want {
			t.Errorf("it made:\n%s\nundisturbed:\n%s", got, want)
		}
	}
	p := v.known(t)[0].Progress
	if p.Failed > 0 || p.Attempts != p.Done+p.Running {
		t.Errorf("%d pieces of work are done and %d in hand in %d attempts, %d failed: a wait spent an attempt", p.Done, p.Running, p.Attempts, p.Failed)
	}
}
