package transcript

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// How long a word may take whose end nobody gave: an unhurried speaker's letter
// lasts about 80 ms.
const (
	breathed = 250 * time.Millisecond
	aLetter  = 90 * time.Millisecond
)

// exact is the words of a stretch that have times of their own, inside w.
func exact(t Timed, w timeline.Window, rate timeline.Rate, speakers map[string]bool) []captions.Word {
	words := said(joinedParts(t.Parts), speakers)
	var out []captions.Word
	for i, p := range words {
		end := p.End
		if end <= p.Start {
			end = p.Start + breathed + time.Duration(utf8.RuneCountInString(p.Text))*aLetter
			end = min(end, max(t.End, p.Start+breathed))
		}
		if i+1 < len(words) {
			end = min(end, max(words[i+1].Start, p.Start))
		}
		x := timeline.Window{In: max(rate.Frames(p.Start), w.In), Out: rate.Frames(end)}
		x.Out = min(max(x.Out, x.In+1), w.Out)
		if x.IsEmpty() {
			continue
		}
		w.In = x.Out
		texts := strings.Split(p.Text, partsOfPart)
		for _, s := range captions.Share(texts, x) {
			s.Estimated, s.LastOfCue = len(texts) > 1, false
			if s.Confidence = p.Confidence; s.Confidence == 0 {
				s.Confidence = 1
			}
			out = append(out, s)
		}
	}
	return out
}

// joinedParts puts pieces of one word together: those with no space between.
// Scripts that set no spaces have a word in each piece.
func joinedParts(parts []Part) []Part {
	var out []Part
	for _, p := range parts {
		if strings.TrimSpace(p.Text) == "" {
			if n := len(out); n > 0 {
				out[n-1].Text += " "
			}
			continue
		}
		n := len(out)
		if n == 0 || out[n-1].Line != p.Line || apart(out[n-1].Text, p.Text) {
			out = append(out, p)
			continue
		}
		last := &out[n-1]
		last.Text += p.Text
		last.End = p.End
		if captions.IsSpoken(p.Text) && p.Confidence > 0 {
			last.Confidence = min(last.Confidence, p.Confidence)
		}
	}
	return out
}

// apart reports whether a word ends between two pieces.
func apart(before, after string) bool {
	a, _ := utf8.DecodeLastRuneInString(before)
	b, _ := utf8.DecodeRuneInString(after)
	return unicode.IsSpace(a) || unicode.IsSpace(b) || len(before) > cueRunes || captions.IsUnspaced(a) && captions.IsUnspaced(b)
}

// partsOfPart stands between words that share one time.
const partsOfPart = "\x00"

// said is the parts of which anything is spoken; a sign that stands alone joins
// its neighbour.
func said(parts []Part, speakers map[string]bool) []Part {
	var text strings.Builder
	at := make([]int, len(parts)+1)
	for i, p := range parts {
		if i > 0 && p.Line != parts[i-1].Line {
			text.WriteByte('\n')
		} else if i > 0 && !captions.IsUnspaced(firstRune(p.Text)) {
			text.WriteByte(' ')
		}
		at[i] = text.Len()
		text.WriteString(strings.Map(noBreak, p.Text))
	}
	at[len(parts)] = text.Len()
	heard := spoken(text.String(), speakers)
	var out []Part
	for i, p := range parts {
		words := tokens(heard[at[i]:at[i+1]], nil)
		if len(words) == 0 {
			words = strings.Fields(heard[at[i]:at[i+1]])
			if len(words) > 0 && len(out) > 0 {
				out[len(out)-1].Text += " " + strings.Join(words, " ")
			}
			continue
		}
		p.Text = strings.Join(words, partsOfPart)
		out = append(out, p)
	}
	return out
}

func firstRune(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return r
}

// noBreak keeps a part on its line.
func noBreak(r rune) rune {
	if r == '\n' || r == 0 {
		return ' '
	}
	return r
}
