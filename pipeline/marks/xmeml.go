package marks

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

func looksXMEML(f *file) bool { return f.root() == "xmeml" }

// parseXMEML reads the markers of a Final Cut Pro 7 project, which Premiere
// and Resolve write too. A sequence's markers count its frames; a clip's count
// those of its media.
func parseXMEML(f *file, of Recording) ([]List, error) {
	p := &reels{of: of, files: map[string]bool{}, frame: oneFrame(of)}
	l := List{Source: SourceXMEML}
	err := f.walk(func(line int, t xml.Token) bool {
		switch t := t.(type) {
		case xml.StartElement:
			p.stack = append(p.stack, node{kind: t.Name.Local, id: attribute(t, "id"), line: line})
		case xml.CharData:
			p.hear(t)
		case xml.EndElement:
			p.close()
		}
		return p.markers <= MostMarks
	})
	for len(p.stack) > 0 { // a file that ends early: what is there counts
		p.close()
	}
	if err != nil {
		l.problem("%s", CleanLabel(err.Error()))
	}
	l.Cut = p.markers > MostMarks
	l.place(p.pins, p.frame, p.found, of)
	return []List{l}, nil
}

// node is an open element. Sequences and clips have a clock of their own.
type node struct {
	kind, id string
	line     int
	text     string
	said     map[string]string // by its children
	rate     timeline.Rate
	mine     bool
	pins     []pin  // of what stands inside, on its clock
	spans    []span // where the recording runs, on its clock
}

// span is a stretch of a sequence that shows the recording from in on.
type span struct{ from, to, in time.Duration }

type reels struct {
	of      Recording
	files   map[string]bool // by id: whether it is the recording
	frame   time.Duration
	stack   []node
	pins    []pin
	markers int
	found   bool
}

// spoken are the elements whose text matters.
var spoken = map[string]bool{"name": true, "comment": true, "in": true, "out": true, "start": true, "end": true, "timebase": true, "ntsc": true, "pathurl": true}

func (p *reels) hear(text xml.CharData) {
	if n := len(p.stack); n > 0 && spoken[p.stack[n-1].kind] && len(p.stack[n-1].text) < mostLabel {
		p.stack[n-1].text += string(text[:min(len(text), mostLabel)])
	}
}

func (p *reels) close() {
	if len(p.stack) == 0 {
		return
	}
	n := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	up := &node{}
	if len(p.stack) > 0 {
		up = &p.stack[len(p.stack)-1]
	}
	switch n.kind {
	case "rate":
		if up.rate.IsZero() {
			up.rate = n.asRate()
		}
	case "file":
		p.file(n)
	case "marker":
		p.marker(n)
	case "clipitem", "clip":
		p.clip(n)
	case "sequence":
		p.sequence(n)
	default:
		if spoken[n.kind] {
			if up.said == nil {
				up.said = map[string]string{}
			}
			if _, known := up.said[n.kind]; !known {
				up.said[n.kind] = strings.TrimSpace(n.text)
			}
		}
	}
}

// asRate is a timebase, a thousandth slower where it says so.
func (n node) asRate() timeline.Rate {
	base, err := strconv.ParseInt(n.said["timebase"], 10, 16)
	if err != nil || base <= 0 {
		return timeline.Rate{}
	}
	if strings.EqualFold(n.said["ntsc"], "TRUE") {
		return timeline.NewRate(base*1000, 1001)
	}
	return timeline.NewRate(base, 1)
}

// frames is a child's number of frames as time; false where there is none, or
// a transition hides it (-1).
func (n node) frames(child string, r timeline.Rate) (time.Duration, bool) {
	f, err := strconv.ParseInt(n.said[child], 10, 40)
	if err != nil || f < 0 || r.IsZero() || r.Duration(f) > longestTime {
		return 0, false
	}
	return r.Duration(f), true
}

// holder is the nearest open element of those kinds.
func (p *reels) holder(kinds ...string) *node {
	for i := len(p.stack) - 1; i >= 0; i-- {
		for _, k := range kinds {
			if p.stack[i].kind == k {
				return &p.stack[i]
			}
		}
	}
	return nil
}

// rateAt is the rate that counts inside n: its own, else of what holds it.
func (p *reels) rateAt(n node) timeline.Rate {
	for i := len(p.stack) - 1; i >= 0 && n.rate.IsZero(); i-- {
		n.rate = p.stack[i].rate
	}
	if n.rate.IsZero() {
		n.rate = p.of.Rate
	}
	return n.rate
}

// file tells the clip that holds it whether it is the recording. It is
// described once; later mentions have its id only.
func (p *reels) file(n node) {
	mine := p.files[n.id] || p.of.isOf(n.said["name"]) || p.of.isOf(n.said["pathurl"])
	p.files[n.id] = mine && n.id != ""
	if c := p.holder("clipitem", "clip"); c != nil {
		c.mine = c.mine || mine
		p.found = p.found || mine
	}
}

// marker keeps a marker with its clip or sequence, whose rate counts it.
func (p *reels) marker(n node) {
	h := p.holder("clipitem", "clip", "sequence")
	if h == nil {
		return
	}
	p.markers++
	r := p.rateAt(*h)
	x := pin{label: editorLabel(n.said["name"], n.said["comment"]), line: n.line, elsewhere: "it stands on another clip than the recording"}
	at, ok := n.frames("in", r)
	if !ok {
		x.nowhere, x.elsewhere = "it says no time", "it says no time"
	}
	if to, ok := n.frames("out", r); ok && to > at {
		x.length = to - at
	}
	x.at, x.own = at, h.kind == "sequence"
	h.pins = append(h.pins, x)
}
