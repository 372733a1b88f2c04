package recording

import "io"

// tsCopy copies packets and straightens their clock.
type tsCopy struct {
	*mpegts
	w      io.Writer
	buf    []byte
	key    int64        // the first byte of the first picture
	near   int64        // the last picture's time on the timeline
	to     int64        // ticks on the timeline
	base   int64        // taken from every time
	begun  map[int]bool // pids of which a PES packet's start was seen
	passed map[int]bool // pids whose times are beyond the end
	err    error
}

// packet takes the packet at; false when enough was copied.
func (c *tsCopy) packet(at int64, raw []byte) bool {
	p, ok := parsePacket(raw)
	picture := p.pid == c.reel.video.pid
	if !ok || p.broken || picture && at < c.key || !picture && !c.reel.carries(p.pid) && p.pid != c.reel.program.pcr {
		return true
	}
	out := append(c.buf, raw[:tsPacket]...)
	mine := out[len(c.buf):]
	if p.start && len(p.payload) > 0 {
		if c.ends(at, p, picture) {
			return false
		}
		c.stamp(at, mine[tsPacket-len(p.payload):], picture)
		c.begun[p.pid] = true
	}
	if !c.begun[p.pid] && len(p.payload) > 0 {
		return true
	}
	if p.pcr > 0 {
		c.pcr(at, mine[p.pcr:])
	}
	if c.buf = out; len(c.buf) >= 1<<20 {
		c.err = c.flush()
	}
	return c.err == nil
}

// ends reports whether the PES packet that begins here is no longer needed, and
// none after it.
func (c *tsCopy) ends(at int64, p packetOf, picture bool) bool {
	h, ok := parsePES(p.payload)
	if !ok || !h.timed {
		return false
	}
	t := c.time(at, h.dts, picture)
	if picture {
		c.near = t
	}
	margin := c.survey.ticks(int64(soundLead) / 2)
	if t > c.to+margin {
		c.passed[p.pid] = true
	}
	if !picture || !c.passed[p.pid] {
		return false
	}
	for pid := range c.begun {
		if !c.passed[pid] && t < c.to+10*margin {
			return false
		}
	}
	return true
}

func (c *tsCopy) time(at, raw int64, picture bool) int64 {
	if picture {
		return c.survey.timeAt(c.survey.stretchOf(at), raw)
	}
	t, _ := c.survey.timeOf(at, raw, c.near)
	return t
}

// stamp writes the times of the PES packet that begins in payload anew.
func (c *tsCopy) stamp(at int64, payload []byte, picture bool) {
	h, ok := parsePES(payload)
	if !ok || !h.timed {
		return
	}
	dts := c.time(at, h.dts, picture)
	putStamp(payload[h.ptsAt:], c.out(dts+c.survey.step(h.dts, h.pts)))
	if h.dtsAt > 0 {
		putStamp(payload[h.dtsAt:], c.out(dts))
	}
}

// pcr writes the 33 bits of a program clock reference anew.
func (c *tsCopy) pcr(at int64, b []byte) {
	raw := int64(b[0])<<25 | int64(b[1])<<17 | int64(b[2])<<9 | int64(b[3])<<1 | int64(b[4]>>7)
	t := c.out(c.time(at, raw, false))
	b[0], b[1], b[2], b[3] = byte(t>>25), byte(t>>17), byte(t>>9), byte(t>>1)
	b[4] = b[4]&0x7f | byte(t&1)<<7
}

// out is a time on the timeline as a slice has it.
func (c *tsCopy) out(t int64) int64 { return modulo(t-c.base+tsLead, tsWrap) }

func (c *tsCopy) flush() error {
	if c.err != nil || len(c.buf) == 0 {
		return c.err
	}
	_, err := c.w.Write(c.buf)
	c.buf = c.buf[:0]
	return writeFailure(err)
}
