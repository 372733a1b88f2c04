package marks

import (
	"strings"

	"dropcut/pipeline"
)

const flagHint = `write a time or a range and, if you like, a Label: --mark "7:45-8:10 the reveal", --mark "1:02:03", --mark "47.5s crowd"`

// ParseFlag reads one --mark: "7:45-8:10 the reveal", "0:47 crowd went wild",
// "47s", "47.5 crowd". The mark's precision is that of what was written; of a
// range, the finer of its two ends. Anything else is Usage, code bad_mark.
func ParseFlag(s string) (Entry, error) {
	bad := func(format string, args ...any) (Entry, error) {
		return Entry{}, pipeline.Fail(pipeline.Usage, "bad_mark", flagHint, format, args...)
	}
	text, ok := decode([]byte(s))
	if !ok || len(s) > mostLabel {
		return bad("a mark is one line of text of at most 4 KiB")
	}
	text = strings.TrimSpace(text)
	from, rest, ok := scanFlagTime(text)
	if !ok {
		return bad("%q does not begin with a time such as 0:47, 1:02:03, 47s or 7:45-8:10", CleanLabel(text))
	}
	e := Entry{At: from.at, Step: from.step}
	if after, arrow := scanArrow(rest); arrow {
		to, tail, ok := scanFlagTime(after)
		_, digits, number := scanNumber(after)
		switch {
		case ok && to.at <= from.at:
			return bad("%q ends before it begins", CleanLabel(text))
		case ok:
			e.End, e.Step, rest = &to.at, min(from.step, to.step), tail
		case digits > 0 && (number == "" || number[0] == ' ') && !strings.HasPrefix(rest, " "):
			return bad("%q ends at %q, which is not a time", CleanLabel(text), after[:digits])
		}
	}
	if rest != "" && rest[0] < 0x80 && isWord(rest[0]) {
		return bad("%q: a space belongs between the time and the label", CleanLabel(text))
	}
	e.Label = CleanLabel(strings.TrimLeft(rest, " \t:,;-–—|"))
	return e, nil
}

// scanFlagTime reads every shape of a time that a person may type.
func scanFlagTime(s string) (instant, string, bool) {
	if t, rest, ok := scanTime(s); ok {
		return t, rest, true
	}
	if i := strings.IndexByte(s, ':'); i > 0 && i < 4 && strings.Trim(s[:i], "0123456789") == "" {
		return instant{}, s, false // 1:2 and 1:75 are mistakes, not seconds
	}
	return scanSeconds(s)
}
