package whisper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/storage"
)

const (
	heardStem = "heard" // whisper-cli adds .json
	mostHeard = 16 << 20
	mostCores = 8
)

// Recogniser hears words with one model. It may be used by many goroutines at
// once: one process runs at a time, on up to eight cores.
type Recogniser struct {
	runner *ffmpeg.Runner
	model  Installed
	turn   chan struct{}
	sound  func() error // whether the model is whole: looked at once
}

// New makes a recogniser; nothing is started or read before it hears.
func New(runner *ffmpeg.Runner, model Installed) *Recogniser {
	return &Recogniser{runner: runner, model: model, turn: make(chan struct{}, 1), sound: sync.OnceValue(model.check)}
}

// Name is the program and the very bytes of its model: results are kept under it.
func (r *Recogniser) Name() string { return "whisper-cli " + r.model.Name + " " + r.model.Digest }

// Hear gives the words of a 16 kHz mono WAV file as whisper-cli writes them
// with all details (JSON). The file's folder must be the caller's own: it is
// written to. language is a tag such as en; empty lets the model tell.
// A missing program is Unavailable, code no_whisper-cli; a model that is not
// what was installed is Corrupt; a program that fails is Invalid or
// Unavailable, as of ffmpeg.Runner.Run.
func (r *Recogniser) Hear(ctx context.Context, wav, language string) ([]byte, error) {
	if _, err := r.runner.Find(ffmpeg.Recogniser); err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, pipeline.AsError(err, "").Code, Advice(), "%w", err)
	}
	if err := r.sound(); err != nil {
		return nil, err
	}
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return nil, pipeline.Fail(pipeline.Stopped, "stopped", "", "wait for whisper-cli: %w", context.Canceled)
	}
	folder := filepath.Dir(wav)
	out := filepath.Join(folder, heardStem+".json")
	if err := os.Remove(out); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "", "empty the place of the words: %w", err)
	}
	_, err := r.runner.Program(ctx, ffmpeg.Recogniser, ffmpeg.Command{Dir: folder, Read: []string{r.model.Path}, Stdout: io.Discard,
		Args: arguments(r.model.Path, filepath.Base(wav), language, min(runtime.NumCPU(), mostCores)), Limits: r.limits()})
	if err != nil {
		return nil, fmt.Errorf("hear with %s: %w", r.model.Name, err)
	}
	return heard(out)
}

// heard reads what the program wrote. It ends with status 0 also where it
// could not read the sound: the file is the judge.
func heard(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "no_words", "run whisper-cli by hand to see why", "whisper-cli wrote no words")
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, pipeline.Fail(pipeline.Unavailable, "no_words", "", "whisper-cli wrote no file of words")
	}
	body, err := io.ReadAll(io.LimitReader(f, mostHeard+1))
	switch {
	case err != nil:
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "", "read the words of whisper-cli: %w", err)
	case len(body) > mostHeard:
		return nil, pipeline.Fail(pipeline.Invalid, "too_large", "", "whisper-cli wrote more than %d MiB of words", mostHeard>>20)
	}
	return body, nil
}

// arguments is the list of one run: pure.
func arguments(model, wav, language string, threads int) []string {
	if language == "" {
		language = "auto"
	}
	return []string{"--model", model, "--file", wav, "--language", language, "--threads", fmt.Sprint(threads),
		"--output-json-full", "--output-file", heardStem, "--no-prints", "--no-gpu"}
}

// limits are those of a decoder, but for the time that large models take and
// the memory that they lie in: the file's size and half of it again for what is
// computed, plus two gigabytes. whisper.cpp's README says 388 MB for base (142
// MiB) and 3.9 GB for large (2.9 GiB); address space is more than that.
func (r *Recogniser) limits() ffmpeg.Limits {
	return ffmpeg.Limits{Wall: time.Hour, CPU: 8 * time.Hour, Memory: 2<<30 + r.model.Bytes*3/2, File: 2 * mostHeard}
}

// check is nil while the model's file is the one that was installed.
func (m Installed) check() error {
	digest, n, err := storage.DigestFile(m.Path)
	switch {
	case err != nil:
		return pipeline.Fail(pipeline.NotFound, "no_model", again(m.Name), "read the model %s: %w", m.Name, err)
	case n != m.Bytes || digest != m.Digest:
		return pipeline.Fail(pipeline.Corrupt, "model_mismatch", again(m.Name), "the model %s is not the file that was installed", m.Name)
	}
	return nil
}

func again(name string) string { return "dropcut recogniser install " + name }
