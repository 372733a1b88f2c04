//go:build linux

package main

import (
	"database/sql"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/workers/traces/tracestest"
)

// falls kills a service, and checks that nothing of it is left.
func (v *served) falls(t *testing.T) {
	t.Helper()
	if err := v.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	v.end(t, 20*time.Second)
	v.alone(t, 2*time.Second+slack) // the kernel ends its children
}

// TestAServiceThatIsKilledGoesOnAndDoublesNothing kills it again and again, at
// random moments.
func TestAServiceThatIsKilledGoesOnAndDoublesNothing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	want := quietService(t)
	s := openStall(t)
	s.drop(t, "ada")
	moment := moments(t, 6*time.Second)
	traces := tracestest.New(t)
	kills := faultstest.Scaled(4, 24)
	for range kills {
		v := s.serveWith(t, tracedTo(traces))
		time.Sleep(moment())
		v.falls(t)
	}
	s.ends(t, want, map[string]int{"service kills": kills}, traces)
	isOneTrace(t, traces)
}

// ends lets a service that was disturbed come to its end, and judges it.
func (s stall) ends(t *testing.T, want string, faults map[string]int, traces *tracestest.Collector) {
	t.Helper()
	v := s.serveWith(t, tracedTo(traces))
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	v.leave(t)
	tellMade(t, s.known(t), want, faults)
	for _, d := range s.known(t) {
		if d.Progress.Failed > 0 {
			t.Errorf("%d pieces of work failed", d.Progress.Failed)
		}
	}
	s.same(t)
}

// TestAServiceThatIsKilledInEveryStepMakesTheSame kills it when it has begun the
// first piece of work of a step, step by step.
func TestAServiceThatIsKilledInEveryStepMakesTheSame(t *testing.T) {
	if faultstest.Times() == 1 {
		t.Skip("make faults")
	}
	want := quietService(t)
	s := openStall(t)
	s.drop(t, "ada")
	db, err := sql.Open("sqlite", "file:"+s.path("svc/catalog.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, kind := range pipeline.Line() {
		v := s.serve(t)
		v.until(t, string(kind), func() bool { return s.inHand(t, db, kind) })
		v.falls(t)
	}
	s.ends(t, want, map[string]int{"service kills": len(pipeline.Line())}, tracestest.New(t))
}
