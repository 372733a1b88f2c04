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
	out    io.Writer
	quiet  bool
	hushed bool // nothing is said but how far it is
	began  time.Time
	where  func(file string) string                                    // the path a person can open
	name   func(ctx context.Context, subject string) string            // of a recording or a moment; may be nil
	marks  func(ctx context.Context, recording string) []pipeline.Mark // may be nil

	mu    sync.Mutex // never held while something is printed: a bar that is drawn takes it
	meter *meter
	first time.Duration // after which the first short was there; 0 until then
	said  time.Time     // when there was a line last
	told  string        // the last line that said how far it is

	bars *mpb.Progress // nil where there is no terminal
	bar  *mpb.Bar

	end  chan struct{} // closed when plain lines are to end; nil where there are none
	over sync.WaitGroup
}

var _ workers.Watch = (*watch)(nil)

func newWatch(out io.Writer, quiet bool, where func(string) string) *watch {
	w := &watch{out: out, quiet: quiet, began: time.Now(), said: time.Now(), where: where, meter: newMeter(time.Now)}
	f, ok := out.(*os.File)
	if ok && !quiet && cwriter.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		w.bars = mpb.New(mpb.WithOutput(f))
		w.bar = w.bars.MustAdd(0, mpb.BarFillerFunc(w.draw), mpb.BarFillerTrim())
	} else if !quiet {
		w.end = make(chan struct{})
		w.over.Go(w.remind)
	}
	return w
}

// every is how often plain lines say how far it is, at most.
const every = 10 * time.Second

// remind says every now and then how far it is, until the watch is closed.
func (w *watch) remind() {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-w.end:
			return
		case now := <-tick.C:
			w.tellHowFar(now)
		}
	}
}

// tellHowFar prints how far it is, unless something was said just now or there
// is no news.
func (w *watch) tellHowFar(now time.Time) {
	w.mu.Lock()
	step, text := w.meter.howFar()
	silent := text == "" || text == w.told || now.Sub(w.said) < every/2
	if !silent {
		w.told = text
	}
	w.mu.Unlock()
	if !silent {
		w.print("%-10s %s", step, text)
	}
}

// howFar is what is in hand, and how far it is, in words; "" where nothing is.
func (m *meter) howFar() (pipeline.Step, string) {
	h := m.oldest()
	if h == nil {
		return "", ""
	}
	if text := m.counts(); text != "" {
		return pipeline.Render, text
	}
	return verb(h.row.Kind), m.doing()
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
	if w.end != nil {
		close(w.end)
		w.over.Wait()
		w.end = nil
	}
	if w.bars == nil {
		return
	}
	w.bar.Abort(true)
	w.bars.Wait()
	w.bars = nil
}

// Line prints one line, above the bar where there is one.
func (w *watch) Line(format string, args ...any) {
	if !w.quiet && !w.hushed {
		w.print(format, args...)
	}
}

func (w *watch) print(format string, args ...any) {
	w.mu.Lock()
	w.said = time.Now()
	w.mu.Unlock()
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

// Progress implements workers.Watch.
func (w *watch) Progress(row catalog.Work, done float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.meter.progress(row, done)
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
