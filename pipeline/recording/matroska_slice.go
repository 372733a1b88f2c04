package recording

import (
	"context"
	"io"
	"time"

	"dropcut/pipeline/timeline"
)

// soundLead is how much earlier than asked a slice begins, and how much later
// it ends: sound lies a little before or after its pictures.
const soundLead = time.Second

// mostBlock is the largest block a slice takes; no picture is as large.
const mostBlock = 64 << 20

// straightLead is added to the times of a slice whose clock had to be mended,
// so that none is negative.
const straightLead = 40 * time.Second

// slice writes a segment of unknown size with the same tracks and the blocks
// that show [from, to). Attachments, tags, chapters and cues stay behind.
func (m *matroska) slice(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (int64, error) {
	return m.sliceOf(ctx, b, from, to, w, 0)
}

// sliceOf is slice with the blocks of one track, or of all where it is 0.
func (m *matroska) sliceOf(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile, only int64) (int64, error) {
	key, err := m.survey.seek(ctx, b, int64(from-soundLead/5))
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(m.head()); err != nil {
		return 0, writeFailure(err)
	}
	s := &matroskaSlice{reel: m.reel, along: m.survey.along(key), b: b, w: w, to: int64(to), only: only}
	v := &view{b: b, most: copyAhead}
	for pos := key.pos; !s.done; {
		c, ok, err := m.reel.nextCluster(ctx, v, pos, m.reel.end)
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		s.open = false
		if pos, err = m.reel.blocks(ctx, v, c, func(x block) bool { return s.take(ctx, x) }); err != nil {
			return 0, err
		}
		if err := s.flush(ctx); err != nil {
			return 0, err
		}
	}
	return -s.first.shown - s.lead(), nil
}

// head is everything in front of a slice's first cluster.
func (m *matroska) head() []byte {
	var ebml []byte
	for _, x := range []struct {
		id uint32
		v  byte
	}{{0x4286, 1}, {0x42F7, 1}, {0x42F2, 4}, {0x42F3, 8}, {0x4287, 4}, {0x4285, 2}} {
		ebml = append(appendHead(ebml, x.id, 1), x.v)
	}
	ebml = append(appendHead(ebml, 0x4282, 8), "matroska"...)
	info := appendUint(nil, idTimestampScale, m.reel.scale)
	for _, id := range []uint32{0x4D80, 0x5741} { // who muxed, who wrote
		info = append(appendHead(info, id, 7), "dropcut"...)
	}
	out := append(appendHead(nil, idEBML, int64(len(ebml))), ebml...)
	out = appendHead(out, idSegment, unknownSize)
	out = append(appendHead(out, idInfo, int64(len(info))), info...)
	return append(out, m.tracks...)
}

// matroskaSlice copies blocks. Blocks that follow each other are copied as one.
type matroskaSlice struct {
	along
	reel  *matroskaReel
	b     *bytes
	w     io.Writer
	to    int64
	only  int64 // the one track that is copied; 0 is all
	open  bool  // a cluster was begun for the cluster being read
	in    int   // its stretch
	begun int64 // the first byte not yet copied
	until int64 // the first that is not to be copied
	done  bool
	err   error
}

// take decides on one block: false ends the cluster.
func (s *matroskaSlice) take(ctx context.Context, x block) bool {
	picture, limit := x.track == s.reel.video, timeline.Forever/s.reel.scale
	if x.time > limit || x.time < -limit || x.size > mostBlock {
		return true
	}
	raw := x.time * s.reel.scale
	t, in, ok := s.time(x.at, raw, picture)
	if !ok {
		return true
	}
	if picture && t > s.to+int64(soundLead) || t > s.to+3*int64(soundLead) {
		s.done = true
		return false
	}
	if s.only > 0 && x.track != s.only {
		return true
	}
	if !s.open || in != s.in {
		s.err = s.begin(ctx, x, in)
	}
	if s.until != x.at {
		s.err = s.flush(ctx)
		s.begun = x.at
	}
	s.until = x.body + x.size
	return s.err == nil
}

// begin writes the head of a cluster for block x in stretch in.
func (s *matroskaSlice) begin(ctx context.Context, x block, in int) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	s.open, s.in, s.begun, s.until = true, in, x.at, x.at
	stamp := x.stamp
	if len(s.stretches) > 1 {
		p := s.stretches[in]
		stamp += (p.at - p.ref + s.first.shown + s.lead()) / s.reel.scale
	}
	head := appendUint(appendHead(nil, idCluster, unknownSize), idTimestamp, max(0, stamp))
	_, err := s.w.Write(head)
	return writeFailure(err)
}

// lead is straightLead in whole timestamps, when the clock had to be mended.
func (s *matroskaSlice) lead() int64 {
	if len(s.stretches) < 2 {
		return 0
	}
	return int64(straightLead) / s.reel.scale * s.reel.scale
}

func (s *matroskaSlice) flush(ctx context.Context) error {
	if s.err != nil {
		return s.err
	}
	start, n := s.begun, s.until-s.begun
	s.begun = s.until
	for n > 0 {
		part := min(n, mostBlock)
		if err := s.b.Copy(ctx, s.w, start, part); err != nil {
			return err
		}
		start, n = start+part, n-part
	}
	return nil
}
