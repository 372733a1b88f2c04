package main

import (
	"strings"
	"unicode"
)

// printable makes text of recordings and file names safe for a terminal:
// control and format characters become escapes, lines stay lines.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			b.WriteString(`\u{` + strings.ToLower(hex(r)) + `}`)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// printableLine is printable for what must stay one line: a name may hold
// line breaks too.
func printableLine(s string) string {
	return strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(printable(s))
}

func hex(r rune) string {
	const digits = "0123456789abcdef"
	if r < 16 {
		return string(digits[r])
	}
	return hex(r/16) + string(digits[r%16])
}
