package marks

import (
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// looksFFmetadata reports whether a file begins as ffmpeg's metadata files do.
func looksFFmetadata(f *file) bool { return strings.HasPrefix(f.head(16), ";FFMETADATA") }

// ffChapter is a chapter while its lines are read.
type ffChapter struct {
	line       int
	num, den   int64 // of a tick in seconds
	start, end *int64
	title      string
}

// parseFFmetadata reads the chapters of ffmpeg's metadata file. A chapter
// without a time base counts nanoseconds, as ffmpeg reads it.
func parseFFmetadata(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceFFmetadata}
	var c *ffChapter
	close := func() {
		if c != nil {
			l.ffmetadata(*c)
		}
		c = nil
	}
	line := 0
	for text := f.text; text != ""; {
		line++
		began := line
		var key, value string
		key, value, text, line = ffLine(text, line)
		switch section := strings.TrimSpace(key); {
		case strings.HasPrefix(section, "[") && strings.HasSuffix(section, "]"):
			close()
			if section == "[CHAPTER]" {
				c = &ffChapter{line: began, num: 1, den: int64(time.Second)}
			}
		case c != nil:
			c.set(key, value)
		}
	}
	close()
	l.chapters(of.Length)
	return []List{l}, nil
}

// ffLine takes one line off text: its key and value, without the backslashes
// that guard =, ;, #, \ and a line's end. A comment is an empty line.
func ffLine(text string, line int) (key, value, rest string, last int) {
	comment, split := text[0] == ';' || text[0] == '#', false
	var b strings.Builder
	i := 0
	for ; i < len(text) && text[i] != '\n'; i++ {
		switch c := text[i]; {
		case comment:
		case c == '\\' && i+1 < len(text):
			i++
			if text[i] == '\n' {
				line++
			}
			b.WriteByte(text[i])
		case c == '=' && !split:
			key, split = b.String(), true
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	rest = text[min(i+1, len(text)):]
	if !split {
		return b.String(), "", rest, line
	}
	return key, b.String(), rest, line
}

// set keeps one field of a chapter.
func (c *ffChapter) set(key, value string) {
	number := func() *int64 {
		if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil {
			return &n
		}
		return nil
	}
	switch key {
	case "TIMEBASE":
		num, den, _ := strings.Cut(strings.TrimSpace(value), "/")
		a, err1 := strconv.ParseInt(num, 10, 32)
		b, err2 := strconv.ParseInt(den, 10, 32)
		if c.num, c.den = a, b; err1 != nil || err2 != nil {
			c.num, c.den = 0, 0
		}
	case "START":
		c.start = number()
	case "END":
		c.end = number()
	case "title":
		c.title = value
	}
}

// ffmetadata keeps one chapter.
func (l *List) ffmetadata(c ffChapter) {
	switch {
	case c.num <= 0 || c.den <= 0 || c.num > c.den:
		l.problem("line %d: a chapter whose TIMEBASE is no part of a second", c.line)
		return
	case c.start == nil:
		l.problem("line %d: a chapter without START", c.line)
		return
	}
	at, ok := ticks(*c.start, c.num, c.den)
	if !ok {
		l.problem("line %d: a chapter that starts at %d", c.line, *c.start)
		return
	}
	e := Entry{At: at.at, Step: at.step, Label: c.title, Line: c.line}
	if c.end != nil {
		if end, ok := ticks(*c.end, c.num, c.den); ok {
			e.until(end)
		}
	}
	l.Add(e)
}

// ticks is n ticks of num/den seconds; false for more than any recording lasts.
func ticks(n, num, den int64) (instant, bool) {
	most := timeline.DivRound(int64(longestTime/time.Second), den, num)
	if n > most || n < -most {
		return instant{}, false
	}
	step := max(timeline.DivRound(num, int64(time.Second), den), 1)
	return instant{time.Duration(timeline.DivRound(n, num*int64(time.Second), den)), time.Duration(step)}, true
}
