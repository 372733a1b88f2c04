package marks

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// looksCuts: any other edit decision list.
func looksCuts(f *file) bool {
	l := f.cuts()
	return len(l.events) > 0 && l.markers == 0 && !l.isInfo()
}

// parseCuts reads a CMX 3600 list. A locator is a point; without locators each
// cut of the recording is a range: its source side, for that is where the
// picture lies in the recording. Cuts of other clips are left out.
func parseCuts(f *file, of Recording) ([]List, error) {
	e := f.cuts()
	mine, doubts := e.mine(of)
	l := List{Source: SourceCuts, Cut: e.cut, Remarks: doubts}
	var source, record []timeline.Timecode
	none := !slices.Contains(mine, true) // then all are left out, at their own times
	for i, x := range e.events {
		if mine[i] || none {
			source = append(source, x.codes[0], x.codes[1])
		}
		record = append(record, x.codes[2], x.codes[3])
	}
	c := cutter{edl: e, mine: mine, of: of, source: tapeOf(source, of), record: tapeOf(record, of)}
	l.Remarks = append(l.Remarks, c.source.doubts...)
	seen := map[[2]timeline.Timecode]bool{}
	for i, x := range e.events {
		if span := [2]timeline.Timecode(x.codes[:2]); !seen[span] || !mine[i] { // picture and sound of one cut
			seen[span] = true
			c.cut(&l, x, mine[i])
		}
	}
	for i, x := range e.events {
		if len(e.locators) > 0 {
			c.shown = append(c.shown, shown{c.record.time(x.codes[2]), c.record.time(x.codes[3]), i})
		}
	}
	slices.SortStableFunc(c.shown, func(a, b shown) int { return cmp.Compare(a.from, b.from) })
	for _, p := range e.locators {
		c.locate(&l, p)
	}
	return []List{l}, nil
}

type cutter struct {
	*edl
	mine           []bool
	of             Recording
	source, record tape
	shown          []shown // in order of time
}

// shown is where an event lies on the record side.
type shown struct {
	from, to time.Duration
	event    int
}

// lies finds the event that is shown at a time of the record side: one of the
// recording, where several lie there; negative when none does.
func (c *cutter) lies(at time.Duration) int {
	const tracks = 64 // that are looked through
	found := -1
	n := sort.Search(len(c.shown), func(i int) bool { return c.shown[i].from > at })
	for i := n - 1; i >= 0 && i >= n-tracks; i-- {
		if x := c.shown[i]; at < x.to {
			if found = x.event; c.mine[found] {
				break
			}
		}
	}
	return found
}

// cut adds one event: the range of its source side.
func (c *cutter) cut(l *List, x event, mine bool) {
	at, ok := c.source.entry(x.codes[0])
	to, okTo := c.source.entry(x.codes[1])
	switch {
	case !ok || !okTo:
		c.source.unnumbered(l, x.line)
		return
	case to.At <= at.At:
		return // the first half of a dissolve lasts no time
	}
	at.Line = x.line
	at.upTo(to.At)
	switch {
	case !mine:
		at.PassCode, at.Pass = PassLeftOut, fmt.Sprintf("it is a cut of %q, and the recording is called %q", CleanLabel(x.name()), c.of.Name)
	case len(c.locators) > 0:
		at.PassCode, at.Pass = PassLeftOut, "the list has locators, and they say where to look"
	case at.At <= NearEnds && c.of.Length > 0 && to.At >= c.of.Length-NearEnds:
		at.PassCode, at.Pass = PassLeftOut, "it is the whole recording"
	}
	l.Add(at)
}

// locate adds a locator. It names a frame of the record side; the cut that lies
// there says which frame of the recording that is.
func (c *cutter) locate(l *List, p locator) {
	at, ok := c.record.entry(p.code)
	if !ok {
		c.record.unnumbered(l, p.line)
		return
	}
	at.Line, at.Label = p.line, editorLabel(p.text, "")
	var other *event
	if i := c.lies(at.At); i >= 0 && c.mine[i] {
		at.At += c.source.time(c.events[i].codes[0]) - c.record.time(c.events[i].codes[2])
	} else if i >= 0 {
		other = &c.events[i]
	}
	if other != nil {
		at.PassCode, at.Pass = PassLeftOut, fmt.Sprintf("it points into a cut of %q, and the recording is called %q", CleanLabel(other.name()), c.of.Name)
	}
	l.Add(at)
}

// name is what an event calls its clip.
func (x event) name() string {
	if len(x.clips) > 0 {
		return x.clips[0]
	}
	return x.reel
}

// mine tells which events cut the recording: those that name it; all, when they
// all name one and the same clip; else none.
func (l *edl) mine(of Recording) (mine []bool, doubts []string) {
	mine = make([]bool, len(l.events))
	named, names := false, map[string]bool{}
	for i, x := range l.events {
		if strings.EqualFold(x.reel, "BL") || strings.EqualFold(x.reel, "BLACK") {
			continue
		}
		for _, c := range append(x.clips, x.reel) {
			mine[i] = mine[i] || of.isOf(c)
		}
		named = named || mine[i]
		names[strings.ToLower(x.name())] = true
	}
	if named || len(names) != 1 {
		return mine, nil
	}
	for i, x := range l.events {
		mine[i] = names[strings.ToLower(x.name())]
	}
	if of.Name != "" && len(l.events[0].clips) > 0 {
		doubts = []string{fmt.Sprintf("all its cuts are of %q, which is taken for the recording", CleanLabel(l.events[0].name()))}
	}
	return mine, doubts
}
