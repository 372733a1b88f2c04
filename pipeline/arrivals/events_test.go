package arrivals

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// runs has the watcher run, and its folder followed where events are to be had,
// until the test ends. It gives what tells of each that was taken.
func (s *shop) runs(t *testing.T, events bool) <-chan struct{} {
	t.Helper()
	taken := make(chan struct{}, 10)
	s.Taken = func() { taken <- struct{}{} }
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { s.Run(ctx) })
	if events {
		all.Go(func() {
			if err := s.Source.(*dir.Bucket).Follow(ctx, s.Ring); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() { stop(); all.Wait() })
	time.Sleep(200 * time.Millisecond) // it has looked once, and follows
	return taken
}

func isTaken(taken <-chan struct{}, within time.Duration) bool {
	select {
	case <-taken:
		return true
	case <-time.After(within):
		return false
	}
}

func TestADropIsTakenSoonThoughItsSourceIsListedOnceAnHour(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Settle = 300 * time.Millisecond
	taken := s.runs(t, true)
	s.put(t, "ada/night/live.mp4", "one") // in folders that are new
	if !isTaken(taken, 20*time.Second) {
		t.Fatal("not taken")
	}
	s.put(t, "ada/night/live.txt", "0:10 a\n0:20 b\n")
	if !isTaken(taken, 20*time.Second) {
		t.Error("what came later is not taken")
	}
}

func TestWithoutEventsADropIsTakenWhenItsSourceIsListed(t *testing.T) {
	t.Parallel()
	seldom, often := open(t), open(t)
	often.Every = 200 * time.Millisecond
	before, soon := seldom.runs(t, false), often.runs(t, false)
	seldom.put(t, "live.mp4", "one")
	often.put(t, "live.mp4", "one")
	if !isTaken(soon, 20*time.Second) {
		t.Error("listed often, and not taken")
	}
	if isTaken(before, 2*time.Second) {
		t.Error("taken before its source was listed: events are not what makes it soon")
	}
}

func (s *shop) landings(t *testing.T) (out []catalog.Landing) {
	t.Helper()
	if err := s.db.Write(t.Context(), func(tx *catalog.Tx) (err error) { out, err = tx.Landings(); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestALinkThatLeadsOutOfTheSourceIsRefusedAndThatIsSaidOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	outside := filepath.Join(t.TempDir(), "secret.mp4")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.put(t, "ada/inside.mp4", "inside")
	for name, to := range map[string]string{"ada/out.mp4": outside, "ada/folder": filepath.Dir(outside), "ada/in.mp4": "inside.mp4", "ada/nowhere.mp4": "gone.mp4"} {
		if err := os.Symlink(to, filepath.Join(s.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.taken(t, 4); len(got) != 2 {
		t.Errorf("taken were %+v", got)
	}
	var refused []string
	for _, l := range s.landings(t) {
		if l.Failure != nil && l.Failure.Code == "link_outside" && l.Failure.Hint != "" && l.State == catalog.WorkFailed {
			refused = append(refused, l.Key)
		}
	}
	if strings.Join(refused, " ") != "ada/folder ada/out.mp4" || strings.Count(log.String(), "not taken") != 2 {
		t.Errorf("refused are %v; it is said:\n%s", refused, log.String())
	}
	again := New(*s.Watcher) // started anew it says so again, and no more is known
	if err := again.Look(t.Context()); err != nil || strings.Count(log.String(), "not taken") != 4 || len(s.landings(t)) != len(refused)+2 {
		t.Errorf("%v; %+v", err, s.landings(t))
	}
	for _, name := range []string{"ada/out.mp4", "ada/folder"} {
		if err := os.Remove(filepath.Join(s.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	s.put(t, "ada/out.mp4", "a file of its own")
	if got := s.taken(t, 3); len(got) != 1 || got[0].Key != "ada/out.mp4" {
		t.Errorf("taken were %+v", got)
	}
	for _, l := range s.landings(t) {
		if l.Failure != nil {
			t.Errorf("still refused: %+v", l)
		}
	}
}

func TestWhatIsNoLongerAcceptedIsTakenByAWatcherThatRuns(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.put(t, "live.mp4", "one")
	if got := s.taken(t, 3); len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	if got := s.taken(t, 2); len(got) != 0 {
		t.Fatalf("taken again: %+v", got)
	}
	if err := s.db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.Unaccept("in", "live.mp4") }); err != nil {
		t.Fatal(err)
	}
	if got := s.taken(t, 1); len(got) != 1 {
		t.Errorf("taken were %+v", got)
	}
	if got := s.taken(t, 3); len(got) != 0 {
		t.Errorf("taken again: %+v", got)
	}
}
