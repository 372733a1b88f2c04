package detect

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// parseTimestamps reads a list of times with labels, one a line, as people
// write them: bullets, brackets, ranges, any dash, the title in front or
// behind. Lines without a time are passed over: descriptions have many.
func parseTimestamps(text string) list {
	l := list{source: SourceTimestamps}
	written := readLines(&l, text, timeFirst)
	if len(l.entries) == 0 {
		written = readLines(&l, text, titleFirst)
	}
	if isLog(l.entries) {
		l.entries, l.log = nil, true
	}
	if written > 0 {
		l.share = float64(len(l.entries)) / float64(written)
	}
	return l
}

// readLines reads every line by one shape and counts those that are not empty.
func readLines(l *list, text string, shape func(string) (entry, bool)) (written int) {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		written++
		if len(line) > 4*mostLabel {
			continue // no person wrote that
		}
		e, ok := shape(line)
		if !ok {
			continue
		}
		e.line = n
		if l.add(e); l.cut {
			break
		}
	}
	return written
}

// What may stand in front of a time, between it and its label, and around it.
const (
	bullets   = " \t>*•·●▪►▶-–—_|#@~+[({\"'"
	closing   = "])}*_\"'"
	afterTime = " \t:.,;-–—|)]}*_~=>"
)

// numbered is a list's own number: "3. ", "12) ".
var numbered = regexp.MustCompile(`^\d{1,3}[.)]\s+`)

// timeFirst is "0:10 title", "[0:10] - title", "• 0:10 – 0:45 title".
func timeFirst(line string) (entry, bool) {
	rest := strings.TrimLeft(line, bullets)
	t, after, ok := scanTime(rest)
	if !ok {
		t, after, ok = scanTime(strings.TrimLeft(numbered.ReplaceAllString(rest, ""), bullets))
	}
	if !ok {
		return entry{}, false
	}
	e := entry{at: t.at, step: t.step}
	after = strings.TrimLeft(after, closing)
	if after != "" && after[0] < 0x80 && isWord(after[0]) {
		return entry{}, false // 12:30pm
	}
	if to, tail, ok := scanEnd(after); ok {
		after = e.until(to, tail)
	}
	e.label = strings.TrimLeft(after, afterTime)
	return e, true
}

// scanEnd reads an arrow and the second time of a range.
func scanEnd(s string) (instant, string, bool) {
	rest, ok := scanArrow(s)
	if !ok {
		return instant{}, s, false
	}
	t, rest, ok := scanTime(strings.TrimLeft(rest, " \t[({"))
	return t, strings.TrimLeft(rest, closing), ok
}

// until gives an entry its end. An end before the beginning is none. The finer
// of the two ends is the entry's precision.
func (e *entry) until(to instant, rest string) string {
	if to.at > e.at {
		end := to.at
		e.end, e.step = &end, min(e.step, to.step)
	}
	return rest
}

// behind finds the time, or the two times, at the end of a line.
var behind = regexp.MustCompile(`^(.*?\S)[\s(\[{@|:–—-]+((?:\d{1,3}:)?\d{1,2}:\d{2}(?:\.\d{1,9})?)(\s*(?:-->|->|→|-|–|—|to)\s*(?:\d{1,3}:)?\d{1,2}:\d{2}(?:\.\d{1,9})?)?[)\]}\s]*$`)

// titleFirst is "title 0:10", "title (0:10)", "title – 0:10-0:45".
func titleFirst(line string) (entry, bool) {
	line = strings.TrimRight(line, " \t)]}")
	if line == "" || !isDigit(line[len(line)-1]) {
		return entry{}, false
	}
	m := behind.FindStringSubmatch(line)
	if m == nil {
		return entry{}, false
	}
	t, rest, ok := scanTime(m[2])
	if !ok || rest != "" {
		return entry{}, false
	}
	e := entry{at: t.at, step: t.step, label: strings.Trim(m[1], " \t*•·●-–—|:@([{")}
	if to, _, ok := scanEnd(m[3]); ok {
		e.until(to, "")
	}
	return e, true
}

// isLog reports whether entries are a log or a chat rather than a list that
// somebody wrote: many, and one every few seconds.
func isLog(all []entry) bool {
	const many, close = 60, 8 * time.Second
	if len(all) < many {
		return false
	}
	at := make([]time.Duration, len(all))
	for i, e := range all {
		at[i] = e.at
	}
	slices.Sort(at)
	gaps := make([]time.Duration, len(at)-1)
	for i := range gaps {
		gaps[i] = at[i+1] - at[i]
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2] < close
}

// cueTimes is the line of times above a caption.
var cueTimes = regexp.MustCompile(`^\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}`)

// looksForeign reports whether text is a format of its own that merely has
// times in it: captions, markup, other JSON, ffmetadata, playlists, edit lists.
func looksForeign(text string) bool {
	head := strings.TrimLeft(text, " \t\r\n")
	for _, magic := range []string{"WEBVTT", ";FFMETADATA", "#EXTM3U", "[Script Info]", "CHAPTER01=", "TITLE:", "Scenarist_SCC"} {
		if _, ok := cutFold(head, magic); ok {
			return true
		}
	}
	if c := first(head); c == '{' || c == '<' || c == '[' && !timeAfterBracket(head) {
		return true
	}
	return isSubRip(strings.Split(head[:min(len(head), 64<<10)], "\n"))
}

func timeAfterBracket(head string) bool {
	_, _, ok := scanTime(strings.TrimLeft(head, "[({ "))
	return ok
}

// isSubRip reports whether cue lines stand as SubRip has them: times alone, a
// number above or text below.
func isSubRip(all []string) bool {
	cues, alone := 0, 0
	for i, line := range all {
		where := cueTimes.FindStringIndex(line)
		if where == nil {
			continue
		}
		cues++
		above := i > 0 && strings.Trim(all[i-1], " \t0123456789") == ""
		below := i+1 < len(all) && strings.TrimSpace(all[i+1]) != "" && cueTimes.FindString(all[i+1]) == ""
		if strings.TrimSpace(line[where[1]:]) == "" && (below || above && strings.TrimSpace(all[max(i-1, 0)]) != "") {
			alone++
		}
	}
	return cues > 0 && alone*2 > cues
}
