package marks

import (
	"encoding/xml"
	"time"
)

func looksFCPXML(f *file) bool { return f.root() == "fcpxml" }

// parseFCPXML reads the markers of a Final Cut Pro project. A marker stands in
// the clock of the clip that holds it; clips stand in clips, and in the end in
// a sequence or over the recording itself.
func parseFCPXML(f *file, of Recording) ([]List, error) {
	p := &project{of: of, assets: map[string]asset{}, starts: map[string]time.Duration{}}
	l := List{Source: SourceFCPXML}
	err := f.walk(func(line int, t xml.Token) bool {
		switch t := t.(type) {
		case xml.StartElement:
			p.open(t, line)
		case xml.EndElement:
			p.close()
		}
		return len(p.pins) < MostMarks
	})
	if err != nil {
		l.problem("%s", CleanLabel(err.Error()))
	}
	l.Cut = len(p.pins) >= MostMarks
	l.place(p.pins, max(p.frame, oneFrame(of)), p.found, of)
	return []List{l}, nil
}

// oneFrame is what editors' markers are precise to.
func oneFrame(of Recording) time.Duration { return of.rate().Duration(1) }

// asset is a media file of the project.
type asset struct {
	start time.Duration
	mine  bool
}

// story is an open element. Those with a clock of their own lay it into the
// clock of what holds them: local - start + offset.
type story struct {
	kind          string
	clock         bool
	start, offset time.Duration
	length        time.Duration // zero: not known
	begins        bool          // it says its start
	next          time.Duration // where the next element of a storyline begins
	over          *window       // the recording, where this clock runs along it
	bent          bool          // the clip plays at another speed
	chosen        bool          // of an audition, the first clip was seen
	hidden        string
}

// window lays a clock along the recording: local - start + at.
type window struct{ start, at time.Duration }

type project struct {
	of     Recording
	assets map[string]asset
	starts map[string]time.Duration // of compound clips' own sequences
	asset  string                   // the open one
	media  string
	stack  []story
	pins   []pin
	found  bool // a clip is the recording
	frame  time.Duration
}

func (p *project) close() {
	if len(p.stack) > 0 {
		p.stack = p.stack[:len(p.stack)-1]
	}
}

func (p *project) top() *story {
	if len(p.stack) == 0 {
		return &story{}
	}
	return &p.stack[len(p.stack)-1]
}

// open reads an element's tag. What it may hold comes after it.
func (p *project) open(e xml.StartElement, line int) {
	s := story{kind: e.Name.Local}
	switch s.kind {
	case "asset":
		p.asset = attribute(e, "id")
		a := asset{start: seconds(attribute(e, "start")), mine: p.of.isOf(attribute(e, "name")) || p.of.isOf(attribute(e, "src"))}
		p.assets[p.asset] = a
	case "media-rep":
		a := p.assets[p.asset]
		a.mine = a.mine || p.of.isOf(attribute(e, "src"))
		p.assets[p.asset] = a
	case "format":
		if d := seconds(attribute(e, "frameDuration")); d <= 100*time.Millisecond {
			p.frame = max(p.frame, d)
		}
	case "media":
		p.media = attribute(e, "id")
	case "sequence":
		s.clock, s.start = true, seconds(attribute(e, "tcStart"))
		if within := p.top().kind == "media"; within {
			p.starts[p.media] = s.start
			s.hidden = "it stands inside a compound clip"
		}
	case "multicam":
		s.hidden = "it stands inside a multicam clip"
	case "spine":
		s.clock = attribute(e, "lane") != "" || attribute(e, "offset") != ""
		s.offset = seconds(attribute(e, "offset"))
		if s.next = 0; !s.clock {
			s.next = p.top().start
		}
	case "asset-clip", "clip", "video", "audio", "title", "gap", "ref-clip", "sync-clip", "mc-clip", "transition", "caption":
		p.clip(&s, e)
	case "timeMap":
		p.top().bent = true
	case "marker", "chapter-marker":
		p.pin(e, line)
	}
	p.stack = append(p.stack, s)
}

// clip reads a clip's place in what holds it.
func (p *project) clip(s *story, e xml.StartElement) {
	up := p.top()
	a, known := p.assets[attribute(e, "ref")]
	s.clock, s.start, s.length = true, a.start, seconds(attribute(e, "duration"))
	if s.kind == "ref-clip" {
		s.start = p.starts[attribute(e, "ref")]
	}
	if text := attribute(e, "start"); text != "" {
		s.start, s.begins = seconds(text), true
	}
	if s.offset = up.next; attribute(e, "offset") != "" {
		s.offset = seconds(attribute(e, "offset"))
	}
	switch {
	case up.kind == "spine" && s.kind != "transition":
		up.next = s.offset + s.length
	case up.kind == "audition":
		if up.chosen {
			s.hidden = "it stands on a take that was not chosen"
		}
		up.chosen = true
	}
	if !known || !a.mine {
		return
	}
	p.found = true
	s.over = &window{start: a.start}
	if attribute(e, "lane") == "" && (up.kind == "clip" || up.kind == "sync-clip") && up.over == nil {
		up.over = &window{start: s.offset, at: s.start - a.start} // the clip merely wraps it
	}
}

// pin reads a marker in the clock of the element that is open.
func (p *project) pin(e xml.StartElement, line int) {
	x := pin{label: editorLabel(attribute(e, "value"), attribute(e, "note")), line: line, elsewhere: "it stands on another clip than the recording"}
	at, ok := secondsOf(attribute(e, "start"))
	holder := *p.top()
	if !ok || !holder.clock {
		x.nowhere = "it says no time"
	}
	if holder.kind == "transition" && !holder.begins && at >= time.Hour {
		at -= time.Hour // Final Cut counts a transition's own time from one hour
	}
	if from := holder.start; holder.length > 0 && (at < from || at >= from+holder.length) {
		x.nowhere = "it is hidden: it lies outside the part of the clip that is used"
	}
	p.lay(&x, at, x.nowhere != "")
	p.pins = append(p.pins, x)
}

// lay takes a marker's time from clock to clock up to the sequence, and finds
// its place in the recording where one of them runs along it.
func (p *project) lay(x *pin, at time.Duration, hidden bool) {
	found := hidden
	for i := len(p.stack) - 1; i >= 0; i-- {
		s := p.stack[i]
		if x.nowhere == "" {
			x.nowhere = s.hidden
		}
		if s.over != nil && !found {
			found = true
			if x.in, x.placed = at-s.over.start+s.over.at, !s.bent; s.bent {
				x.elsewhere = "the clip plays at another speed there"
			}
		}
		if s.clock {
			at = at - s.start + s.offset
		}
	}
	if x.at = at; hidden {
		x.elsewhere = x.nowhere
	}
}
