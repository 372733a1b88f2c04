package captions

import (
	"regexp"
	"strings"
	"unicode"
)

// pointing are words that say that something was marked, not what.
const pointing = `(?:moments?|mark(?:er)?s?|clips?|drops?|highlights?|reveals?|chapters?|cuts?|bookmarks?|shorts?)`

var (
	pointer  = regexp.MustCompile(`(?i)^` + pointing + `(?:\s+(?:#?\d{1,4}|[A-Z]))?\s*[:–—|-]\s*`)
	instant  = regexp.MustCompile(`^\s*[\[(]?\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d+)?[\])]?(?:\s*[-–—]\s*[\[(]?\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d+)?[\])]?)?\s*[-–—:|]?\s*`)
	nameless = regexp.MustCompile(`(?i)^(?:` + pointing + `|unnamed|untitled|scene|part|unknown|none|null|n/?a|test)?[\s#:_.-]*(?:\d+|[a-z])?$`)
)

// Label is what a mark's label says to a viewer: "MOMENT B: JFK line" is "JFK
// line". A label that is only a number, a time or a name such as "Unnamed 3"
// says nothing and is empty.
func Label(label string) string {
	text, _ := Clean(label)
	for range 3 {
		before := text
		text = strings.TrimSpace(instant.ReplaceAllString(text, ""))
		text = strings.TrimSpace(pointer.ReplaceAllString(text, ""))
		if text == before {
			break
		}
	}
	text = strings.Trim(text, " -–—:|_,.")
	if nameless.MatchString(text) || !strings.ContainsFunc(text, unicode.IsLetter) {
		return ""
	}
	return capitalised(text)
}
