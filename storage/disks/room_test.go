//go:build linux

package disks

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/workers"
)

// small is a disk of its own of so many MiB.
func small(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("dropcut", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("no small disk can be made here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, 0) })
	return folder
}

func open(t *testing.T) *catalog.DB {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// crowd is rows that write six MiB each, four at a time, and what became of them.
type crowd struct {
	folder   string
	room     *Room // nil: they do not ask
	broken   atomic.Int64
	attempts atomic.Int64 // the highest
}

const writes = 6 << 20

// Do implements workers.Step.
func (c *crowd) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	c.attempts.Store(max(c.attempts.Load(), w.Attempt))
	if c.room != nil {
		if err := c.room.Reserve(ctx, w, storage.Need{Temp: writes / 2, Output: writes / 2}); err != nil {
			return catalog.Outcome{}, err
		}
	}
	f, err := os.CreateTemp(c.folder, "attempt-*")
	if err != nil {
		return catalog.Outcome{}, err
	}
	defer os.Remove(f.Name())
	piece := make([]byte, 1<<20)
	for range writes / len(piece) {
		if _, err := f.Write(piece); err != nil {
			c.broken.Add(1)
			return catalog.Outcome{}, errors.Join(err, f.Close())
		}
		time.Sleep(100 * time.Millisecond) // so that they write side by side, however busy the machine is
	}
	return catalog.Outcome{}, f.Close()
}

// work does them all.
func (c *crowd) work(t *testing.T, full time.Duration) (failed int) {
	t.Helper()
	db := open(t)
	if c.room != nil {
		c.room.Catalog = db
	}
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
		for _, s := range strings.Fields("a b c d e f g h") {
			if _, err := tx.Enqueue(catalog.Work{Kind: pipeline.Render, Subject: s, Input: "i", Recording: "r"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d := workers.Drain{Slots: 4, Hand: workers.Hand{DB: db, Steps: map[pipeline.Step]workers.Step{pipeline.Render: c}, Full: full, Attempts: 1,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.Failures("r", "i")
		failed = len(all)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return failed
}

func TestWorkThatReservesItsRoomNeverBreaksOnAFullDisk(t *testing.T) {
	t.Parallel()
	folder := small(t, "16m")
	c := &crowd{folder: folder, room: &Room{Temp: folder, Output: folder, Spare: 1 << 20}}
	if failed := c.work(t, 20*time.Millisecond); failed != 0 || c.broken.Load() != 0 || c.attempts.Load() != 1 {
		t.Errorf("%d failed, %d attempts broke, attempt %d is the highest", failed, c.broken.Load(), c.attempts.Load())
	}
}

func TestWithoutReservationsAttemptsBreakAndWhereThatIsAWaitNoneIsSpent(t *testing.T) {
	t.Parallel()
	c := &crowd{folder: small(t, "16m")}
	if failed := c.work(t, 20*time.Millisecond); failed != 0 || c.broken.Load() == 0 || c.attempts.Load() != 1 {
		t.Errorf("a full disk is a wait: %d failed, %d attempts broke, attempt %d is the highest", failed, c.broken.Load(), c.attempts.Load())
	}
	c = &crowd{folder: small(t, "16m")}
	if failed := c.work(t, 0); failed == 0 {
		t.Error("a full disk is a failure, and none failed: the wait is not what helps")
	}
}

func TestWhatStaysFreeAndWhatOthersHoldIsNotReserved(t *testing.T) {
	t.Parallel()
	folder, elsewhere, db := small(t, "16m"), t.TempDir(), open(t)
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
		for _, s := range []string{"a", "b"} {
			if _, err := tx.Enqueue(catalog.Work{Kind: pipeline.Render, Subject: s, Input: "i"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	a, err := db.Claim(t.Context(), time.Hour)
	b, err2 := db.Claim(t.Context(), time.Hour)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	one, other := &Room{Catalog: db, Temp: folder, Data: elsewhere, Spare: 4 << 20}, &Room{Catalog: db, Temp: folder} // two processes of a machine
	if err := one.Reserve(t.Context(), *a, storage.Need{Temp: 13 << 20}); !errors.Is(err, pipeline.NoRoom) || !strings.Contains(err.Error(), "4 MiB stay so") {
		t.Errorf("13 of 16 MiB, of which 4 stay free: %v", err)
	}
	if err := one.Reserve(t.Context(), *a, storage.Need{Temp: 12 << 20, Data: 1 << 20}); err != nil {
		t.Error(err)
	}
	if err := other.Reserve(t.Context(), *b, storage.Need{Temp: 5 << 20}); !errors.Is(err, pipeline.NoRoom) || !strings.Contains(err.Error(), "12 MiB are reserved") {
		t.Errorf("5 of 4 MiB that are left: %v", err)
	}
	if err := other.Reserve(t.Context(), *b, storage.Need{Temp: 4 << 20, Output: 1 << 40}); err != nil {
		t.Errorf("what is written to another machine needs no room here: %v", err)
	}
	if one.IsFull() {
		t.Error("an empty disk is said to be full")
	}
	if err := os.WriteFile(filepath.Join(folder, "full"), make([]byte, 16<<20), 0o600); err != nil || !one.IsFull() {
		t.Errorf("a full disk is not said to be: %v", err)
	}
}
