//go:build linux

package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dropcut/faultstest"
)

// TestADiskThatGrowsStepByStepNeverHoldsAShortClip: a run on a disk that is
// full, with a little more room each time, until all is made.
func TestADiskThatGrowsStepByStepNeverHoldsAShortClip(t *testing.T) {
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
