package recording

import (
	"math"
)

// trackDefaults are what a fragment's samples are like when the fragment does
// not say.
type trackDefaults struct{ desc, dur, size, flags uint32 }

// readDefaults gives every track the defaults of mvex and reports whether there
// are any: the file is then fragmented.
func readDefaults(moov []byte, tracks []*track) bool {
	mvex := child(moov, "mvex")
	boxes(mvex, func(x box) bool {
		if x.kind == "trex" && len(x.body) >= 24 {
			for _, t := range tracks {
				if t.id == u32(x.body, 4) {
					t.trex = trackDefaults{u32(x.body, 8), u32(x.body, 12), u32(x.body, 16), u32(x.body, 20)}
				}
			}
		}
		return true
	})
	return mvex != nil
}

// fragment is a moof and what it says of each track.
type fragment struct {
	off, size int64 // of the moof
	tracks    []fragmentTrack
}

// fragmentTrack is what a fragment holds of one track: times in ticks of it.
type fragmentTrack struct {
	id        uint32
	dts, end  int64 // decoding time of the first sample, and where the next fragment goes on
	first, hi int64 // smallest pts, and where the last shown sample ends
	sync      bool  // a sample that stands alone is in it
	count     int64
}

// moofReader spreads out a fragment's samples.
type moofReader struct {
	tracks map[uint32]*track
	ends   map[uint32]int64 // where each track goes on when a fragment does not say
	off    int64            // of the moof in the file
	next   int64            // where the data of the next run is, unless it says
	most   int64            // samples still allowed
}

// read calls f for each sample of a moof body, track by track in its order.
// It reports where every track of the fragment begins and ends.
func (r *moofReader) read(moof []byte, f func(t *track, s sample)) []fragmentTrack {
	var out []fragmentTrack
	r.next = r.off
	boxes(moof, func(x box) bool {
		if x.kind == "traf" {
			if ft, ok := r.traf(x.body, f); ok {
				out = append(out, ft)
			}
		}
		return r.most > 0
	})
	return out
}

// header is a tfhd with the defaults it falls back to.
type header struct {
	trackDefaults
	base int64
}

const (
	tfhdBase, tfhdDesc, tfhdDur, tfhdSize, tfhdFlags, tfhdMoof = 0x1, 0x2, 0x8, 0x10, 0x20, 0x20000
	trunOffset, trunFirst, trunDur, trunSize, trunFlags, trunC = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800
	notSync                                                    = 0x10000
)

func (r *moofReader) header(tfhd []byte, t *track) header {
	h := header{t.trex, r.next}
	flags, at := u32(tfhd, 0), 8
	if flags&tfhdMoof != 0 {
		h.base = r.off
	}
	if flags&tfhdBase != 0 {
		h.base, at = int64(u64(tfhd, at)), at+8
	}
	for _, field := range []struct {
		flag uint32
		to   *uint32
	}{{tfhdDesc, &h.desc}, {tfhdDur, &h.dur}, {tfhdSize, &h.size}, {tfhdFlags, &h.flags}} {
		if flags&field.flag != 0 {
			*field.to, at = u32(tfhd, at), at+4
		}
	}
	return h
}

func (r *moofReader) traf(traf []byte, f func(*track, sample)) (fragmentTrack, bool) {
	tfhd := child(traf, "tfhd")
	t := r.tracks[u32(tfhd, 4)]
	if len(tfhd) < 8 || t == nil {
		return fragmentTrack{}, false
	}
	h := r.header(tfhd, t)
	dts := r.ends[t.id]
	if tfdt := child(traf, "tfdt"); len(tfdt) >= 8 {
		dts = int64(u32(tfdt, 4))
		if tfdt[0] == 1 {
			dts = int64(min(u64(tfdt, 4), math.MaxInt64/8))
		}
	}
	ft := fragmentTrack{id: t.id, dts: dts, end: dts, first: math.MaxInt64, hi: math.MinInt64}
	r.next = h.base
	boxes(traf, func(x box) bool {
		if x.kind == "trun" {
			r.trun(x.body, h, &ft, t, f)
		}
		return r.most > 0
	})
	r.ends[t.id] = ft.end
	return ft, ft.count > 0
}

// trun spreads out one run of samples.
func (r *moofReader) trun(trun []byte, h header, ft *fragmentTrack, t *track, f func(*track, sample)) {
	if len(trun) < 8 {
		return
	}
	flags, n, at := u32(trun, 0), int64(u32(trun, 4)), 8
	if flags&trunOffset != 0 {
		r.next, at = h.base+int64(int32(u32(trun, at))), at+4
	}
	first := h.flags
	if flags&trunFirst != 0 {
		first, at = u32(trun, at), at+4
	}
	width := 0
	for _, x := range []uint32{trunDur, trunSize, trunFlags, trunC} {
		if flags&x != 0 {
			width += 4
		}
	}
	if width > 0 {
		n = min(n, int64(max(0, len(trun)-at))/int64(width))
	}
	for i := int64(0); i < n && r.most > 0; i++ {
		s := sample{off: r.next, dts: ft.end, desc: max(1, h.desc)}
		dur, size, fl, offset := h.dur, h.size, h.flags, int64(0)
		if i == 0 {
			fl = first
		}
		if flags&trunDur != 0 {
			dur, at = u32(trun, at), at+4
		}
		if flags&trunSize != 0 {
			size, at = u32(trun, at), at+4
		}
		if flags&trunFlags != 0 {
			fl, at = u32(trun, at), at+4
		}
		if flags&trunC != 0 {
			offset, at = int64(int32(u32(trun, at))), at+4
		}
		s.size, s.dur, s.sync, s.pts = int64(size), int64(dur), fl&notSync == 0, s.dts+offset
		r.most--
		r.next += s.size
		ft.end += s.dur
		ft.first, ft.hi = min(ft.first, s.pts), max(ft.hi, s.pts+s.dur)
		ft.sync = ft.sync || s.sync
		ft.count++
		f(t, s)
	}
}
