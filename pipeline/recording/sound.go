package recording

import (
	"context"
	"os"
	"time"

	"dropcut/pipeline"
)

// sounding is an index that knows where its sound lies apart from its pictures.
type sounding interface {
	// sound is slice with the first sound track alone.
	sound(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (shift int64, err error)
}

// Sound is Slice for whoever only listens, to all of a recording bit by bit:
// of MP4 and Matroska the file holds the first sound track alone. Where sound
// lies apart from pictures, as in the fragments that OBS writes, little more
// than it is read; else all of the stretch is. What is read is counted and then
// forgotten, so that hours leave nothing behind.
func (r *Recording) Sound(ctx context.Context, from, to time.Duration, dir string) (s Slice, err error) {
	once, err := newBytes(r.bytes.src, dir)
	if err != nil {
		return Slice{}, err
	}
	defer func() {
		r.bytes.count(once.BytesRead())
		if e := once.Close(); err == nil && e != nil {
			_, err = os.Remove(s.Path), writeFailure(e)
		}
	}()
	cut := r.index.slice
	if i, ok := r.index.(sounding); ok {
		cut = i.sound
	}
	return r.cut(ctx, once, from, to, dir, cut)
}

// count adds bytes that were read beside those that are kept.
func (b *bytes) count(n int64) {
	b.mu.Lock()
	b.read += n
	b.mu.Unlock()
}

// sound takes the samples of the first sound track. Without one it is Invalid,
// code no_sound.
func (m *mp4Index) sound(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (int64, error) {
	for _, t := range m.tracks {
		if t.kind == "soun" {
			return m.sliceOf(ctx, b, from, to, w, []*track{t})
		}
	}
	return 0, noSound()
}

// sound copies the blocks of the first sound track. Without one it is Invalid,
// code no_sound.
func (m *matroska) sound(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (int64, error) {
	if m.reel.sound == 0 {
		return 0, noSound()
	}
	return m.sliceOf(ctx, b, from, to, w, m.reel.sound)
}

func noSound() error {
	return pipeline.Fail(pipeline.Invalid, "no_sound", "", "the recording has no sound track")
}
