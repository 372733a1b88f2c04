package demo

import (
	"image"
	"os"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// weight is one of the two cuts that the demo sets text in.
type weight int

const (
	plain weight = iota
	bold
)

// interFiles is where distributions keep Inter; without it the built-in Go
// fonts serve.
var interFiles = map[weight]string{
	plain: "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf",
	bold:  "/usr/share/fonts/opentype/inter/Inter-ExtraBold.otf",
}

var builtIn = map[weight][]byte{plain: gomedium.TTF, bold: gobold.TTF}

var fonts = sync.OnceValue(func() map[weight]*opentype.Font {
	out := map[weight]*opentype.Font{}
	for w, text := range builtIn {
		out[w], _ = opentype.Parse(text) // compiled in: always whole
		if b, err := os.ReadFile(interFiles[w]); err == nil {
			if f, err := opentype.Parse(b); err == nil {
				out[w] = f
			}
		}
	}
	return out
})

// letters sets text: its baseline begins at (x, y), it is size units high.
func (c *canvas) letters(x, y, size float32, w weight, v ink, text string) {
	face := c.face(size, w)
	if face == nil {
		return
	}
	defer face.Close()
	long := font.MeasureString(face, text).Ceil()
	m := face.Metrics()
	mask := image.NewAlpha(image.Rect(0, 0, long+4, (m.Ascent+m.Descent).Ceil()+2))
	dot := fixed.Point26_6{X: fixed.I(1), Y: fixed.I(m.Ascent.Ceil())}
	(&font.Drawer{Dst: mask, Src: image.Opaque, Face: face, Dot: dot}).DrawString(text)
	c.stain(mask, int(c.x(x))-1, int(c.y(y))-m.Ascent.Ceil(), flat(v))
}

// long is how wide text is, in units.
func long(text string, size float32, w weight) float32 {
	c := canvas{scale: 1}
	face := c.face(size, w)
	if face == nil {
		return 0
	}
	defer face.Close()
	return float32(font.MeasureString(face, text)) / 64
}

func (c *canvas) face(size float32, w weight) font.Face {
	face, err := opentype.NewFace(fonts()[w], &opentype.FaceOptions{Size: float64(size * c.scale), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil
	}
	return face
}
