//go:build linux

package main

import (
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline/inspect"
)

// unspent checks that every piece of work took one attempt.
func unspent(t *testing.T, all []inspect.Document) {
	t.Helper()
	for _, d := range all {
		if p := d.Progress; p.Failed > 0 || p.Attempts != p.Done {
			t.Errorf("%d pieces of work are done in %d attempts, %d failed: a stop spent an attempt", p.Done, p.Attempts, p.Failed)
		}
	}
}

// TestAServiceThatIsToldToStopAgainAndAgainMakesTheSame: at random moments, and
// another begins.
func TestAServiceThatIsToldToStopAgainAndAgainMakesTheSame(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	want := quietService(t)
	s := openStall(t)
	s.drop(t, "ada")
	moment := moments(t, 6*time.Second)
	stops := faultstest.Scaled(2, 20)
	for range stops {
		v := s.serve(t)
		time.Sleep(moment())
		began := time.Now()
		v.leave(t)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a stop took %v", took)
		}
	}
	v := s.serve(t)
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	v.leave(t)
	tellMade(t, s.known(t), want, map[string]int{"services told to stop": stops})
	unspent(t, s.known(t))
	s.same(t)
}

// TestAFleetWhoseMembersAreReplacedMakesTheSame: one after another is told to
// stop amid its work, and another begins in its place.
func TestAFleetWhoseMembersAreReplacedMakesTheSame(t *testing.T) {
	if faultstest.Times() == 1 {
		t.Skip("make faults")
	}
	want := quietService(t)
	f := openFleet(t)
	moment := moments(t, 2*time.Second)
	names := []string{"serve", "work-1", "work-2"}
	for _, name := range names {
		f.begin(t, name)
	}
	f.drops(t, "ada")
	replaced := faultstest.Scaled(3, 24)
	for n := range replaced {
		time.Sleep(moment())
		began := time.Now()
		f.leaves(t, names[n%len(names)])
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a stop took %v", took)
		}
		f.begin(t, names[n%len(names)])
	}
	f.await(t, 1)
	f.sound(t)
	for name := range f.members {
		f.leaves(t, name)
	}
	tellMade(t, f.known(t), want, map[string]int{"members told to stop": replaced})
	unspent(t, f.known(t))
	equal(t, f.ledger(t), quietLedger(t))
}
