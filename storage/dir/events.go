package dir

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"dropcut/pipeline"
)

// calm is how long events are gathered before they ring: a copy makes many.
const calm = 200 * time.Millisecond

// Follow calls ring soon after something below the folder changed, until ctx
// ends. It is a hint and no more: events may be lost, and on file systems of
// other machines there are none. Unavailable: this machine gives no events, or
// no more of them.
func (b *Bucket) Follow(ctx context.Context, ring func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return noEvents(b.path, err)
	}
	defer w.Close()
	if err := w.Add(b.path); err != nil {
		return noEvents(b.path, err)
	}
	f := &follower{add: w.Add, ring: ring}
	f.watch(b.path)
	if f.failed != nil {
		return noEvents(b.path, f.failed)
	}
	f.run(ctx, w.Events, w.Errors)
	if ctx.Err() == nil {
		return noEvents(b.path, errors.Join(errors.New("no more events"), f.failed))
	}
	return nil
}

func noEvents(folder string, err error) error {
	return pipeline.Fail(pipeline.Unavailable, "no_events", "raise fs.inotify.max_user_watches, or have the folder listed more often",
		"follow what happens in %s: %w", folder, err)
}

// follower rings for events.
type follower struct {
	add    func(folder string) error
	ring   func()
	failed error // why the first folder that is not watched is not
}

// watch watches a folder and all below it. What is there by then may have come
// before it was watched: whoever calls it rings after.
func (f *follower) watch(folder string) {
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // gone again
		}
		if err := f.add(path); err != nil && f.failed == nil && !errors.Is(err, fs.ErrNotExist) {
			f.failed = err
		}
		return nil
	})
}

// run rings once for all events that come within a while, until ctx or the
// events end. Events that were lost ring too, and so does a folder that could
// not be watched: something is in it.
func (f *follower) run(ctx context.Context, happened <-chan fsnotify.Event, lost <-chan error) {
	var due <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-happened:
			if !ok {
				return
			}
			if e.Has(fsnotify.Create) {
				f.watch(e.Name)
			}
			if e.Op == fsnotify.Chmod {
				continue
			}
		case _, ok := <-lost:
			if !ok {
				return
			}
		case <-due:
			due = nil
			f.ring()
			continue
		}
		if due == nil {
			due = time.After(calm)
		}
	}
}
