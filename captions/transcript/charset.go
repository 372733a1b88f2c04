package transcript

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

var errEncoding = errors.New("its letters are in an encoding that cannot be told; save it as UTF-8")

// decode is the text of a file: UTF-8 or UTF-16 by its byte order mark, UTF-16
// by its zeros, UTF-8 when it is valid, else the encoding in which it reads as
// a language is written, tag's where that is known; guess names that one. Lines end in \n afterwards,
// whatever they ended in before.
func decode(b []byte, tag string) (text, guess string, err error) {
	if text, guess, err = toUTF8(b, tag); err != nil {
		return "", "", err
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.ReplaceAll(text, "\r", "\n"), guess, nil
}

func toUTF8(b []byte, tag string) (text, guess string, err error) {
	if order, ok := utf16Order(b); ok {
		out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(b)
		return string(out), "", err
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	switch {
	case utf8.Valid(b):
		return string(b), "", nil
	case mostlyUTF8(b):
		return strings.ToValidUTF8(string(b), "\uFFFD"), "", nil
	}
	if text, guess := likeliest(b, tag); guess != "" {
		return text, guess, nil
	}
	return "", "", errEncoding
}

// utf16Order tells UTF-16 by its mark, or by zeros in every other byte of the
// first few hundred.
func utf16Order(b []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return unicode.BigEndian, true
	}
	head := b[:min(len(b), 512)&^1]
	var even, odd int
	for i := 0; i < len(head); i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	half := len(head) / 2
	switch {
	case half < 4:
		return unicode.LittleEndian, false
	case odd*10 >= half*7 && even*10 <= half:
		return unicode.LittleEndian, true
	case even*10 >= half*7 && odd*10 <= half:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// isWestern reports whether bytes above ASCII stand as accented letters do in
// Windows-1252: few, and mostly alone between plain letters. In two-byte and
// Cyrillic encodings they come in runs.
func isWestern(b []byte) bool {
	var high, alone, letters int
	for i, c := range b {
		switch {
		case c >= 0x80:
			high++
			before, after := i > 0 && b[i-1] >= 0x80, i+1 < len(b) && b[i+1] >= 0x80
			if !before && !after {
				alone++
			}
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		}
	}
	return high*4 <= letters+high && alone*3 >= high*2
}

// mostlyUTF8 reports whether a text is UTF-8 but for a few broken bytes.
func mostlyUTF8(b []byte) bool {
	var good, bad int
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return bad*8 < good
}
