package captions

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"sync"

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
	name                     string // by which the renderer finds exactly this face
	file                     string
	data                     []byte
	digest                   string
	ascent, descent, capital float64 // in ems, all positive

	mu       sync.Mutex // a Face and a shaper serve one caller at a time
	face     *font.Face
	shaper   shaping.HarfbuzzShaper
	splitter shaping.Segmenter
}

// extent is where a line's ink and advance lie, in ems: x from the line's
// start, y down from the baseline.
type extent struct {
	advance, left, right, top, bottom float64
	ascent, descent                   float64 // of the renderer's box
}

// newFace reads one face of a font file.
func newFace(file string, data []byte, index int) (f *face, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("the font %s cannot be read: %v", file, r)
		}
	}()
	loaders, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if index >= len(loaders) {
		return nil, fmt.Errorf("the font %s holds no face %d", file, index)
	}
	h, err := readHeader(loaders[index])
	if err != nil {
		return nil, err
	}
	ft, err := font.NewFont(loaders[index])
	if err != nil {
		return nil, err
	}
	upem := float64(ft.Upem())
	if upem < 16 {
		return nil, errors.New("the font does not say how tall it is")
	}
	f = &face{name: h.name, file: file, data: data, digest: sum(data), face: font.NewFace(ft), ascent: h.ascent / upem, descent: h.descent / upem}
	f.capital = -f.shape("H", false, "en").top
	return f, nil
}

// size is the ASS font size at which the em square is em pixels: whole
// pixels and tenths, so that a script is canonical.
func (f *face) size(em float64) float64 {
	return math.Round(em*(f.ascent+f.descent)*10) / 10
}

// writes reports whether the face has a picture for r.
func (f *face) writes(r rune) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.face.NominalGlyph(r)
	return ok
}

// shape shapes text as the renderer does, by direction and script, and gives
// its extent. The order of its pieces does not matter to how wide it is.
func (f *face) shape(text string, rightToLeft bool, tag string) (e extent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() {
		if recover() != nil { // a hostile text must not end the process: too wide for any line
			e = extent{advance: 1e6, right: 1e6, ascent: f.ascent, descent: f.descent}
		}
	}()
	const size = 1000 // pixels an em, for precision
	runes := []rune(text)
	in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR, Face: f.face, Size: fixed.I(size), Language: language.NewLanguage(tag)}
	if rightToLeft {
		in.Direction = di.DirectionRTL
	}
	e = extent{left: math.Inf(1), right: math.Inf(-1), ascent: f.ascent, descent: f.descent}
	for _, part := range f.splitter.Split(in, one{f.face}) {
		e.add(f.shaper.Shape(part).Glyphs, size)
	}
	if e.right < e.left {
		e.left, e.right = 0, e.advance
	}
	return e
}

// add puts glyphs behind what is there.
func (e *extent) add(glyphs []shaping.Glyph, size float64) {
	px := func(v fixed.Int26_6) float64 { return float64(v) / 64 / size }
	for _, g := range glyphs {
		if g.Width != 0 {
			at := e.advance + px(g.XOffset+g.XBearing)
			e.left, e.right = min(e.left, at), max(e.right, at+px(g.Width))
			high := px(g.YOffset + g.YBearing)
			e.top, e.bottom = min(e.top, -high), max(e.bottom, -high-px(g.Height))
		}
		e.advance += px(g.Advance)
	}
}

// one is a map of fonts with one face.
type one struct{ face *font.Face }

func (o one) ResolveFace(rune) *font.Face { return o.face }
