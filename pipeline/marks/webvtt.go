package marks

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// looksWebVTT reports whether a file is WebVTT.
func looksWebVTT(f *file) bool {
	rest, ok := strings.CutPrefix(f.head(16), "WEBVTT")
	return ok && (rest == "" || strings.ContainsRune(" \t\n", rune(rest[0])))
}

// vttTimes is a cue's line of times: the two, and the settings behind them.
var vttTimes = regexp.MustCompile(`^\s*((?:\d{1,3}:)?\d{2}:\d{2}\.\d{3})\s*-->\s*((?:\d{1,3}:)?\d{2}:\d{2}\.\d{3})(?:[ \t]+(\S.*))?\s*$`)

// vttTag is a tag inside a cue.
var vttTag = regexp.MustCompile(`<[^>\n]*>`)

// vttCue is a cue of any WebVTT file.
type vttCue struct {
	from, to instant
	line     int
	settings string
	text     []string
}

// vttCues takes a file apart. Lines of times that cannot be read are problems of l.
func vttCues(l *List, text string) (out []vttCue) {
	line, open := 0, false
	for row := range strings.SplitSeq(text, "\n") {
		line++
		switch m := vttTimes.FindStringSubmatch(row); {
		case m != nil:
			from, _, ok1 := scanTime(m[1])
			to, _, ok2 := scanTime(m[2])
			if open = ok1 && ok2; !open {
				l.problem("line %d is no pair of times", line)
				continue
			}
			if len(out) > MostMarks {
				return out
			}
			out = append(out, vttCue{from: from, to: to, line: line, settings: m[3]})
		case strings.TrimSpace(row) == "":
			open = false
		case open:
			c := &out[len(out)-1]
			c.text = append(c.text, row)
		case strings.Contains(row, "-->"):
			l.problem("line %d is no pair of times", line)
		}
	}
	return out
}

// parseWebVTT reads cues as chapters. Captions are refused, whoever named them.
func parseWebVTT(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceWebVTT}
	all := vttCues(&l, f.text)
	if areDense(all) {
		return nil, unknown(f.name, "its cues are captions: many, and short; words are given with --transcript")
	}
	for _, c := range all {
		label := html.UnescapeString(vttTag.ReplaceAllString(strings.Join(c.text, " "), ""))
		e := Entry{At: c.from.at, Step: c.from.step, Label: label, Line: c.line}
		e.until(c.to)
		l.Add(e)
	}
	l.chapters(of.Length)
	return []List{l}, nil
}

// Captions stay 1 to 7 s and come several a minute.
const (
	longCue  = 8 * time.Second
	mostCues = 60 // an hour
)

// areDense reports whether cues are as many and as short as captions are.
func areDense(all []vttCue) bool {
	if len(all) == 0 {
		return false
	}
	var last time.Duration
	lasts := make([]time.Duration, len(all))
	for i, c := range all {
		lasts[i], last = c.to.at-c.from.at, max(last, c.to.at)
	}
	slices.Sort(lasts)
	return lasts[len(lasts)/2] < longCue && time.Duration(len(all))*time.Hour > mostCues*last
}

// areChapters reports whether cues are chapters rather than captions. The file
// does not say. Captions come often and are short, are placed, styled or spoken
// by somebody, run over lines, and are sentences; one of that is enough.
func areChapters(f *file, _ []List) bool {
	const mostRunes = 60 // of the median title
	var l List
	all := vttCues(&l, f.text)
	if len(all) == 0 || len(l.Problems) > 0 {
		return false
	}
	lasts, runes := make([]time.Duration, len(all)), make([]int, len(all))
	sentences, lines := 0, 0
	for i, c := range all {
		text := strings.TrimSpace(strings.Join(c.text, " "))
		if c.settings != "" || vttTag.MatchString(text) {
			return false
		}
		lasts[i], runes[i] = c.to.at-c.from.at, utf8.RuneCountInString(text)
		if strings.HasSuffix(text, ".") || strings.HasSuffix(text, ",") || strings.HasSuffix(text, "?") {
			sentences++
		}
		if len(c.text) > 1 {
			lines++
		}
	}
	slices.Sort(lasts)
	slices.Sort(runes)
	return lasts[len(lasts)/2] >= longCue && runes[len(runes)/2] <= mostRunes && sentences*3 <= len(all) && lines*3 <= len(all)
}
