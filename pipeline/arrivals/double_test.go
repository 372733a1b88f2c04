package arrivals

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/storage/dir"
	"dropcut/storage/storagetest/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Around(m).Run()) }

// TestAnEventHeardFiftyTimesBesideAPollIsOneRecording: over PostgreSQL, where
// all of them look and take at once.
func TestAnEventHeardFiftyTimesBesideAPollIsOneRecording(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	source, err := dir.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	s := (&shop{folder: folder}).over(t, source, postgres.Database(t))
	figures := faultstest.Figures{Faults: map[string]int{}}
	for n := range faultstest.Scaled(2, 100) {
		s.put(t, fmt.Sprintf("creator-%d/show.mp4", n), "one") // of one creator only some are taken at a time
		if err := s.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond)
		s.lookFiftyTimes(t)
		figures.Faults["double looks"] += 50
		switch got := s.taken(t, 1); len(got) {
		case 0:
			figures.Lost++
		default:
			figures.Done++
			figures.Doubled += len(got) - 1
		}
	}
	faultstest.Tell(t, figures)
}

// lookFiftyTimes has fifty watchers of one source look at once.
func (s *shop) lookFiftyTimes(t *testing.T) {
	t.Helper()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			one := New(Watcher{Catalog: s.db, Source: s.Source, Name: "in", Data: s.Data, Settle: time.Nanosecond, Log: s.Log})
			if err := one.Look(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
