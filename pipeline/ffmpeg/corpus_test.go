package ffmpeg

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// plain runs the system's ffmpeg without any of our guards: it makes the good
// files, and shows what the hostile ones do to a process that has none.
func plain(t *testing.T, args ...string) (stdout []byte, err error) {
	t.Helper()
	cmd := exec.Command("ffmpeg", append([]string{"-nostdin", "-v", "error", "-y"}, args...)...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%w: %.300s", err, talk.String())
	}
	return out.Bytes(), err
}

func mustPlain(t *testing.T, args ...string) {
	t.Helper()
	if _, err := plain(t, args...); err != nil {
		t.Fatal(err)
	}
}

// film makes a good recording of n seconds, 25 pictures each.
func film(t *testing.T, path string, n int, more ...string) {
	t.Helper()
	args := []string{"-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-f", "lavfi", "-i", "sine=r=48000", "-t", fmt.Sprint(n),
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac"}
	mustPlain(t, append(append(args, more...), "file:"+path)...)
}

func put(t *testing.T, path string, body []byte) string {
	t.Helper()
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// at is a path in dir.
func at(dir, name string) string { return filepath.Join(dir, name) }

// el is one EBML element with its size in eight bytes.
func el(id uint32, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	var head [4]byte
	binary.BigEndian.PutUint32(head[:], id)
	out := bytes.TrimLeft(head[:], "\x00")
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(all))|1<<56)
	return append(append(append([]byte{}, out...), size[:]...), all...)
}

func num(v uint64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], v)
	return b[:]
}

// matroska is a whole file of the given top-level elements after the header.
func matroska(parts ...[]byte) []byte {
	header := el(0x1A45DFA3, el(0x4282, []byte("matroska")), el(0x4287, num(4)), el(0x4285, num(2)))
	info := el(0x1549A966, el(0x2AD7B1, num(1_000_000)), el(0x4D80, []byte("x")), el(0x5741, []byte("x")))
	return append(header, el(0x18538067, append([][]byte{info}, parts...)...)...)
}

// track is a picture track.
func track(n uint64, codec string, private []byte, w, h uint64) []byte {
	return el(0xAE, el(0xD7, num(n)), el(0x73C5, num(n)), el(0x83, num(1)), el(0x86, []byte(codec)), el(0x63A2, private),
		el(0xE0, el(0xB0, num(w)), el(0xBA, num(h))))
}

func tracks(all ...[]byte) []byte { return el(0x1654AE6B, all...) }

// cluster holds one packet of a track at a time in milliseconds.
func cluster(ms, track uint64, packet []byte) []byte {
	return el(0x1F43B675, el(0xE7, num(ms)), el(0xA3, []byte{0x80 | byte(track), 0, 0, 0x80}, packet))
}

// bits writes H.264's bit strings.
type bits struct {
	out  []byte
	last uint
}

func (b *bits) u(n uint, v uint64) {
	for ; n > 0; n-- {
		if b.last == 0 {
			b.out, b.last = append(b.out, 0), 8
		}
		b.last--
		b.out[len(b.out)-1] |= byte(v>>(n-1)&1) << b.last
	}
}

func (b *bits) ue(v uint64) {
	n := uint(0)
	for x := v + 1; x > 1; x >>= 1 {
		n++
	}
	b.u(n, 0)
	b.u(n+1, v+1)
}

func (b *bits) stop() []byte {
	b.u(1, 1)
	return escaped(b.out)
}

// escaped keeps start codes out of a NAL unit.
func escaped(in []byte) []byte {
	var out []byte
	zeros := 0
	for i, x := range in {
		if i > 0 && zeros >= 2 && x <= 3 {
			out, zeros = append(out, 3), 0
		}
		if zeros++; x != 0 {
			zeros = 0
		}
		out = append(out, x)
	}
	return out
}

// sps says pictures of w×h macroblocks of 16 pixels; pps goes with it.
func sps(w, h uint64) []byte {
	b := &bits{}
	b.u(8, 0x67)
	b.u(8, 66) // baseline
	b.u(8, 0)
	b.u(8, 62)
	for _, v := range []uint64{0, 4, 2, 1} { // id, frame_num of 8 bits, no order count, one reference
		b.ue(v)
	}
	b.u(1, 0)
	b.ue(w - 1)
	b.ue(h - 1)
	b.u(4, 0b1100) // frames only, direct 8×8, no cropping, no VUI
	return b.stop()
}

func pps() []byte {
	b := &bits{}
	b.u(8, 0x68)
	b.ue(0)
	b.ue(0)
	b.u(2, 0)
	for range 3 {
		b.ue(0)
	}
	b.u(3, 0)
	for range 3 {
		b.ue(0)
	}
	b.u(3, 0)
	return b.stop()
}

// slice is an IDR picture whose first macroblock is plain grey. The others of
// a large picture are missing: a decoder makes room for all of them first.
func slice() []byte {
	b := &bits{}
	b.u(8, 0x65)
	b.ue(0)
	b.ue(7)
	b.ue(0)
	b.u(8, 0)
	b.ue(0)
	b.u(2, 0)
	b.ue(0)
	b.ue(25) // plain samples
	for b.last != 0 {
		b.u(1, 0)
	}
	b.out = append(b.out, bytes.Repeat([]byte{0x80}, 384)...)
	b.last = 0
	return b.stop()
}

func avcC(s, p []byte) []byte {
	out := []byte{1, s[1], s[2], s[3], 0xFF, 0xE1, byte(len(s) >> 8), byte(len(s))}
	return append(append(append(out, s...), 1, byte(len(p)>>8), byte(len(p))), p...)
}

func nals(all ...[]byte) []byte {
	var out []byte
	for _, n := range all {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(n))), n...)
	}
	return out
}

// bomb is a file of a kilobyte whose pictures are w×h macroblocks.
func bomb(w, h uint64) []byte {
	var clusters [][]byte
	for i := range uint64(4) {
		clusters = append(clusters, cluster(i*40, 1, nals(slice())))
	}
	return matroska(append([][]byte{tracks(track(1, "V_MPEG4/ISO/AVC", avcC(sps(w, h), pps()), w*16, h*16))}, clusters...)...)
}

// pngBomb is a Matroska file with one PNG of n×n pixels, all black.
func pngBomb(n uint32) []byte {
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	row := make([]byte, 1+3*n)
	for range n {
		_, _ = z.Write(row)
	}
	_ = z.Close()
	chunk := func(kind string, body []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		out = append(append(out, kind...), body...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, n), n)
	png := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0))...)
	png = append(append(png, chunk("IDAT", packed.Bytes())...), chunk("IEND", nil)...)
	private := make([]byte, 40)
	binary.LittleEndian.PutUint32(private, 40)
	binary.LittleEndian.PutUint32(private[4:], n)
	binary.LittleEndian.PutUint32(private[8:], n)
	copy(private[16:], "MPNG")
	return matroska(tracks(track(1, "V_MS/VFW/FOURCC", private, uint64(n), uint64(n))), cluster(0, 1, png))
}

// manyTracks is a file with one small picture and n tracks.
func manyTracks(n uint64) []byte {
	var all [][]byte
	for i := range n {
		all = append(all, track(i+1, "V_MPEG4/ISO/AVC", avcC(sps(1, 1), pps()), 16, 16))
	}
	return matroska(tracks(all...), cluster(0, 1, nals(slice())))
}

// manyChapters is a file with one small picture and n chapters.
func manyChapters(n uint64) []byte {
	var atoms [][]byte
	for i := range n {
		atoms = append(atoms, el(0xB6, el(0x73C4, num(i+1)), el(0x91, num(i*1_000_000)), el(0x80, el(0x85, []byte("chapter")))))
	}
	return matroska(el(0x1043A770, el(0x45B9, atoms...)), small(), cluster(0, 1, nals(slice())), cluster(40, 1, nals(slice())), cluster(80, 1, nals(slice())))
}

// small is a track of pictures of 16 × 16.
func small() []byte {
	return tracks(track(1, "V_MPEG4/ISO/AVC", avcC(sps(1, 1), pps()), 16, 16))
}

// gap is a file of two pictures, twelve hours apart.
func gap() []byte {
	return matroska(small(),
		cluster(0, 1, nals(slice())), cluster(40, 1, nals(slice())), cluster(12*3600*1000, 1, nals(slice())))
}

// grows is a file whose pictures become large after n small ones.
func grows(n, w, h uint64) []byte {
	parts := [][]byte{small()}
	for i := range n {
		parts = append(parts, cluster(i*40, 1, nals(slice())))
	}
	for i := range uint64(3) {
		parts = append(parts, cluster((n+i)*40, 1, nals(sps(w, h), pps(), slice())))
	}
	return matroska(parts...)
}
