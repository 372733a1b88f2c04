package marks_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/detect"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// bench is the sample recording, opened once, and detect over it.
type bench struct {
	path string
	step *detect.Step
	db   *catalog.DB
	data storage.Bucket
	rec  pipeline.Recording // without chapters of its own
	seen map[string][]pipeline.Mark
}

// sample is a file of the sample recordings, which are not part of the
// project: without them the test is skipped.
func sample(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "samples", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("the sample recordings are not here")
	}
	return path
}

// shelved is a recording as it lies in its folder, on a shelf of its own.
func shelved(t *testing.T, path string) (*recording.Shelf, storage.Object) {
	t.Helper()
	source, err := dir.OpenExisting(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	o, err := source.Stat(t.Context(), filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	shelf := recording.NewShelf(t.TempDir(), func(context.Context, pipeline.Recording) (recording.Source, error) {
		return storage.NewRanged(source, o), nil
	})
	t.Cleanup(shelf.Close)
	return shelf, o
}

func newBench(t *testing.T) *bench {
	t.Helper()
	path, ctx := sample(t, "long/proxy_360p_with_chapters.mp4"), t.Context()
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Skip(err)
	}
	db, err := catalog.Open(ctx, filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = db.Close(), data.Close() })
	shelf, o := shelved(t, path)
	b := &bench{path: path, seen: map[string][]pipeline.Mark{}, db: db, data: data, step: &detect.Step{Catalog: db, Data: data, Shelf: shelf, FFmpeg: runner, Temp: t.TempDir()}}
	opened, err := shelf.Open(ctx, pipeline.Recording{Key: o.Key, Version: o.Version})
	if err != nil {
		t.Fatal(err)
	}
	c := opened.Clock()
	b.rec = pipeline.Recording{Creator: "local", Key: o.Key, Version: o.Version, Name: filepath.Base(path), Size: o.Size, State: pipeline.RecordingSealed,
		Media: pipeline.Media{Container: opened.Container(), Rate: c.Rate, Frames: c.Frames, Zero: c.Zero, Pieces: c.Pieces,
			Video: pipeline.Video{Index: 0, Codec: "h264"}, Audio: []pipeline.Audio{{Index: 1, Codec: "aac"}}}}
	return b
}

func (b *bench) keep(t *testing.T, f func(*catalog.Tx) error) {
	t.Helper()
	if err := b.db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// ffmpeg has ffmpeg itself write something of the sample into a file.
func (b *bench) ffmpeg(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	out := filepath.Join(dir, name)
	all := append(append([]string{"-v", "error", "-i", b.path}, args...), out)
	if said, err := exec.Command("ffmpeg", all...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
