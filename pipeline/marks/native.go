package marks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"dropcut/pipeline"
)

// nativeMark is one mark of dropcut's own file, version 1: start alone is a point. Times are "h:mm:ss.mmm"
// or seconds as numbers.
type nativeMark struct {
	Start *nativeTime `json:"start"`
	End   *nativeTime `json:"end,omitempty"`
	Label string      `json:"label,omitempty"`
	SKU   string      `json:"sku,omitempty"`
	URL   string      `json:"url,omitempty"`
}

// nativeTime is a time as either form of JSON has it.
type nativeTime struct {
	instant
	text string
}

// UnmarshalJSON reads "10:15.100" and 615.1 alike, without a float in between.
func (t *nativeTime) UnmarshalJSON(b []byte) error {
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

// looksNative reports whether a file is JSON with the marks that only our own
// format has.
func looksNative(f *file) bool { return f.has("marks", '[') }

// parseNative reads dropcut's own JSON. A mark that cannot be read is a problem
// that is told; the others stand.
func parseNative(f *file, _ Recording) ([]List, error) {
	l := List{Source: SourceNative}
	var head struct {
		Version   int             `json:"version"`
		Recording string          `json:"recording"`
		Marks     json.RawMessage `json:"marks"`
	}
	d := json.NewDecoder(strings.NewReader(f.text))
	if err := d.Decode(&head); err != nil {
		return nil, unknown(f.name, "it is JSON with a fault ("+err.Error()+")")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		l.problem("something follows the document")
	}
	if head.Version != 1 {
		return nil, pipeline.Fail(pipeline.Invalid, "unknown_marks", `write "version":1`, "%s: marks of version %d are not known", f.name, head.Version)
	}
	l.nativeMarks(head.Marks)
	if len(l.Entries) == 0 {
		return nil, pipeline.Fail(pipeline.Invalid, "unknown_marks", `a mark needs a start: {"start":"10:15","label":"…"}`,
			"%s: %s", f.name, strings.Join(append(l.Problems, "it has no mark"), "; "))
	}
	if head.Recording != "" {
		l.Named = path.Base(head.Recording)
	}
	return []List{l}, nil
}

// nativeMarks reads marks one by one, for there may be millions.
func (l *List) nativeMarks(all json.RawMessage) {
	d := json.NewDecoder(bytes.NewReader(all))
	if _, err := d.Token(); err != nil {
		return
	}
	for i := 1; d.More(); i++ {
		if l.Cut = i > MostMarks; l.Cut {
			return
		}
		var raw json.RawMessage
		var m nativeMark
		if err := d.Decode(&raw); err != nil {
			l.problem("mark %d: %v", i, err)
			return
		}
		switch err := json.Unmarshal(raw, &m); {
		case err != nil:
			l.problem("mark %d: %s", i, CleanLabel(err.Error()))
		case m.Start == nil:
			l.problem("mark %d has no start", i)
		default:
			e := Entry{At: m.Start.at, Step: m.Start.step, Label: m.Label}
			if m.End != nil {
				e.until(m.End.instant, "")
			}
			l.Add(e)
		}
	}
}
