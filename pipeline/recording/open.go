package recording

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"dropcut/pipeline"
)

// Open reads the index of a recording: which container it is (by its bytes,
// never by a name), its clock and its chapters. It reads as little as it can.
// What is not a recording, or cannot be used, is Invalid with a hint: codes
// empty_file, not_a_recording, no_index, no_picture, damaged. Close it after
// use.
func Open(ctx context.Context, src Source) (*Recording, error) { return openIn(ctx, src, "") }

// openIn keeps what was read in dir.
func openIn(ctx context.Context, src Source, dir string) (*Recording, error) {
	b, err := newBytes(src, dir)
	if err != nil {
		return nil, err
	}
	i, err := openIndex(ctx, b)
	if err != nil {
		_ = b.Close()
		return nil, err
	}
	return &Recording{bytes: b, index: i, indexBytes: b.BytesRead()}, nil
}

// openers are the containers dropcut reads.
var openers = map[string]func(context.Context, *bytes) (index, error){
	"mp4": openMP4, "matroska": openMatroska, "mpegts": openMPEGTS, "flv": openFLV,
}

func openIndex(ctx context.Context, b *bytes) (i index, err error) {
	defer func() {
		if r := recover(); r != nil {
			i, err = nil, damaged("its index could not be read (%v)", r)
		}
	}()
	if b.Size() == 0 {
		return nil, pipeline.Fail(pipeline.Invalid, "empty_file", "record again, or give the file that the recorder wrote", "the file is empty")
	}
	head, err := b.Read(ctx, 0, min(b.Size(), sniffBytes))
	if err != nil {
		return nil, err
	}
	container, looks := sniff(head)
	open, ok := openers[container]
	if !ok {
		return nil, pipeline.Fail(pipeline.Invalid, "not_a_recording", "give the recording itself: dropcut reads MP4, MOV, MKV, WebM, MPEG-TS and FLV",
			"the file is not a recording: it looks like %s", looks)
	}
	return open(ctx, b)
}

// damaged is a recording whose index contradicts itself.
func damaged(format string, args ...any) error {
	return pipeline.Fail(pipeline.Invalid, "damaged", "remux it with OBS (File > Remux Recordings) or ffmpeg -i IN -c copy OUT.mkv, then run again",
		"the recording is damaged: "+format, args...)
}

// noPicture is a recording that has nothing to show.
func noPicture(format string, args ...any) error {
	return pipeline.Fail(pipeline.Invalid, "no_picture", "give a recording with a video track; dropcut does not make clips from sound alone",
		format, args...)
}

// Container is mp4, fmp4, matroska, mpegts or flv.
func (r *Recording) Container() string { return r.index.container() }

// Clock is what the index knows of the recording's time.
func (r *Recording) Clock() Clock { return r.index.clock() }

// Chapters are the chapters of the container, in order, with their titles as
// they stand there.
func (r *Recording) Chapters() []pipeline.Chapter { return r.index.chapters() }

// Hilights are when the button of a GoPro camera was pressed, in order, on the
// timeline; a tag behind the recording's end stays there. None for others.
func (r *Recording) Hilights() []time.Duration {
	if tagged, ok := r.index.(interface{ hilights() []time.Duration }); ok {
		return tagged.hilights()
	}
	return nil
}

// BytesRead is how many bytes came from the source so far, the index included.
func (r *Recording) BytesRead() int64 { return r.bytes.BytesRead() }

// Charge is how many bytes were read since it was last asked, so that each byte,
// those of the index too, is one moment's.
func (r *Recording) Charge() int64 {
	for {
		told, read := r.charged.Load(), r.BytesRead()
		if read <= told {
			return 0
		}
		if r.charged.CompareAndSwap(told, read) {
			return read - told
		}
	}
}

// IndexBytes is how many bytes Open read.
func (r *Recording) IndexBytes() int64 { return r.indexBytes }

// Close forgets what was read. No other method may be called after it.
func (r *Recording) Close() error { return r.bytes.Close() }

// Slice writes the bytes that show [from, to) of the timeline to a new file in
// dir, which the caller removes. The window is clamped to the recording; one
// that holds nothing of it is Invalid with code outside.
func (r *Recording) Slice(ctx context.Context, from, to time.Duration, dir string) (Slice, error) {
	return r.cut(ctx, r.bytes, from, to, dir, r.index.slice)
}

// Weigh is how many bytes of pictures, sound and text a slice of [from, to) has,
// where the index says so; false where only slicing would tell.
func (r *Recording) Weigh(ctx context.Context, from, to time.Duration) (n int64, known bool, err error) {
	i, ok := r.index.(interface {
		weigh(ctx context.Context, b *bytes, from, to time.Duration) (int64, error)
	})
	if !ok {
		return 0, false, nil
	}
	r.slicing.Add(1)
	defer r.slicing.Add(-1)
	defer func() {
		if p := recover(); p != nil {
			n, known, err = 0, false, damaged("the bytes of a stretch could not be found (%v)", p)
		}
	}()
	n, err = i.weigh(ctx, r.bytes, max(from, 0), to)
	return n, err == nil, err
}

// cutter writes one stretch to a file, and gives what leads from its
// timestamps to the timeline.
type cutter func(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (shift int64, err error)

func (r *Recording) cut(ctx context.Context, b *bytes, from, to time.Duration, dir string, cut cutter) (s Slice, err error) {
	r.slicing.Add(1)
	defer r.slicing.Add(-1)
	c := r.Clock()
	length := c.Rate.Duration(c.Frames)
	from, to = max(from, 0), min(to, length)
	if from >= to {
		return Slice{}, pipeline.Fail(pipeline.Invalid, "outside", "give a time inside the recording", "the stretch %v to %v holds nothing of a recording of %v", from, to, length)
	}
	f, err := os.CreateTemp(dir, "slice-*")
	if err != nil {
		return Slice{}, writeFailure(err)
	}
	defer func() {
		if p := recover(); p != nil {
			err = damaged("the bytes of a stretch could not be found (%v)", p)
		}
		if e := f.Close(); err == nil {
			err = writeFailure(e)
		}
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	shift, err := cut(ctx, b, from, to, f)
	if err != nil {
		return Slice{}, err
	}
	path, err := filepath.Abs(f.Name())
	if err != nil {
		return Slice{}, writeFailure(err)
	}
	return Slice{Path: path, Shift: shift, From: from, To: to}, nil
}
