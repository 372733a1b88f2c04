package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// The codes of unused marks.
const (
	UnusedStructure = "structure" // a part of a list that covers the whole recording
	UnusedOutside   = "outside"   // not inside the recording
	UnusedDuplicate = "duplicate" // the same press twice
	UnusedDeadAir   = "dead_air"  // nothing is heard or seen there
	UnusedTooMany   = "too_many"  // more moments than are kept
	UnusedFaint     = "faint"     // proposed, and it stands out too little
	UnusedNoStart   = "no_start"  // a planned time, and a recording that began nobody knows when
)

// pointing are the words that make a part of a structure a mark.
var pointing = []string{"moment", "mark", "clip", "drop", "highlight", "reveal"}

// points reports whether label begins with a pointing word, one of dropcut's or
// of the creator's. "Clips" and "DROP:" do, "Markets" and "clipping" do not.
func points(label string, more []string) bool {
	label = strings.TrimLeftFunc(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	word := func(w string) bool {
		rest, ok := marks.CutFold(label, strings.TrimSpace(w))
		if !ok || w == "" {
			return false
		}
		if after, plural := marks.CutFold(rest, "s"); plural {
			rest = after
		}
		r, _ := utf8.DecodeRuneInString(rest)
		return rest == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return slices.ContainsFunc(pointing, word) || slices.ContainsFunc(more, word)
}

const leastOf = 3 // entries that are a structure, as YouTube counts chapters

// tiles reports whether entries, in order, cover the recording from end to end:
// then they say how it is built, not where to look. A list without ends covers
// it when it begins at zero, for each entry lasts until the next. Fewer than
// three do only where nobody chose their ends.
func tiles(all []marks.Entry, length time.Duration) bool {
	if len(all) == 0 || all[0].At > marks.NearEnds {
		return false
	}
	chosen := func(e marks.Entry) bool { return !e.ToNext }
	if len(all) < leastOf && slices.ContainsFunc(all, chosen) {
		return false
	}
	ends := 0
	for i, e := range all {
		next := length
		if i+1 < len(all) {
			next = all[i+1].At
			if next <= e.At {
				return false
			}
		}
		if e.End == nil {
			continue
		}
		ends++
		slack := marks.Touching
		if i+1 == len(all) {
			slack = marks.NearEnds
		}
		if (*e.End - next).Abs() > slack+e.Step {
			return false
		}
	}
	if ends == 0 && all[0].At >= time.Second {
		return false // a list of presses may well begin early; chapters begin at 0:00
	}
	return ends == 0 || ends >= len(all)-1
}

// marksOf decides what each entry of a list is: a mark, or a part of a
// structure that merely stands there. words are the creator's own pointing words.
func marksOf(l marks.List, words []string, length time.Duration) []found {
	all := slices.Clone(l.Entries)
	slices.SortStableFunc(all, func(a, b marks.Entry) int { return cmp.Compare(a.At, b.At) })
	built := l.Built || marks.FormatOf(l.Source).Part && tiles(all, length)
	var out []found
	for i, e := range all {
		if built && e.End == nil {
			end := length
			if i+1 < len(all) {
				end = all[i+1].At
			}
			if end > e.At {
				e.End, e.ToNext = &end, true
			}
		} else if !built && e.ToNext {
			e.End = nil // it lasts until the next chapter because chapters do
		}
		m := found{Mark: markOf(e, l.Source, l.Origin(e)), list: l.Name, loose: e.ToNext}
		switch {
		case e.Pass != "":
			m.unuse(e.PassCode, "%s", e.Pass)
		case built && !points(e.Label, words):
			m.unuse(UnusedStructure, "%s; only labels that begin with %s are marks there",
				structureOf(l), strings.Join(append(slices.Clone(pointing), words...), ", "))
		}
		out = append(out, m)
	}
	return out
}

func structureOf(l marks.List) string {
	if l.Built {
		return "its list says what was on, and points at nothing"
	}
	return "its list covers the whole recording, so it says how the recording is built"
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
