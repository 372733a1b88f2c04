package transcript

import (
	"strings"
	"time"
)

const (
	rollGap   = 100 * time.Millisecond // between cues that roll
	rollFlash = 100 * time.Millisecond // a cue shorter than this says nothing new
)

// unrolled takes out what rolling captions repeat: the lines at the head of a
// stretch that the one before it ended with, or the beginning of a line that
// grows.
func unrolled(all []Timed) []Timed {
	out := make([]Timed, 0, len(all))
	var before []string
	for i, t := range all {
		lines := strings.Split(t.Text, "\n")
		n, grown := 0, 0
		if i > 0 && t.Start-all[i-1].End < rollGap {
			n = repeated(before, lines, t.End-t.Start < rollFlash)
			if n == 0 {
				grown = growth(before, lines)
			}
		}
		before = lines
		if n < len(lines) {
			fresh := append([]string{lines[n][grown:]}, lines[n+1:]...)
			out = append(out, Timed{Start: t.Start, End: t.End, Text: strings.Join(fresh, "\n"), Parts: from(t.Parts, n, grown)})
		}
	}
	return out
}

// from is parts from a line on. Where that line lost its head, nobody knows
// which parts that were.
func from(parts []Part, line, grown int) []Part {
	if grown > 0 {
		return nil
	}
	var out []Part
	for _, p := range parts {
		if p.Line >= line {
			out = append(out, p)
		}
	}
	return out
}

// repeated is how many lines at the head of now are the tail of before. A
// whole stretch said twice is not a repeat unless it was longer before, or
// stands only for an instant.
func repeated(before, now []string, flash bool) int {
	for n := min(len(before), len(now)); n > 0; n-- {
		if n == len(before) && n == len(now) && !flash {
			continue
		}
		same := true
		for i := range n {
			same = same && before[len(before)-n+i] == now[i]
		}
		if same {
			return n
		}
	}
	return 0
}

// growth is how much of the first line of now was the last of before: live
// captions grow word by word. One word alone may well be said twice.
func growth(before, now []string) int {
	if len(before) == 0 || len(before) != len(now) {
		return 0
	}
	last := before[len(before)-1]
	if rest, ok := strings.CutPrefix(now[0], last); len(now) == 1 && ok && strings.HasPrefix(rest, " ") && strings.Contains(last, " ") {
		return len(last) + 1
	}
	return 0
}
