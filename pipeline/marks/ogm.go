package marks

import (
	"regexp"
	"strings"
)

// ogmRow is one line of OGM's simple chapters: a time, or its name.
var ogmRow = regexp.MustCompile(`(?i)^\s*CHAPTER(\d{2,5})(NAME)?\s*=(.*)$`)

func looksOGM(f *file) bool {
	line, _, _ := strings.Cut(f.head(4096), "\n")
	return ogmRow.MatchString(line)
}

// parseOGM reads the simple chapters that OGM tools and mkvextract -s write.
func parseOGM(f *file, _ Recording) ([]List, error) {
	l := List{Source: SourceOGM}
	line, number := 0, ""
	for text := range strings.SplitSeq(f.text, "\n") {
		if line++; strings.TrimSpace(text) == "" {
			continue
		}
		m := ogmRow.FindStringSubmatch(text)
		switch {
		case m == nil:
			l.problem("line %d is no chapter", line)
		case m[2] != "":
			if last := len(l.Entries) - 1; last >= 0 && m[1] == number {
				l.Entries[last].Label = CleanLabel(m[3])
			}
		default:
			t, rest, ok := scanTime(strings.TrimSpace(m[3]))
			if !ok || rest != "" {
				number = ""
				l.problem("line %d is no time", line)
				continue
			}
			if l.Add(Entry{At: t.at, Step: t.step, Line: line}); l.Cut {
				return []List{l}, nil
			}
			number = m[1]
		}
	}
	return []List{l}, nil
}
