package recording

import (
	"context"

	"dropcut/pipeline/timeline"
)

// tsReel walks over transport packets.
type tsReel struct {
	step    int64 // from packet to packet: 188, 192 or 204
	first   int64 // the first packet's first byte
	end     int64 // of the recording's bytes
	program tsProgram
	video   tsStream
	loose   bool // the writer marks no picture that a decoder could begin at: take its word for it
}

// tsWrap is after how many ticks a transport stream's 33 bits begin again.
const tsWrap = int64(1) << 33

func (m *tsReel) ticking() ticking {
	return ticking{scale: timeline.Rate{Num: 90000, Den: 1}, wrap: tsWrap, slack: 9000, grain: 1}
}

// tsSync is how many packets in a row make a stream that was found again.
const tsSync = 4

// syncAt finds the first packet at or after off: where packets follow each
// other at the right distance.
func (m *tsReel) syncAt(ctx context.Context, v *view, off, end int64) (int64, error) {
	for last := off + mostSearch; off < min(end, last); {
		b, err := v.peek(ctx, off, blockSize)
		if err != nil || len(b) < tsPacket {
			return end, err
		}
		for i := range min(len(b), blockSize-int(m.step)*tsSync) {
			if b[i] == 0x47 && inSync(b[i:], int(m.step)) {
				return off + int64(i), nil
			}
		}
		off += blockSize - m.step*tsSync
	}
	return end, nil
}

// inSync reports whether packets follow each other from the first of b on, as
// far as it reaches.
func inSync(b []byte, step int) bool {
	n := 0
	for at := 0; at < len(b) && n < tsSync; at += step {
		if b[at] != 0x47 {
			return false
		}
		n++
	}
	return n == tsSync || n >= 1 && len(b) >= tsPacket
}

// packets calls each for the packets that begin in [from, to), until it says no.
func (m *tsReel) packets(ctx context.Context, v *view, from, to int64, each func(at int64, packet []byte) bool) error {
	synced := false
	for from < to {
		p, err := v.peek(ctx, from, tsPacket)
		if err != nil || len(p) < tsPacket {
			return err
		}
		if p[0] != 0x47 || !synced {
			at, err := m.syncAt(ctx, v, from, to)
			if err != nil {
				return err
			}
			synced = true
			if at != from {
				from = at
				continue
			}
			if p, err = v.peek(ctx, from, tsPacket); err != nil || len(p) < tsPacket {
				return err
			}
		}
		if !each(from, p) {
			return nil
		}
		from += m.step
	}
	return nil
}

// mostLook is how many bytes of a picture are looked at to know its kind.
const mostLook = 4096

func (m *tsReel) walk(ctx context.Context, b *bytes, from, to int64, each func(unit) bool) error {
	w := tsWalk{tsReel: m, each: each}
	err := m.packets(ctx, &view{b: b}, from, m.end, func(at int64, raw []byte) bool {
		p, ok := parsePacket(raw)
		if !ok || p.broken {
			return true
		}
		if at >= to && (!w.open || p.pid == m.video.pid && p.start) {
			return false
		}
		return w.see(p, at, at < to)
	})
	if err == nil && w.open {
		w.close(false)
	}
	return err
}

// tsWalk puts together what is needed of each PES packet.
type tsWalk struct {
	*tsReel
	each   func(unit) bool
	open   bool // a picture is being looked at
	unit   unit
	random bool
	look   []byte
}

// see takes one packet; begin says whether a unit may begin in it.
func (w *tsWalk) see(p packetOf, at int64, begin bool) bool {
	picture := p.pid == w.video.pid
	if p.start && picture && w.open && !w.close(false) {
		return false
	}
	if p.start && begin && (picture || w.carries(p.pid)) {
		h, ok := parsePES(p.payload)
		if !ok || !h.timed {
			return true
		}
		u := unit{pos: at, at: at, order: h.dts, shown: h.pts, picture: picture, track: p.pid}
		if !picture {
			return w.each(u)
		}
		w.open, w.unit, w.random, w.look = true, u, p.random, append(w.look[:0], h.body...)
	} else if picture && w.open {
		w.look = append(w.look, p.payload...)
	}
	if picture && w.open {
		if key, sure := tsAlone(w.video.kind, w.look, w.random, w.loose); sure || len(w.look) >= mostLook {
			return w.close(key)
		}
	}
	return true
}

// close hands out the picture that was looked at.
func (w *tsWalk) close(key bool) bool {
	w.open, w.unit.key = false, key
	if !key && len(w.look) > 0 {
		w.unit.key, _ = tsAlone(w.video.kind, w.look, w.random, w.loose)
	}
	return w.each(w.unit)
}

// carries reports whether pid is one of the program's other streams.
func (m *tsReel) carries(pid int) bool {
	for _, s := range m.program.streams {
		if s.pid == pid && soundKinds[s.kind] {
			return true
		}
	}
	return false
}

// pesHead is the head of a PES packet.
type pesHead struct {
	timed    bool
	pts, dts int64
	ptsAt    int // where they stand in the payload; 0 is nowhere
	dtsAt    int
	body     []byte
}

// parsePES reads the head of the PES packet that begins in b.
func parsePES(b []byte) (pesHead, bool) {
	if len(b) < 9 || b[0] != 0 || b[1] != 0 || b[2] != 1 || b[6]&0xc0 != 0x80 {
		return pesHead{}, false
	}
	n := 9 + int(b[8])
	h := pesHead{body: b[min(n, len(b)):]}
	if b[7]&0x80 != 0 && n >= 14 && len(b) >= 14 {
		h.timed, h.ptsAt, h.pts = true, 9, stampOf(b[9:])
		h.dts = h.pts
		if b[7]&0x40 != 0 && n >= 19 && len(b) >= 19 {
			h.dtsAt, h.dts = 14, stampOf(b[14:])
		}
	}
	return h, true
}

// stampOf reads the 33 bits of a PES timestamp.
func stampOf(b []byte) int64 {
	return int64(b[0]>>1&7)<<30 | int64(b[1])<<22 | int64(b[2]>>1)<<15 | int64(b[3])<<7 | int64(b[4]>>1)
}

// putStamp writes the 33 bits of t and keeps the bits around them.
func putStamp(b []byte, t int64) {
	b[0] = b[0]&0xf1 | byte(t>>30&7)<<1
	b[1] = byte(t >> 22)
	b[2] = b[2]&1 | byte(t>>15&0x7f)<<1
	b[3] = byte(t >> 7)
	b[4] = b[4]&1 | byte(t&0x7f)<<1
}
