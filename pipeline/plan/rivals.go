package plan

import (
	"fmt"
	"slices"
	"strings"

	"dropcut/pipeline"
)

// mostRivals is how many windows that lost are told of each clip.
const mostRivals = 3

// ledger is what speaks for a window, part by part, in points; what speaks
// against it is negative.
type ledger struct {
	start, end int64 // its edges
	lively     int64 // how loud it is beside the rest
	length     int64
	around     int64 // what is shown before and after the moment itself
	home       int64 // what lies outside the moment, or the core
	apart      int64 // what other clips show too
}

func (l ledger) sum() int64 {
	return l.start + l.end + l.lively + l.length + l.around + l.home + l.apart
}

// lost says in plain words where a window is most behind the one that won.
func (f found) lost(won found) string {
	l, w := f.ledger, won.ledger
	most, text := int64(0), "it is weighed alike and was found later"
	for _, part := range []struct {
		behind int64
		text   string
	}{
		{w.start - l.start, "its start is worse: " + f.in.fault()},
		{w.end - l.end, "its end is worse: " + f.out.fault()},
		{w.lively - l.lively, "it is quieter"},
		{w.length - l.length, "its length is further from what is wanted"},
		{w.around - l.around, "it shows too much or too little around the moment itself"},
		{w.home - l.home, "more of it lies outside the moment"},
		{w.apart - l.apart, "more of it is shown by another clip"},
	} {
		if part.behind > most {
			most, text = part.behind, part.text
		}
	}
	return text
}

// grudging says of a window that won with less than nothing why it did: what
// speaks against it most, and that the others are worse; "" of any other.
func (f found) grudging() string {
	if f.points/100 >= 0 {
		return ""
	}
	l := f.ledger
	most, against := int64(0), ""
	for _, part := range []struct {
		points int64
		text   string
	}{
		{l.start, "its start, " + f.in.fault()},
		{l.end, "its end, " + f.out.fault()},
		{l.lively, "it is quiet beside the rest"},
		{l.length, "its length is not what is wanted"},
		{l.around, "it shows too much or too little around the moment itself"},
		{l.home, "some of it lies outside the moment"},
		{l.apart, "some of it is shown by another clip"},
	} {
		if part.points < most {
			most, against = part.points, part.text
		}
	}
	others := "every other window is worse"
	if len(f.over) == 0 {
		others = "no other window is possible"
	}
	return fmt.Sprintf("chosen with %d points, for %s; what speaks against it most: %s", f.points/100, others, against)
}

// fault is what is wrong with an edge, or all that is good about it.
func (e edge) fault() string {
	switch {
	case e.faulty != "":
		return e.faulty
	case e.open:
		return "it lies in the sound"
	case len(e.why) == 0:
		return "it lies inside a sentence"
	}
	return "it only " + strings.Join(e.why, ", ")
}

// contest keeps the best windows seen, best first, each other than the rest.
type contest struct {
	unlike int64 // frames by which an edge must differ, in one of the two
	best   []found
}

// enter takes part with a window. Nearly the same window takes part once, as
// its better self.
func (c *contest) enter(f found) {
	if len(c.best) > mostRivals && f.points <= c.best[len(c.best)-1].points {
		return
	}
	for i, o := range c.best {
		in, out := f.window.In-o.window.In, f.window.Out-o.window.Out
		if max(in, -in) >= c.unlike || max(out, -out) >= c.unlike {
			continue
		}
		if f.points <= o.points {
			return
		}
		c.best = slices.Delete(c.best, i, i+1)
		break
	}
	i, _ := slices.BinarySearchFunc(c.best, f.points, func(o found, points int64) int {
		if o.points >= points {
			return -1
		}
		return 1
	})
	c.best = slices.Insert(c.best, i, f)
	c.best = c.best[:min(len(c.best), mostRivals+1)]
}

// winner is the best window, with those it won against.
func (c *contest) winner() (found, bool) {
	if len(c.best) == 0 {
		return found{}, false
	}
	won := c.best[0]
	for _, o := range c.best[1:] {
		won.over = append(won.over, pipeline.Rival{Window: o.window, Points: o.points / 100, Lost: o.lost(won)})
	}
	return won, true
}

// draft is a found window as a clip.
func (f found) draft(kind pipeline.ClipKind, why []string, notes []pipeline.Note) Draft {
	return Draft{Kind: kind, Window: f.window, Why: why, Notes: notes, Points: f.points / 100, Over: f.over}
}
