package recording

import (
	"encoding/binary"
	"slices"
	"time"

	"dropcut/pipeline/timeline"
)

// mostHilights bounds the tags of one file; a camera's own list ends at 100.
const mostHilights = 2000

// mp4Hilights reads the HiLight tags that a GoPro camera writes when its
// button is pressed, in order and each once: HMMT of cameras up to HERO5, GPMF
// of later ones. What cannot be read is left out; a tag behind the last picture
// stays behind it.
func mp4Hilights(moov []byte, pieces timeline.Pieces) []time.Duration {
	udta := child(moov, "udta")
	ms := append(hmmtTags(child(udta, "HMMT")), gpmfTags(child(udta, "GPMF"))...)
	slices.Sort(ms)
	var out []time.Duration
	for _, at := range slices.Compact(ms) {
		out = append(out, afterZero(pieces, int64(at)*int64(time.Millisecond)))
	}
	return out
}

// afterZero is onTimeline for what may lie behind the recording's end.
func afterZero(p timeline.Pieces, ns int64) time.Duration {
	if n := len(p); n > 0 && ns >= p[n-1].To {
		return time.Duration(ns - p[n-1].From + p[n-1].At)
	}
	return onTimeline(p, ns)
}

// hmmtTags reads a count and as many milliseconds. The box has room for a
// hundred, and zeros where no tag is.
func hmmtTags(body []byte) (out []uint32) {
	for list := entries(body, 4, 4); len(list) >= 4 && len(out) < mostHilights; list = list[4:] {
		at := binary.BigEndian.Uint32(list)
		if at == 0 {
			break
		}
		out = append(out, at)
	}
	return out
}

// deepestGPMF is how far nests are followed: device, stream, data is three.
const deepestGPMF = 4

// gpmfTags reads the device HLMT of GoPro's key-length-value metadata.
func gpmfTags(body []byte) (out []uint32) {
	klvs(body, func(x klv) bool {
		if x.key == "DEVC" && x.kind == 0 && isHilightDevice(x.body) {
			out = manualTags(x.body, out, 0)
		}
		return len(out) < mostHilights
	})
	return out
}

func isHilightDevice(body []byte) (is bool) {
	klvs(body, func(x klv) bool {
		if x.key == "DVID" {
			is = string(x.body) == "HLMT"
			return false
		}
		return true
	})
	return is
}

// manualTags finds the entries that a person made, in nests and below. An entry
// is time, in, out (milliseconds), latitude, longitude, altitude, kind,
// confidence, score, four bytes each; kind is MANL for the button. What the
// camera guessed has other kinds and is nobody's mark.
func manualTags(body []byte, out []uint32, depth int) []uint32 {
	const kindAt = 24
	klvs(body, func(x klv) bool {
		switch {
		case x.kind == 0 && depth < deepestGPMF:
			out = manualTags(x.body, out, depth+1)
		case x.kind != 0 && x.size >= kindAt+4:
			for b := x.body; len(b) >= x.size && len(out) < mostHilights; b = b[x.size:] {
				if string(b[kindAt:kindAt+4]) == "MANL" && binary.BigEndian.Uint32(b) > 0 {
					out = append(out, binary.BigEndian.Uint32(b))
				}
			}
		}
		return len(out) < mostHilights
	})
	return out
}

// klv is one entry of GoPro's metadata; kind 0 nests others.
type klv struct {
	key  string
	kind byte
	size int // of one structure in body, bytes
	body []byte
}

// klvs calls f for each entry in b, in order, until f gives false. One that
// does not fit ends the walk.
func klvs(b []byte, f func(klv) bool) {
	for len(b) >= 8 {
		x := klv{key: string(b[:4]), kind: b[4], size: int(b[5])}
		n := x.size * int(binary.BigEndian.Uint16(b[6:]))
		padded := (n + 3) &^ 3
		if n > len(b)-8 {
			return
		}
		x.body = b[8 : 8+n]
		if x.key == "\x00\x00\x00\x00" || !f(x) {
			return
		}
		b = b[8+min(padded, len(b)-8):]
	}
}
