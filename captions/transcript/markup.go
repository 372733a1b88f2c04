package transcript

import (
	"html"
	"regexp"
	"strings"
)

var (
	// A tag opens with a letter, a slash or the digits of an inline time:
	// "<3" and "a < b" are text.
	tag      = regexp.MustCompile(`<(?:/?[A-Za-z][^<>\n]{0,200}|/|[0-9]{1,4}:[0-9:.]{1,20})>`)
	override = regexp.MustCompile(`\{\\[^{}\n]{0,200}\}`)
	breaks   = strings.NewReplacer(`\N`, "\n", `\n`, "\n", `\h`, " ")
)

// plain is one line of a subtitle file without its markup.
func plain(line string) string { return strings.TrimSpace(markless(line)) }

// markless is plain with the space at its edges.
func markless(line string) string {
	if strings.ContainsAny(line, `\{`) {
		line = breaks.Replace(override.ReplaceAllString(line, ""))
	}
	if strings.IndexByte(line, '<') >= 0 {
		line = tag.ReplaceAllString(line, "")
	}
	if strings.IndexByte(line, '&') >= 0 {
		line = html.UnescapeString(line)
	}
	return line
}
