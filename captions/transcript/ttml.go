package transcript

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// readTTML reads TTML and its older name DFXP. go-astisub does too, but panics
// on every cue that gives its length and not its end (v0.34.0).
func readTTML(in raw) (File, error) {
	v := &ttml{clock: ttmlClock{frames: [2]int64{30, 1}, ticks: 1}}
	if err := visit(in.text, v); err != nil {
		return File{}, err
	}
	if v.err != nil {
		return File{}, v.err
	}
	return v.found.file(v.language)
}

// ttml collects the paragraphs of a document.
type ttml struct {
	clock    ttmlClock
	language string
	scopes   []scope // open elements that have times, outermost first
	inside   bool    // in a paragraph
	aside    int     // depth inside what is no text: metadata
	body     strings.Builder
	parts    []Part
	found    stretches
	err      error
}

// scope is an open element and the stretch it covers.
type scope struct {
	name       string
	start, end instant
}

func (v *ttml) open(e element) {
	switch {
	case e.name == "tt":
		v.language = e.attr("lang")
		v.clock.set(e)
	case e.name == "metadata" || e.name == "head" || e.name == "styling" || e.name == "layout":
		v.aside++
	case e.name == "br" && v.inside:
		v.body.WriteByte('\n')
	}
	if e.name == "p" {
		v.inside, v.parts = true, nil
		v.body.Reset()
	}
	v.scopes = append(v.scopes, v.scope(e))
}

// scope is when an element is seen: its times count from its parent's.
func (v *ttml) scope(e element) scope {
	var parent scope
	if n := len(v.scopes); n > 0 {
		parent = v.scopes[n-1]
	}
	s := scope{e.name, parent.start, parent.end}
	base := parent.start.at
	if t := v.clock.read(e.attr("begin")); t.known {
		s.start = instant{base + t.at, true}
	}
	if t := v.clock.read(e.attr("end")); t.known {
		s.end = instant{base + t.at, true}
	}
	if t := v.clock.read(e.attr("dur")); t.known && (!s.end.known || s.end.at > s.start.at+t.at || e.attr("end") == "") {
		s.end = instant{s.start.at + t.at, true}
	}
	return s
}

var ttmlSpace = regexp.MustCompile(`[ \t\n]+`)

func (v *ttml) text(text string) {
	if !v.inside || v.aside > 0 || v.body.Len() > 4*cueRunes {
		return
	}
	text = ttmlSpace.ReplaceAllString(text, " ")
	if n := len(v.scopes); n > 0 && v.scopes[n-1].name == "span" && strings.TrimSpace(text) != "" {
		if s := v.scopes[n-1]; s.start.known {
			v.parts = append(v.parts, Part{Start: s.start.at, End: s.end.at, Text: text})
		}
	}
	v.body.WriteString(text)
}

func (v *ttml) shut(name string) {
	if n := len(v.scopes); n > 0 {
		s := v.scopes[n-1]
		v.scopes = v.scopes[:n-1]
		if name == "p" && v.inside {
			v.inside = false
			v.err = errors.Join(v.err, v.paragraph(s))
		}
	}
	if name == "metadata" || name == "head" || name == "styling" || name == "layout" {
		v.aside--
	}
}

// paragraph keeps one. Its spans are words when they begin at times of their own.
func (v *ttml) paragraph(s scope) error {
	own := 0
	for i, p := range v.parts {
		if i > 0 && p.Start > v.parts[i-1].Start {
			own++
		}
	}
	parts := v.parts
	if own == 0 {
		parts = nil
	}
	if !s.start.known && s.end.known {
		s.start.known = true
	}
	return v.found.addLines(s.start, s.end, strings.Split(v.body.String(), "\n"), parts)
}

// ttmlClock reads time expressions of TTML (section 12.3 of TTML2).
type ttmlClock struct {
	frames [2]int64 // a second, as a fraction
	ticks  int64    // a second
}

func (c *ttmlClock) set(tt element) {
	if n, err := strconv.ParseInt(tt.attr("frameRate"), 10, 64); err == nil && n > 0 && n <= 1000 {
		c.frames[0], c.ticks = n, n
	}
	if f := strings.Fields(tt.attr("frameRateMultiplier")); len(f) == 2 {
		a, err := strconv.ParseInt(f[0], 10, 64)
		b, err2 := strconv.ParseInt(f[1], 10, 64)
		if err == nil && err2 == nil && a > 0 && b > 0 && a <= 100_000 && b <= 100_000 {
			c.frames[0], c.frames[1] = c.frames[0]*a, b
		}
	}
	if n, err := strconv.ParseInt(tt.attr("tickRate"), 10, 64); err == nil && n > 0 && n <= 1e9 {
		c.ticks = n
	}
}

var (
	ttmlClockTime = regexp.MustCompile(`^(\d{2,4}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*|:(\d{1,3})(?:\.\d+)?)?$`)
	ttmlOffset    = regexp.MustCompile(`^(\d{1,12}(?:\.\d{1,12})?)(h|ms|m|s|f|t)$`)
)

// read is one time expression; unknown for what is none.
func (c ttmlClock) read(text string) instant {
	text = strings.TrimSpace(text)
	if m := ttmlClockTime.FindStringSubmatch(text); m != nil {
		at, ok := clock(m[1:5])
		if n, err := strconv.ParseInt(m[5], 10, 64); err == nil {
			at += time.Duration(n * int64(time.Second) * c.frames[1] / c.frames[0])
		}
		return instant{at, ok}
	}
	m := ttmlOffset.FindStringSubmatch(text)
	if m == nil {
		return instant{}
	}
	unit := map[string][2]int64{"h": {3600, 1}, "m": {60, 1}, "s": {1, 1}, "ms": {1, 1000}, "f": {c.frames[1], c.frames[0]}, "t": {1, c.ticks}}[m[2]]
	return scaled(m[1], unit[0], unit[1])
}
