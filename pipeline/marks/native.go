package marks

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"dropcut/pipeline"
)

// nativeMark is one mark of dropcut's own file, version 1: start alone is a point. Times are "h:mm:ss.mmm"
// or seconds as numbers.
type nativeMark struct {
	Start *writtenTime `json:"start"`
	End   *writtenTime `json:"end,omitempty"`
	Label string       `json:"label,omitempty"`
	SKU   string       `json:"sku,omitempty"`
	URL   string       `json:"url,omitempty"`
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
	each(&l, head.Marks, "mark", func(n int, m nativeMark) {
		if m.Start == nil {
			l.problem("mark %d has no start", n)
			return
		}
		l.Add(entryOf(*m.Start, m.End, m.Label))
	})
	if len(l.Entries) == 0 {
		return nil, pipeline.Fail(pipeline.Invalid, "unknown_marks", `a mark needs a start: {"start":"10:15","label":"…"}`,
			"%s: %s", f.name, strings.Join(append(l.Problems, "it has no mark"), "; "))
	}
	if head.Recording != "" {
		l.Named = baseOf(head.Recording)
	}
	return []List{l}, nil
}
