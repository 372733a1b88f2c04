package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/transcribe"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/disks"
	"dropcut/workers"
)

// creator is whose recordings `dropcut run` works on.
const creator = "local"

// workshop is everything one process works with.
type workshop struct {
	premises
	db      *catalog.DB
	output  storage.Bucket
	data    storage.Bucket // segments, excerpts, sidecars, words
	kept    storage.Bucket // the same, without a cache before it
	runner  *ffmpeg.Runner
	fonts   *captions.Fonts
	hears   transcribe.Recogniser // nil: nobody
	tells   transcribe.Translator // nil: nobody
	writes  transcribe.Proposer   // nil: nobody
	shelf   *recording.Shelf
	room    *disks.Room // nil: nothing is reserved, and a full disk is a failure
	temp    string      // emptied when the workshop opens
	version string      // of ffmpeg
	scale   int         // pictures are this many times smaller: drafts
	log     *slog.Logger

	sourceMu sync.Mutex
	sources  sources
	locked   bool
	closers  []io.Closer // in the order in which they were opened
}

// openWorkshop opens what `dropcut run` works with: a folder of clips and one
// of data.
func openWorkshop(ctx context.Context, out, data string, con console) (*workshop, error) {
	return openPremises(ctx, premises{data: data, output: out, flag: "--out", store: data},
		slog.New(slog.NewTextHandler(con.Err, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

// openPremises takes the lock of the data folder, so that one process at a time
// works in it, and opens everything else.
func openPremises(ctx context.Context, p premises, log *slog.Logger) (_ *workshop, err error) {
	h := &workshop{premises: p, temp: filepath.Join(p.data, "tmp"), log: log, sources: sources{}}
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	if h.scale, err = draft(); err != nil {
		return nil, err
	}
	if h.runner, err = ffmpeg.New(ffmpegConfig()); err != nil {
		return nil, err
	}
	if h.version, err = h.runner.Version(ctx); err != nil {
		return nil, err
	}
	if err := h.openFolders(ctx); err != nil {
		return nil, err
	}
	if err := h.runner.Check(ctx, filepath.Join(p.data, lockName)); err != nil {
		return nil, err
	}
	if h.db, err = catalog.Open(ctx, cmp.Or(p.database, filepath.Join(p.data, "catalog.db"))); err != nil {
		return nil, err
	}
	h.closers = append(h.closers, h.db)
	if err := h.sweep(ctx); err != nil {
		return nil, err
	}
	if h.fonts, err = captions.LoadFonts(fontFolders()); err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "fonts", "", "load fonts: %w", err)
	}
	h.shelf = recording.NewShelf(h.temp, h.openRecording)
	return h, nil
}

// sweep removes half files that a killed process left among the clips.
func (h *workshop) sweep(ctx context.Context) error {
	if isStore(h.premises.output) {
		return nil
	}
	var all []pipeline.Recording
	err := h.db.Write(ctx, func(tx *catalog.Tx) (err error) {
		all, err = tx.Recordings()
		return err
	})
	for _, r := range all {
		if err == nil && r.Folder != "" {
			err = half(ctx, h.output, r.Folder)
		}
	}
	return err
}

// Close lets everything go. It may be called on a workshop half open.
func (h *workshop) Close() {
	if h.shelf != nil {
		h.shelf.Close()
	}
	for _, b := range h.sources {
		if c, ok := b.(io.Closer); ok {
			_ = c.Close()
		}
	}
	if h.locked {
		_ = os.RemoveAll(h.temp)
	}
	for _, c := range slices.Backward(h.closers) {
		_ = c.Close()
	}
}

// source is the bucket in which a recording lies, opened once.
func (h *workshop) source(ctx context.Context, where string) (storage.Bucket, error) {
	h.sourceMu.Lock()
	defer h.sourceMu.Unlock()
	b, err := h.sources.open(ctx, where)
	if h.database != "" && errors.Is(err, pipeline.NotFound) { // on another machine it may be there
		return nil, pipeline.Fail(pipeline.Unavailable, "source_elsewhere",
			"mount it at the same path on every machine that works, or use a store, s3://bucket/prefix, as the source", "%s", err.Error())
	}
	return b, err
}

// openRecording reads a recording by ranges, pinned to the version that was accepted.
func (h *workshop) openRecording(ctx context.Context, r pipeline.Recording) (recording.Source, error) {
	b, err := h.source(ctx, r.Source)
	if err != nil {
		return nil, err
	}
	return storage.NewRanged(b, storage.Object{Key: r.Key, Size: r.Size, Version: r.Version}), nil
}

// outPath is where a person finds a file of the output bucket.
func (h *workshop) outPath(key string) string {
	if isStore(h.premises.output) {
		return strings.TrimSuffix(h.premises.output, "/") + "/" + key
	}
	return filepath.Join(h.premises.output, filepath.FromSlash(key))
}

// name is what a person calls a recording or a moment; "" where it has no name.
func (h *workshop) name(ctx context.Context, id string) (name string) {
	_ = h.db.Write(ctx, func(tx *catalog.Tx) error {
		name = ""
		if m, err := tx.Moment(id); err == nil {
			name = m.Label
		} else if r, err := tx.Recording(id); err == nil {
			name = r.Name
		}
		return nil
	})
	return name
}

// drain does every row in this process.
func (h *workshop) drain(w workers.Watch, steps map[pipeline.Step]workers.Step) *workers.Drain {
	return &workers.Drain{Hand: workers.Hand{DB: h.db, Steps: steps, Watch: w, Log: h.log}, Slots: slots()}
}

// slots is how many rows are worked on at once: encoders use several threads
// of their own, so half the cores, but never fewer than two.
func slots() int { return min(max(runtime.NumCPU()/2, 2), 8) }

// ffmpegConfig reads which programs to start from the environment.
func ffmpegConfig() ffmpeg.Config {
	return ffmpeg.Config{FFmpeg: os.Getenv("DROPCUT_FFMPEG"), FFprobe: os.Getenv("DROPCUT_FFPROBE"), Whisper: os.Getenv("DROPCUT_WHISPER"),
		Sandbox: os.Getenv("DROPCUT_SANDBOX")}
}

// fontFolders is where fonts are looked for: DROPCUT_FONTS, else the system's folders.
func fontFolders() []string {
	if list := os.Getenv("DROPCUT_FONTS"); list != "" {
		return filepath.SplitList(list)
	}
	return nil
}

// draft is how many times smaller pictures are made: 1 unless DROPCUT_DRAFT says 2 or 4.
func draft() (int, error) {
	switch text := os.Getenv("DROPCUT_DRAFT"); text {
	case "", "1":
		return 1, nil
	case "2":
		return 2, nil
	case "4":
		return 4, nil
	default:
		return 0, pipeline.Fail(pipeline.Usage, "bad_draft", "use 1, 2 or 4", "DROPCUT_DRAFT is %q", text)
	}
}
