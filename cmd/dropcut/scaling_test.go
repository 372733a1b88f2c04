//go:build linux

package main

import (
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// pinned starts a member that has one core to itself.
func (f *fleet) pinned(t *testing.T, name string, core int) {
	t.Helper()
	cmd := f.member(name)
	tool, err := exec.LookPath("taskset")
	if err != nil {
		t.Skip("one core each needs taskset, of util-linux")
	}
	cmd.Path, cmd.Args = tool, append([]string{"taskset", "-c", strconv.Itoa(core), cmd.Path}, cmd.Args[1:]...)
	f.members[name] = launch(t, cmd, f.environment())
}

// TestTwoWorkersDoTheWorkOfOneInLessTime gives the same four shows to one worker
// on one core, and to two on a core each. It measures, and judges only that the
// clips are the same.
func TestTwoWorkersDoTheWorkOfOneInLessTime(t *testing.T) {
	if !*longFlag {
		t.Skip("measures, as make bench has it: -long")
	}
	took, made := map[int]time.Duration{}, map[int]string{}
	for workers := 1; workers <= 2; workers++ {
		f := openFleet(t)
		for _, creator := range []string{"ada", "bob", "cyd", "dee"} {
			f.drops(t, creator)
		}
		began := time.Now()
		for n, name := range []string{"serve", "work-1"}[:workers] {
			f.pinned(t, name, n)
		}
		f.await(t, 4)
		took[workers], made[workers] = time.Since(began), outcomeOf(f.known(t))
		for name := range f.members {
			f.leaves(t, name)
		}
	}
	if made[1] != made[2] || made[1] == "" {
		t.Errorf("two workers made:\n%s\none:\n%s", made[2], made[1])
	}
	t.Logf("four shows: one worker on one core %v, two on a core each %v: %.2f times as fast", took[1].Round(time.Second), took[2].Round(time.Second), took[1].Seconds()/took[2].Seconds())
}
