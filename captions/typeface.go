package captions

import (
	"math"
	"slices"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/language"
)

// typeface is what a style is set in, in one language: its main face, and
// others for letters that the main face lacks. All are set at one em size.
type typeface struct {
	*face
	fonts  *Fonts
	weight int
	region string // for letters that are drawn otherwise in other countries

	lock  sync.Mutex
	known map[string]extent
}

// maxKnown bounds what a typeface remembers.
const maxKnown = 50_000

// typeface is what a style or the hook is set in.
func (f *Fonts) typeface(style, tag string) *typeface {
	f.mu.Lock()
	defer f.mu.Unlock()
	region := regionOf(tag)
	key := style + " " + region
	if f.faces[key] == nil {
		f.faces[key] = &typeface{face: f.main[style], fonts: f, weight: weights[style].weight, region: region, known: map[string]extent{}}
	}
	return f.faces[key]
}

// wanted is a letter that the main face lacks.
type wanted struct {
	letter rune
	weight int
	region string
}

// maxFound bounds what is remembered of letters.
const maxFound = 50_000

// other is a face that can write a letter, nil when there is none: one of the
// families made for its script first, then any.
func (f *Fonts) other(w wanted) *face {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x, ok := f.found[w]; ok {
		return x
	}
	if len(f.found) >= maxFound {
		clear(f.found)
	}
	best := f.families(w)
	for _, s := range append(best, nearest(f.others, w.weight)...) {
		if x := s.open(); x != nil && x.writes(w.letter) {
			f.found[w] = x
			return x
		}
	}
	f.found[w] = nil
	return nil
}

// families are the faces of the families made for a letter's script, in order.
func (f *Fonts) families(w wanted) []*source {
	var out []*source
	for _, family := range familiesOf(w.letter, w.region) {
		var faces []*source
		for _, s := range f.others {
			if squeeze(s.family) == squeeze(family) {
				faces = append(faces, s)
			}
		}
		out = append(out, nearest(faces, w.weight)...)
	}
	return out
}

// faceOf is the face that writes r; nil when none does.
func (t *typeface) faceOf(r rune) *face {
	if t.face.writes(r) {
		return t.face
	}
	return t.fonts.other(wanted{r, t.weight, t.region})
}

// faces is the face of every rune of a line. What has no script of its own
// (spaces, digits, stops) stays with its neighbours where they can write it.
func (t *typeface) faces(line []rune) []*face {
	out := make([]*face, len(line))
	var now *face
	for i, r := range line {
		switch {
		case isJoiner(r) || unicode.Is(unicode.M, r) && now != nil && now.writes(r):
		case unicode.IsLetter(r):
			now = t.faceOf(r)
		case now == nil:
			now = t.ahead(line[i:])
			fallthrough
		default:
			if now == nil || !now.writes(r) {
				now = t.faceOf(r)
			}
		}
		if now == nil {
			now = t.face
		}
		out[i] = now
	}
	return out
}

// ahead is the face of the first letter.
func (t *typeface) ahead(line []rune) *face {
	for _, r := range line {
		if unicode.IsLetter(r) {
			return t.faceOf(r)
		}
	}
	return t.face
}

// lacks is the runes of text that no face can write.
func (t *typeface) lacks(text string) []rune {
	var out []rune
	for _, r := range text {
		if !isJoiner(r) && t.faceOf(r) == nil {
			out = append(out, r)
		}
	}
	return out
}

// em is the em square in pixels at an ASS font size of the main face.
func (t *typeface) em(size float64) float64 { return size / (t.ascent + t.descent) }

// space is how wide the space between two words is, in ems.
func (t *typeface) space() float64 {
	return t.measure("n n").advance - 2*t.measure("n").advance
}

// measure is the extent of a line.
func (t *typeface) measure(text string) extent {
	t.lock.Lock()
	e, ok := t.known[text]
	t.lock.Unlock()
	if ok {
		return e
	}
	e = t.shape([]rune(text))
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.known) >= maxKnown {
		clear(t.known)
	}
	t.known[text] = e
	return e
}

// shape shapes a line piece by piece, each of one face and one direction, in
// the order in which they are seen.
func (t *typeface) shape(line []rune) extent {
	if len(line) == 0 {
		return extent{ascent: t.ascent, descent: t.descent}
	}
	all := extent{left: math.Inf(1), right: math.Inf(-1)}
	for _, p := range t.pieces(line) {
		e := p.face.shape(string(line[p.from:p.to]), p.level%2 == 1, "en")
		all.left, all.right = min(all.left, all.advance+e.left), max(all.right, all.advance+e.right)
		all.top, all.bottom = min(all.top, e.top), max(all.bottom, e.bottom)
		all.ascent, all.descent = max(all.ascent, e.ascent), max(all.descent, e.descent)
		all.advance += e.advance
	}
	return all
}

// run is a part of a line in one face and direction.
type run struct {
	face     *face
	from, to int
	level    int // odd: from right to left
}

// pieces are a line's runs from left to right, as the Unicode bidi algorithm
// orders them.
func (t *typeface) pieces(line []rune) []run {
	faces := t.faces(line)
	base := bidi.LeftToRight
	if isRightToLeft(string(line)) {
		base = bidi.RightToLeft
	}
	var p bidi.Paragraph
	found := p.Segment(line, base)
	var out []run
	for i := range found.NumRuns() {
		r := found.Run(i)
		for from := r.Start; from < r.End; {
			to := from + 1
			for to < r.End && faces[to] == faces[from] {
				to++
			}
			out = append(out, run{faces[from], from, to, int(r.Level)})
			from = to
		}
	}
	return visual(out)
}

// visual puts runs into the order in which they are seen (UAX 9, L2).
func visual(runs []run) []run {
	highest := 0
	for _, r := range runs {
		highest = max(highest, r.level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(runs); i++ {
			k := i
			for k < len(runs) && runs[k].level >= level {
				k++
			}
			slices.Reverse(runs[i:k])
			i = max(i, k)
		}
	}
	return runs
}

// frame is how far the letters of a caption reach above and below their
// baselines, in ems. It depends on the scripts alone, so that plates and lines
// do not jump from caption to caption.
type frame struct{ rise, fall float64 }

// line is from baseline to baseline at the least, so that no letters meet.
func (fr frame) line(em float64) float64 { return (fr.rise + fr.fall + 0.06) * em }

func (t *typeface) frame(lines []string) frame {
	f := frame{rise: t.capital}
	seen := map[language.Script]bool{}
	for _, l := range lines {
		for _, r := range l {
			s := language.LookupScript(r)
			if seen[s] || !unicode.IsLetter(r) || isLikeLatin(s) {
				continue
			}
			seen[s] = true
			sample := samples[s]
			if sample == "" {
				sample = string(r)
			}
			e := t.measure(sample)
			f.rise, f.fall = max(f.rise, -e.top), max(f.fall, e.bottom)
		}
	}
	return f
}
