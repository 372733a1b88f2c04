package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/arrivals"
	"dropcut/pipeline/detect"
	"dropcut/pipeline/excerpt"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/ingest"
	"dropcut/pipeline/plan"
	"dropcut/pipeline/publish"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/render"
	"dropcut/pipeline/transcribe"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
	"dropcut/workers"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if first.folder != "" {
		_ = os.RemoveAll(first.folder)
	}
	os.Exit(code)
}

// world is a service at rest on one machine: a recording that came with marks
// and words was taken in, and its clips are made.
type world struct {
	t      testing.TB
	folder string
	db     *catalog.DB
	source *dir.Bucket
	data   *dir.Bucket
	output *dir.Bucket
	runner *ffmpeg.Runner
	temp   string
	failed []string                            // what workers said of rows that failed
	codes  []string                            // and their codes
	past   func(storage.Bucket) storage.Bucket // what steps see of a bucket; nil: the bucket
	mu     sync.Mutex
}

// first is a world in which all clips were made; others are copies of it.
var first struct {
	once   sync.Once
	folder string
	err    error
}

// newWorld is a world of t's own.
func newWorld(t testing.TB) *world {
	t.Helper()
	first.once.Do(func() {
		if first.folder, first.err = os.MkdirTemp("", "dropcut-upkeep-"); first.err == nil {
			w := openWorld(t, first.folder, t.TempDir())
			w.arrive()
			w.drain()
			first.err = errors.Join(w.db.Close(), w.err())
		}
	})
	if first.err != nil {
		t.Fatal(first.err)
	}
	folder := t.TempDir()
	if out, err := exec.Command("cp", "-a", first.folder+"/.", folder).CombinedOutput(); err != nil { // with its times: they are versions
		t.Fatalf("%v: %s", err, out)
	}
	return openWorld(t, folder, t.TempDir())
}

func openWorld(t testing.TB, folder, temp string) *world {
	t.Helper()
	w := &world{t: t, folder: folder, temp: temp}
	open := func(name string) *dir.Bucket {
		b, err := dir.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.Close() })
		return b
	}
	w.source, w.data, w.output = open("recordings"), open("store"), open("clips")
	w.db = openCatalogue(t, folder)
	var err error
	if w.runner, err = ffmpeg.New(ffmpeg.Config{}); err != nil {
		t.Fatal(err)
	}
	return w
}

func openCatalogue(t testing.TB, folder string) *catalog.DB {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(folder, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) err() error {
	if len(w.failed) > 0 {
		return fmt.Errorf("work failed: %v", w.failed)
	}
	return nil
}

const words = `1
00:00:09,000 --> 00:00:12,000
Here it is at last.

2
00:00:13,000 --> 00:00:17,000
Nobody has seen it before.
`

// arrive drops a recording with its marks and words, and has it taken in.
func (w *world) arrive() {
	w.t.Helper()
	file := filepath.Join(w.temp, "show.mp4")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=26", "-f", "lavfi", "-i", "sine=f=440:r=48000:d=26",
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "aac", file).CombinedOutput()
	if err != nil {
		w.t.Fatalf("draw a recording: %v: %s", err, out)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range []struct{ name, text string }{{"show.mp4", string(body)}, {"show.txt", "0:13 the reveal\n"}, {"show.srt", words}, {"show.mp4.done", ""}} { // the word that it is whole comes last
		path := filepath.Join(w.folder, "recordings", "ada", f.name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(f.text), 0o644)); err != nil {
			w.t.Fatal(err)
		}
	}
	w.look()
}

// look has the source looked at by a watcher that has just started.
func (w *world) look() {
	w.t.Helper()
	watcher := arrivals.New(arrivals.Watcher{Catalog: w.db, Source: w.source, Name: "recordings", Data: w.data, Log: quiet()})
	for range 2 {
		if err := watcher.Look(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// steps is the whole line.
func (w *world) steps() (map[pipeline.Step]workers.Step, func()) {
	see := w.past
	if see == nil {
		see = func(b storage.Bucket) storage.Bucket { return b }
	}
	source, data, output := see(w.source), see(w.data), see(w.output)
	open := func(context.Context, string) (storage.Bucket, error) { return source, nil }
	shelf := recording.NewShelf(w.temp, func(_ context.Context, r pipeline.Recording) (recording.Source, error) {
		return storage.NewRanged(source, storage.Object{Key: r.Key, Size: r.Size, Version: r.Version}), nil
	})
	fonts, err := captions.LoadFonts([]string{})
	if err != nil {
		w.t.Fatal(err)
	}
	bench := render.Bench{Catalog: w.db, Data: data, Output: output, FFmpeg: w.runner, Fonts: fonts, Temp: w.temp, Build: "test build", Scale: 4}
	return map[pipeline.Step]workers.Step{
		pipeline.Ingest:     &ingest.Step{Catalog: w.db, Sources: open, Shelf: shelf, FFmpeg: w.runner, Temp: w.temp, Zone: time.UTC},
		pipeline.Detect:     &detect.Step{Catalog: w.db, Data: data, Shelf: shelf, FFmpeg: w.runner, Temp: w.temp},
		pipeline.Excerpt:    &excerpt.Step{Catalog: w.db, Data: data, Shelf: shelf, FFmpeg: w.runner, Temp: w.temp},
		pipeline.Transcribe: &transcribe.Step{Catalog: w.db, Data: data, FFmpeg: w.runner, Temp: w.temp},
		pipeline.Plan:       &plan.Step{Catalog: w.db},
		pipeline.Compose:    &render.Compose{Bench: bench},
		pipeline.Render:     &render.Run{Bench: bench},
		pipeline.Sound:      &render.Sound{Bench: bench},
		pipeline.Assemble:   &render.Assembly{Bench: bench},
		pipeline.Publish:    &publish.Step{Catalog: w.db, Output: output, SRT: captions.SRT, VTT: captions.VTT, Dropcut: "test", FFmpeg: "test"},
	}, shelf.Close
}

// drain does everything that is to be done.
func (w *world) drain() {
	w.t.Helper()
	if err := w.drained(); err != nil {
		w.t.Error(err)
	}
}

func (w *world) drained() error {
	w.t.Helper()
	steps, end := w.steps()
	defer end()
	d := workers.Drain{Slots: 2, Hand: workers.Hand{DB: w.db, Steps: steps, Watch: w, Log: quiet(), Backoff: time.Millisecond}}
	return d.Run(w.t.Context())
}

func (w *world) Started(catalog.Work)           {}
func (w *world) Progress(catalog.Work, float64) {}
func (w *world) Finished(row catalog.Work, _ catalog.Made, err *pipeline.Error) {
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.failed = append(w.failed, fmt.Sprintf("%s of %s: %s", row.Kind, row.Subject, err.Detail))
		w.codes = append(w.codes, err.Code)
	}
}
