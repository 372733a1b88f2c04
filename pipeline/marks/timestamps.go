package marks

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// parseTimestamps reads a list of times with labels, one a line, as people
// write them: bullets, brackets, ranges, any dash, the title in front or
// behind. Lines without a time are passed over: descriptions have many.
func parseTimestamps(f *file, _ Recording) ([]List, error) {
	l := List{Source: SourceTimestamps}
	written := readLines(&l, f.text, timeFirst)
	if len(l.Entries) == 0 {
		written = readLines(&l, f.text, titleFirst)
	}
	if isLog(l.Entries) {
		l.Entries, l.Log = nil, true
	}
	if written > 0 {
		l.Share = float64(len(l.Entries)) / float64(written)
	}
	return []List{l}, nil
}

// readLines reads every line by one shape and counts those that are not empty.
func readLines(l *List, text string, shape func(string) (Entry, bool)) (written int) {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		written++
		if len(line) > longestRow {
			continue // no person wrote that
		}
		e, ok := shape(line)
		if !ok {
			continue
		}
		e.Line = n
		if l.Add(e); l.Cut {
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
func timeFirst(line string) (Entry, bool) {
	rest := strings.TrimLeft(line, bullets)
	t, after, ok := scanTime(rest)
	if !ok {
		t, after, ok = scanTime(strings.TrimLeft(numbered.ReplaceAllString(rest, ""), bullets))
	}
	if !ok {
		return Entry{}, false
	}
	e := Entry{At: t.at, Step: t.step}
	after = strings.TrimLeft(after, closing)
	if after != "" && after[0] < 0x80 && isWord(after[0]) {
		return Entry{}, false // 12:30pm
	}
	if to, tail, ok := scanEnd(after); ok {
		e.until(to)
		after = tail
	}
	e.Label = strings.TrimLeft(after, afterTime)
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

// behind finds the time, or the two times, at the end of a line.
var behind = regexp.MustCompile(`^(.*?\S)[\s(\[{@|:–—-]+((?:\d{1,3}:)?\d{1,2}:\d{2}(?:\.\d{1,9})?)(\s*(?:-->|->|→|-|–|—|to)\s*(?:\d{1,3}:)?\d{1,2}:\d{2}(?:\.\d{1,9})?)?[)\]}\s]*$`)

// titleFirst is "title 0:10", "title (0:10)", "title – 0:10-0:45".
func titleFirst(line string) (Entry, bool) {
	line = strings.TrimRight(line, " \t)]}")
	if line == "" || !isDigit(line[len(line)-1]) {
		return Entry{}, false
	}
	m := behind.FindStringSubmatch(line)
	if m == nil {
		return Entry{}, false
	}
	t, rest, ok := scanTime(m[2])
	if !ok || rest != "" {
		return Entry{}, false
	}
	e := Entry{At: t.at, Step: t.step, Label: strings.Trim(m[1], " \t*•·●-–—|:@([{")}
	if to, _, ok := scanEnd(m[3]); ok {
		e.until(to)
	}
	return e, true
}

// isLog reports whether entries are a log or a chat rather than a list that
// somebody wrote: many, and one every few seconds.
func isLog(all []Entry) bool {
	const many, close = 60, 8 * time.Second
	if len(all) < many {
		return false
	}
	at := make([]time.Duration, len(all))
	for i, e := range all {
		at[i] = e.At
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

// looksListed reports whether text may be a list of times: it is no format of
// its own that merely has times in it, such as captions, markup, other JSON,
// playlists.
func looksListed(f *file) bool {
	head := f.head(telling)
	for _, magic := range []string{"WEBVTT", ";FFMETADATA", "#EXTM3U", "[Script Info]", "CHAPTER01=", "TITLE:", "Scenarist_SCC"} {
		if _, ok := CutFold(head, magic); ok {
			return false
		}
	}
	if c := first(head); c == '{' || c == '<' || c == '[' && !timeAfterBracket(head) {
		return false
	}
	return !isSubRip(strings.Split(head, "\n"))
}

// areListed reports whether the times in a file are a list, and not a few in a
// page of prose.
func areListed(_ *file, all []List) bool {
	const listed = 3
	return len(all) > 0 && (len(all[0].Entries) >= listed || all[0].Share >= 0.5)
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
