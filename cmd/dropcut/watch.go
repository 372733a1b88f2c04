package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/workers"
)

// watch shows how a run goes: bars with time left on a terminal, plain lines
// elsewhere, nothing at all when quiet.
type watch struct {
	out   io.Writer
	quiet bool
	began time.Time
	where func(file string) string // the path a person can open

	mu      sync.Mutex
	running map[string]float64 // frames done of each run in hand, by work ID
	total   int64              // frames that must be encoded, as far as is known
	done    int64
	first   bool // the first short was named
	step    pipeline.Step

	bars *mpb.Progress
	bar  *mpb.Bar
}

var _ workers.Watch = (*watch)(nil)

func newWatch(out io.Writer, quiet bool, where func(string) string) *watch {
	w := &watch{out: out, quiet: quiet, began: time.Now(), where: where, running: map[string]float64{}}
	if f, ok := out.(*os.File); ok && !quiet && isTerminal(f) {
		w.bars = mpb.New(mpb.WithOutput(f), mpb.WithWidth(40))
		w.bar = w.bars.AddBar(0, mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return fmt.Sprintf("%-10s", w.stepName()) })),
			mpb.AppendDecorators(decor.CountersNoUnit("%d / %d frames "), decor.AverageETA(decor.ET_STYLE_GO)))
	}
	return w
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (w *watch) stepName() pipeline.Step {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.step
}

// Close ends the bars; lines stay.
func (w *watch) Close() {
	if w.bars == nil {
		return
	}
	w.bar.Abort(true)
	w.bars.Wait()
}

// Line prints one line, above the bars where there are any.
func (w *watch) Line(format string, args ...any) {
	if w.quiet {
		return
	}
	out := w.out
	if w.bars != nil {
		out = w.bars
	}
	fmt.Fprintln(out, printable(fmt.Sprintf(format, args...)))
}

// Started implements workers.Watch.
func (w *watch) Started(row catalog.Work) {
	w.mu.Lock()
	w.step = row.Kind
	w.mu.Unlock()
	if row.Kind == pipeline.Ingest {
		w.Line("%-10s %s", row.Kind, row.Subject)
	}
}

// Progress implements workers.Watch.
func (w *watch) Progress(row catalog.Work, done float64) {
	if row.Kind != pipeline.Render {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running[row.ID] = done
	w.show()
}

// show moves the bar. The lock is held.
func (w *watch) show() {
	if w.bar == nil {
		return
	}
	now := float64(w.done)
	for _, frames := range w.running {
		now += frames
	}
	w.bar.SetTotal(w.total, false)
	w.bar.SetCurrent(int64(now))
}

// Finished implements workers.Watch.
func (w *watch) Finished(row catalog.Work, made catalog.Made, err *pipeline.Error) {
	w.mu.Lock()
	delete(w.running, row.ID)
	w.total += made.Todo
	w.done += made.Frames
	w.show()
	first := !w.first && err == nil && made.Short && made.File != ""
	w.first = w.first || first
	w.mu.Unlock()
	switch {
	case err != nil: // said once, at the end, with its hint
	case first:
		w.Line("%-10s first short after %s: %s", row.Kind, time.Since(w.began).Round(100*time.Millisecond), w.where(made.File))
	case made.File != "":
		w.Line("%-10s %s", row.Kind, w.where(made.File))
	case made.Label != "":
		w.Line("%-10s %s", row.Kind, made.Label)
	}
}
