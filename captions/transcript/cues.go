package transcript

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	cueRunes = 3000 // of one cue; what is longer is cut at a word
	cueLines = 60
)

// readCues reads SubRip and WebVTT.
func readCues(in raw) (File, error) {
	r := reader{format: "srt", lines: strings.Split(in.text, "\n")}
	r.header()
	if err := r.read(); err != nil {
		return File{}, err
	}
	if len(r.all) == 0 {
		return File{}, r.nothing()
	}
	f := File{Said: r.all, Language: r.speech}
	timed := 0
	for _, t := range r.all {
		if len(t.Parts) > 0 {
			timed++
		}
	}
	f.WordTimed = timed*4 > len(r.all) // automatic captions show every line twice or thrice, and time it once
	return f, nil
}

// reader walks a file line by line. A cue begins at its line of times.
type reader struct {
	format string
	lines  []string
	next   int // index of the next line
	all    []Timed
	speech string // language, as the header says
	bad    int    // number of the first line of times that is malformed, from 1
	badly  string
	cues   int // lines of times seen, usable or not
}

// header skips what stands before the first cue of a WebVTT file.
func (r *reader) header() {
	for r.next < len(r.lines) && strings.TrimSpace(r.lines[r.next]) == "" {
		r.next++
	}
	if r.next == len(r.lines) {
		return
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(r.lines[r.next]), "WEBVTT")
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return
	}
	r.format = "vtt"
	for r.next++; r.next < len(r.lines) && !r.blank(r.lines[r.next]); r.next++ {
		if name, ok := strings.CutPrefix(r.lines[r.next], "Language:"); ok {
			r.speech = tongue(name)
		}
		if strings.Contains(r.lines[r.next], "-->") {
			return
		}
	}
}

// read takes the file block by block; a block ends at a blank line.
func (r *reader) read() error {
	for r.next < len(r.lines) {
		line := r.lines[r.next]
		switch {
		case r.blank(line):
			r.next++
		case r.format == "vtt" && isAside(line):
			r.skip()
		case strings.Contains(line, "-->"):
			if err := r.cue(); err != nil {
				return err
			}
		default:
			r.stray()
		}
	}
	return nil
}

// blank reports whether a line ends a block. In WebVTT a line of spaces is text.
func (r *reader) blank(line string) bool {
	return line == "" || r.format != "vtt" && strings.TrimSpace(line) == ""
}

// isAside reports whether a WebVTT block is not a cue.
func isAside(line string) bool {
	for _, word := range []string{"NOTE", "STYLE", "REGION"} {
		if rest, ok := strings.CutPrefix(line, word); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			return true
		}
	}
	return false
}

// skip goes behind the block.
func (r *reader) skip() {
	for r.next < len(r.lines) && !r.blank(r.lines[r.next]) {
		r.next++
	}
}

// stray is a line outside a cue: a cue's number or name when its times follow.
// In SRT anything else is text that a blank line tore from its cue, unless it
// begins with a number: that is a cue whose times are missing.
func (r *reader) stray() {
	line := strings.TrimSpace(r.lines[r.next])
	if r.next+1 < len(r.lines) && isTimes(r.lines[r.next+1]) {
		r.next++
		return
	}
	if _, err := strconv.Atoi(line); err == nil || r.format == "vtt" || len(r.all) == 0 {
		if r.bad == 0 && err == nil {
			r.malformed(r.next+1, "a cue's times are missing")
		}
		r.skip()
		return
	}
	last := &r.all[len(r.all)-1]
	if text, _ := r.text(0, 0); text != "" && len(last.Text)+len(text) < cueRunes {
		last.Text += "\n" + text
	}
}

func (r *reader) malformed(line int, why string) {
	if r.bad == 0 {
		r.bad, r.badly = line, why
	}
}

// cue reads one line of times and its text.
func (r *reader) cue() error {
	number := r.next + 1
	line := r.lines[r.next]
	r.next++
	if r.cues++; r.cues > fileCues {
		return fmt.Errorf("line %d: more than %d cues", number, fileCues)
	}
	start, end, ok := times(line)
	if !ok {
		r.malformed(number, fmt.Sprintf("%q is not a start and an end", short(line)))
		if r.format == "srt" {
			r.skip()
		}
		return nil
	}
	text, parts := r.text(start, end)
	if end <= start {
		r.malformed(number, "a cue ends before it begins")
		return nil
	}
	if text != "" {
		r.all = append(r.all, Timed{Start: start, End: end, Text: text, Parts: parts})
	}
	return nil
}

// text reads lines up to a blank one or the next cue's times, with the words
// in them that have times of their own.
func (r *reader) text(start, end time.Duration) (string, []Part) {
	var out []string
	var parts []Part
	runes, breaksIn := 0, 0
	for ; r.next < len(r.lines) && !r.blank(r.lines[r.next]); r.next++ {
		line := r.lines[r.next]
		if isTimes(line) {
			break
		}
		if _, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && r.next+1 < len(r.lines) && isTimes(r.lines[r.next+1]) {
			break
		}
		if runes >= cueRunes || len(out) >= cueLines {
			continue
		}
		line = clip(line, 4*cueRunes)
		inside := inlineParts(line, len(out)+breaksIn)
		if line = clip(plain(line), cueRunes-runes); line != "" {
			out = append(out, line)
			parts = append(parts, inside...)
			runes += len([]rune(line)) + 1
			breaksIn += strings.Count(line, "\n")
		}
	}
	return strings.Join(out, "\n"), timedParts(parts, start, end)
}

// clip is at most n runes of a line, cut between words where there are any.
func clip(line string, n int) string {
	if len(line) <= n {
		return line
	}
	count, cut := 0, 0
	for i, r := range line {
		if count == n {
			if cut == 0 {
				cut = i
			}
			return line[:cut]
		}
		if unicode.IsSpace(r) {
			cut = i
		}
		count++
	}
	return line
}

func short(line string) string { return clip(strings.TrimSpace(line), 60) }

// A time has hours or not, and a fraction or not, after a comma or a dot.
var timesLine = regexp.MustCompile(`^\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?\s*-->\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?(?:\s.*)?$`)

func isTimes(line string) bool {
	return strings.Contains(line, "-->") && len(line) < 1000 && timesLine.MatchString(line)
}

func times(line string) (start, end time.Duration, ok bool) {
	if len(line) >= 1000 {
		return 0, 0, false
	}
	m := timesLine.FindStringSubmatch(line)
	if m == nil {
		return 0, 0, false
	}
	start, ok = clock(m[1:5])
	if !ok {
		return 0, 0, false
	}
	end, ok = clock(m[5:9])
	return start, end, ok
}

// clock is hours, minutes, seconds and the digits behind the point.
func clock(part []string) (time.Duration, bool) {
	var n [3]int64
	for i := range n {
		n[i], _ = strconv.ParseInt("0"+part[i], 10, 64)
	}
	if n[1] > 59 || n[2] > 59 {
		return 0, false
	}
	nanos, _ := strconv.ParseInt((part[3] + "000000000")[:9], 10, 64)
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second + time.Duration(nanos), true
}

// nothing says why no cue was usable.
func (r *reader) nothing() error {
	switch {
	case r.bad > 0:
		return fmt.Errorf("line %d: %s, and no other cue can be used", r.bad, r.badly)
	case r.cues > 0:
		return fmt.Errorf("it holds times of cues, but %w", ErrNoWords)
	}
	return ErrNoWords
}
