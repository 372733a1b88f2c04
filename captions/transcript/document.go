package transcript

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// document reads a JSON text into a struct. What stands behind the first value
// is left unread.
func document(in raw, into any) error {
	if err := json.NewDecoder(strings.NewReader(in.text)).Decode(into); err != nil {
		return fmt.Errorf("its JSON is damaged: %w", err)
	}
	return nil
}

// mostParts bounds the words of one file.
const mostParts = 1_000_000

// stretches collects what a document says.
type stretches struct {
	all   []Timed
	parts int
	lost  int // stretches without a usable time
}

// add takes a stretch with its parts. Parts whose times are nonsense are given
// up for the stretch's own; a stretch without usable times is left out.
func (s *stretches) add(start, end instant, text string, parts []Part) error {
	if len(s.all) >= fileCues {
		return fmt.Errorf("more than %d cues", fileCues)
	}
	if s.parts += len(parts); s.parts > mostParts {
		return fmt.Errorf("more than %d words", mostParts)
	}
	parts = usable(parts)
	if len(parts) > 0 {
		if first := parts[0].Start; !start.known || start.at > first {
			start = instant{first, true}
		}
		last := parts[len(parts)-1]
		if ends := max(last.End, last.Start+time.Millisecond); !end.known || end.at < ends {
			end = instant{ends, true}
		}
		if text == "" {
			text = textOf(parts)
		}
	}
	text = spaced(text)
	if text == "" {
		return nil
	}
	if !start.known || !end.known || end.at <= start.at {
		s.lost++
		return nil
	}
	s.all = append(s.all, Timed{Start: start.at, End: end.at, Text: text, Parts: parts})
	return nil
}

// addLines takes a stretch of several lines. Parts say which line they are of,
// counted as they are given.
func (s *stretches) addLines(start, end instant, lines []string, parts []Part) error {
	var kept []string
	runes := 0
	for i, line := range lines {
		line = clip(spaced(line), max(cueRunes-runes, 0))
		if line == "" || len(kept) >= cueLines {
			continue
		}
		for k := range parts {
			if parts[k].Line == i {
				parts[k].Line = len(kept)
			}
		}
		runes += utf8.RuneCountInString(line) + 1
		kept = append(kept, line)
	}
	before := len(s.all)
	if err := s.add(start, end, strings.Join(kept, " "), parts); err != nil {
		return err
	}
	if len(s.all) > before {
		s.all[before].Text = strings.Join(kept, "\n")
	}
	return nil
}

// file is what was collected.
func (s *stretches) file(language string) (File, error) {
	if len(s.all) == 0 && s.lost > 0 {
		return File{}, fmt.Errorf("none of its %d stretches has a beginning and an end", s.lost)
	}
	f := File{Language: tongue(language), Said: s.all}
	n := 0
	for _, t := range s.all {
		if len(t.Parts) > 0 {
			n++
		}
	}
	f.WordTimed = 2*n > len(s.all)
	return f, nil
}

// usable is parts in order: one that ends before it begins has no end; one
// that begins before the one before it begins with it.
func usable(parts []Part) []Part {
	out := make([]Part, 0, len(parts))
	at := time.Duration(0)
	for _, p := range parts {
		if len(p.Text) > 4*cueRunes {
			continue
		}
		p.Start = max(p.Start, at)
		if p.End < p.Start {
			p.End = 0
		}
		p.Confidence = min(max(p.Confidence, 0), 1)
		at = p.Start
		out = append(out, p)
	}
	return out
}

// spaced is text on one line, bounded.
func spaced(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "")
	}
	return clip(strings.Join(strings.Fields(text), " "), cueRunes)
}

func textOf(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}
