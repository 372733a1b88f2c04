package marks

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fromJSON5 writes a JSON5 document as JSON: without comments and commas that
// nothing follows, keys and texts in double quotes, numbers as JSON has them.
// Infinity and NaN become null. It checks words only; whether they stand in the
// right order is for the reader of JSON.
func fromJSON5(text string) ([]byte, error) {
	out := make([]byte, 0, len(text)+64)
	comma := false // one is owed, if something follows
	for i := 0; i < len(text); {
		n, word, err := word5(text[i:])
		if err != nil {
			return nil, fmt.Errorf("at byte %d: %w", i, err)
		}
		i += n
		switch {
		case word == "":
			continue
		case word == ",":
			if comma {
				return nil, fmt.Errorf("at byte %d: two commas", i)
			}
			comma = true
			continue
		case comma && word != "}" && word != "]":
			out = append(out, ',')
		}
		comma = false
		out = append(out, word...)
	}
	if comma {
		return nil, fmt.Errorf("it ends in a comma")
	}
	return out, nil
}

// word5 takes one word off the front of s, as JSON: n bytes of s. Empty for
// space and comments.
func word5(s string) (n int, word string, err error) {
	switch c := s[0]; {
	case strings.IndexByte("{}[]:,", c) >= 0:
		return 1, s[:1], nil
	case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f':
		return 1, "", nil
	case strings.HasPrefix(s, "//"):
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return end, "", nil
		}
		return len(s), "", nil
	case strings.HasPrefix(s, "/*"):
		if end := strings.Index(s[2:], "*/"); end >= 0 {
			return end + 4, "", nil
		}
		return 0, "", fmt.Errorf("a comment that does not end")
	case c == '"' || c == '\'':
		return text5(s)
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		return number5(s)
	}
	for n < len(s) && (isWord(s[n]) || s[n] == '_' || s[n] == '$') {
		n++
	}
	switch name := s[:n]; name {
	case "":
		r, _ := utf8.DecodeRuneInString(s)
		return 0, "", fmt.Errorf("%q stands alone", r)
	case "true", "false", "null":
		return n, name, nil
	case "Infinity", "NaN":
		return n, "null", nil
	default:
		b, err := json.Marshal(name)
		return n, string(b), err
	}
}

// number5 is a number: 1, +1, .5, 5., 1e3, 0xff.
func number5(s string) (n int, word string, err error) {
	for n < len(s) && (isWord(s[n]) || s[n] == '.' || s[n] == '+' || s[n] == '-') {
		n++
	}
	body, below := strings.CutPrefix(strings.TrimPrefix(s[:n], "+"), "-")
	sign := ""
	if below {
		sign = "-"
	}
	switch {
	case body == "Infinity" || body == "NaN":
		return n, "null", nil
	case strings.HasPrefix(body, "0x") || strings.HasPrefix(body, "0X"):
		v, err := strconv.ParseUint(body[2:], 16, 63)
		return n, sign + strconv.FormatUint(v, 10), err
	}
	if strings.HasPrefix(body, ".") {
		body = "0" + body
	}
	body = strings.TrimSuffix(body, ".")
	if !json.Valid([]byte(body)) || !isDigit(first(body)) {
		return 0, "", fmt.Errorf("%q is no number", s[:min(n, 40)])
	}
	return n, sign + body, nil
}

// text5 is a text in either kind of quotes.
func text5(s string) (n int, word string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case s[0]:
			quoted, err := json.Marshal(b.String())
			return i + 1, string(quoted), err
		case '\n':
			return 0, "", fmt.Errorf("a text that does not end in its line")
		case '\\':
			used, err := escape5(s[i+1:], &b)
			if err != nil {
				return 0, "", err
			}
			i += used
		default:
			b.WriteByte(c)
		}
	}
	return 0, "", fmt.Errorf("a text that does not end")
}

// escape5 writes what stands behind a backslash and says how many bytes it was.
func escape5(s string, b *strings.Builder) (int, error) {
	plain := map[byte]string{'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '0': "\x00", '\n': ""}
	digits := map[byte]int{'x': 2, 'u': 4}[first(s)]
	switch text, ok := plain[first(s)]; {
	case s == "":
		return 0, fmt.Errorf("a text that does not end")
	case ok:
		b.WriteString(text)
		return 1, nil
	case digits == 0:
		r, n := utf8.DecodeRuneInString(s)
		b.WriteRune(r)
		return n, nil
	case len(s) <= digits:
		return 0, fmt.Errorf("an escape that does not end")
	}
	if first(s) == 'u' { // pairs of surrogates are for the reader of JSON
		end := 5
		if strings.HasPrefix(s[5:], `\u`) && len(s) >= 11 {
			end = 11
		}
		var text string
		if err := json.Unmarshal([]byte(`"\`+s[:end]+`"`), &text); err != nil {
			return 0, fmt.Errorf("an escape that is none")
		}
		b.WriteString(text)
		return end, nil
	}
	v, err := strconv.ParseUint(s[1:3], 16, 8)
	if err != nil {
		return 0, fmt.Errorf("an escape that is none")
	}
	b.WriteRune(rune(v))
	return 3, nil
}
