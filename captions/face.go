package captions

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// face is one font face, measured as the renderer draws it: an ASS font size
// is the face's ascent and descent together, as Windows counts them.
type face struct {
	name                     string // the full name by which the renderer finds exactly this face
	file                     string
	data                     []byte
	digest                   string
	upem                     float64
	ascent, descent, capital float64 // in units of the em square, all positive

	mu     sync.Mutex // a Face and a shaper serve one caller at a time
	face   *font.Face
	shaper shaping.HarfbuzzShaper
	known  map[string]extent
}

// extent is where a line's ink and advance lie, in ems: x from the line's
// start, y down from the baseline.
type extent struct{ advance, left, right, top, bottom float64 }

// maxKnown bounds what a face remembers.
const maxKnown = 50_000

// newFaces reads the faces of a font file: one, or those of a collection.
func newFaces(file string, data []byte) (out []*face, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("the font %s cannot be read: %v", file, r)
		}
	}()
	loaders, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	for _, l := range loaders {
		f, err := newFace(l)
		if err != nil {
			continue
		}
		f.file, f.data, f.digest = file, data, sum(data)
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the font %s holds no usable face", file)
	}
	return out, nil
}

func newFace(l *opentype.Loader) (*face, error) {
	if l.HasTable(opentype.MustNewTag("fvar")) {
		return nil, errors.New("a variable font: its weight cannot be chosen by name")
	}
	ft, err := font.NewFont(l)
	if err != nil {
		return nil, err
	}
	f := &face{face: font.NewFace(ft), upem: float64(ft.Upem()), known: map[string]extent{}}
	names, err := l.RawTable(opentype.MustNewTag("name"))
	if err != nil {
		return nil, err
	}
	if f.name = fullName(names); f.name == "" || strings.ContainsAny(f.name, ",@\\{}\n\r") {
		return nil, errors.New("the font has no name that a script can say")
	}
	os2, err := l.RawTable(opentype.MustNewTag("OS/2"))
	if err != nil || len(os2) < 78 {
		return nil, errors.New("the font does not say how tall it is")
	}
	f.ascent = float64(int16(binary.BigEndian.Uint16(os2[74:]))) / f.upem
	f.descent = float64(int16(binary.BigEndian.Uint16(os2[76:]))) / f.upem
	if !(f.ascent > 0) || f.descent < 0 || f.upem < 16 {
		return nil, errors.New("the font does not say how tall it is")
	}
	f.capital = -f.measure("H").top
	return f, nil
}

// fullName is name 4 of the table, in English as Windows has it.
func fullName(t []byte) string {
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
		if n(0) != 3 || n(2) != 0x409 || n(3) != 4 || to > len(t) {
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

// em is the em square in pixels at an ASS font size.
func (f *face) em(size float64) float64 { return size / (f.ascent + f.descent) }

// middle is how far above the baseline the middle of a line's box lies, in ems:
// there \an5 puts its position.
func (f *face) middle() float64 { return (f.ascent - f.descent) / 2 }

// space is how wide the space between two words is, in ems.
func (f *face) space() float64 {
	return f.measure("n n").advance - 2*f.measure("n").advance
}

// lacks is the runes of text that the face cannot write.
func (f *face) lacks(text string) []rune {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []rune
	for _, r := range text {
		if _, ok := f.face.NominalGlyph(r); !ok && r != '\u2060' {
			out = append(out, r)
		}
	}
	return out
}

// measure shapes a line as the renderer does and gives its extent.
func (f *face) measure(text string) extent {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.known[text]; ok {
		return e
	}
	if len(f.known) >= maxKnown {
		clear(f.known)
	}
	e := f.shape(text)
	f.known[text] = e
	return e
}

func (f *face) shape(text string) (e extent) {
	defer func() {
		if recover() != nil { // a hostile text must not end the process: too wide for any line
			e = extent{advance: 1e6, right: 1e6}
		}
	}()
	const size = 1000 // pixels an em, for precision
	runes := []rune(text)
	out := f.shaper.Shape(shaping.Input{Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR,
		Face: f.face, Size: fixed.I(size), Script: scriptOf(runes), Language: language.NewLanguage("en")})
	px := func(v fixed.Int26_6) float64 { return float64(v) / 64 / size }
	left, right, top, bottom := math.Inf(1), math.Inf(-1), 0.0, 0.0
	x := 0.0
	for _, g := range out.Glyphs {
		if g.Width != 0 {
			at := x + px(g.XOffset+g.XBearing)
			left, right = min(left, at), max(right, at+px(g.Width))
			high := px(g.YOffset + g.YBearing)
			top, bottom = min(top, -high), max(bottom, -high-px(g.Height))
		}
		x += px(g.Advance)
	}
	if right < left {
		left, right = 0, x
	}
	return extent{x, left, right, top, bottom}
}

func scriptOf(runes []rune) language.Script {
	for _, r := range runes {
		if s := language.LookupScript(r); s != language.Common && s != language.Inherited && s != language.Unknown {
			return s
		}
	}
	return language.Latin
}
