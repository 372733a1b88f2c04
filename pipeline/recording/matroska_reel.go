package recording

import (
	gobytes "bytes"
	"context"
	"encoding/binary"

	"dropcut/pipeline/timeline"
)

// matroskaReel walks over clusters.
type matroskaReel struct {
	video int64 // track number
	sound int64 // of the first sound track; 0 without one
	scale int64 // nanoseconds a timestamp counts
	end   int64 // of the recording's bytes
}

// Matroska's ticks are nanoseconds here, whatever its TimestampScale is.
func (m *matroskaReel) ticking() ticking {
	return ticking{scale: timeline.Rate{Num: 1e9, Den: 1}, slack: 1e9, grain: m.scale}
}

// block is a block in a cluster, laced or not, alone or in a group.
type block struct {
	element
	track int64
	stamp int64 // its cluster's timestamp
	time  int64 // that and its own together
	key   bool
}

func (m *matroskaReel) walk(ctx context.Context, b *bytes, from, to int64, each func(unit) bool) error {
	v := &view{b: b}
	for {
		c, ok, err := m.nextCluster(ctx, v, from, min(to, m.end))
		if err != nil || !ok {
			return err
		}
		more := true
		from, err = m.blocks(ctx, v, c, func(x block) bool {
			if x.time > timeline.Forever/m.scale || x.time < -timeline.Forever/m.scale {
				return true
			}
			t := x.time * m.scale
			more = each(unit{pos: c.at, at: x.at, order: t, shown: t, picture: x.track == m.video, key: x.key, track: int(x.track)})
			return more
		})
		if err != nil || !more {
			return err
		}
	}
}

// nextCluster finds the first cluster that begins in [from, to).
func (m *matroskaReel) nextCluster(ctx context.Context, v *view, from, to int64) (element, bool, error) {
	for from < to {
		e, ok, err := elementAt(ctx, v, from)
		if err != nil {
			return element{}, false, err
		}
		if ok && e.id == idCluster {
			if ok, err = m.isCluster(ctx, v, e); ok || err != nil {
				return e, ok, err
			}
		}
		if next, known := afterTop(e); ok && known && next <= m.end {
			from = next
			continue
		}
		if from, err = m.scan(ctx, v, from+1, to); err != nil {
			return element{}, false, err
		}
	}
	return element{}, false, nil
}

// afterTop is where to go on after an element that is no cluster but may stand
// beside clusters.
func afterTop(e element) (int64, bool) {
	switch e.id {
	case idSegment:
		return e.body, true
	case idEBML, idSeekHead, idInfo, idTracks, idCues, idChapters, idAttachments, idTags, idVoid, idCRC32:
		return e.body + e.size, e.size != unknownSize
	}
	return 0, false
}

var clusterMagic = []byte{0x1F, 0x43, 0xB6, 0x75}

// scan looks for the four bytes that begin a cluster, from off on; to when
// there are none before it.
func (m *matroskaReel) scan(ctx context.Context, v *view, off, to int64) (int64, error) {
	for last := off + 4*mostSearch; off < min(to, last); {
		b, err := v.peek(ctx, off, blockSize)
		if err != nil {
			return 0, err
		}
		if i := gobytes.Index(b, clusterMagic); i >= 0 {
			return min(off+int64(i), to), nil
		}
		if len(b) < blockSize {
			return to, nil
		}
		off += int64(len(b)) - 3
	}
	return to, nil
}

// isCluster tells a cluster from picture data that looks like the head of one:
// a timestamp must stand among its first children, and nothing unknown before it.
func (m *matroskaReel) isCluster(ctx context.Context, v *view, c element) (bool, error) {
	off, end := c.body, c.end(m.end)
	for range 4 {
		if off >= end {
			return false, nil
		}
		e, ok, err := elementAt(ctx, v, off)
		if err != nil || !ok || e.size == unknownSize {
			return false, err
		}
		switch e.id {
		case idTimestamp:
			return e.size <= 8, nil
		case idCRC32, idVoid, idPosition, idPrevSize, idSilentTracks:
			off = e.body + e.size
		default:
			return false, nil
		}
	}
	return false, nil
}

// blocks calls each for every whole block of cluster c until each says no, and
// gives the first byte after what it saw: of the cluster, or of its damage.
func (m *matroskaReel) blocks(ctx context.Context, v *view, c element, each func(block) bool) (int64, error) {
	off, end, stamp := c.body, c.end(m.end), int64(0)
	for off < end {
		e, ok, err := elementAt(ctx, v, off)
		if err != nil {
			return off, err
		}
		if !ok || !inCluster[e.id] {
			if off == c.body {
				off++
			}
			return off, nil
		}
		next := e.body + e.size
		if e.size == unknownSize || next > end {
			return end, nil // cut, or a lie
		}
		x, ok, err := m.child(ctx, v, e, &stamp)
		if err != nil {
			return off, err
		}
		if ok && !each(x) {
			return next, nil
		}
		off = next
	}
	return off, nil
}

var inCluster = map[uint32]bool{idTimestamp: true, idPosition: true, idPrevSize: true, idSilentTracks: true, idSimpleBlock: true,
	idBlockGroup: true, idEncryptedBlock: true, idVoid: true, idCRC32: true}

// child reads one child of a cluster: its timestamp into stamp, or a block.
func (m *matroskaReel) child(ctx context.Context, v *view, e element, stamp *int64) (block, bool, error) {
	switch e.id {
	case idTimestamp:
		b, err := v.peek(ctx, e.body, min(e.size, 8))
		if err != nil {
			return block{}, false, err
		}
		*stamp = -1 << 62 // nonsense: its blocks are left out
		if n, ok := uintOf(b); ok && n < 1<<62 {
			*stamp = n
		}
	case idSimpleBlock:
		x, flags, ok, err := blockAt(ctx, v, e, *stamp)
		x.element, x.key = e, flags&0x80 != 0
		return x, ok, err
	case idBlockGroup:
		return m.group(ctx, v, e, *stamp)
	}
	return block{}, false, nil
}

// group reads a block group: its block stands alone when it refers to no other.
func (m *matroskaReel) group(ctx context.Context, v *view, g element, stamp int64) (block, bool, error) {
	var x block
	found, key := false, true
	for off, n := g.body, 0; off < g.body+g.size && n < 32; n++ {
		e, ok, err := elementAt(ctx, v, off)
		if err != nil || !ok || e.size == unknownSize || e.body+e.size > g.body+g.size {
			return block{}, false, err
		}
		switch e.id {
		case idBlock:
			if x, _, found, err = blockAt(ctx, v, e, stamp); err != nil {
				return block{}, false, err
			}
		case idReferenceBlock:
			key = false
		}
		off = e.body + e.size
	}
	x.element, x.key = g, key
	return x, found, nil
}

// blockAt reads a block's own head: track, time relative to its cluster, flags.
func blockAt(ctx context.Context, v *view, e element, stamp int64) (block, byte, bool, error) {
	b, err := v.peek(ctx, e.body, min(e.size, 11))
	if err != nil {
		return block{}, 0, false, err
	}
	track, n := sizeOf(b)
	if n == 0 || track < 0 || track > 1<<31 || len(b) < n+3 {
		return block{}, 0, false, nil
	}
	return block{track: track, stamp: stamp, time: stamp + int64(int16(binary.BigEndian.Uint16(b[n:])))}, b[n+2], true, nil
}
