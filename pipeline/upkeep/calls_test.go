package upkeep

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/disk"
)

// counted is a bucket whose calls are counted over all buckets of a world; the
// one with number at fails, and where lasts is set every one after it.
type counted struct {
	storage.Bucket
	calls *atomic.Int64
	at    int64
	lasts bool
}

func (c counted) fails() error {
	if n := c.calls.Add(1); n == c.at || c.lasts && n > c.at && c.at > 0 {
		return pipeline.Fail(pipeline.Unavailable, "store_away", "try again", "the store does not answer")
	}
	return nil
}

func (c counted) Stat(ctx context.Context, key string) (storage.Object, error) {
	if err := c.fails(); err != nil {
		return storage.Object{}, err
	}
	return c.Bucket.Stat(ctx, key)
}

func (c counted) OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error) {
	if err := c.fails(); err != nil {
		return nil, err
	}
	return c.Bucket.OpenRange(ctx, key, version, off, n)
}

func (c counted) Put(ctx context.Context, key string, r io.Reader, digest string) (storage.Object, error) {
	if err := c.fails(); err != nil {
		return storage.Object{}, err
	}
	return c.Bucket.Put(ctx, key, r, digest)
}

func (c counted) Replace(ctx context.Context, key, version string, r io.Reader, digest string) (storage.Object, error) {
	if err := c.fails(); err != nil {
		return storage.Object{}, err
	}
	return c.Bucket.Replace(ctx, key, version, r, digest)
}

func (c counted) List(ctx context.Context, prefix string, f func(storage.Object) bool) error {
	if err := c.fails(); err != nil {
		return err
	}
	return c.Bucket.List(ctx, prefix, f)
}

func (c counted) Delete(ctx context.Context, key string) error {
	if err := c.fails(); err != nil {
		return err
	}
	return c.Bucket.Delete(ctx, key)
}

// fresh is a world into which the recording of the first was dropped, and
// nothing was done.
func fresh(t *testing.T) *world {
	t.Helper()
	newWorld(t) // there is a first
	folder := t.TempDir()
	if out, err := exec.Command("cp", "-a", filepath.Join(first.folder, "recordings"), folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	w := openWorld(t, folder, t.TempDir())
	w.look()
	return w
}

// count has calls counted, and one or all from one on fail.
func (w *world) count(at int64, lasts bool) {
	calls := new(atomic.Int64)
	w.past = func(b storage.Bucket) storage.Bucket { return counted{b, calls, at, lasts} }
}

// shape is what two worlds have in common into which the same was dropped.
func (w *world) shape() string {
	var out []string
	for _, v := range w.made() {
		line := fmt.Sprintf("%+v %d %q", v.Look, v.HookN, v.Hook.Text)
		for _, s := range v.Segments {
			line += fmt.Sprintf(" %s[%d,%d)", s.Recipe[:min(len(s.Recipe), 8)], s.In, s.Out)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	kinds := map[string]int{}
	for name := range w.everything() {
		parts := strings.SplitN(name, "/", 3)
		if parts[0] == "store" {
			kinds[parts[0]+"/"+parts[1]]++
		} else {
			kinds[parts[0]+"/"+filepath.Ext(name)]++
		}
	}
	return strings.Join(out, "\n") + fmt.Sprint("\n", kinds)
}

// settled is its shape once it was checked, and nothing that has no name lies about.
func (w *world) settled(when string) string {
	w.t.Helper()
	w.clean(when, CheckOptions{})
	w.collect(CollectOptions{Grace: NoGrace})
	return w.shape()
}

// calls is about how many calls of stores the line makes for the one recording,
// diskCalls how many the catalogue makes of its disk, and processes how often it
// begins ffmpeg.
const (
	calls     = 80
	diskCalls = 560
	processes = 12
)

// sweep does what is done to a world for some k of most, and compares what comes
// of it with a world that nobody disturbed.
func sweep(t *testing.T, what string, few, many, most int, harm func(t *testing.T, w *world, k int)) {
	t.Helper()
	faultstest.AtLength(t)
	want := newWorld(t).settled("undisturbed")
	r := faultstest.Rand(t)
	figures := faultstest.Figures{Faults: map[string]int{}}
	times := min(faultstest.Scaled(few, many), most)
	t.Logf("%d times, at places among %d", times, most)
	for _, k := range r.Perm(most)[:times] {
		w := fresh(t)
		harm(t, w, k+1)
		figures.Faults[what]++
		if got := w.settled(fmt.Sprintf("%s, %d", what, k+1)); got != want || len(w.broken()) > 0 {
			t.Errorf("%s, %d: %v; there is\n%s\nwant\n%s", what, k+1, w.broken(), got, want)
			figures.Lost++
			continue
		}
		figures.Done++
	}
	faultstest.Tell(t, figures)
}

// TestAnyCallOfAStoreThatFailsIsTriedAgain: the k-th, of all that the line makes.
func TestAnyCallOfAStoreThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	sweep(t, "failed calls", 1, 40, calls, func(_ *testing.T, w *world, k int) {
		w.count(int64(k), false)
		w.drain()
	})
}

// TestAStoreThatIsAwayIsAFailureWithItsReasonAndARetry: from the k-th call on
// it does not answer; then it does, and what failed is asked for again.
func TestAStoreThatIsAwayIsAFailureWithItsReasonAndARetry(t *testing.T) {
	t.Parallel()
	sweep(t, "stores away", 1, 20, calls, func(t *testing.T, w *world, k int) {
		w.count(int64(k), true)
		w.drain()
		for _, code := range w.codes {
			if code != "store_away" {
				t.Errorf("from call %d on: failed as %v", k, w.failed)
			}
		}
		w.past = nil
		w.retried()
	})
}

// retried asks for all that failed until nothing has: what failed may have let
// others go on that failed in turn.
func (w *world) retried() {
	w.t.Helper()
	for range 5 {
		if w.retry() == 0 {
			return
		}
		w.look() // what was never taken in is a watcher's again
		w.drain()
	}
}

// retry asks for everything again that failed, and counts it.
func (w *world) retry() (n int) {
	w.t.Helper()
	for _, id := range w.broken() {
		if err := w.db.Write(w.t.Context(), func(tx *catalog.Tx) error { return tx.Retry(id) }); err != nil {
			w.t.Logf("retry %s: %v", id, err)
			continue
		}
		n++
	}
	return n
}

// broken is the IDs of what failed: recordings, moments, variants; and rows that
// were to take a recording in.
func (w *world) broken() (out []string) {
	w.t.Helper()
	w.write(func(tx *catalog.Tx) error {
		out = w.notTakenIn()
		ids, err := tx.RecordingIDs()
		if err != nil {
			return err
		}
		for _, id := range ids {
			s, err := read(tx, id)
			if err != nil {
				return err
			}
			if s.recording.State == pipeline.RecordingFailed {
				out = append(out, id)
			}
			for _, m := range s.moments {
				if m.State == pipeline.MomentFailed {
					out = append(out, m.ID)
				}
				for _, v := range m.variants {
					if v.State == pipeline.VariantFailed {
						out = append(out, v.ID)
					}
				}
			}
		}
		return nil
	})
	return out
}

// notTakenIn is the rows of recordings of which nothing is known but that they came.
func (w *world) notTakenIn() (out []string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.folder, "catalog.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(w.t.Context(), `SELECT id FROM work WHERE kind = 'ingest' AND state = 'failed' AND recording = ''`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, id)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// TestAnyProcessThatIsKilledCostsAtMostARetry: the k-th ffmpeg is killed from
// outside, as by a kernel that is short of memory.
func TestAnyProcessThatIsKilledCostsAtMostARetry(t *testing.T) {
	if faultstest.Times() == 1 {
		t.Skip("make faults")
	}
	t.Parallel()
	sweep(t, "killed processes", 1, processes, processes, func(t *testing.T, w *world, k int) {
		w.runner = faltering(t, k)
		w.drain()
		if slices.Contains(w.codes, "") {
			t.Errorf("at process %d failed %q: %v", k, w.codes, w.failed)
		}
		t.Logf("at process %d: %q", k, w.codes)
		w.runner = newRunner(t)
		w.retried()
	})
}

// TestAnyCallOfTheCatalogueToItsDiskThatFailsCostsAtMostARetry: the k-th, of all
// that SQLite makes while the line is walked.
func TestAnyCallOfTheCatalogueToItsDiskThatFailsCostsAtMostARetry(t *testing.T) {
	t.Parallel()
	sweep(t, "failed calls of SQLite", 1, 40, diskCalls, func(t *testing.T, w *world, k int) {
		if err := w.db.Close(); err != nil {
			t.Fatal(err)
		}
		d := disk.Under(t, w.folder)
		w.db = openCatalogue(t, w.folder)
		var said atomic.Int64
		d.Hear(func(disk.Call) bool { return said.Add(1) == int64(k) })
		for err := w.drained(); err != nil; err = w.drained() { // who drains ends where the catalogue fails; a service goes on
			if e := pipeline.AsError(err, ""); e.Code != "catalogue" || e.Kind != pipeline.Unavailable {
				t.Errorf("at call %d: %v", k, err)
			}
		}
		d.Hear(nil)
		if slices.ContainsFunc(w.codes, func(code string) bool { return code != "catalogue" }) {
			t.Errorf("at call %d failed %q: %v", k, w.codes, w.failed)
		}
		if said.Load() < int64(k) {
			t.Logf("there are only %d calls", said.Load())
		}
		w.retried()
	})
}

func newRunner(t *testing.T) *ffmpeg.Runner {
	t.Helper()
	r, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// faltering runs ffmpeg, but the at-th one is killed.
func faltering(t *testing.T, at int) *ffmpeg.Runner {
	t.Helper()
	real, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	script := filepath.Join(folder, "ffmpeg")
	// Only runs over an input count: what asks for the version is no work.
	text := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in *-i\\ *) echo >>%[1]s/count; [ $(/usr/bin/wc -l <%[1]s/count) -eq %[2]d ] && kill -9 $$;; esac\nexec %[3]s \"$@\"\n", folder, at, real)
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := ffmpeg.New(ffmpeg.Config{FFmpeg: script, Sandbox: "off"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
