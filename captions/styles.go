package captions

import "math"

// The named looks of captions.
const (
	Karaoke  = "karaoke"  // one to three words in capitals, the spoken one coloured
	Phrase   = "phrase"   // three to seven words on a plate
	Subtitle = "subtitle" // two still lines, as in a film
	None     = "none"
)

// Styles names every style, in the order a person is offered them.
func Styles() []string { return []string{Karaoke, Phrase, Subtitle, None} }

// isDrawn reports whether a style of captions draws anything.
func isDrawn(name string) bool { return name == Karaoke || name == Phrase || name == Subtitle }

// House colours.
const (
	white  = 0xFFFFFF
	black  = 0x000000
	ink    = 0x0E0F12
	yellow = 0xFFD60A
)

// design is a style's numbers on a canvas 1080 wide.
type design struct {
	size    float64 // ASS font size
	pitch   float64 // from baseline to baseline
	stroke  float64
	padding float64 // of the plate, beside and above; zero: no plate
	radius  float64 // of the plate's corners
	lines   int
	fill    int // colour of the letters
	plate   int
	opacity float64 // of the plate, or of the shadow
	drop    float64 // how far down the shadow lies
	blur    float64
}

var designs = map[string]design{
	Karaoke:    {size: 112, pitch: 112, stroke: 8, lines: 1, fill: white, opacity: 0.62, drop: 5, blur: 10},
	Phrase:     {size: 84, pitch: 104, padding: 28, radius: 22, lines: 2, fill: white, plate: ink, opacity: 0.85},
	Subtitle:   {size: 70, pitch: 82, stroke: 4, lines: 2, fill: white, opacity: 0.62, drop: 4, blur: 8},
	hookDesign: {size: 100, pitch: 112, padding: 30, radius: 24, lines: 3, fill: ink, plate: white, opacity: 1},
}

const hookDesign = "hook"

// smallest is how far a size may be stepped down before a line breaks.
const smallest = 75

// steps are the sizes tried, in percent.
var steps = []int{100, 95, 90, 85, 80, smallest}

// stage is a canvas and where text may stand on it, in pixels.
type stage struct {
	Canvas
	scale  float64 // house pixels to canvas pixels
	middle float64 // x on which every line is centred
	safe   Box
	phone  bool // tall: the apps' own buttons and texts lie over it
}

// newStage places the safe box: on a tall canvas what no platform covers,
// centred on the picture; on others five percent of margin.
func newStage(c Canvas) stage {
	w, h := float64(c.Width), float64(c.Height)
	s := stage{Canvas: c, scale: w / 1080, middle: w / 2}
	if h >= 1.6*w {
		s.phone = true
		s.safe = Box{int(math.Ceil(170 * s.scale)), int(math.Ceil(270 * s.scale)), int(910 * s.scale), int(1250 * s.scale)}
		return s
	}
	s.scale = min(s.scale, h/810) // a wide picture is not filled with letters
	s.safe = Box{int(math.Ceil(w * 0.05)), int(math.Ceil(h * 0.05)), int(w * 0.95), int(h * 0.95)}
	return s
}

// columnsMost is how long a line may be to a reader: 25 letters on a phone, 42
// elsewhere (outputs C.5); a subtitle on a phone has 24.
func (s stage) columnsMost(style string) int {
	switch {
	case !s.phone:
		return subtitleLetters
	case style == Subtitle:
		return 24
	}
	return 25
}

// width is how wide a line's letters may be in a design.
func (s stage) width(d design) float64 {
	return float64(s.safe.Right-s.safe.Left) - 2*s.scale*d.around()
}

// around is how far a style reaches beside its letters: stroke and shadow, or
// the plate.
func (d design) around() float64 { return max(d.stroke+reach*d.blur, d.padding) }

// under is how far letters, stroke and shadow reach below the last baseline.
func (d design) under(fr frame, em float64) float64 {
	return d.around() + d.drop + max(0.24, fr.fall)*em
}

// above is how far a caption reaches above its first baseline, plate included.
func (d design) above(fr frame, t *typeface, em float64) float64 {
	return max(t.capital*em+d.padding, fr.rise*em+0.6*d.padding)
}

// below is how far it reaches below its last: descenders need more than
// padding.
func (d design) below(fr frame, em float64) float64 {
	return max(d.padding+0.1*em, fr.fall*em+0.6*d.padding)
}

// line is from baseline to baseline: the design's pitch, more where the
// letters of two lines would meet.
func (d design) line(fr frame, em float64) float64 {
	return max(d.pitch, fr.line(em))
}

// pitch is line at a step of the size, in pixels of the canvas.
func (s stage) pitch(d design, fr frame, percent int, em float64) float64 {
	return max(d.pitch*s.scale*float64(percent)/100, fr.line(em))
}

// baseline is where the last line of a caption stands, at full size.
func (s stage) baseline(name string, t *typeface, fr frame) float64 {
	d := designs[name]
	em := t.em(d.size)
	switch {
	case name == Karaoke && s.phone:
		return s.scale * (1130 + (fr.rise-fr.fall)*em/2)
	case name == Karaoke:
		return float64(s.safe.Bottom) - s.scale*d.under(fr, em)
	case name == Subtitle && s.phone:
		return s.scale * min(1160+(d.line(fr, em)+(fr.rise-fr.fall)*em)/2, 1250-d.under(fr, em))
	case name == Subtitle:
		return float64(s.safe.Bottom) - s.scale*d.under(fr, em)
	case s.phone:
		height := d.above(fr, t, em) + d.line(fr, em) + d.below(fr, em)
		return s.scale * (1120 + height/2 - d.below(fr, em))
	}
	return float64(s.safe.Bottom) - s.scale*d.below(fr, em)
}

// fit is the largest step, in percent, at which ems of text are at most width
// pixels wide, and false when none is.
func fit(ems, em, width float64) (int, bool) {
	for _, p := range steps {
		if ems*em*float64(p)/100 <= width {
			return p, true
		}
	}
	return smallest, false
}
