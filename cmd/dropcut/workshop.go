package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/transcribe"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
	"dropcut/workers"
)

// creator is whose recordings `dropcut run` works on.
const creator = "local"

// workshop is everything one process on one machine works with.
type workshop struct {
	db      *catalog.DB
	output  *dir.Bucket
	data    *dir.Bucket
	runner  *ffmpeg.Runner
	fonts   *captions.Fonts
	hears   transcribe.Recogniser // nil: nobody
	tells   transcribe.Translator // nil: nobody
	writes  transcribe.Proposer   // nil: nobody
	shelf   *recording.Shelf
	temp    string // emptied when the workshop opens
	version string // of ffmpeg
	out     string
	scale   int // pictures are this many times smaller: drafts
	log     *slog.Logger
	lock    io.Closer

	sourceMu sync.Mutex
	sources  map[string]*dir.Bucket // by folder, for as long as the workshop is open
	held     io.Closer              // the folder of clips
}

// openWorkshop takes the lock of the data folder, so that one process at a time
// works in it, and opens everything else.
func openWorkshop(ctx context.Context, out, data string, con console) (_ *workshop, err error) {
	h := &workshop{out: out, temp: filepath.Join(data, "tmp"), log: slog.New(slog.NewTextHandler(con.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
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
	if err := h.openFolders(ctx, out, data); err != nil {
		return nil, err
	}
	if err := h.runner.Check(ctx, filepath.Join(data, lockName)); err != nil {
		return nil, err
	}
	if h.db, err = catalog.Open(ctx, filepath.Join(data, "catalog.db")); err != nil {
		return nil, err
	}
	if err := h.sweep(ctx); err != nil {
		return nil, err
	}
	if h.fonts, err = captions.LoadFonts(fontFolders()); err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "fonts", "", "load fonts: %w", err)
	}
	h.shelf = recording.NewShelf(h.temp, h.openRecording)
	return h, nil
}

// openFolders makes both folders, takes the lock and removes what a killed
// process left.
func (h *workshop) openFolders(ctx context.Context, out, data string) (err error) {
	if h.data, err = dir.Open(data); err != nil {
		return err
	}
	if err = h.data.Writable(); err != nil {
		return err
	}
	if h.lock, err = takeLock(filepath.Join(data, lockName)); err != nil {
		return err
	}
	if h.output, err = dir.Open(out); err != nil {
		return err
	}
	if err = h.output.Writable(); err != nil {
		return err
	}
	if h.held, err = takeFolder(out); err != nil {
		return err
	}
	if err := os.RemoveAll(h.temp); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "empty %s: %w", h.temp, err)
	}
	if err := os.MkdirAll(h.temp, 0o700); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "make %s: %w", h.temp, err)
	}
	if h.temp, err = filepath.Abs(h.temp); err != nil {
		return err
	}
	return h.data.Sweep(ctx, ".")
}

// sweep removes half files that a killed process left among the clips.
func (h *workshop) sweep(ctx context.Context) error {
	var all []pipeline.Recording
	err := h.db.Write(ctx, func(tx *catalog.Tx) (err error) {
		all, err = tx.Recordings()
		return err
	})
	for _, r := range all {
		if err == nil && r.Folder != "" {
			err = h.output.Sweep(ctx, r.Folder)
		}
	}
	return err
}

// Close lets everything go. It may be called on a workshop half open.
func (h *workshop) Close() {
	if h.shelf != nil {
		h.shelf.Close()
	}
	if h.db != nil {
		_ = h.db.Close()
	}
	for _, b := range []*dir.Bucket{h.output, h.data} {
		if b != nil {
			_ = b.Close()
		}
	}
	if h.held != nil {
		_ = h.held.Close()
	}
	for _, b := range h.sources {
		_ = b.Close()
	}
	if h.lock != nil {
		_ = os.RemoveAll(h.temp)
		_ = h.lock.Close()
	}
}

// source is the folder in which a recording lies, opened once.
func (h *workshop) source(_ context.Context, folder string) (storage.Bucket, error) {
	if folder == "" {
		folder = "."
	}
	h.sourceMu.Lock()
	defer h.sourceMu.Unlock()
	if b := h.sources[folder]; b != nil {
		return b, nil
	}
	b, err := dir.OpenExisting(folder)
	if err != nil {
		return nil, err
	}
	if h.sources == nil {
		h.sources = map[string]*dir.Bucket{}
	}
	h.sources[folder] = b
	return b, nil
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
func (h *workshop) outPath(key string) string { return filepath.Join(h.out, filepath.FromSlash(key)) }

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
