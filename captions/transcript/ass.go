package transcript

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/asticode/go-astisub"
)

func isASS(in raw) bool {
	head := strings.ToLower(in.head())
	return strings.Contains(head, "[script info]") || strings.Contains(head, "[events]") && strings.Contains(head, "dialogue:")
}

// readASS reads ASS and SSA. Every event is read by itself, so that a damaged
// one does not spoil the others, as it would in the library.
func readASS(in raw) (File, error) {
	format, events := "", false
	var s stretches
	for line := range strings.SplitSeq(in.text, "\n") {
		line = strings.TrimSpace(line)
		name, _, ok := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			events = strings.EqualFold(line, "[Events]")
		case !ok || !events:
		case strings.EqualFold(name, "Format"):
			format = line
		case strings.EqualFold(name, "Dialogue") && len(line) < 16*cueRunes:
			item, err := event(format, line)
			if err != nil {
				s.lost++
				continue
			}
			if err := s.dialogue(item); err != nil {
				return File{}, err
			}
		}
	}
	return s.file("")
}

// event is one line of events.
func event(format, line string) (item *astisub.Item, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the event cannot be read")
		}
	}()
	subs, err := astisub.ReadFromSSAWithOptions(strings.NewReader("[Events]\n"+format+"\n"+line+"\n"), astisub.SSAOptions{})
	if err != nil {
		return nil, err
	}
	if len(subs.Items) != 1 {
		return nil, errors.New("it is no event")
	}
	return subs.Items[0], nil
}

var (
	syllable = regexp.MustCompile(`\\[kK][fot]?(\d{1,6})`)
	drawing  = regexp.MustCompile(`\\p(\d)`)
)

// dialogue adds an event. Its syllables are words with times of their own;
// drawings are no text.
func (s *stretches) dialogue(item *astisub.Item) error {
	var lines []string
	var parts []Part
	at, next := item.StartAt, item.StartAt
	draws, sung := false, false
	for n, l := range item.Lines {
		var text strings.Builder
		for _, x := range l.Items {
			if x.InlineStyle != nil {
				for _, m := range syllable.FindAllStringSubmatch(x.InlineStyle.SSAEffect, -1) {
					cs, _ := strconv.ParseInt(m[1], 10, 64)
					at, next, sung = next, next+time.Duration(cs)*10*time.Millisecond, true
				}
				for _, m := range drawing.FindAllStringSubmatch(x.InlineStyle.SSAEffect, -1) {
					draws = m[1] != "0"
				}
			}
			if draws {
				continue
			}
			piece := strings.ReplaceAll(x.Text, `\h`, " ")
			text.WriteString(piece)
			if strings.TrimSpace(piece) != "" {
				parts = append(parts, Part{Start: at, End: max(next, at), Text: piece, Line: n})
			}
		}
		lines = append(lines, text.String())
	}
	if !sung {
		parts = nil
	}
	return s.addLines(instant{item.StartAt, item.StartAt >= 0}, instant{item.EndAt, true}, lines, parts)
}
