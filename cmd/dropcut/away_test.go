//go:build linux

package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/wire"
	"dropcut/workers/workerstest"
)

// TestAnAPIAnswersAndAcceptsWhileRedisIsAway: in every bad weather between the
// service and its Redis the API answers at once, and what is dropped is taken
// in; in fair weather it ends.
func TestAnAPIAnswersAndAcceptsWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	s := openStall(t)
	redis := workerstest.NewRedis(t)
	bell := wire.New(t, strings.TrimSuffix(strings.TrimPrefix(redis.URL(), "unix://"), "?db=0"))
	v := s.serve(t, "--redis", "redis://"+bell.Address()+"/0", "--database", postgres.Database(t), "--at-once", "1000", "--rate", "0")
	figures := faultstest.Figures{Faults: map[string]int{}}
	var took []int64
	ask := func(method, path string) {
		began := time.Now()
		if status := v.ask(t, method, path, nil); status >= http.StatusBadRequest {
			t.Errorf("%s %s: %d", method, path, status)
		}
		took = append(took, time.Since(began).Milliseconds())
	}
	dropped := 0
	for range faultstest.Scaled(1, 10) {
		for _, bad := range []struct {
			what string
			is   wire.Weather
		}{{"partitions", wire.Weather{Hole: true}}, {"slow wires", wire.Weather{Delay: 5 * time.Second}}, {"limits", wire.Weather{Limit: 300}}, {"refusals", wire.Weather{Refuse: true}}} {
			bell.Set(bad.is)
			figures.Faults[bad.what]++
			s.scribble(t, fmt.Sprintf("%d.mp4", dropped))
			dropped++
			for range 25 {
				ask("GET", "/v1/recordings")
				ask("POST", "/v1/notifications")
			}
			v.until(t, "what was dropped", func() bool { return len(v.list(t)) == dropped })
			bell.Set(wire.Weather{})
		}
	}
	var seen []landed
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("last seen: %+v", seen)
		}
	})
	v.until(t, "an end of all", func() bool {
		figures.Done = 0
		seen = v.list(t)
		for _, l := range seen {
			if l.State == "failed" && l.Failure != nil && l.Failure.Code != "" {
				figures.Done++
			}
		}
		return figures.Done == dropped
	})
	worst := faultstest.Share(took, 99)
	t.Logf("%d answers, p50 %v, p99 %v", len(took), faultstest.Share(took, 50), worst)
	if worst > time.Second+slack {
		t.Errorf("with Redis away an answer takes %v", worst)
	}
	faultstest.Tell(t, figures)
	v.leave(t)
}

// scribble drops what is no recording.
func (s stall) scribble(t *testing.T, name string) {
	t.Helper()
	file := s.path("svc/recordings/ada/" + name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("no recording: "+name), 0o644); err != nil {
		t.Fatal(err)
	}
}
