package recording

import (
	"context"
	"io"
	"os"
	"sync"

	"dropcut/pipeline"
)

// blockSize is how much is read from the source at once, at least: small
// enough that an index scattered over a file stays cheap, large enough that a
// request to a far bucket is worth its time.
const blockSize = 64 << 10

// A block is missing, on its way, or kept.
const (
	blockMissing byte = iota
	blockLoading
	blockKept
)

// bytes reads a recording at random places and keeps every block it has read
// in a sparse file, so that no byte is asked for twice. It may be used by many
// goroutines at once.
type bytes struct {
	src  Source
	size int64
	file *os.File

	mu      sync.Mutex
	blocks  []byte
	changed chan struct{} // closed and replaced whenever a block stops loading
	read    int64         // bytes that came from the source
}

// mostRecording bounds what is kept of each block, and with it memory: the size
// of a sparse file is only a claim.
const mostRecording = 16 << 40

// newBytes keeps its blocks in a nameless file in dir; empty is the system's
// own folder for such files.
func newBytes(src Source, dir string) (*bytes, error) {
	if src.Size() > mostRecording {
		return nil, pipeline.Fail(pipeline.Invalid, "too_large", "give the recording itself, or a part of it", "the file claims to have %d TiB; dropcut reads at most %d", src.Size()>>40, mostRecording>>40)
	}
	f, err := os.CreateTemp(dir, "dropcut-blocks-*")
	if err != nil {
		return nil, pipeline.Fail(pipeline.NoRoom, "no_temp", "make room in the folder for temporary files, or name another with TMPDIR", "keep a recording's index: %w", err)
	}
	_ = os.Remove(f.Name()) // it lives as long as it is open; where that is not allowed, Close removes it
	size := max(src.Size(), 0)
	return &bytes{src: src, size: size, file: f, blocks: make([]byte, (size+blockSize-1)/blockSize), changed: make(chan struct{})}, nil
}

// Size is the recording's length in bytes.
func (b *bytes) Size() int64 { return b.size }

// BytesRead is how many bytes came from the source so far.
func (b *bytes) BytesRead() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}

// Close forgets every block.
func (b *bytes) Close() error {
	err := b.file.Close()
	_ = os.Remove(b.file.Name())
	return err
}

// mostAtOnce bounds what one Read may ask for.
const mostAtOnce = 512 << 20

// Read gives exactly n bytes from off; a range that is not wholly inside the
// recording is Corrupt with code short_read.
func (b *bytes) Read(ctx context.Context, off, n int64) ([]byte, error) {
	if err := b.inside(off, n); err != nil || n == 0 {
		return nil, err
	}
	if err := b.fill(ctx, off/blockSize, (off+n-1)/blockSize); err != nil {
		return nil, err
	}
	out := make([]byte, n)
	if _, err := b.file.ReadAt(out, off); err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "blocks", "", "read back %d bytes at %d: %w", n, off, err)
	}
	return out, nil
}

// Peek is Read for a few bytes that lie alone: only they are asked for, and
// they are not kept.
func (b *bytes) Peek(ctx context.Context, off, n int64) ([]byte, error) {
	if err := b.inside(off, n); err != nil || n == 0 {
		return nil, err
	}
	if b.kept(off/blockSize, (off+n-1)/blockSize) {
		return b.Read(ctx, off, n)
	}
	out := &memory{}
	if err := b.ask(ctx, off, n, out); err != nil {
		return nil, err
	}
	return out.b, nil
}

// Copy streams n bytes from off to w.
func (b *bytes) Copy(ctx context.Context, w io.Writer, off, n int64) error {
	if err := b.inside(off, n); err != nil || n == 0 {
		return err
	}
	if err := b.fill(ctx, off/blockSize, (off+n-1)/blockSize); err != nil {
		return err
	}
	_, err := io.Copy(w, io.NewSectionReader(b.file, off, n))
	return writeFailure(err)
}

func (b *bytes) inside(off, n int64) error {
	if off < 0 || n < 0 || off > b.size || n > b.size-off {
		return shortRead("read %d bytes at %d of a recording of %d bytes", n, off, b.size)
	}
	if n > mostAtOnce {
		return pipeline.Fail(pipeline.Invalid, "too_large", "", "%d bytes at %d are more than dropcut reads at once", n, off)
	}
	return nil
}

func shortRead(format string, args ...any) error {
	return pipeline.Fail(pipeline.Corrupt, "short_read", "wait until the file is whole, then run again", format, args...)
}

func (b *bytes) kept(first, last int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := first; i <= last; i++ {
		if b.blocks[i] != blockKept {
			return false
		}
	}
	return true
}

// fill sees to it that blocks first … last are kept. Contiguous missing blocks
// are one request; what another goroutine is fetching is waited for.
func (b *bytes) fill(ctx context.Context, first, last int64) error {
	if ctx.Err() != nil {
		return stopped(ctx) // whoever looks again and again at what is kept must stop too
	}
	for first <= last {
		b.mu.Lock()
		for first <= last && b.blocks[first] == blockKept {
			first++
		}
		if first > last {
			b.mu.Unlock()
			break
		}
		if b.blocks[first] == blockLoading {
			changed := b.changed
			b.mu.Unlock()
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return stopped(ctx)
			}
		}
		end := first
		for end <= last && b.blocks[end] == blockMissing {
			b.blocks[end] = blockLoading
			end++
		}
		b.mu.Unlock()
		if err := b.load(ctx, first, end); err != nil {
			return err
		}
	}
	return nil
}

// load fetches blocks [first, end), which are marked as loading.
func (b *bytes) load(ctx context.Context, first, end int64) error {
	off := first * blockSize
	err := b.ask(ctx, off, min(end*blockSize, b.size)-off, io.NewOffsetWriter(b.file, off))
	b.mu.Lock()
	defer b.mu.Unlock()
	state := blockKept
	if err != nil {
		state = blockMissing
	}
	for i := first; i < end; i++ {
		b.blocks[i] = state
	}
	close(b.changed)
	b.changed = make(chan struct{})
	return err
}

// ask streams exactly n bytes at off from the source to w and counts them.
func (b *bytes) ask(ctx context.Context, off, n int64, w io.Writer) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	body, err := b.src.ReadRange(ctx, off, n)
	if err != nil {
		return err
	}
	defer body.Close()
	target := &failing{w: w}
	got, err := io.Copy(target, io.LimitReader(body, n))
	b.mu.Lock()
	b.read += got
	b.mu.Unlock()
	switch {
	case target.err != nil:
		return writeFailure(target.err)
	case ctx.Err() != nil:
		return stopped(ctx)
	case err != nil:
		return shortRead("read %d bytes at %d: %w", n, off, err)
	case got != n:
		return shortRead("read %d bytes at %d: the source gave %d", n, off, got)
	}
	return nil
}

// failing remembers that writing failed, which is another fault than reading.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		f.err = err
	}
	return n, err
}

// memory is a writer that keeps what it is given.
type memory struct{ b []byte }

func (m *memory) Write(p []byte) (int, error) {
	m.b = append(m.b, p...)
	return len(p), nil
}

func stopped(ctx context.Context) error {
	return pipeline.Fail(pipeline.Stopped, "stopped", "", "read the recording: %w", context.Cause(ctx))
}

func writeFailure(err error) error {
	if err == nil {
		return nil
	}
	return pipeline.Fail(pipeline.NoRoom, "disk_full", "make room in the folder for temporary files, then run again", "keep bytes of the recording: %w", err)
}
