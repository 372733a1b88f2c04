package marks

import (
	"encoding/json"
	"regexp"
)

// cutSegments is the key that only LosslessCut's projects have.
var cutSegments = regexp.MustCompile(`(?:^|[{,/\s])["']?cutSegments["']?\s*:\s*\[`)

// llcSegment is one segment of a project; version 1 may leave out either time.
type llcSegment struct {
	Start    *writtenTime `json:"start"`
	End      *writtenTime `json:"end"`
	Name     string       `json:"name"`
	Selected *bool        `json:"selected"`
}

// looksLLC reports whether a file is a LosslessCut project.
func looksLLC(f *file) bool {
	c := first(f.head(1))
	return (c == '{' || c == '/') && cutSegments.MatchString(f.head(telling))
}

// parseLLC reads a LosslessCut project, which is JSON5. A segment without an
// end is a point; one that is not selected is left out.
func parseLLC(f *file, _ Recording) ([]List, error) {
	l := List{Source: SourceLLC}
	text, err := fromJSON5(f.text)
	if err != nil {
		return nil, unknown(f.name, "it is JSON5 with a fault ("+err.Error()+")")
	}
	var doc struct {
		Media    string          `json:"mediaFileName"`
		Segments json.RawMessage `json:"cutSegments"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, unknown(f.name, "it is JSON5 with a fault ("+CleanLabel(err.Error())+")")
	}
	each(&l, doc.Segments, "segment", func(n int, s llcSegment) {
		if s.Start == nil && s.End == nil {
			l.problem("segment %d has no time", n)
			return
		}
		e := Entry{Label: s.Name}
		if s.Start != nil {
			e.At, e.Step = s.Start.at, s.Start.step
		} else {
			e.Step = s.End.step
		}
		if s.End != nil {
			e.until(s.End.instant)
		}
		if s.Selected != nil && !*s.Selected {
			e.PassCode, e.Pass = PassLeftOut, "it is not selected in LosslessCut"
		}
		l.Add(e)
	})
	l.Named = baseOf(doc.Media)
	return []List{l}, nil
}
