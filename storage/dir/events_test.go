package dir

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"dropcut/pipeline"
)

// rings waits for a bell to have been rung more than n times.
func rings(t *testing.T, bell *atomic.Int64, n int64) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); bell.Load() <= n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it rang %d times", bell.Load())
		}
	}
}

func TestWhatHappensInAFolderRingsAlsoInFoldersThatAreNew(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "old"), 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, stop := context.WithCancel(t.Context())
	var bell atomic.Int64
	ended := make(chan error)
	go func() { ended <- b.Follow(ctx, func() { bell.Add(1) }) }()
	time.Sleep(100 * time.Millisecond) // until it follows; else the first rings later, or not
	for _, name := range []string{"a.mp4", "old/b.mp4", "new/below/c.mp4"} {
		before := bell.Load()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * calm) // a folder that is new has rung by then
		if name == "new/below/c.mp4" {
			before = bell.Load()
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		rings(t, &bell, before)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLostEventsRingAndManyEventsRingOnce(t *testing.T) {
	t.Parallel()
	var bell atomic.Int64
	f := &follower{add: func(string) error { return errors.New("no more watches") }, ring: func() { bell.Add(1) }}
	happened, lost := make(chan fsnotify.Event), make(chan error)
	ended := make(chan struct{})
	go func() { defer close(ended); f.run(t.Context(), happened, lost) }()
	lost <- fsnotify.ErrEventOverflow
	rings(t, &bell, 0)
	happened <- fsnotify.Event{Name: "x", Op: fsnotify.Chmod}
	time.Sleep(2 * calm)
	if n := bell.Load(); n != 1 {
		t.Errorf("a file that was only read or marked rang: %d", n)
	}
	for range 1000 {
		happened <- fsnotify.Event{Name: "x", Op: fsnotify.Write}
	}
	happened <- fsnotify.Event{Name: t.TempDir(), Op: fsnotify.Create}
	rings(t, &bell, 1)
	if n := bell.Load(); n > 4 {
		t.Errorf("a thousand events rang %d times", n)
	}
	close(happened)
	<-ended
	if f.failed == nil {
		t.Error("a folder was not watched, and nobody knows")
	}
}

func TestAFolderThatCannotBeFollowedIsSaid(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	b, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if err := b.Follow(t.Context(), func() {}); !errors.Is(err, pipeline.Unavailable) {
		t.Error(err)
	}
}
