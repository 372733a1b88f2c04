package main

import (
	"log/slog"
	"sync/atomic"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/workers"
)

// watches tells several watches what happens.
type watches []workers.Watch

// Started implements workers.Watch.
func (all watches) Started(w catalog.Work) {
	for _, one := range all {
		one.Started(w)
	}
}

// Progress implements workers.Watch.
func (all watches) Progress(w catalog.Work, done float64) {
	for _, one := range all {
		one.Progress(w, done)
	}
}

// Finished implements workers.Watch.
func (all watches) Finished(w catalog.Work, made catalog.Made, err *pipeline.Error) {
	for _, one := range all {
		one.Finished(w, made, err)
	}
}

// logged tells the log how each piece of work ended, one line an outcome.
type logged struct {
	log  *slog.Logger
	full atomic.Int64 // when it was last said that there is no room, nanoseconds
}

// Started implements workers.Watch.
func (*logged) Started(catalog.Work) {}

// Progress implements workers.Watch.
func (*logged) Progress(catalog.Work, float64) {}

// Finished implements workers.Watch.
func (l *logged) Finished(w catalog.Work, made catalog.Made, err *pipeline.Error) {
	about := []any{"step", w.Kind, "subject", w.Subject, "recording", w.Recording, "attempt", w.Attempt}
	if err != nil && pipeline.IsFull(err) {
		l.waits(append(about, "code", err.Code, "detail", err.Detail))
		return
	}
	if err != nil {
		l.log.Warn("step failed", append(about, "code", err.Code, "detail", err.Detail, "retryable", err.Retryable())...)
		return
	}
	if made.File != "" {
		about = append(about, "file", made.File, "short", made.Short)
	}
	if made.Frames > 0 {
		about = append(about, "frames", made.Frames)
	}
	l.log.Info("step done", append(about, "cpu_ms", made.CPU.Milliseconds(), "bytes_read", made.BytesRead)...)
}

// waits says that work waits for room: once in a while, for all of it may.
func (l *logged) waits(about []any) {
	now, last := time.Now().UnixNano(), l.full.Load()
	if now-last > int64(saidAgain) && l.full.CompareAndSwap(last, now) {
		l.log.Warn("work waits for room", about...)
	}
}

const saidAgain = 10 * time.Second
