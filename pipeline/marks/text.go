package marks

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// decode makes any text UTF-8: by its byte order mark, else by where its NUL
// bytes lie, else as it is, else as Latin-1. Lines end in a line feed. False
// for what is no text.
func decode(b []byte) (string, bool) {
	var s string
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		s = strings.ToValidUTF8(string(b[3:]), "\uFFFD")
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		s = fromUTF16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		s = fromUTF16(b[2:], binary.BigEndian)
	default:
		s = withoutMark(b)
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return s, strings.IndexByte(s, 0) < 0
}

// withoutMark decodes text that has no byte order mark.
func withoutMark(b []byte) string {
	head := b[:min(len(b), 4096)&^1]
	var even, odd int
	for i, c := range head {
		if c == 0 {
			even, odd = even+1-i%2, odd+i%2
		}
	}
	// Times are ASCII, so UTF-16 has a NUL in most pairs, always on one side.
	switch most := len(head) / 2; {
	case odd*2 > most && even == 0:
		return fromUTF16(b, binary.LittleEndian)
	case even*2 > most && odd == 0:
		return fromUTF16(b, binary.BigEndian)
	case utf8.Valid(b):
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

func fromUTF16(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// CleanLabel makes a stranger's label one line of valid text of bounded length.
func CleanLabel(s string) string {
	if len(s) > 4*mostLabel {
		s = s[:4*mostLabel]
	}
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == '\uFEFF', r == '\uFFFD':
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > mostLabel {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return strings.TrimSpace(s)
}

// baseOf is a file's name without the folders of whatever system wrote it.
func baseOf(name string) string {
	return CleanLabel(name[strings.LastIndexAny(name, `/\`)+1:])
}
