package workers

import (
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/wire"
)

// hear has all that smiths say to PostgreSQL, Redis and the store, and all that
// these answer, counted from now on. At the n-th message strike is called, and
// the message does not arrive.
func (f *forge) hear(n int64, strike func()) *atomic.Int64 {
	said := new(atomic.Int64)
	ear := func(wire.Message) wire.Fault {
		if said.Add(1) != n {
			return wire.None
		}
		strike()
		return wire.Cut
	}
	for _, w := range []*wire.Wire{f.sql, f.bell, f.goods} {
		w.Hear(ear)
	}
	return said
}

func (f *forge) deaf() {
	for _, w := range []*wire.Wire{f.sql, f.bell, f.goods} {
		w.Hear(nil)
	}
}

// length is how many messages one moment takes, of a smith that has begun.
func (f *forge) length() int64 {
	f.t.Helper()
	s := f.begin()
	<-s.open
	said := f.hear(0, nil)
	f.order(1)
	f.emptied()
	return said.Load()
}

// points is which of n something happens at: all in some order, again and again
// where times allow it, and where they do not, as many as they allow.
func points(t *testing.T, n int64, few int) (out []int64) {
	r := faultstest.Rand(t)
	for len(out) < faultstest.Scaled(few, 20*int(n)) {
		for _, k := range r.Perm(int(n)) {
			out = append(out, int64(k)+1)
		}
	}
	out = out[:faultstest.Scaled(few, 20*int(n))]
	t.Logf("%d times, at places among %d", len(out), n)
	return out
}

// onLanes runs a claim's test on so many forges side by side: most of the time
// they wait for leases.
func onLanes(t *testing.T, lanes int, claim func(t *testing.T, f *forge)) faultstest.Figures {
	t.Helper()
	faultstest.AtLength(t)
	var all faultstest.Figures
	judged := make(chan faultstest.Figures, lanes)
	t.Run("lanes", func(t *testing.T) {
		for i := range lanes {
			t.Run(string(rune('a'+i)), func(t *testing.T) {
				t.Parallel()
				f := openForge(t, postgres.Shared(t), true)
				claim(t, f)
				judged <- f.judge()
			})
		}
	})
	close(judged)
	for j := range judged {
		all.Add(j)
	}
	return all
}

func TestAWorkerKilledAtAnyMessageLosesAndDoublesNothing(t *testing.T) {
	all := onLanes(t, min(faultstest.Times(), 2), func(t *testing.T, f *forge) {
		n := f.length()
		f.leave(syscall.SIGKILL)
		s := f.begin()
		<-s.open
		for _, k := range points(t, n, 10) {
			reached := make(chan struct{})
			f.hear(k, func() { s.struck(); close(reached) })
			f.order(1)
			f.until("it is killed, or has done it", func() bool { return isClosed(reached) || f.left() == 0 })
			f.deaf()
			if !isClosed(reached) {
				s.fell()
			}
			s = f.begin()
			<-s.open
			f.emptied()
		}
	})
	faultstest.Tell(t, all)
	if worst := faultstest.Share(all.Resumed, 99); worst > lightLease+5*time.Second {
		t.Errorf("what was in hand was begun again after %s, a lease is %s", worst, lightLease)
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestAConnectionCutAtAnyMessageLosesAndDoublesNothing(t *testing.T) {
	all := onLanes(t, min(faultstest.Times(), 2), func(t *testing.T, f *forge) {
		n := f.length()
		for _, k := range points(t, n, 12) {
			f.hear(k, func() { f.count("cuts") })
			f.order(1)
			f.emptied()
		}
	})
	faultstest.Tell(t, all)
}
