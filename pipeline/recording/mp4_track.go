package recording

import (
	"dropcut/pipeline/timeline"
)

// track is one track of an MP4 that dropcut may use.
type track struct {
	id       uint32
	kind     string // handler: vide, soun, text, sbtl, subt, clcp …
	name     string // of the handler
	scale    int64  // ticks a second
	codec    string // of the first sample description
	duration int64  // as mdhd says, ticks
	chapters []uint32
	table    sampleTable
	edits    []edit
	spans    []span
	trex     trackDefaults

	tkhd, mdhd, hdlr, minf, stsd []byte // bodies, to be written into slices
}

// edit is one entry of an edit list: dur ticks of the track's media from tick
// media; media -1 shows nothing.
type edit struct{ media, dur int64 }

// mostEdits bounds edit lists; editors write a handful.
const mostEdits = 256

// mostTraks bounds how many tracks are looked at.
const mostTraks = 4096

// readTracks reads every track of a moov body. A track that makes no sense is
// left out: it may be one that nobody needs.
func readTracks(moov []byte) []*track {
	movieScale := int64(u32(child(moov, "mvhd"), 12))
	if mvhd := child(moov, "mvhd"); len(mvhd) > 0 && mvhd[0] == 1 {
		movieScale = int64(u32(mvhd, 20))
	}
	var out []*track
	boxes(moov, func(x box) bool {
		if x.kind == "trak" {
			if t := readTrack(x.body, movieScale); t != nil {
				out = append(out, t)
			}
		}
		return len(out) < mostTraks
	})
	return out
}

func readTrack(trak []byte, movieScale int64) *track {
	mdia := child(trak, "mdia")
	t := &track{tkhd: child(trak, "tkhd"), mdhd: child(mdia, "mdhd"), hdlr: child(mdia, "hdlr"), minf: child(mdia, "minf")}
	stbl := child(t.minf, "stbl")
	if len(t.tkhd) < 24 || len(t.mdhd) < 24 || len(t.hdlr) < 12 || stbl == nil {
		return nil
	}
	t.id, t.scale, t.duration = u32(t.tkhd, 12), int64(u32(t.mdhd, 12)), int64(u32(t.mdhd, 16))
	if t.tkhd[0] == 1 {
		t.id = u32(t.tkhd, 20)
	}
	if t.mdhd[0] == 1 {
		t.scale, t.duration = int64(u32(t.mdhd, 20)), int64(u64(t.mdhd, 24))
	}
	if t.scale <= 0 {
		return nil
	}
	t.kind, t.name = string(t.hdlr[8:12]), handlerName(t.hdlr)
	t.stsd = child(stbl, "stsd")
	if len(t.stsd) >= 16 {
		t.codec = string(t.stsd[12:16])
	}
	t.table = readTable(stbl)
	if t.kind == "soun" {
		t.table.raw = t.rawSound()
	}
	t.edits = readEdits(child(trak, "edts", "elst"), t.scale, movieScale)
	chap := child(trak, "tref", "chap")
	for at := 0; at+4 <= len(chap) && len(t.chapters) < mostTraks; at += 4 {
		t.chapters = append(t.chapters, u32(chap, at))
	}
	return t
}

// handlerName reads a C string, or QuickTime's counted one.
func handlerName(hdlr []byte) string {
	if len(hdlr) <= 24 {
		return ""
	}
	b := hdlr[24:]
	if int(b[0]) == len(b)-1 {
		b = b[1:]
	}
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	return string(b[:min(len(b), 256)])
}

func readEdits(elst []byte, scale, movieScale int64) []edit {
	if len(elst) < 8 || movieScale <= 0 {
		return nil
	}
	width := 12
	if elst[0] == 1 {
		width = 20
	}
	rows := entries(elst, 8, width)
	var out []edit
	for ; len(rows) >= width && len(out) < mostEdits; rows = rows[width:] {
		e := edit{media: int64(int32(u32(rows, 4))), dur: int64(u32(rows, 0))}
		if width == 20 {
			e = edit{media: int64(u64(rows, 8)), dur: int64(u64(rows, 0))}
		}
		if e.dur < 0 || e.dur > timeline.Forever || e.media < -1 || e.media > timeline.Forever {
			return out
		}
		e.dur = mulDiv(e.dur, scale, movieScale)
		out = append(out, e)
	}
	return out
}

// pcm are the codecs whose samples are single instants of sound.
var pcm = map[string]bool{"sowt": true, "twos": true, "raw ": true, "in24": true, "in32": true, "fl32": true, "fl64": true,
	"lpcm": true, "ipcm": true, "fpcm": true, "NONE": true, "alaw": true, "ulaw": true}

// rawSound finds how sound without packets lies in its chunks: an entry of the
// sample table is then one instant, and its size may be a lie of old writers.
func (t *track) rawSound() rawSound {
	tab := &t.table
	if tab.uniform == 0 || len(tab.stts) != 8 || u32(tab.stts, 4) != 1 || len(t.stsd) < 8+36 {
		return rawSound{}
	}
	entry := t.stsd[8:]
	version := u32(entry, 16) >> 16
	channels, bits := int64(u32(entry, 24)>>16), int64(u32(entry, 24)&0xffff)
	if perPacket, frame := int64(u32(entry, 36)), int64(u32(entry, 44)); version == 1 && len(entry) >= 52 && perPacket > 0 && frame > 0 && perPacket < 1<<16 && frame < 1<<16 {
		return rawSound{bytes: frame, ticks: perPacket}
	}
	if !pcm[t.codec] {
		return rawSound{}
	}
	if size := channels * bits / 8; tab.uniform == 1 && version == 0 && size > 1 {
		return rawSound{bytes: size, ticks: 1}
	}
	return rawSound{bytes: tab.uniform, ticks: 1}
}

// isText reports whether the track carries words to be shown.
func (t *track) isText() bool {
	return t.kind == "text" || t.kind == "sbtl" || t.kind == "subt" || t.kind == "clcp"
}

// ns is a tick of the track in nanoseconds, rounded.
func (t *track) ns(tick int64) int64 {
	if tick < 0 {
		return -mulDiv(-tick, 1e9, t.scale)
	}
	return mulDiv(tick, 1e9, t.scale)
}

// ticks is ns in ticks of the track, rounded.
func (t *track) ticks(ns int64) int64 {
	if ns < 0 {
		return -mulDiv(-ns, t.scale, 1e9)
	}
	return mulDiv(ns, t.scale, 1e9)
}
