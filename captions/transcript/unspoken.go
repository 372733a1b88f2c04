package transcript

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"dropcut/captions"
)

var (
	bracketed  = regexp.MustCompile(`\[[^\[\]]*\]|［[^］]*］`)
	aside      = regexp.MustCompile(`^\s*\(([^()]*)\)\s*$`)
	loud       = regexp.MustCompile(`\([\p{Lu}\d][\p{Lu}\d ,.'’-]*\)`)
	turn       = regexp.MustCompile(`^\s*(?:>>+|[-–—‐](?:\s|$))\s*`)
	namedLoud  = regexp.MustCompile(`^\s*[\p{Lu}][\p{Lu}\d .'’#-]{0,30}:(?:\s+|$)`)
	namedPlain = regexp.MustCompile(`^\s*\p{Lu}[\p{L}.'’-]*(?: \p{Lu}[\p{L}.'’-]*| \d{1,2}){0,2}:(?:\s+|$)`)
	musical    = regexp.MustCompile(`[♪♫♩♬♭♯🎵🎶]`)
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

// spoken is a text of the same length in bytes, with spaces where it holds
// what nobody speaks: sounds in brackets, names and dashes of speakers, notes
// of music.
func spoken(text string, speakers map[string]bool) string {
	text = blanked(bracketed, text)
	if aside.MatchString(text) {
		return spaces(text)
	}
	lines := strings.Split(blanked(musical, text), "\n")
	for i, line := range lines {
		if aside.MatchString(line) {
			lines[i] = spaces(line)
			continue
		}
		line = blanked(turn, blanked(loud, line))
		if speakers[strings.TrimSpace(namedPlain.FindString(line))] {
			line = blanked(namedPlain, line)
		}
		lines[i] = blanked(turn, blanked(namedLoud, line))
	}
	return strings.Join(lines, "\n")
}

// blanked puts spaces where a pattern matches.
func blanked(pattern *regexp.Regexp, text string) string {
	return pattern.ReplaceAllStringFunc(text, spaces)
}

// spaces is as many bytes of space; line ends stay.
func spaces(text string) string {
	out := []byte(text)
	for i, c := range out {
		if c != '\n' {
			out[i] = ' '
		}
	}
	return string(out)
}

// tokens are the words of one stretch.
func tokens(text string, speakers map[string]bool) []string {
	var out []string
	for _, f := range strings.Fields(spoken(text, speakers)) {
		out = attach(out, f)
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
	if n > 0 && (!captions.IsSpoken(f) || !captions.IsSpoken(out[n-1])) && utf8.RuneCountInString(out[n-1]) < cueRunes {
		out[n-1] += " " + f
		return out
	}
	return append(out, f)
}
