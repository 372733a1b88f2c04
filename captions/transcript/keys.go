package transcript

import (
	"encoding/json"
	"strings"
)

// keys is the names that a JSON document's objects use, each with those around
// it: results.items.type. Lists add nothing to a name.
type keys map[string]bool

const (
	keysLooked = 4000 // tokens of a document
	keysDeep   = 16
)

// keysOf looks at the beginning of a JSON document; nil for another text. A
// document that breaks off gives the names before that.
func keysOf(text string) keys {
	text = strings.TrimLeft(text, " \t\n")
	if text == "" || text[0] != '{' && text[0] != '[' {
		return nil
	}
	w := walk{in: json.NewDecoder(strings.NewReader(text)), found: keys{}}
	w.value("", 0)
	return w.found
}

// walk goes through a document token by token.
type walk struct {
	in    *json.Decoder
	found keys
	n     int
}

// value goes behind one value, and reports whether it got there.
func (w *walk) value(path string, depth int) bool {
	t, err := w.in.Token()
	if w.n++; err != nil || w.n > keysLooked || depth > keysDeep {
		return false
	}
	switch t {
	case json.Delim('['):
		for w.in.More() {
			if !w.value(path, depth+1) {
				return false
			}
		}
	case json.Delim('{'):
		for w.in.More() {
			name, err := w.in.Token()
			key, ok := name.(string)
			if err != nil || !ok {
				return false
			}
			below := strings.TrimPrefix(path+"."+key, ".")
			w.found[below] = true
			if !w.value(below, depth+1) {
				return false
			}
		}
	default:
		return true
	}
	_, err = w.in.Token()
	return err == nil
}
