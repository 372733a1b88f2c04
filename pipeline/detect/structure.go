package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dropcut/pipeline"
)

// The codes of unused marks.
const (
	UnusedStructure = "structure" // a part of a list that covers the whole recording
	UnusedOutside   = "outside"   // not inside the recording
	UnusedDuplicate = "duplicate" // the same press twice
	UnusedDeadAir   = "dead_air"  // nothing is heard or seen there
	UnusedOffset    = "offset"    // a label that shifts other tools' lists
	UnusedTooMany   = "too_many"  // more moments than are kept
)

// pointing are the words that make a part of a structure a mark.
var pointing = []string{"moment", "mark", "clip", "drop", "highlight", "reveal"}

// points reports whether label begins with a pointing word, one of dropcut's or
// of the creator's. "Clips" and "DROP:" do, "Markets" and "clipping" do not.
func points(label string, more []string) bool {
	label = strings.TrimLeftFunc(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	word := func(w string) bool {
		rest, ok := cutFold(label, strings.TrimSpace(w))
		if !ok || w == "" {
			return false
		}
		if after, plural := cutFold(rest, "s"); plural {
			rest = after
		}
		r, _ := utf8.DecodeRuneInString(rest)
		return rest == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return slices.ContainsFunc(pointing, word) || slices.ContainsFunc(more, word)
}

const (
	touching = 500 * time.Millisecond // how far apart consecutive entries may lie
	nearEnds = 2 * time.Second        // how far a tiling may stop short of the recording's ends
	leastOf  = 3                      // entries that are a structure, as YouTube counts chapters
)

// tiles reports whether entries, in order, cover the recording from end to end:
// then they say how it is built, not where to look. A list without ends covers
// it when it begins at zero, for each entry lasts until the next.
func tiles(all []entry, length time.Duration) bool {
	if len(all) < leastOf || all[0].at > nearEnds {
		return false
	}
	ends := 0
	for i, e := range all {
		next := length
		if i+1 < len(all) {
			next = all[i+1].at
			if next <= e.at {
				return false
			}
		}
		if e.end == nil {
			continue
		}
		ends++
		slack := touching
		if i+1 == len(all) {
			slack = nearEnds
		}
		if (*e.end - next).Abs() > slack+e.step {
			return false
		}
	}
	if ends == 0 && all[0].at >= time.Second {
		return false // a list of presses may well begin early; chapters begin at 0:00
	}
	return ends == 0 || ends >= len(all)-1
}

// marksOf decides what each entry of a list is: a mark, or a part of a
// structure that merely stands there. words are the creator's own pointing words.
func (l list) marksOf(words []string, length time.Duration) []found {
	all := slices.Clone(l.entries)
	slices.SortStableFunc(all, func(a, b entry) int { return int(min(max(a.at-b.at, -1), 1)) })
	built := (l.source == SourceTimestamps || l.source == SourceChapter) && tiles(all, length)
	var out []found
	for i, e := range all {
		if built && e.end == nil {
			end := length
			if i+1 < len(all) {
				end = all[i+1].at
			}
			if end > e.at {
				e.end, e.toNext = &end, true
			}
		} else if l.source == SourceChapter && !built && e.toNext {
			e.end = nil // it lasts until the next chapter because chapters do
		}
		m := found{Mark: e.mark(l.source, l.origin(e)), list: l.name, loose: e.toNext}
		switch {
		case built && !points(e.label, words):
			m.unuse(UnusedStructure, "its list covers the whole recording, so it says how the recording is built; only labels that begin with %s are marks there",
				strings.Join(append(slices.Clone(pointing), words...), ", "))
		case l.source == SourceTwitch && isOffset.MatchString(e.label):
			m.unuse(UnusedOffset, "an OFFSET label shifts other tools' lists; dropcut does not shift")
		}
		out = append(out, m)
	}
	return out
}

// found is a mark while detect works on it.
type found struct {
	pipeline.Mark
	list  string // the file it stands in
	loose bool   // a range whose end nobody chose
	quiet string // dead air that is only noted
}

// unuse says why a mark is not used.
func (f *found) unuse(code, format string, args ...any) {
	f.UnusedCode, f.Unused = code, fmt.Sprintf(format, args...)
}

// isOffset is a label by which some tools shift a list of Twitch markers.
var isOffset = regexp.MustCompile(`(?i)^offset:?\s*-?\d+[:-]\d`)

// unnamed is what OBS calls a chapter made by its hotkey, in English.
var unnamed = regexp.MustCompile(`^Unnamed \d+$`)

// chaptersOf is the recording's own chapters as a list. OBS writes one for each
// press of its hotkey, in a file that begins with Start and ends with Dummy:
// those are points, late like any press.
func chaptersOf(chapters []pipeline.Chapter, length time.Duration) list {
	obs := slices.ContainsFunc(chapters, func(c pipeline.Chapter) bool { return c.OBS || unnamed.MatchString(c.Title) })
	l := list{source: SourceChapter}
	if obs {
		l.source = SourceOBS
	}
	for i, c := range chapters {
		e := entry{at: c.Start, step: time.Millisecond, label: c.Title}
		switch {
		case obs && i == 0 && c.Start < time.Second && (c.Title == "Start" || c.OBS && c.Start == 0): // its name is translated
			continue
		case obs && i == len(chapters)-1 && c.Title == "Dummy" && c.Start > length-nearEnds:
			continue
		case obs:
			e.label = unnamed.ReplaceAllString(c.Title, "")
		case c.End > c.Start:
			end := c.End
			e.end = &end
			e.toNext = i+1 < len(chapters) && (chapters[i+1].Start-end).Abs() <= touching || i+1 == len(chapters) && end >= length-nearEnds
		}
		l.add(e)
	}
	return l
}
