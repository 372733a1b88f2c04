package transcript

import (
	"regexp"
	"strings"
	"time"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// Words shares the time of every stretch out to its words: by letters, with a
// little for punctuation. Words are in order, never overlap, lie in [0,
// length) and inside their stretch, and have a frame each while the stretch
// has one for each; else neighbours stand together in one Word. Speakers'
// names and dashes, sounds in brackets and notes of music are no words. The
// times are marked as estimated.
func Words(all []Timed, rate timeline.Rate, length int64) []captions.Word {
	all = merged(unrolled(all), rate)
	speakers := speakers(all)
	var out []captions.Word
	var free int64 // first frame not yet taken
	for i, t := range all {
		texts := tokens(t.Text, speakers)
		if len(texts) == 0 {
			continue
		}
		w := timeline.Window{In: max(rate.Frames(t.Start), free), Out: min(rate.Frames(t.End), length)}
		if i+1 < len(all) {
			if next := rate.Frames(all[i+1].Start); next > w.In+int64(len(texts)) {
				w.Out = min(w.Out, next)
			}
		}
		if w.IsEmpty() {
			continue
		}
		out = append(out, captions.Share(texts, w)...)
		free = w.Out
	}
	return out
}

// merged joins stretches that begin so nearly together that the first would
// have no time of its own: two speakers in two places of the picture.
func merged(all []Timed, rate timeline.Rate) []Timed {
	var out []Timed
	for _, t := range all {
		if n := len(out) - 1; n >= 0 && t.Start < out[n].End && len(out[n].Text) < cueRunes &&
			rate.Frames(t.Start) <= rate.Frames(out[n].Start)+int64(len(strings.Fields(out[n].Text))) {
			out[n].Text += "\n" + t.Text
			out[n].End = max(out[n].End, t.End)
			continue
		}
		out = append(out, t)
	}
	return out
}

var (
	bracketed   = regexp.MustCompile(`\[[^\[\]]*\]|［[^］]*］`)
	aside       = regexp.MustCompile(`^\(([^()]*)\)$`)
	loud        = regexp.MustCompile(`\([\p{Lu}\d][\p{Lu}\d ,.'’-]*\)`)
	turn        = regexp.MustCompile(`^(?:>>+|[-–—‐](?:\s|$))\s*`)
	namedLoud   = regexp.MustCompile(`^[\p{Lu}][\p{Lu}\d .'’#-]{0,30}:(?:\s+|$)`)
	namedPlain  = regexp.MustCompile(`^\p{Lu}[\p{L}.'’-]*(?: \p{Lu}[\p{L}.'’-]*| \d{1,2}){0,2}:(?:\s+|$)`)
	musicalSign = strings.NewReplacer("♪", " ", "♫", " ", "♩", " ", "♬", " ", "♭", " ", "♯", " ", "🎵", " ", "🎶", " ")
)

// speakers are names such as "Travis:" that open at least three stretches: a
// sentence such as "Remember: …" does not.
func speakers(all []Timed) map[string]bool {
	count := map[string]int{}
	for _, t := range all {
		for line := range strings.SplitSeq(t.Text, "\n") {
			if name := namedPlain.FindString(line); name != "" {
				count[strings.TrimSpace(name)]++
			}
		}
	}
	out := map[string]bool{}
	for name, n := range count {
		out[name] = n >= 3
	}
	return out
}

// tokens are the words of one stretch.
func tokens(text string, speakers map[string]bool) []string {
	text = bracketed.ReplaceAllString(text, " ")
	if aside.MatchString(strings.Join(strings.Fields(text), " ")) {
		return nil
	}
	var out []string
	for line := range strings.SplitSeq(musicalSign.Replace(text), "\n") {
		line = strings.TrimSpace(line)
		if aside.MatchString(line) {
			continue
		}
		line = loud.ReplaceAllString(line, " ")
		line = turn.ReplaceAllString(strings.TrimSpace(line), "")
		if name := namedPlain.FindString(line); speakers[strings.TrimSpace(name)] {
			line = line[len(name):]
		}
		line = turn.ReplaceAllString(namedLoud.ReplaceAllString(line, ""), "")
		for _, f := range strings.Fields(line) {
			out = attach(out, f)
		}
	}
	if len(out) > 0 && !captions.IsSpoken(out[0]) {
		out = out[1:] // signs with no word to stand on
	}
	return out
}

// attach adds a word; a sign that stands alone joins its neighbour, as the
// French set it: "Quoi ?".
func attach(out []string, f string) []string {
	n := len(out)
	switch {
	case n > 0 && !captions.IsSpoken(f):
		out[n-1] += " " + f
		return out
	case n > 0 && !captions.IsSpoken(out[n-1]):
		out[n-1] += " " + f
		return out
	}
	return append(out, f)
}

// unrolled takes out what rolling captions repeat: the lines at the head of a
// stretch that the one before it ended with.
func unrolled(all []Timed) []Timed {
	out := make([]Timed, 0, len(all))
	var before []string
	for i, t := range all {
		lines := strings.Split(t.Text, "\n")
		fresh := lines
		if i > 0 && t.Start-all[i-1].End < 100*time.Millisecond {
			fresh = lines[repeated(before, lines):]
		}
		before = lines
		if len(fresh) > 0 {
			out = append(out, Timed{Start: t.Start, End: t.End, Text: strings.Join(fresh, "\n")})
		}
	}
	return out
}

// repeated is how many lines at the head of now are the tail of before. A
// whole stretch said twice is not a repeat unless it was longer before.
func repeated(before, now []string) int {
	for n := min(len(before), len(now)); n > 0; n-- {
		if n == len(before) && n == len(now) {
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
