package recording

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// flv is the index of an FLV recording: what its metadata says, if anything.
type flv struct {
	reel   *flvReel
	survey *survey
	setup  []flvTag // the first of each kind: decoder parameters
	times  Clock
}

// mostFLVHead is how far into a recording its metadata and decoder parameters
// are looked for.
const mostFLVHead = 4 << 20

// openFLV reads metadata and decoder parameters and surveys the rest. A list of
// key frames in the metadata is used when it leads to key frames.
func openFLV(ctx context.Context, b *bytes) (index, error) {
	head, err := b.Read(ctx, 0, min(b.Size(), 9))
	if err != nil {
		return nil, err
	}
	if len(head) < 9 {
		return nil, damaged("it ends within its header")
	}
	f := &flv{reel: &flvReel{end: b.Size()}}
	if f.reel.first = int64(binary.BigEndian.Uint32(head[5:])) + flvBack; f.reel.first > b.Size() || f.reel.first < 9 {
		f.reel.first = 9
	}
	meta, err := f.readHead(ctx, b)
	if err != nil {
		return nil, err
	}
	known, err := f.knots(ctx, b, meta)
	if err != nil {
		return nil, err
	}
	if f.survey, err = takeSurvey(ctx, b, f.reel, f.reel.first, b.Size(), rateOfNumber(meta.rate), known); err != nil {
		return nil, err
	}
	var notes []pipeline.Note
	if cut, err := f.endsEarly(ctx, b); err != nil {
		return nil, err
	} else if cut {
		notes = append(notes, truncated())
	} else {
		notes = f.survey.lasts(meta.length)
	}
	f.times = f.survey.clock(notes)
	return f, nil
}

func (f *flv) container() string            { return "flv" }
func (f *flv) clock() Clock                 { return f.times }
func (f *flv) chapters() []pipeline.Chapter { return nil }

// readHead reads metadata and decoder parameters up to the first pictures.
func (f *flv) readHead(ctx context.Context, b *bytes) (flvMeta, error) {
	var meta flvMeta
	var script flvTag
	pictures := 0
	err := f.reel.tags(ctx, &view{b: b}, f.reel.first, min(b.Size(), f.reel.first+mostFLVHead), func(t flvTag) bool {
		switch {
		case t.kind == flvScript && script.size == 0:
			script = t
		case t.setup && !slices.ContainsFunc(f.setup, func(x flvTag) bool { return x.kind == t.kind }):
			f.setup = append(f.setup, t)
		case t.kind == flvPicture && !t.empty:
			pictures++
		}
		return pictures < 8 && !(len(f.setup) == 2 && pictures > 0)
	})
	if err != nil || script.size == 0 {
		return meta, err
	}
	body, err := b.Read(ctx, script.at+flvHead, script.size)
	if err != nil {
		return meta, err
	}
	return readMeta(body), nil
}

// knots are the key frames that the metadata lists, if its first, middle and
// last lead to key frames at their times.
func (f *flv) knots(ctx context.Context, b *bytes, meta flvMeta) ([]knot, error) {
	var out []knot
	for i, pos := range meta.positions {
		if i < len(meta.times) && pos > f.reel.first && pos < b.Size() && (len(out) == 0 || pos > out[len(out)-1].pos) {
			out = append(out, knot{pos: pos, order: meta.times[i], key: true})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	v := &view{b: b}
	for _, i := range []int{0, len(out) / 2, len(out) - 1} {
		t, ok, err := f.reel.tagAt(ctx, v, out[i].pos)
		if err != nil {
			return nil, err
		}
		if !ok || t.kind != flvPicture || !t.key || distance(t.time, out[i].order) > 1000 {
			return nil, nil
		}
	}
	return out, nil
}

// endsEarly reports whether the last tag is cut.
func (f *flv) endsEarly(ctx context.Context, b *bytes) (bool, error) {
	off := f.survey.knots[len(f.survey.knots)-1].pos
	err := f.reel.tags(ctx, &view{b: b}, off, f.reel.end, func(t flvTag) bool {
		off = t.next()
		return true
	})
	return off < f.reel.end, err
}

// rateOfNumber is a rate that metadata gives as a number; the zero Rate for none.
func rateOfNumber(n float64) timeline.Rate {
	if !(n > 0.1 && n < 1000) {
		return timeline.Rate{}
	}
	return frameRate(int64(math.Round(1e9 / n)))
}

// flvLead is added to the timeline's times in a slice, in ms.
const flvLead = 10000

// slice writes a header, the decoder parameters, and the tags from the picture
// that stands alone before from; their times are the timeline's and ten seconds.
func (f *flv) slice(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (int64, error) {
	s := f.survey
	key, err := s.seek(ctx, b, s.ticks(int64(from-soundLead/2)))
	if err != nil {
		return 0, err
	}
	c := &flvCopy{along: s.along(key), end: s.ticks(int64(to + soundLead))}
	c.base = max(0, c.from) / flvDay * flvDay
	c.buf = append(c.buf, 'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0)
	for _, t := range f.setup {
		if err := c.put(ctx, b, t, flvLead); err != nil {
			return 0, err
		}
	}
	var failed error
	err = f.reel.tags(ctx, &view{b: b, most: copyAhead}, s.soundFrom(key), f.reel.end, func(t flvTag) bool {
		var more bool
		if more, failed = c.tag(ctx, b, t); failed == nil && len(c.buf) >= 1<<20 {
			_, failed = w.Write(c.buf)
			failed = writeFailure(failed)
			c.buf = c.buf[:0]
		}
		return more && failed == nil
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(c.buf); err != nil {
		return 0, writeFailure(err)
	}
	return s.nanos(c.base - flvLead), nil
}

// flvDay is a day in ms: a slice's times count from the last whole one.
const flvDay = 24 * 3600 * 1000

// flvCopy copies tags and straightens their clock.
type flvCopy struct {
	along
	buf  []byte
	end  int64 // ms on the timeline
	base int64 // taken from every time
}

// tag copies one tag; false when enough was copied.
func (c *flvCopy) tag(ctx context.Context, b *bytes, t flvTag) (bool, error) {
	if t.kind == flvScript || t.setup && t.at < c.key.at {
		return true, nil
	}
	if t.setup { // whatever its time says, it is for what follows
		return true, c.put(ctx, b, t, c.near-c.base+flvLead)
	}
	at, _, ok := c.time(t.at, t.time, t.kind == flvPicture)
	if !ok {
		return true, nil
	}
	if at > c.end {
		beyond := at - c.end // sound far beyond is a broken time, not the end
		return t.kind != flvPicture && (beyond < 2000 || beyond > 60000), nil
	}
	return true, c.put(ctx, b, t, at-c.base+flvLead)
}

// put copies one tag with another time.
func (c *flvCopy) put(ctx context.Context, b *bytes, t flvTag, at int64) error {
	whole, err := b.Read(ctx, t.at, flvHead+t.size)
	if err != nil {
		return err
	}
	at = max(0, at)
	whole[4], whole[5], whole[6], whole[7] = byte(at>>16), byte(at>>8), byte(at), byte(at>>24)
	c.buf = append(c.buf, whole...)
	c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(flvHead+t.size))
	return nil
}
