package render

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what render needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Room is asked before anything is written.
type Room interface {
	Reserve(ctx context.Context, w catalog.Work, n storage.Need) error
}

// Bench is what all four steps of render work with.
type Bench struct {
	Catalog Catalog
	Data    storage.Bucket // excerpts and segments
	Output  storage.Bucket // what a person gets
	FFmpeg  *ffmpeg.Runner
	Fonts   *captions.Fonts
	Temp    string // absolute; attempts work in folders of their own below it
	Build   string // of ffmpeg, as its Version says it; may be empty
	Room    Room   // nil: nobody keeps count
	Scale   int    // canvases are this many times smaller: 1, 2 or 4; 0 is 1, 4 is encoded quickly too. For tests and benches.
}

func (b Bench) scale() int64 { return int64(max(b.Scale, 1)) }

// attempt makes a fresh folder and gives what removes it.
func (b Bench) attempt(what string) (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp(b.Temp, what+"-")
	if err != nil {
		return "", nil, disk(err, "make a folder to work in")
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// excerpt is a moment's newest excerpt as a local file: where it lies, or a
// copy in dir.
func (b Bench) excerpt(ctx context.Context, x pipeline.Excerpted, dir string) (string, error) {
	o, err := b.Data.Stat(ctx, x.Key)
	if err != nil {
		return "", err
	}
	if x.Bytes > 0 && o.Size != x.Bytes {
		return "", pipeline.Fail(pipeline.Corrupt, "excerpt_damaged", "run again: it is taken anew",
			"the excerpt has %d bytes where %d were kept", o.Size, x.Bytes)
	}
	if local, ok := b.Data.(interface{ Path(key string) string }); ok {
		return filepath.Abs(local.Path(x.Key))
	}
	file := filepath.Join(dir, "excerpt.mkv")
	if cache, ok := b.Data.(interface {
		LinkTo(ctx context.Context, key, file string) error
	}); ok {
		return file, cache.LinkTo(ctx, x.Key, file)
	}
	return file, b.copyTo(ctx, x.Key, file)
}

func (b Bench) copyTo(ctx context.Context, key, file string) error {
	r, err := b.Data.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.Create(file)
	if err != nil {
		return disk(err, "copy %s", key)
	}
	_, err = io.Copy(f, r)
	return disk(errors.Join(err, f.Close()), "copy %s", key)
}

// keep stores a file of ours under its digest.
func (b Bench) keep(ctx context.Context, file string) (digest string, bytes int64, err error) {
	digest, bytes, err = storage.DigestFile(file)
	if err != nil {
		return "", 0, disk(err, "read what was made")
	}
	return digest, bytes, b.putFile(ctx, b.Data, storage.SegmentKey(digest), file, digest)
}

// putFile stores a file unless the key has those bytes already.
func (b Bench) putFile(ctx context.Context, to storage.Bucket, key, file, digest string) error {
	f, err := os.Open(file)
	if err != nil {
		return disk(err, "read what was made")
	}
	defer f.Close()
	_, err = to.Put(ctx, key, f, digest)
	return err
}

// there reports whether the data bucket has an object of that length.
func (b Bench) there(ctx context.Context, bucket storage.Bucket, key string, bytes int64) (bool, error) {
	o, err := bucket.Stat(ctx, key)
	if errors.Is(err, pipeline.NotFound) {
		return false, nil
	}
	return err == nil && o.Size == bytes, err
}

// again marks a round's second pass over one moment: what an assembly found
// damaged or mixed is made anew. The first pass's rows are done, and rows are
// told apart by their input.
const again = "+"

// passes is how often a moment may be gone over in one round.
const passes = 3

// pass is which pass of a round an input asks for, from 1.
func pass(input string) int { return strings.Count(input, again) + 1 }

// Passes is the inputs under which a round's rows may stand.
func Passes(round string) []string {
	var out []string
	for n := range passes {
		out = append(out, round+strings.Repeat(again, n))
	}
	return out
}

// Round is the round that an input belongs to.
func Round(input string) string { return strings.TrimRight(input, again) }

func disk(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	var known *pipeline.Error
	if errors.As(err, &known) {
		return err
	}
	kind, code, hint := pipeline.Unavailable, "storage", ""
	if noRoom(err) {
		kind, code, hint = pipeline.NoRoom, "disk_full", "make room, then run again: finished pieces are kept"
	}
	if errors.Is(err, context.Canceled) {
		kind, code = pipeline.Stopped, "stopped"
	}
	return pipeline.Fail(kind, code, hint, format+": %w", append(args, err)...)
}
