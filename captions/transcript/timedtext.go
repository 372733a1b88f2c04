package transcript

import (
	"errors"
	"strconv"
	"strings"
)

// readTimedText reads YouTube's XML: <text start dur> in seconds, or <p t d>
// in milliseconds, in which <s t> is a word.
func readTimedText(in raw) (File, error) {
	v := &timedText{}
	if err := visit(in.text, v); err != nil {
		return File{}, err
	}
	if v.err != nil {
		return File{}, v.err
	}
	return v.found.file("")
}

type timedText struct {
	cue        string // name of the open cue's element; "" for none
	start, end instant
	word       instant // of the open <s>
	timed      bool
	body       strings.Builder
	parts      []Part
	found      stretches
	err        error
}

func (v *timedText) open(e element) {
	number := func(name string) instant {
		n, err := strconv.ParseInt(e.attr(name), 10, 64)
		if err != nil {
			return instant{}
		}
		return millis(n)
	}
	switch {
	case e.name == "text" || e.name == "p" && e.attr("t") != "":
		v.cue, v.timed, v.parts = e.name, false, nil
		v.body.Reset()
		length := number("d")
		v.start = number("t")
		if e.name == "text" {
			at, ok := secondsOf(e.attr("start"))
			lasts, fine := secondsOf(e.attr("dur"))
			v.start, length = instant{at, ok}, instant{lasts, fine}
		}
		v.end = instant{v.start.at + length.at, length.known}
		v.word = v.start
	case e.name == "s" && v.cue == "p":
		v.word = v.start
		if t := number("t"); t.known {
			v.word, v.timed = instant{v.start.at + t.at, v.start.known}, true
		}
	case e.name == "br":
		v.body.WriteByte('\n')
	}
}

func (v *timedText) text(text string) {
	if v.cue == "" || v.body.Len() > 4*cueRunes {
		return
	}
	v.body.WriteString(text)
	if strings.TrimSpace(text) != "" && v.word.known {
		v.parts = append(v.parts, Part{Start: v.word.at, Text: text})
	}
}

func (v *timedText) shut(name string) {
	if name != v.cue || v.cue == "" {
		return
	}
	v.cue = ""
	if !v.timed {
		v.parts = nil
	}
	var lines []string
	for line := range strings.SplitSeq(v.body.String(), "\n") {
		lines = append(lines, plain(line)) // what is escaped twice is markup
	}
	v.err = errors.Join(v.err, v.found.addLines(v.start, v.end, lines, v.parts))
}
