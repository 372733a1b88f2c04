package marks

import (
	"strings"
)

// mkvEdition is one set of chapters in Matroska's XML.
type mkvEdition struct {
	Hidden  int       `xml:"EditionFlagHidden"`
	Default int       `xml:"EditionFlagDefault"`
	Atoms   []mkvAtom `xml:"ChapterAtom"`
}

// mkvAtom is one chapter; chapters may hold chapters.
type mkvAtom struct {
	Start   string    `xml:"ChapterTimeStart"`
	End     string    `xml:"ChapterTimeEnd"`
	Hidden  int       `xml:"ChapterFlagHidden"`
	Enabled *int      `xml:"ChapterFlagEnabled"`
	Names   []string  `xml:"ChapterDisplay>ChapterString"`
	Atoms   []mkvAtom `xml:"ChapterAtom"`
}

func looksMatroskaXML(f *file) bool { return f.root() == "Chapters" }

// parseMatroskaXML reads chapters as mkvextract writes them: those of the
// default edition, else of the first. Hidden and disabled ones are left out.
func parseMatroskaXML(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceMatroskaXML}
	var doc struct {
		Editions []mkvEdition `xml:"EditionEntry"`
	}
	if err := xmlDecoder(strings.NewReader(f.text)).Decode(&doc); err != nil {
		return nil, unknown(f.name, "it is XML with a fault ("+CleanLabel(err.Error())+")")
	}
	var chosen *mkvEdition
	for i := range doc.Editions {
		e := &doc.Editions[i]
		if e.Hidden == 0 && (chosen == nil || e.Default != 0 && chosen.Default == 0) {
			chosen = e
		}
	}
	if chosen != nil {
		l.atoms(chosen.Atoms)
	}
	l.chapters(of.Length)
	return []List{l}, nil
}

// atoms keeps chapters and those inside them.
func (l *List) atoms(all []mkvAtom) {
	for _, a := range all {
		from, rest, ok := scanTime(strings.TrimSpace(a.Start))
		if !ok || rest != "" {
			l.problem("a chapter starts at %q", CleanLabel(a.Start[:min(len(a.Start), 60)]))
			continue
		}
		e := Entry{At: from.at, Step: from.step}
		if len(a.Names) > 0 {
			e.Label = a.Names[0]
		}
		if to, rest, ok := scanTime(strings.TrimSpace(a.End)); ok && rest == "" {
			e.until(to)
		}
		if a.Hidden != 0 || a.Enabled != nil && *a.Enabled == 0 {
			e.PassCode, e.Pass = PassLeftOut, "its file hides this chapter"
		}
		l.Add(e)
		l.atoms(a.Atoms)
	}
}
