package captions

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/font/opentype"
)

// header is what the tables of names and sizes say about a face.
type header struct {
	name            string // by which the renderer finds exactly this face
	family          string
	weight          int     // 100 to 900
	ascent, descent float64 // in units of the font, positive
}

// readHeader refuses faces that a script cannot ask for or a renderer cannot
// draw: variable ones, bitmaps, slanted ones.
func readHeader(l *opentype.Loader) (header, error) {
	if l.HasTable(opentype.MustNewTag("fvar")) {
		return header{}, errors.New("a variable font: its weight cannot be chosen by name")
	}
	if !l.HasTable(opentype.MustNewTag("glyf")) && !l.HasTable(opentype.MustNewTag("CFF ")) {
		return header{}, errors.New("the font has no outlines")
	}
	names, err := l.RawTable(opentype.MustNewTag("name"))
	if err != nil {
		return header{}, err
	}
	h := header{name: englishName(names, 4), family: englishName(names, 16)}
	if l.HasTable(opentype.MustNewTag("CFF ")) && englishName(names, 1) != h.name {
		h.name = englishName(names, 6) // libass finds a PostScript face by its family's name or its PostScript name
	}
	if h.family == "" {
		h.family = englishName(names, 1)
	}
	if h.name == "" || strings.ContainsAny(h.name, ",@\\{}\n\r") {
		return header{}, errors.New("the font has no name that a script can say")
	}
	os2, err := l.RawTable(opentype.MustNewTag("OS/2"))
	if err != nil || len(os2) < 78 {
		return header{}, errors.New("the font does not say how tall it is")
	}
	h.weight = int(binary.BigEndian.Uint16(os2[4:]))
	if binary.BigEndian.Uint16(os2[62:])&1 != 0 {
		return header{}, errors.New("the font is slanted")
	}
	h.ascent = float64(int16(binary.BigEndian.Uint16(os2[74:])))
	h.descent = float64(int16(binary.BigEndian.Uint16(os2[76:])))
	if !(h.ascent > 0) || h.descent < 0 {
		return header{}, errors.New("the font does not say how tall it is")
	}
	return h, nil
}

// englishName is one name of the table, in English as Windows has it.
func englishName(t []byte, id int) string {
	if len(t) < 6 {
		return ""
	}
	count, store := int(binary.BigEndian.Uint16(t[2:])), int(binary.BigEndian.Uint16(t[4:]))
	for i := range count {
		at := 6 + 12*i
		if at+12 > len(t) {
			return ""
		}
		n := func(k int) int { return int(binary.BigEndian.Uint16(t[at+2*k:])) }
		from, to := store+n(5), store+n(5)+n(4)
		if n(0) != 3 || n(2) != 0x409 || n(3) != id || to > len(t) {
			continue
		}
		units := make([]uint16, n(4)/2)
		for k := range units {
			units[k] = binary.BigEndian.Uint16(t[from+2*k:])
		}
		return string(utf16.Decode(units))
	}
	return ""
}
