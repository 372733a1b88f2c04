package workers

import (
	"hash/fnv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/wire"
)

// stopped makes zombies of smiths, each again and again: it is stopped for
// longer than its lease, amid a row where it has one, and goes on.
func (f *forge) stopped(smiths []*smith, stops int) {
	var done atomic.Int64
	var all sync.WaitGroup
	for i, s := range smiths {
		r := faultstest.Rand(f.t)
		for range i { // each smith another stretch of the same chance
			r.Uint64()
		}
		all.Go(func() {
			for done.Add(1) <= int64(stops) {
				time.Sleep(time.Duration(r.IntN(150)) * time.Millisecond)
				_ = s.cmd.Process.Signal(syscall.SIGSTOP)
				f.count("stops")
				time.Sleep(f.smithy.Lease + time.Duration(r.IntN(300))*time.Millisecond)
				_ = s.cmd.Process.Signal(syscall.SIGCONT)
			}
		})
	}
	all.Wait()
}

func TestAWorkerStoppedPastItsLeaseKeepsNothing(t *testing.T) {
	t.Parallel()
	f := openForge(t, postgres.Shared(t), false)
	f.smithy.Lease, f.smithy.Takes, f.smithy.Deaf = 400*time.Millisecond, 100*time.Millisecond, true
	var zombies []*smith
	for range 6 {
		zombies = append(zombies, f.begin())
	}
	enough := f.busy(60)
	for range 2 { // who takes over
		<-f.begin().open
	}
	for _, s := range zombies {
		<-s.open
	}
	f.stopped(zombies, faultstest.Scaled(18, 1200))
	enough()
	f.emptied()
	f.until("the last of them are refused", func() bool { return f.refusals() > 0 })
	faultstest.Tell(t, f.judge())
}

func (f *forge) refusals() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refused
}

// TestARedisThatComesAndGoesCostsSeconds: it is killed, work is ordered while
// it is away, and it comes back empty.
func TestARedisThatComesAndGoesCostsSeconds(t *testing.T) {
	t.Parallel()
	f := openForge(t, postgres.Shared(t), false)
	r := faultstest.Rand(t)
	<-f.begin().open
	<-f.begin().open
	var delays []int64
	for range faultstest.Scaled(2, 60) {
		f.order(10)
		time.Sleep(time.Duration(r.IntN(200)) * time.Millisecond)
		f.redis.Kill()
		f.count("Redis kills")
		f.order(10)
		time.Sleep(time.Duration(r.IntN(1500)) * time.Millisecond)
		f.redis.Start()
		back := time.Now()
		f.emptied()
		delays = append(delays, time.Since(back).Milliseconds())
	}
	figures := f.judge()
	figures.Resumed = delays
	faultstest.Tell(t, figures)
	if worst := faultstest.Share(delays, 99); worst > 15*time.Second {
		t.Errorf("all was done %s after Redis came back", worst)
	}
}

func TestARedisBehindABadWireLosesNothing(t *testing.T) {
	t.Parallel()
	f := openForge(t, postgres.Shared(t), false)
	r := faultstest.Rand(t)
	<-f.begin().open
	<-f.begin().open
	enough := f.busy(20)
	for range faultstest.Scaled(1, 30) {
		for _, bad := range []struct {
			what string
			is   wire.Weather
		}{{"partitions", wire.Weather{Hole: true}}, {"slow wires", wire.Weather{Delay: 5 * time.Second}}, {"limits", wire.Weather{Limit: 300}}, {"refusals", wire.Weather{Refuse: true}}} {
			f.bell.Set(bad.is)
			f.count(bad.what)
			time.Sleep(time.Duration(300+r.IntN(700)) * time.Millisecond)
			f.bell.Set(wire.Weather{})
			time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
		}
	}
	enough()
	f.emptied()
	faultstest.Tell(t, f.judge())
}

// TestADatabaseThatFallsKeepsWhatItAcknowledged: it is killed, stopped, cut off
// at a commit that it sees and at one that it does not.
func TestADatabaseThatFallsKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	f := openForge(t, postgres.Start(t), false)
	r := faultstest.Rand(t)
	<-f.begin().open
	<-f.begin().open
	enough := f.busy(30)
	for range faultstest.Scaled(1, 40) {
		for _, end := range []struct {
			what string
			by   func() error
		}{{"database kills", f.server.Kill}, {"database stops", f.server.Stop}} {
			f.commits(r.IntN(3), wire.Deaf, "lost replies")
			f.commits(r.IntN(3), wire.Cut, "cuts")
			time.Sleep(time.Duration(r.IntN(200)) * time.Millisecond)
			if err := end.by(); err != nil {
				t.Fatal(err)
			}
			f.count(end.what)
			if err := f.server.Restart(); err != nil {
				t.Fatal(err)
			}
			f.begin() // one that was starting may have ended
		}
	}
	enough()
	f.emptied()
	faultstest.Tell(t, f.judge())
}

// commits has so many commits of smiths meet a fault.
func (f *forge) commits(n int, fault wire.Fault, what string) {
	for range n {
		met := make(chan struct{})
		f.sql.Hear(func(m wire.Message) wire.Fault {
			if isClosed(met) || m.Answer || !strings.Contains(strings.ToLower(string(m.Bytes)), "commit") {
				return wire.None
			}
			close(met)
			return fault
		})
		select {
		case <-met:
			f.count(what)
		case <-time.After(5 * time.Second): // nobody is alive
		}
	}
	f.sql.Hear(nil)
}

// beganAgain reports whether any row was begun more than once.
func (f *forge) beganAgain() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, all := range f.begun {
		if len(all) > 1 {
			return true
		}
	}
	return false
}

// ofAThird reports whether a request puts one of a third of all objects: each
// time that one is put, so that a client who asks again is not heard either.
func ofAThird(request []byte) bool {
	line, _, _ := strings.Cut(string(request), " HTTP/")
	h := fnv.New32a()
	_, _ = h.Write([]byte(line))
	return strings.HasPrefix(line, "PUT ") && h.Sum32()%3 == 0
}

// TestAStoreThatFailsKeepsNoHalfAndNoDouble: answers to uploads are lost, bodies
// are cut, the store is slow, silent, away, killed.
func TestAStoreThatFailsKeepsNoHalfAndNoDouble(t *testing.T) {
	t.Parallel()
	f := openForge(t, postgres.Shared(t), true)
	f.smithy.Bytes, f.smithy.Lease = 100_000, 2*time.Second
	r := faultstest.Rand(t)
	<-f.begin().open
	<-f.begin().open
	lossy := func(fault wire.Fault, what string) func(wire.Message) wire.Fault {
		return func(m wire.Message) wire.Fault {
			if m.Answer || !ofAThird(m.Bytes) {
				return wire.None
			}
			f.count(what)
			return fault
		}
	}
	enough := f.busy(20)
	for n := range faultstest.Scaled(1, 40) {
		for _, fault := range []func(){
			func() {
				f.goods.Hear(lossy(wire.Deaf, "lost replies"))
				if n == 0 {
					f.until("a row is begun again, whose object lies there", f.beganAgain)
				}
			},
			func() { f.goods.Hear(lossy(wire.Cut, "cuts")) },
			func() { f.count("slow wires"); f.goods.Set(wire.Weather{Delay: 200 * time.Millisecond}) },
			func() { f.count("partitions"); f.goods.Set(wire.Weather{Hole: true}) },
			func() { f.count("refusals"); f.goods.Set(wire.Weather{Refuse: true}) },
			func() {
				f.count("store kills")
				f.store.Kill()
				if err := f.store.Again(); err != nil {
					t.Error(err)
				}
			},
		} {
			fault()
			time.Sleep(time.Duration(300+r.IntN(300)) * time.Millisecond)
			f.goods.Hear(nil)
			f.goods.Set(wire.Weather{})
			f.goods.Cut() // who waits in a hole would wait long
		}
	}
	enough()
	f.emptied()
	faultstest.Tell(t, f.judge())
}
