package recording

import "io"

// tsCopy copies packets and straightens their clock.
type tsCopy struct {
	along
	reel   *tsReel
	w      io.Writer
	buf    []byte
	to     int64        // ticks on the timeline
	base   int64        // taken from every time
	begun  map[int]bool // pids of which a PES packet is being copied
	passed map[int]bool // pids whose times are beyond the end
	err    error
}

// packet takes the packet at; false when enough was copied.
func (c *tsCopy) packet(at int64, raw []byte) bool {
	p, ok := parsePacket(raw)
	picture := p.pid == c.reel.video.pid
	if !ok || p.broken || !picture && !c.reel.carries(p.pid) && p.pid != c.reel.program.pcr {
		return true
	}
	out := append(c.buf, raw[:tsPacket]...)
	mine := out[len(c.buf):]
	if p.start && len(p.payload) > 0 {
		if !c.pes(at, mine[tsPacket-len(p.payload):], p.pid, picture) {
			return false
		}
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

// pes takes the PES packet that begins in payload and writes its times anew;
// false when neither it nor any after it is needed.
func (c *tsCopy) pes(at int64, payload []byte, pid int, picture bool) bool {
	h, ok := parsePES(payload)
	if !ok || !h.timed {
		return true
	}
	t, _, ok := c.time(at, h.dts, picture)
	if c.begun[pid] = ok; !ok {
		return true
	}
	if c.ends(t, pid, picture) {
		return false
	}
	putStamp(payload[h.ptsAt:], c.out(t+c.step(h.dts, h.pts)))
	if h.dtsAt > 0 {
		putStamp(payload[h.dtsAt:], c.out(t))
	}
	return true
}

// ends reports whether a PES packet due at t, and all after it, are beyond what
// the slice must show.
func (c *tsCopy) ends(t int64, pid int, picture bool) bool {
	margin := c.ticks(int64(soundLead) / 2)
	if t > c.to+margin {
		c.passed[pid] = true
	}
	if !picture || !c.passed[pid] {
		return false
	}
	for pid := range c.begun {
		if !c.passed[pid] && t < c.to+10*margin {
			return false
		}
	}
	return true
}

// pcr writes the 33 bits of a program clock reference anew.
func (c *tsCopy) pcr(at int64, b []byte) {
	raw := int64(b[0])<<25 | int64(b[1])<<17 | int64(b[2])<<9 | int64(b[3])<<1 | int64(b[4]>>7)
	due, _, _ := c.time(at, raw, false)
	t := c.out(due)
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
