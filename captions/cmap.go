package captions

import (
	"encoding/binary"
	"slices"
)

// wholeUnicode is a font file whose faces offer letters beyond U+FFFF to
// libass too: it takes the first of a face's tables of letters that is
// Windows' (3, 1: up to U+FFFF) though a whole one (3, 10) follows, and then
// finds no emoji in the font. The first is renamed where there are both
// (measured with libass 0.17.1). A file that needs no change, or is none, is
// given back as it is.
func wholeUnicode(data []byte) []byte {
	var at []int
	for _, start := range facesAt(data) {
		at = append(at, shortTables(data, start)...)
	}
	if len(at) == 0 {
		return data
	}
	out := slices.Clone(data)
	for _, k := range at {
		binary.BigEndian.PutUint16(out[k:], 2) // Shift-JIS, which nobody asks for
	}
	return out
}

// facesAt is where the faces of a font file begin.
func facesAt(data []byte) []int {
	if len(data) < 12 {
		return nil
	}
	if string(data[:4]) != "ttcf" {
		return []int{0}
	}
	var out []int
	for i := range min(int(binary.BigEndian.Uint32(data[8:])), 64) {
		if at := 12 + 4*i; at+4 <= len(data) {
			out = append(out, int(binary.BigEndian.Uint32(data[at:])))
		}
	}
	return out
}

// shortTables is where a face names its table 3, 1, when it has 3, 10 as well.
func shortTables(data []byte, start int) (short []int) {
	table := cmapAt(data, start)
	if table < 0 {
		return nil
	}
	long := false
	for i := range int(binary.BigEndian.Uint16(data[table+2:])) {
		at := table + 4 + 8*i
		if at+8 > len(data) {
			return nil
		}
		switch binary.BigEndian.Uint32(data[at:]) {
		case 3<<16 | 1:
			short = append(short, at+2)
		case 3<<16 | 10:
			long = true
		}
	}
	if !long {
		return nil
	}
	return short
}

// cmapAt is where a face's table of letters begins; negative when it has none.
func cmapAt(data []byte, start int) int {
	if start < 0 || start+12 > len(data) {
		return -1
	}
	for i := range int(binary.BigEndian.Uint16(data[start+4:])) {
		at := start + 12 + 16*i
		if at+16 > len(data) {
			return -1
		}
		if string(data[at:at+4]) == "cmap" {
			if table := int(binary.BigEndian.Uint32(data[at+8:])); table+4 <= len(data) {
				return table
			}
			return -1
		}
	}
	return -1
}
