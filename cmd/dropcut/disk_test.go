//go:build linux

package main

import (
	"encoding/json"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
)

// TestADiskThatGrowsStepByStepNeverHoldsAShortClip: a run on a disk that is
// full, with a little more room each time, until all is made.
func TestADiskThatGrowsStepByStepNeverHoldsAShortClip(t *testing.T) {
	t.Parallel()
	if faultstest.Times() == 1 {
		t.Skip("make faults")
	}
	want := undisturbed(t)
	s := openStall(t)
	if err := os.Mkdir(s.path("clips"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("dropcut", s.path("clips"), "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("no small disk can be made here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(s.path("clips"), 0) })
	r := faultstest.Rand(t)
	figures := faultstest.Figures{Faults: map[string]int{}}
	for size, steps := int64(1<<20), faultstest.Scaled(3, 60); ; {
		s.resize(t, strconv.FormatInt(size, 10))
		e := s.start(t, job()...).end(t, longest)
		if e.code == exitMade {
			break
		}
		if e.code != exitNoRoom && e.code != exitSome || !strings.Contains(e.talk, "hint: make room") {
			t.Fatalf("with %d bytes: exit %d: %s", size, e.code, e.talk)
		}
		figures.Faults["full disks"]++
		s.noHalves(t)
		s.named(t)
		size += int64(1+r.IntN(2*int(120<<20)/steps/4096)) * 4096
	}
	s.whole(t)
	s.intact(t)
	if got, want := signature(s.manifests(t)), signature(want.manifests); got != want {
		t.Errorf("clips differ from those of an undisturbed run:\n%s\nwant\n%s", got, want)
	}
	figures.Done = strings.Count(signature(want.manifests), "\n") + 1
	faultstest.Tell(t, figures)
}

// named checks that what manifests name so far is whole.
func (s stall) named(t *testing.T) {
	t.Helper()
	if len(s.manifests(t)) > 0 {
		s.whole(t)
	}
}

// full leaves so many pages of the service's disk free. It reports whether that
// could be done: what is written meanwhile may take them.
func (s stall) full(t *testing.T, pages int64) bool {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.path("svc"), &disk); err != nil {
		t.Fatal(err)
	}
	size := (int64(disk.Blocks-disk.Bfree) + pages) * disk.Bsize
	return syscall.Mount("dropcut", s.path("svc"), "tmpfs", syscall.MS_REMOUNT, "size="+strconv.FormatInt(size, 10)) == nil
}

// promised checks that what manifests of a service name so far is whole.
func (s stall) promised(t *testing.T) {
	t.Helper()
	for _, name := range files(t, s.path("svc/clips")) {
		if path.Base(name) != "manifest.json" {
			continue
		}
		var doc pipeline.Manifest
		body, err := os.ReadFile(s.path("svc/clips/" + name))
		if err == nil {
			err = json.Unmarshal(body, &doc)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.files(t, path.Dir(name), doc, map[string]bool{})
	}
}

// TestAServiceWhoseDiskIsFullSomePagesOnNamesNoShortClip: while a service works,
// again and again its disk has only some pages left, whatever was reserved;
// then there is room.
func TestAServiceWhoseDiskIsFullSomePagesOnNamesNoShortClip(t *testing.T) {
	t.Parallel()
	if faultstest.Times() == 1 {
		t.Skip("make faults")
	}
	want := quietService(t)
	s := openStall(t)
	s.smallDisk(t, "600m")
	s.drop(t, "ada")
	r := faultstest.Rand(t)
	moment := moments(t, time.Second)
	figures := faultstest.Figures{Faults: map[string]int{}}
	v := s.serve(t, "--spare", "0")
	for range faultstest.Scaled(3, 40) {
		time.Sleep(moment())
		if s.full(t, 1+r.Int64N(400)) {
			figures.Faults["full disks"]++
		}
		time.Sleep(moment())
		s.promised(t)
		if !s.full(t, 600<<20/4096) {
			t.Fatal("the disk cannot be made larger")
		}
	}
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	v.leave(t)
	s.sound(t)
	tellMade(t, s.known(t), want, figures.Faults)
	unspent(t, s.known(t))
	s.same(t)
}
