package transcript

import (
	"regexp"
	"strings"
	"time"
)

// inlineTime is a time inside a line: <00:00:01.500>, or <00:12.34> of LRC.
var inlineTime = regexp.MustCompile(`<(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?>`)

// unknownStart is the start of what stands before a line's first inline time.
const unknownStart = time.Duration(-1)

// inlineParts cuts a line at the times inside it. A line without any is one
// part whose start is not known.
func inlineParts(line string, number int) []Part {
	var out []Part
	add := func(at time.Duration, text string) {
		if text = markless(text); strings.TrimSpace(text) != "" {
			out = append(out, Part{Start: at, Text: text, Line: number})
		}
	}
	at, from := unknownStart, 0
	for _, m := range inlineTime.FindAllStringSubmatchIndex(line, -1) {
		add(at, line[from:m[0]])
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return line[m[2*i]:m[2*i+1]]
		}
		if t, ok := clock([]string{group(1), group(2), group(3), group(4)}); ok {
			at = t
		}
		from = m[1]
	}
	add(at, line[from:])
	return out
}

// timedParts gives parts of unknown start the time where they can begin at the
// earliest. Parts of which none has a time, or one lies outside the cue, say
// nothing: nil.
func timedParts(parts []Part, start, end time.Duration) []Part {
	known := false
	at := start
	for i := range parts {
		if parts[i].Start == unknownStart {
			parts[i].Start = at
			continue
		}
		known = true
		if parts[i].Start < at || parts[i].Start > end {
			return nil
		}
		at = parts[i].Start
	}
	if !known {
		return nil
	}
	return parts
}
