package recording

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
)

// writeSlice writes a slice: ftyp, a moov that describes the tracks but holds
// no samples, one moof with all of them, and their bytes track after track.
// What was fetched before is read back, nothing else.
func writeSlice(ctx context.Context, b *bytes, w io.Writer, mvhd []byte, tracks []slicedTrack) error {
	var data int64
	for _, t := range tracks {
		for _, x := range t.taken {
			data += x.size
		}
	}
	head := wrap("ftyp", []byte("iso6\x00\x00\x00\x01iso6mp41"))
	head = append(head, sliceMoov(mvhd, tracks)...)
	const mdatHead = 16
	size := len(sliceMoof(tracks, 0)) // offsets have a fixed width
	head = append(head, sliceMoof(tracks, int64(len(head)+size+mdatHead))...)
	head = binary.BigEndian.AppendUint32(head, 1)
	head = append(head, "mdat"...)
	head = binary.BigEndian.AppendUint64(head, uint64(data+mdatHead))
	out := bufio.NewWriterSize(w, 1<<20)
	if _, err := out.Write(head); err != nil {
		return writeFailure(err)
	}
	for _, t := range tracks {
		if err := copySamples(ctx, b, out, t.taken); err != nil {
			return err
		}
	}
	return writeFailure(out.Flush())
}

// copySamples writes the bytes of samples; those that lie side by side at once.
func copySamples(ctx context.Context, b *bytes, w io.Writer, all []taken) error {
	const most = 8 << 20
	for i := 0; i < len(all); {
		off, end, j := all[i].off, all[i].off+all[i].size, i+1
		for j < len(all) && all[j].off == end && end-off < most {
			end += all[j].size
			j++
		}
		if err := b.Copy(ctx, w, off, end-off); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// wrap makes a box around its parts.
func wrap(kind string, parts ...[]byte) []byte {
	n := 8
	for _, p := range parts {
		n += len(p)
	}
	out := append(binary.BigEndian.AppendUint32(make([]byte, 0, n), uint32(n)), kind...)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// words are the bytes of 32-bit numbers.
func words(all ...uint32) []byte {
	var out []byte
	for _, n := range all {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

// patched is a copy of b with 32-bit numbers changed.
func patched(b []byte, at int, all ...uint32) []byte {
	out := append([]byte(nil), b...)
	for i, n := range all {
		if at+4*i+4 <= len(out) {
			binary.BigEndian.PutUint32(out[at+4*i:], n)
		}
	}
	return out
}

func sliceMoov(mvhd []byte, tracks []slicedTrack) []byte {
	if len(mvhd) >= 32 && mvhd[0] == 1 {
		mvhd = patched(mvhd, 24, 0, 0)
	} else {
		mvhd = patched(mvhd, 16, 0)
	}
	parts := [][]byte{wrap("mvhd", mvhd)}
	var defaults [][]byte
	for _, t := range tracks {
		parts = append(parts, t.trak())
		defaults = append(defaults, wrap("trex", words(0, t.number, 1, 0, 0, 0)))
	}
	return wrap("moov", append(parts, wrap("mvex", defaults...))...)
}

// trak is the track's own description, with its sample tables emptied and its
// data in this file.
func (t *slicedTrack) trak() []byte {
	tkhd := patched(t.tkhd, 12, t.number)
	if t.tkhd[0] == 1 {
		tkhd = patched(patched(t.tkhd, 20, t.number), 28, 0, 0)
	} else {
		tkhd = patched(tkhd, 20, 0)
	}
	scale := uint32(t.scale * t.mult)
	mdhd := patched(t.mdhd, 12, scale, 0)
	if t.mdhd[0] == 1 {
		mdhd = patched(t.mdhd, 20, scale, 0, 0)
	}
	minf := [][]byte{}
	boxes(t.minf, func(x box) bool {
		if x.kind != "stbl" && x.kind != "dinf" {
			minf = append(minf, wrap(x.kind, x.body))
		}
		return true
	})
	minf = append(minf, wrap("dinf", wrap("dref", words(0, 1), wrap("url ", words(1)))))
	minf = append(minf, wrap("stbl", wrap("stsd", t.stsd), wrap("stts", words(0, 0)), wrap("stsc", words(0, 0)),
		wrap("stsz", words(0, 0, 0)), wrap("stco", words(0, 0))))
	return wrap("trak", wrap("tkhd", tkhd), wrap("mdia", wrap("mdhd", mdhd), wrap("hdlr", t.hdlr), wrap("minf", minf...)))
}

// sliceMoof describes all samples; data is where their bytes begin.
func sliceMoof(tracks []slicedTrack, data int64) []byte {
	parts := [][]byte{wrap("mfhd", words(0, 1))}
	for _, t := range tracks {
		for i := 0; i < len(t.taken); {
			j := i + 1
			for j < len(t.taken) && t.taken[j].desc == t.taken[i].desc {
				j++
			}
			parts = append(parts, t.traf(i, j, data))
			for _, x := range t.taken[i:j] {
				data += x.size
			}
			i = j
		}
	}
	return wrap("moof", parts...)
}

// traf describes the samples [i, j), which share a description.
func (t *slicedTrack) traf(i, j int, data int64) []byte {
	run := words(trunDur|trunSize|trunFlags|trunC, uint32(j-i))
	for k := i; k < j; k++ {
		x := t.taken[k]
		dur := x.dur * t.mult
		if k+1 < len(t.taken) {
			dur = t.taken[k+1].due - x.due
		}
		flags := uint32(0x01000000 | notSync)
		if x.sync || t.kind != "vide" {
			flags = 0x02000000
		}
		run = append(run, words(uint32(max(dur, 0)), uint32(x.size), flags, uint32(x.at-x.due))...)
	}
	base := binary.BigEndian.AppendUint64(words(tfhdBase|tfhdDesc, t.number), uint64(data))
	base = append(base, words(max(1, t.taken[i].desc))...)
	start := binary.BigEndian.AppendUint64(words(1<<24), uint64(t.taken[i].due))
	return wrap("traf", wrap("tfhd", base), wrap("tfdt", start), wrap("trun", run))
}
