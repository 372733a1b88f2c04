package recording

import (
	"context"
	"encoding/binary"

	"dropcut/pipeline/timeline"
)

// Kinds of FLV tags.
const (
	flvSound   = 8
	flvPicture = 9
	flvScript  = 18
)

// flvHead is the length of a tag's head; flvBack that of the size after it.
const (
	flvHead = 11
	flvBack = 4
)

// flvTag is the head of a tag and what the first bytes of its body say.
type flvTag struct {
	kind   byte
	at     int64 // its first byte
	size   int64 // of its body
	time   int64 // ms, decode time
	offset int64 // ms from decode time to when it is shown
	key    bool
	setup  bool // holds a decoder's parameters, no picture or sound
	empty  bool // holds neither
}

// next is the first byte after the tag and the size that stands after it.
func (t flvTag) next() int64 { return t.at + flvHead + t.size + flvBack }

// tagHead reads a tag's head; false when it cannot be one.
func tagHead(b []byte, at int64) (flvTag, bool) {
	if len(b) < flvHead || b[8]|b[9]|b[10] != 0 {
		return flvTag{}, false
	}
	t := flvTag{kind: b[0], at: at, size: int64(b[1])<<16 | int64(b[2])<<8 | int64(b[3])}
	t.time = int64(b[7])<<24 | int64(b[4])<<16 | int64(b[5])<<8 | int64(b[6])
	return t, t.kind == flvSound || t.kind == flvPicture || t.kind == flvScript
}

// look reads what the first bytes of a tag's body say of it.
func (t *flvTag) look(b []byte) {
	b = b[:min(int64(len(b)), t.size)]
	switch {
	case len(b) == 0:
		t.empty = true
	case t.kind == flvSound:
		t.setup = b[0]>>4 == 10 && len(b) > 1 && b[1] == 0
	case t.kind == flvPicture && b[0]&0x80 != 0:
		t.lookEnhanced(b)
	case t.kind == flvPicture:
		t.key = b[0]>>4 == 1
		t.empty = b[0]>>4 == 5 // a command
		if codec := b[0] & 0x0f; codec == 7 || codec == 12 || codec == 13 {
			if len(b) < 5 {
				t.empty = true
				return
			}
			t.setup, t.empty = b[1] == 0, t.empty || b[1] > 1
			t.offset = signed24(b[2:])
		}
	}
}

// lookEnhanced reads the head of a picture tag of enhanced RTMP.
func (t *flvTag) lookEnhanced(b []byte) {
	if len(b) < 5 {
		t.empty = true
		return
	}
	t.key = b[0]>>4&7 == 1
	switch b[0] & 0x0f {
	case 0, 5:
		t.setup = true
	case 1:
		if four := string(b[1:5]); len(b) >= 8 && (four == "hvc1" || four == "avc1") {
			t.offset = signed24(b[5:])
		}
	case 3:
	default:
		t.empty = true
	}
}

func signed24(b []byte) int64 {
	return int64(int32(uint32(b[0])<<24|uint32(b[1])<<16|uint32(b[2])<<8) >> 8)
}

// flvReel walks over tags.
type flvReel struct {
	first int64 // the first tag's first byte
	end   int64
}

func (f *flvReel) ticking() ticking {
	return ticking{scale: timeline.Rate{Num: 1000, Den: 1}, wrap: 1 << 32, short: 1 << 24, slack: 100, grain: 1}
}

// tagAt reads the whole tag at off; false when none stands there.
func (f *flvReel) tagAt(ctx context.Context, v *view, off int64) (flvTag, bool, error) {
	b, err := v.peek(ctx, off, flvHead+16)
	if err != nil {
		return flvTag{}, false, err
	}
	t, ok := tagHead(b, off)
	if !ok || off+flvHead+t.size > f.end {
		return t, false, nil
	}
	t.look(b[flvHead:])
	return t, true, nil
}

// chained reports whether the size that stands after t is t's, as it is after
// every tag. The last tag may lack it.
func (f *flvReel) chained(ctx context.Context, v *view, t flvTag) (bool, error) {
	b, err := v.peek(ctx, t.next()-flvBack, flvBack)
	if err != nil {
		return false, err
	}
	return len(b) < flvBack || int64(binary.BigEndian.Uint32(b)) == flvHead+t.size, nil
}

// mostTries is how many heads of tags without a size behind them are taken for
// chance in one search.
const mostTries = 4096

// find is the first tag that begins in [from, to). Where bytes do not look like
// a tag it goes on byte by byte, until a tag is followed by its own size.
func (f *flvReel) find(ctx context.Context, v *view, from, to int64) (flvTag, bool, error) {
	far := &view{b: v.b} // what lies behind a tag must not displace what lies around it
	tries := 0
	for off := from; off < min(to, from+mostSearch) && tries < mostTries; off++ {
		b, err := v.peek(ctx, off, flvHead)
		if err != nil || len(b) < flvHead {
			return flvTag{}, false, err
		}
		if _, ok := tagHead(b, off); !ok {
			continue
		}
		t, ok, err := f.tagAt(ctx, v, off)
		if err != nil {
			return t, false, err
		}
		if !ok {
			continue
		}
		tries++
		if ok, err = f.chained(ctx, far, t); ok || err != nil {
			return t, ok, err
		}
	}
	return flvTag{}, false, nil
}

// tags calls each for the whole tags that begin in [from, to), until it says no.
func (f *flvReel) tags(ctx context.Context, v *view, from, to int64, each func(flvTag) bool) error {
	for {
		t, ok, err := f.find(ctx, v, from, min(to, f.end))
		if err != nil || !ok || !each(t) {
			return err
		}
		from = t.next()
	}
}

func (f *flvReel) walk(ctx context.Context, b *bytes, from, to int64, each func(unit) bool) error {
	return f.tags(ctx, &view{b: b}, from, to, func(t flvTag) bool {
		if t.setup || t.empty || t.kind == flvScript {
			return true
		}
		return each(unit{pos: t.at, at: t.at, order: t.time, shown: t.time + t.offset, picture: t.kind == flvPicture, key: t.key, track: int(t.kind)})
	})
}
