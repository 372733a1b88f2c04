package counters

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// missing is how exports write that nothing is known.
var missing = []string{"", "-", "--", "–", "—", "n/a", "na", "null", "none", "nan", "k. a.", "n. v."}

// count reads a whole number as spreadsheets write it: 1,234 and 1.234 and
// 1 234 and 1'234, 12.0, 1.2K. nil: nothing is known, which is not zero.
func count(text string) (*int64, error) {
	text = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "'").Replace(strings.TrimSpace(text))
	if slices.Contains(missing, strings.ToLower(text)) {
		return nil, nil
	}
	number, scale := text, 1.0
	for suffix, by := range map[string]float64{"K": 1e3, "k": 1e3, "M": 1e6, "B": 1e9, "Tsd.": 1e3, "Mio.": 1e6, "mil": 1e3} {
		if head, ok := strings.CutSuffix(text, suffix); ok && by > scale {
			number, scale = strings.TrimSpace(head), by
		}
	}
	n, err := plainNumber(number, scale > 1)
	if err == nil && n*scale > 1e15 {
		err = fmt.Errorf("is too large")
	}
	if err != nil {
		return nil, fmt.Errorf("%.40q %w", text, err)
	}
	whole := int64(math.Round(n * scale))
	return &whole, nil
}

// plainNumber reads digits with marks between them. Three digits behind a mark
// are thousands, unless a letter says that the number is short.
func plainNumber(text string, short bool) (float64, error) {
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",. '", r) })
	if len(parts) == 0 || !slices.ContainsFunc(parts, digits) || len(strings.Join(parts, ""))+len(parts)-1 != len(text) {
		return 0, fmt.Errorf("is no count")
	}
	for _, p := range parts {
		if !digits(p) {
			return 0, fmt.Errorf("is no count")
		}
	}
	last := parts[len(parts)-1]
	if len(parts) > 1 && (len(last) != 3 || short) && !strings.ContainsAny(text[len(text)-len(last)-1:], " '") {
		if !short && strings.Trim(last, "0") != "" {
			return 0, fmt.Errorf("is no whole number")
		}
		return grouped(parts[:len(parts)-1], "."+last)
	}
	return grouped(parts, "")
}

// grouped is thousands and what stands behind them.
func grouped(parts []string, fraction string) (float64, error) {
	for i, p := range parts {
		if i > 0 && len(p) != 3 || i == 0 && len(parts) > 1 && len(p) > 3 {
			return 0, fmt.Errorf("is no count")
		}
	}
	n, err := strconv.ParseFloat(strings.Join(parts, "")+fraction, 64)
	if err != nil {
		return 0, fmt.Errorf("is no count")
	}
	return n, nil
}

// forms are the times that exports and spreadsheets write; those without a zone
// are local.
var forms = []string{time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"Mon, Jan 2, 2006", "Jan 2, 2006 15:04", "Jan 2, 2006", "2 Jan 2006 15:04", "2 Jan 2006", "2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006", "1/2/2006 15:04", "1/2/2006"}

// instant reads a time of an export.
func instant(text string, zone *time.Location) (time.Time, error) {
	for _, form := range forms {
		if t, err := time.ParseInLocation(form, text, zone); err == nil && t.Year() > 2000 && t.Year() < 2200 {
			return t, nil
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1e9 && n < 7e9 {
		return time.Unix(n, 0), nil
	}
	if day, month, ok := strings.Cut(text, "/"); ok { // 14/07/2026: no month is the 14th
		if t, err := time.ParseInLocation("2/1/2006", day+"/"+month, zone); err == nil && t.Day() > 12 {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is no time", text)
}

// decoded is a file as UTF-8: with or without a mark of its order, UTF-16, or
// the Windows code page of western Europe.
func decoded(b []byte) []byte {
	utf16 := func(e unicode.Endianness) []byte {
		out, err := unicode.UTF16(e, unicode.UseBOM).NewDecoder().Bytes(b)
		if err != nil {
			return b
		}
		return out
	}
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), len(b) > 3 && b[1] == 0 && b[3] == 0 && b[0] != 0:
		b = utf16(unicode.LittleEndian)
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}), len(b) > 3 && b[0] == 0 && b[2] == 0 && b[1] != 0:
		b = utf16(unicode.BigEndian)
	case !utf8.Valid(b):
		b, _ = charmap.Windows1252.NewDecoder().Bytes(b) // has a letter for every byte
	}
	return bytes.TrimPrefix(b, []byte("\ufeff"))
}
