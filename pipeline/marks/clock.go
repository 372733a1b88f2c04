package marks

import (
	"strings"
	"time"
)

// instant is a time as somebody wrote it, and the step of what was written:
// one second for whole seconds, a tenth for one decimal.
type instant struct {
	at   time.Duration
	step time.Duration
}

// scanTime reads h:mm:ss or m:ss, with decimals or without, at the front of s
// and gives what follows. Four numbers are a timecode with frames, which has no
// meaning without a rate: false.
func scanTime(s string) (instant, string, bool) {
	var parts []int64
	rest := s
	for {
		n, digits, after := scanNumber(rest)
		if digits == 0 || digits > 3 || len(parts) > 0 && (digits > 2 || n > 59) {
			return instant{}, s, false
		}
		parts, rest = append(parts, n), after
		if len(parts) > 3 {
			return instant{}, s, false
		}
		if len(rest) < 2 || rest[0] != ':' || !isDigit(rest[1]) {
			if digits != 2 || len(parts) < 2 {
				return instant{}, s, false // seconds have two digits
			}
			break
		}
		rest = rest[1:]
	}
	if len(rest) > 1 && rest[0] == ';' && isDigit(rest[1]) {
		return instant{}, s, false // drop-frame timecode
	}
	var whole int64
	for _, p := range parts {
		whole = whole*60 + p
	}
	part, step, rest := scanDecimals(rest)
	return instant{time.Duration(whole)*time.Second + part, step}, rest, true
}

// scanNumber reads digits at the front of s.
func scanNumber(s string) (n int64, digits int, rest string) {
	for digits < len(s) && isDigit(s[digits]) {
		if digits < 12 {
			n = n*10 + int64(s[digits]-'0')
		}
		digits++
	}
	return n, digits, s[digits:]
}

// scanDecimals reads ".5" or, three digits only as subtitles have them, ",500".
func scanDecimals(s string) (part, step time.Duration, rest string) {
	step = time.Second
	if len(s) < 2 || s[0] != '.' && s[0] != ',' {
		return 0, step, s
	}
	_, digits, rest := scanNumber(s[1:])
	if digits == 0 || s[0] == ',' && digits != 3 {
		return 0, step, s
	}
	for i := range min(digits, 9) {
		step /= 10
		part += step * time.Duration(s[1+i]-'0')
	}
	return part, step, rest
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// longestTime is more than any recording lasts, and far from what a Duration holds.
const longestTime = 10_000_000 * time.Second

// scanSeconds reads 47.5, 47s, 2m, 1h02m03.5s at the front of s. A bare whole
// number is no time: too many things are numbers.
func scanSeconds(s string) (instant, string, bool) {
	var total, step time.Duration
	rest, units := s, "hms"
	for {
		n, digits, after := scanNumber(rest)
		if digits == 0 || digits > 7 {
			break
		}
		part, fine, after := scanDecimals(after)
		unit := strings.IndexByte(units, first(after))
		if first(after) == 0 || unit < 0 {
			if units == "hms" && fine < time.Second {
				return instant{time.Duration(n)*time.Second + part, fine}, after, true
			}
			return instant{}, s, false
		}
		if units[unit] != 's' && fine < time.Second {
			return instant{}, s, false
		}
		length := map[byte]time.Duration{'h': time.Hour, 'm': time.Minute, 's': time.Second}[units[unit]]
		if n > int64(longestTime/length) {
			return instant{}, s, false
		}
		total += time.Duration(n)*length + part
		step, rest, units = fine, after[1:], units[unit+1:]
	}
	if units == "hms" || rest != "" && isWord(rest[0]) {
		return instant{}, s, false
	}
	return instant{total, step}, rest, true
}

func isWord(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }

func first(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// arrows are what may stand between the two times of a range, longest first.
var arrows = []string{"-->", "->", "→", "–", "—", "-", "to", "until", ".."}

// scanArrow reads what stands between the times of a range, spaces included.
func scanArrow(s string) (string, bool) {
	rest := strings.TrimLeft(s, " \t")
	for _, a := range arrows {
		after, ok := CutFold(rest, a)
		if !ok {
			continue
		}
		if isWord(a[0]) && a[0] < 0x80 && (rest == s || after == "" || after[0] != ' ' && after[0] != '\t') {
			continue // "to" is a word of its own
		}
		return strings.TrimLeft(after, " \t"), true
	}
	return s, false
}

// CutFold is strings.CutPrefix that takes capitals for small letters.
func CutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
