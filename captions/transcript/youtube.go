package transcript

import (
	"strings"
	"time"
)

// readYouTube reads json3: events on screen, each of pieces that begin so many
// milliseconds after it. Of automatic captions every piece is a word.
func readYouTube(in raw) (File, error) {
	var doc struct {
		Events []struct {
			Start  int64 `json:"tStartMs"`
			Length int64 `json:"dDurationMs"`
			Append int   `json:"aAppend"`
			Segs   []struct {
				Text   string `json:"utf8"`
				Offset *int64 `json:"tOffsetMs"`
			} `json:"segs"`
		} `json:"events"`
	}
	if err := document(in, &doc); err != nil {
		return File{}, err
	}
	var s stretches
	for i, e := range doc.Events {
		var parts []Part
		var text strings.Builder
		timed := false
		for _, seg := range e.Segs {
			at := instant{time.Duration(0), true}
			if seg.Offset != nil {
				at, timed = millis(*seg.Offset), true
			}
			from := millis(e.Start)
			text.WriteString(seg.Text)
			if strings.TrimSpace(seg.Text) == "" || !at.known || !from.known {
				continue
			}
			parts = append(parts, Part{Start: from.at + at.at, Text: seg.Text})
		}
		if !timed && len(strings.Fields(text.String())) > 1 {
			parts = nil // captions that a person wrote
		}
		end := millis(e.Start + min(max(e.Length, 0), longest.Milliseconds()))
		if next := i + 1; len(parts) > 0 && next < len(doc.Events) && doc.Events[next].Append == 0 {
			if t := millis(doc.Events[next].Start); t.known && t.at > parts[len(parts)-1].Start {
				end.at = min(end.at, t.at)
			}
		}
		if err := s.add(millis(e.Start), end, text.String(), parts); err != nil {
			return File{}, err
		}
	}
	return s.file("")
}
