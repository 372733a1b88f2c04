package captions

import (
	"fmt"
	"strings"
)

// textLine is one line of a caption as it is written: its words with the spaces
// between them, and whose letter each rune is.
type textLine struct {
	runes []rune
	owner []int // index of the word; a space belongs to the word before it
}

// line is line i of the cue.
func (c Cue) line(i int) textLine {
	var out textLine
	for k, w := range c.Lines[i] {
		if k > 0 && !c.Words[w].Joined {
			out.runes, out.owner = append(out.runes, ' '), append(out.owner, c.Lines[i][k-1])
		}
		for _, r := range c.Words[w].Text {
			out.runes, out.owner = append(out.runes, r), append(out.owner, w)
		}
	}
	return out
}

// texts are the cue's lines.
func (c Cue) texts() []string {
	out := make([]string, len(c.Lines))
	for i := range c.Lines {
		out[i] = string(c.line(i).runes)
	}
	return out
}

// plainLine is a line of one colour.
func plainLine(text string) textLine {
	runes := []rune(text)
	return textLine{runes, make([]int, len(runes))}
}

// letters is a line as ASS: every letter in the face that can write it, at one
// em size, the words for which lit holds in yellow. A renderer is told of a
// change only where one is, and none falls inside a letter and its marks.
func (g setting) letters(l textLine, lit func(word int) bool) string {
	var b strings.Builder
	b.WriteString(g.mark)
	faces := g.face.faces(l.runes)
	now, on := g.face.face, false
	for i, r := range l.runes {
		var change []string
		if faces[i] != now {
			now = faces[i]
			change = append(change, g.font(now))
		}
		if want := lit(l.owner[i]); want != on && r != ' ' {
			on = want
			change = append(change, colour(map[bool]int{true: yellow, false: g.fill}[on]))
		}
		if len(change) > 0 {
			b.WriteString(tags(change...))
		}
		b.WriteString(escape(string(r)))
	}
	return b.String()
}

func noWord(int) bool { return false }

// font is the tags that choose a face.
func (g setting) font(f *face) string {
	size := g.size
	if f != g.face.face {
		size = f.size(g.em)
	}
	return fmt.Sprintf(`\fn%s\fs%g`, f.name, size)
}
