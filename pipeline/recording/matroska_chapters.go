package recording

import (
	"strings"
	"time"
	"unicode/utf8"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Elements of chapters.
const (
	idEdition        = 0x45B9
	idEditionHidden  = 0x45BD
	idEditionDefault = 0x45DB
	idChapterAtom    = 0xB6
	idChapterStart   = 0x91
	idChapterEnd     = 0x92
	idChapterHidden  = 0x98
	idChapterEnabled = 0x4598
	idChapterDisplay = 0x80
	idChapterString  = 0x85
)

const (
	mostAtoms = 10000 // chapters that are read; a recording has hundreds at most
	mostTitle = 4096  // bytes of a title
	mostDepth = 8     // of chapters in chapters
)

// chapterAtom is a chapter as Matroska has it, in nanoseconds of its own clock.
type chapterAtom struct {
	start, end int64
	title      string
}

// readChapters reads the default edition, the first when none is. Hidden and
// disabled chapters are left out; of several titles the first is taken.
func readChapters(body []byte) []chapterAtom {
	var out []chapterAtom
	chosen := false
	children(body, func(id uint32, edition []byte) bool {
		if id != idEdition {
			return true
		}
		var atoms []chapterAtom
		isDefault, hidden := false, false
		children(edition, func(id uint32, b []byte) bool {
			switch id {
			case idEditionDefault:
				isDefault = flagOf(b)
			case idEditionHidden:
				hidden = flagOf(b)
			case idChapterAtom:
				atoms = readAtom(b, atoms, 0)
			}
			return len(atoms) < mostAtoms
		})
		if len(atoms) > 0 && (!chosen || isDefault) && !(hidden && chosen) {
			out, chosen = atoms, true
		}
		return !(chosen && isDefault)
	})
	return out
}

func flagOf(b []byte) bool {
	n, ok := uintOf(b)
	return ok && n != 0
}

func readAtom(body []byte, out []chapterAtom, depth int) []chapterAtom {
	a := chapterAtom{start: -1}
	var nested [][]byte
	shown, titled := true, false
	children(body, func(id uint32, b []byte) bool {
		switch id {
		case idChapterStart:
			if n, ok := uintOf(b); ok {
				a.start = n
			}
		case idChapterEnd:
			a.end, _ = uintOf(b)
		case idChapterHidden:
			shown = shown && !flagOf(b)
		case idChapterEnabled:
			shown = shown && flagOf(b)
		case idChapterDisplay:
			if !titled {
				a.title, titled = titleOf(b), true
			}
		case idChapterAtom:
			nested = append(nested, b)
		}
		return true
	})
	if !shown {
		return out
	}
	if a.start >= 0 {
		out = append(out, a)
	}
	for _, b := range nested {
		if depth < mostDepth && len(out) < mostAtoms {
			out = readAtom(b, out, depth+1)
		}
	}
	return out
}

func titleOf(display []byte) string {
	title := ""
	children(display, func(id uint32, b []byte) bool {
		if id != idChapterString {
			return true
		}
		b = b[:min(len(b), mostTitle)]
		for len(b) > 0 && !utf8.Valid(b) && len(b) == mostTitle {
			b = b[:len(b)-1] // a rune that the limit cut
		}
		title = strings.TrimRight(strings.ToValidUTF8(string(b), "\ufffd"), "\x00")
		return false
	})
	return title
}

func (m *matroska) chapters() []pipeline.Chapter {
	var out []pipeline.Chapter
	for _, a := range m.chapter {
		c := pipeline.Chapter{Start: onTimeline(m.times.Pieces, a.start), Title: a.title, Format: "matroska"}
		if a.end > a.start {
			c.End = onTimeline(m.times.Pieces, a.end)
		}
		out = append(out, c)
	}
	return out
}

// onTimeline is when source timestamp ns is shown; what lies before the first
// picture or in a stretch that is left out is moved to what is shown next.
func onTimeline(p timeline.Pieces, ns int64) time.Duration {
	if d, ok := p.ToTimeline(ns); ok {
		return d
	}
	for _, x := range p {
		if ns < x.From {
			return time.Duration(x.At)
		}
	}
	if len(p) == 0 {
		return 0
	}
	last := p[len(p)-1]
	return time.Duration(last.At + min(last.To-last.From, max(0, ns-last.From)))
}
