package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/cwriter"
	"github.com/vbauerster/mpb/v8/decor"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/workers"
)

// watch shows how a run goes: a bar with the time left on a terminal, plain
// lines elsewhere, nothing at all when quiet.
type watch struct {
	out   io.Writer
	quiet bool
	began time.Time
	where func(file string) string                                    // the path a person can open
	name  func(ctx context.Context, subject string) string            // of a recording or a moment; may be nil
	marks func(ctx context.Context, recording string) []pipeline.Mark // may be nil

	mu    sync.Mutex // never held while something is printed: a bar that is drawn takes it
	meter *meter
	first time.Duration // after which the first short was there; 0 until then
	said  time.Time

	bars *mpb.Progress // nil where there is no terminal
	bar  *mpb.Bar
}

var _ workers.Watch = (*watch)(nil)

func newWatch(out io.Writer, quiet bool, where func(string) string) *watch {
	w := &watch{out: out, quiet: quiet, began: time.Now(), said: time.Now(), where: where, meter: newMeter(time.Now)}
	f, ok := out.(*os.File)
	if ok && !quiet && cwriter.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		w.bars = mpb.New(mpb.WithOutput(f))
		w.bar = w.bars.MustAdd(0, mpb.BarFillerFunc(w.draw), mpb.BarFillerTrim())
	}
	return w
}

// draw writes the line that stands below all others.
func (w *watch) draw(out io.Writer, s decor.Statistics) error {
	w.mu.Lock()
	line := w.meter.line(s.AvailableWidth)
	w.mu.Unlock()
	_, err := io.WriteString(out, line)
	return err
}

// Close takes the bar away; lines stay.
func (w *watch) Close() {
	if w.bars == nil {
		return
	}
	w.bar.Abort(true)
	w.bars.Wait()
	w.bars = nil
}

// Line prints one line, above the bar where there is one.
func (w *watch) Line(format string, args ...any) {
	if w.quiet {
		return
	}
	out := w.out
	if w.bars != nil {
		out = w.bars
	}
	fmt.Fprintln(out, printableLine(fmt.Sprintf(format, args...)))
}

// Started implements workers.Watch.
func (w *watch) Started(row catalog.Work) {
	name := ""
	switch {
	case row.Kind == pipeline.Ingest:
		name = filepath.Base(row.Subject)
		w.Line("%-10s %s", row.Kind, row.Subject)
	case w.name != nil && !w.quiet && named(row.Subject):
		name = w.name(context.Background(), row.Subject)
		if name != "" && pipeline.HasPrefix(row.Subject, pipeline.MomentID) {
			name = quoteLabel(name)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.meter.started(row, name)
}

// named reports whether a subject is something that a person has a name for.
func named(subject string) bool {
	return pipeline.HasPrefix(subject, pipeline.MomentID) || pipeline.HasPrefix(subject, pipeline.RecordingID)
}

// every is how often plain lines say how far the encoding is.
const every = 20 * time.Second

// Progress implements workers.Watch.
func (w *watch) Progress(row catalog.Work, done float64) {
	w.mu.Lock()
	w.meter.progress(row, done)
	text := ""
	if w.bars == nil && time.Since(w.said) > every {
		w.said = time.Now()
		text = w.meter.counts()
	}
	w.mu.Unlock()
	if text != "" {
		w.Line("%-10s %s", verb(row.Kind), text)
	}
}

// Finished implements workers.Watch.
func (w *watch) Finished(row catalog.Work, made catalog.Made, err *pipeline.Error) {
	w.mu.Lock()
	w.meter.finished(row, made, err == nil)
	first := w.first == 0 && err == nil && made.Short && made.File != ""
	if first {
		w.first = time.Since(w.began)
	}
	after := w.first
	w.mu.Unlock()
	switch {
	case err != nil: // said once, at the end, with its hint
	case first:
		w.Line("%-10s first short after %s: %s", verb(row.Kind), after.Round(100*time.Millisecond), w.where(made.File))
	case made.File != "":
		w.Line("%-10s %s", verb(row.Kind), w.where(made.File))
	case made.Label != "" && row.Kind == pipeline.Excerpt:
		w.Line("%-10s %s", row.Kind, quoteLabel(made.Label))
	case made.Label != "":
		w.Line("%-10s %s", row.Kind, made.Label)
		w.tellUnused(row)
	}
}

// tellUnused says of the marks that detect does not use why not.
func (w *watch) tellUnused(row catalog.Work) {
	if row.Kind != pipeline.Detect || w.marks == nil || w.quiet {
		return
	}
	for _, line := range unused(w.marks(context.Background(), row.Subject)) {
		w.Line("%-10s %s", "unused", line)
	}
}

// verb is the step as a person knows it: the four kinds of work that render
// consists of are one.
func verb(s pipeline.Step) pipeline.Step {
	switch s {
	case pipeline.Compose, pipeline.Sound, pipeline.Assemble:
		return pipeline.Render
	}
	return s
}
