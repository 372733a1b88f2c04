package recording

import "context"

// tsPacket is the useful part of every transport packet, whatever stands
// around it (a time in front of it in M2TS, check bytes after it in DVB).
const tsPacket = 188

// tsTable is how far into a recording its program tables are looked for.
const tsTable = 1 << 20

// tsStream is one elementary stream of a program.
type tsStream struct {
	kind byte   // stream_type
	pid  int    // of its packets
	info []byte // descriptors, as they stand there
}

// tsProgram is a program as its map tells.
type tsProgram struct {
	number  int
	pid     int // of its map
	pcr     int
	info    []byte
	streams []tsStream
}

// video is the first video stream; its pid is 0 when there is none.
func (p tsProgram) video() tsStream {
	for _, s := range p.streams {
		if videoKinds[s.kind] {
			return s
		}
	}
	return tsStream{}
}

// videoKinds are the stream types of pictures: MPEG-1, 2 and 4, H.264, HEVC,
// VVC, AVS and VC-1.
var videoKinds = map[byte]bool{0x01: true, 0x02: true, 0x10: true, 0x1B: true, 0x24: true, 0x33: true, 0x42: true, 0xEA: true}

// soundKinds are those of sound, and 0x06, under which broadcasters send sound
// and subtitles that MPEG does not know.
var soundKinds = map[byte]bool{0x03: true, 0x04: true, 0x06: true, 0x0F: true, 0x11: true, 0x1C: true, 0x80: true, 0x81: true,
	0x82: true, 0x83: true, 0x84: true, 0x85: true, 0x86: false, 0x87: true}

// packetOf is one transport packet taken apart.
type packetOf struct {
	pid     int
	start   bool // a section or PES packet begins in it
	broken  bool // transmission error, or scrambled
	random  bool // the writer says that decoding may begin here
	pcr     int  // where its PCR stands in the packet; 0 is nowhere
	payload []byte
}

// parsePacket takes apart the 188 bytes of p.
func parsePacket(p []byte) (packetOf, bool) {
	if len(p) < tsPacket || p[0] != 0x47 {
		return packetOf{}, false
	}
	out := packetOf{pid: int(p[1]&0x1f)<<8 | int(p[2]), start: p[1]&0x40 != 0, broken: p[1]&0x80 != 0 || p[3]&0xc0 != 0}
	body := 4
	if p[3]&0x20 != 0 {
		n := int(p[4])
		if body = 5 + n; body > tsPacket {
			return packetOf{}, false
		}
		if n > 0 {
			out.random = p[5]&0x40 != 0
			if p[5]&0x10 != 0 && n >= 7 {
				out.pcr = 6
			}
		}
	}
	if p[3]&0x10 != 0 {
		out.payload = p[body:tsPacket]
	}
	return out, true
}

// sections puts together the table sections of one pid.
type sections struct{ buf []byte }

// mostSection is the longest section.
const mostSection = 4096 + 3

// add takes a packet's payload and calls each for every section it completes.
func (s *sections) add(p packetOf, each func([]byte)) {
	body := p.payload
	if p.start {
		if len(body) == 0 || int(body[0]) >= len(body) {
			s.buf = nil
			return
		}
		if s.buf != nil {
			s.buf = append(s.buf, body[1:1+body[0]]...)
			s.flush(each)
		}
		s.buf, body = []byte{}, body[1+body[0]:]
	}
	if s.buf == nil {
		return
	}
	s.buf = append(s.buf, body...)
	s.flush(each)
}

func (s *sections) flush(each func([]byte)) {
	for len(s.buf) >= 3 && s.buf[0] != 0xff {
		n := 3 + (int(s.buf[1]&0x0f)<<8 | int(s.buf[2]))
		if len(s.buf) < n {
			return
		}
		each(s.buf[:n])
		s.buf = s.buf[n:]
	}
	if len(s.buf) > mostSection || (len(s.buf) > 0 && s.buf[0] == 0xff) {
		s.buf = nil
	}
}

// readPAT gives the pid of each program's map.
func readPAT(b []byte) map[int]int {
	if len(b) < 12 || b[0] != 0 || b[5]&1 == 0 || crcOf(b) != 0 {
		return nil
	}
	out := map[int]int{}
	for e := b[8 : len(b)-4]; len(e) >= 4; e = e[4:] {
		if number := int(e[0])<<8 | int(e[1]); number != 0 {
			out[number] = int(e[2]&0x1f)<<8 | int(e[3])
		}
	}
	return out
}

// readPMT reads a program's map.
func readPMT(b []byte, pid int) (tsProgram, bool) {
	if len(b) < 16 || b[0] != 2 || b[5]&1 == 0 || crcOf(b) != 0 {
		return tsProgram{}, false
	}
	p := tsProgram{number: int(b[3])<<8 | int(b[4]), pid: pid, pcr: int(b[8]&0x1f)<<8 | int(b[9])}
	n := int(b[10]&0x0f)<<8 | int(b[11])
	rest := b[12 : len(b)-4]
	if n > len(rest) {
		return tsProgram{}, false
	}
	p.info, rest = append([]byte{}, rest[:n]...), rest[n:]
	for len(rest) >= 5 && len(p.streams) < 64 {
		n := int(rest[3]&0x0f)<<8 | int(rest[4])
		if 5+n > len(rest) {
			break
		}
		p.streams = append(p.streams, tsStream{rest[0], int(rest[1]&0x1f)<<8 | int(rest[2]), append([]byte{}, rest[5:5+n]...)})
		rest = rest[5+n:]
	}
	return p, true
}

// crcOf is MPEG's CRC-32; over a section with its own it is 0.
func crcOf(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x) << 24
		for range 8 {
			if c&(1<<31) != 0 {
				c = c<<1 ^ 0x04C11DB7
			} else {
				c <<= 1
			}
		}
	}
	return c
}

// tables writes a program's two tables as packets: only its picture and sound
// are in them.
func (p tsProgram) tables() []byte {
	pat := section(0, 1, []byte{byte(p.number >> 8), byte(p.number), 0xe0 | byte(p.pid>>8), byte(p.pid)})
	body := []byte{0xe0 | byte(p.pcr>>8), byte(p.pcr), 0xf0 | byte(len(p.info)>>8), byte(len(p.info))}
	body = append(body, p.info...)
	for _, s := range p.streams {
		if (videoKinds[s.kind] || soundKinds[s.kind]) && len(body)+5+len(s.info) < 1000 {
			body = append(body, s.kind, 0xe0|byte(s.pid>>8), byte(s.pid), 0xf0|byte(len(s.info)>>8), byte(len(s.info)))
			body = append(body, s.info...)
		}
	}
	return append(inPackets(0, pat), inPackets(p.pid, section(2, p.number, body))...)
}

// section wraps body in a table section.
func section(table byte, id int, body []byte) []byte {
	n := 5 + len(body) + 4
	b := append([]byte{table, 0xb0 | byte(n>>8), byte(n), byte(id >> 8), byte(id), 0xc1, 0, 0}, body...)
	c := crcOf(b)
	return append(b, byte(c>>24), byte(c>>16), byte(c>>8), byte(c))
}

// inPackets cuts a section into packets of pid.
func inPackets(pid int, section []byte) []byte {
	var out []byte
	rest := append([]byte{0}, section...)
	for i := 0; len(rest) > 0; i++ {
		start := byte(0)
		if i == 0 {
			start = 0x40
		}
		p := append([]byte{0x47, start | byte(pid>>8), byte(pid), 0x10 | byte(i&15)}, rest[:min(len(rest), tsPacket-4)]...)
		rest = rest[min(len(rest), tsPacket-4):]
		for len(p) < tsPacket {
			p = append(p, 0xff)
		}
		out = append(out, p...)
	}
	return out
}

// findProgram looks for the first program with a picture in the recording's
// first MiB, for any program when none has one.
func (m *tsReel) findProgram(ctx context.Context, b *bytes) (tsProgram, bool, error) {
	maps := map[int]*sections{}
	var pat sections
	var found tsProgram
	var ok bool
	err := m.packets(ctx, &view{b: b}, m.first, min(b.Size(), m.first+tsTable), func(_ int64, raw []byte) bool {
		p, fine := parsePacket(raw)
		if !fine || p.broken {
			return true
		}
		if p.pid == 0 {
			pat.add(p, func(s []byte) {
				for _, pid := range readPAT(s) {
					if maps[pid] == nil && len(maps) < 256 {
						maps[pid] = &sections{}
					}
				}
			})
		} else if s := maps[p.pid]; s != nil {
			s.add(p, func(s []byte) {
				if q, fine := readPMT(s, p.pid); fine && (!ok || found.video().pid == 0) {
					found, ok = q, true
				}
			})
		}
		return found.video().pid == 0
	})
	return found, ok, err
}
