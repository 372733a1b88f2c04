package marks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// writtenTime is a time as either form of JSON has it.
type writtenTime struct {
	instant
	text string
}

// UnmarshalJSON reads "10:15.100" and 615.1 alike, without a float in between.
func (t *writtenTime) UnmarshalJSON(b []byte) error {
	t.text = strings.TrimSpace(strings.Trim(string(b), `"`))
	if first(string(b)) == '"' {
		if err := json.Unmarshal(b, &t.text); err != nil {
			return err
		}
		if at, rest, ok := scanTime(strings.TrimSpace(t.text)); ok && rest == "" {
			t.instant = at
			return nil
		}
	}
	at, ok := decimalSeconds(t.text)
	if !ok {
		return fmt.Errorf("%q is no time", CleanLabel(t.text[:min(len(t.text), 60)]))
	}
	t.instant = at
	return nil
}

// entryOf is an entry from start on; without an end it is a point.
func entryOf(start writtenTime, end *writtenTime, label string) Entry {
	e := Entry{At: start.at, Step: start.step, Label: label}
	if end != nil {
		e.until(end.instant)
	}
	return e
}

// decimalSeconds reads a plain decimal number of seconds.
func decimalSeconds(s string) (instant, bool) {
	s, below := strings.CutPrefix(strings.TrimSpace(s), "-")
	n, digits, rest := scanNumber(s)
	if digits == 0 || digits > 7 {
		return instant{}, false
	}
	part, step, rest := scanDecimals(rest)
	if rest != "" {
		return instant{}, false
	}
	at := time.Duration(n)*time.Second + part
	if below {
		at = -at
	}
	return instant{at, step}, true
}

// each decodes a JSON list one by one, for there may be millions. What cannot
// be decoded is a problem that is told, under the word for one of them.
func each[T any](l *List, all json.RawMessage, word string, keep func(n int, one T)) {
	d := json.NewDecoder(bytes.NewReader(all))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return
	}
	for n := 1; d.More(); n++ {
		if l.Cut = l.Cut || n > MostMarks; l.Cut {
			return
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			l.problem("%s %d: %v", word, n, err)
			return
		}
		var one T
		if err := json.Unmarshal(raw, &one); err != nil {
			l.problem("%s %d: %s", word, n, CleanLabel(err.Error()))
			continue
		}
		keep(n, one)
	}
}

// firstOf is the first thing in a JSON list of objects, by its fields; nil for
// anything else.
func firstOf(all json.RawMessage) map[string]json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(all))
	if t, err := d.Token(); err != nil || t != json.Delim('[') || !d.More() {
		return nil
	}
	var one map[string]json.RawMessage
	if d.Decode(&one) != nil {
		return nil
	}
	return one
}
