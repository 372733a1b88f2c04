package transcript

import (
	"regexp"
	"strings"
)

// format is one kind of file that brings words.
type format struct {
	name string
	what string // for people
	is   func(raw) bool
	read func(raw) (File, error)
}

// formats is every kind, the surest to be told first.
var formats = []format{
	{"vtt", "WebVTT", isVTT, readCues},
	{"srt", "SubRip", isSRT, readCues},
}

func isVTT(in raw) bool {
	rest, ok := strings.CutPrefix(firstLine(in.text), "WEBVTT")
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// arrowLine is how a cue's line of times begins, in any state of repair.
var arrowLine = regexp.MustCompile(`(?m)^\s*\d\S{0,30}\s*-->`)

func isSRT(in raw) bool { return arrowLine.MatchString(in.text) }
