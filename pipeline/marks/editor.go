package marks

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
)

// numberedMarker is what editing programs call a marker that nobody named.
var numberedMarker = regexp.MustCompile(`^(?i:marker) \d+$`)

// editorLabel is what a person wrote at a marker: its name, else its note.
func editorLabel(name, note string) string {
	name = strings.TrimSpace(name)
	if name == "" || numberedMarker.MatchString(name) {
		return strings.TrimSpace(note)
	}
	return name
}

// isOf reports whether a clip of that name or path is the recording: the same
// base name, with or without its extension.
func (r Recording) isOf(clip string) bool {
	if u, err := url.PathUnescape(clip); err == nil {
		clip = u
	}
	clip = path.Base(strings.ReplaceAll(strings.TrimSpace(clip), `\`, "/"))
	stem := func(s string) string { return strings.TrimSuffix(s, path.Ext(s)) }
	return r.Name != "" && (strings.EqualFold(clip, r.Name) || strings.EqualFold(clip, stem(r.Name)) ||
		path.Ext(clip) != "" && strings.EqualFold(stem(clip), stem(r.Name)))
}

// pin is a marker in a project, on each clock on which it has a place.
type pin struct {
	label     string
	line      int
	at        time.Duration // on the program's timeline
	in        time.Duration // in the recording, where placed
	length    time.Duration // zero for a point
	nowhere   string        // why it has no place on the timeline; empty when it has
	placed    bool
	own       bool   // of the sequence that is being read, and not of a clip in it
	elsewhere string // why it has no place in the recording
}

// placed gives a list the markers of a project. When a clip of the project is
// the recording, its own time counts, and what lies on other clips is left out;
// else the whole timeline is taken for the recording, and that is told.
func (l *List) place(pins []pin, step time.Duration, cuts bool, of Recording) {
	type spot struct {
		at, end time.Duration
		label   string
	}
	seen := map[spot]bool{}
	for _, p := range pins {
		e := Entry{At: p.at, Step: step, Label: editorLabel(p.label, ""), Line: p.line}
		why := p.nowhere
		if cuts {
			if why = p.elsewhere; p.placed {
				e.At, why = p.in, ""
			}
		}
		e.At = max(-longestTime, min(longestTime, e.At))
		if p.length > step {
			end := e.At + p.length
			e.End = &end
		}
		if why != "" {
			e.PassCode, e.Pass = PassLeftOut, why
		}
		s := spot{at: e.At, end: p.length, label: e.Label + "\x00" + why}
		if !seen[s] { // a clip and its sound carry the same marker
			seen[s] = true
			l.Add(e)
		}
	}
	if !cuts && of.Name != "" && len(pins) > 0 {
		l.Remarks = append(l.Remarks, "no clip in it is called as the recording is, so its timeline is taken for the recording")
	}
}
