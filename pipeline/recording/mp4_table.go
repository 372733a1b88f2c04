package recording

import "encoding/binary"

// sample is one coded picture, stretch of sound or line of text. Times are
// ticks of its track, as the file counts them before any edit list.
type sample struct {
	off, size int64
	dts, pts  int64
	dur       int64
	sync      bool
	desc      uint32 // which sample description, from 1
}

const mostSamples = 50_000_000

// sampleTable is a track's sample table, as it lies in the file: a table of
// two hours takes a few megabytes and is never spread out.
type sampleTable struct {
	stts, ctts, stsc, stss []byte
	chunks                 []byte
	wide                   bool // chunk offsets are 64 bits
	sizes                  []byte
	sizeBits               int // of one entry of sizes
	uniform                int64
	count                  int64
	allSync                bool
	raw                    rawSound
}

// rawSound is how sound without packets lies in a chunk: bytes for so many
// ticks. Zero for everything else.
type rawSound struct{ bytes, ticks int64 }

func readTable(stbl []byte) sampleTable {
	t := sampleTable{
		stts: entries(child(stbl, "stts"), 8, 8), ctts: entries(child(stbl, "ctts"), 8, 8),
		stsc: entries(child(stbl, "stsc"), 8, 12), chunks: entries(child(stbl, "stco"), 8, 4),
	}
	if co := child(stbl, "co64"); t.chunks == nil && co != nil {
		t.chunks, t.wide = entries(co, 8, 8), true
	}
	if stss := child(stbl, "stss"); stss != nil {
		t.stss = entries(stss, 8, 4)
	} else {
		t.allSync = true
	}
	if z := child(stbl, "stsz"); len(z) >= 12 {
		t.uniform, t.count = int64(u32(z, 4)), int64(u32(z, 8))
		if t.uniform == 0 {
			t.sizes, t.sizeBits = entries(z, 12, 4), 32
			t.count = int64(len(t.sizes) / 4)
		}
	} else if z := child(stbl, "stz2"); len(z) >= 12 {
		t.readCompact(z)
	}
	return t
}

// readCompact reads sizes of 4, 8 or 16 bits.
func (t *sampleTable) readCompact(z []byte) {
	bits := int64(z[7])
	if bits != 4 && bits != 8 && bits != 16 {
		return
	}
	t.sizes, t.sizeBits = z[12:], int(bits)
	t.count = min(int64(u32(z, 8)), int64(len(t.sizes))*8/bits)
}

func (t *sampleTable) size(i int64) int64 {
	switch t.sizeBits {
	case 32:
		return int64(u32(t.sizes, int(4*i)))
	case 16:
		return int64(binary.BigEndian.Uint16(t.sizes[2*i:]))
	case 8:
		return int64(t.sizes[i])
	case 4:
		return int64(t.sizes[i/2] >> (4 * (1 - i%2)) & 15)
	}
	return t.uniform
}

// each calls f for every sample in order of decoding until f gives false, with
// its number from 0. Sound without packets comes in pieces of about 20 ms.
func (t *sampleTable) each(f func(i int64, s sample) bool) {
	c := cursor{table: t}
	width := 4
	if t.wide {
		width = 8
	}
	n := int64(len(t.chunks) / width)
	for chunk := range n {
		off := int64(u32(t.chunks, int(4*chunk)))
		if t.wide {
			off = int64(u64(t.chunks, int(8*chunk)))
		}
		c.enterChunk(chunk + 1)
		if off < 0 || !c.walkChunk(off, f) {
			return
		}
	}
}

// cursor walks the tables in step.
type cursor struct {
	table            *sampleTable
	i                int64 // next sample
	dts              int64
	sttsAt, sttsUsed int64
	cttsAt, cttsUsed int64
	stssAt           int64
	stscAt           int64
	perChunk         int64
	desc             uint32
}

func (c *cursor) enterChunk(number int64) {
	t := c.table.stsc
	for c.stscAt < int64(len(t)/12) && int64(u32(t, int(12*c.stscAt))) <= number {
		c.perChunk = int64(u32(t, int(12*c.stscAt+4)))
		c.desc = u32(t, int(12*c.stscAt+8))
		c.stscAt++
	}
}

func (c *cursor) walkChunk(off int64, f func(int64, sample) bool) bool {
	t := c.table
	for left := c.perChunk; left > 0; {
		if c.i >= t.count || c.i >= mostSamples && t.raw.bytes == 0 {
			return false
		}
		s := sample{off: off, size: t.size(c.i), dts: c.dts, dur: c.delta(), sync: c.sync(), desc: c.desc}
		step := int64(1)
		if t.raw.bytes > 0 {
			step = max(1, min(left, t.count-c.i, max(1, 1024/t.raw.ticks)*t.raw.ticks))
			s.dur, s.size = step, max(1, step/t.raw.ticks)*t.raw.bytes
		}
		s.pts = s.dts + c.offset()
		c.i += step
		c.dts += s.dur
		off += s.size
		left -= step
		if !f(c.i-step, s) {
			return false
		}
	}
	return true
}

// absurd deltas are negative numbers of writers that repair their clock; they
// are read as one tick.
const absurdDelta = 1<<32 - 480_000

func (c *cursor) delta() int64 {
	t := c.table.stts
	for c.sttsAt < int64(len(t)/8) {
		if c.sttsUsed < int64(u32(t, int(8*c.sttsAt))) {
			c.sttsUsed++
			d := int64(u32(t, int(8*c.sttsAt+4)))
			if d > absurdDelta {
				d = 1
			}
			return d
		}
		c.sttsAt, c.sttsUsed = c.sttsAt+1, 0
	}
	return 0
}

func (c *cursor) offset() int64 {
	t := c.table.ctts
	for c.cttsAt < int64(len(t)/8) {
		if c.cttsUsed < int64(u32(t, int(8*c.cttsAt))) {
			c.cttsUsed++
			return int64(int32(u32(t, int(8*c.cttsAt+4))))
		}
		c.cttsAt, c.cttsUsed = c.cttsAt+1, 0
	}
	return 0
}

func (c *cursor) sync() bool {
	if c.table.allSync || c.i == 0 {
		return true
	}
	t := c.table.stss
	for c.stssAt < int64(len(t)/4) && int64(u32(t, int(4*c.stssAt))) < c.i+1 {
		c.stssAt++
	}
	return c.stssAt < int64(len(t)/4) && int64(u32(t, int(4*c.stssAt))) == c.i+1
}
