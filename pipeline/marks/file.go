package marks

import (
	"encoding/json"
	"encoding/xml"
	"iter"
	"strings"
)

// file is one file of marks, decoded. What several formats ask of it is found once.
type file struct {
	name string
	text string // UTF-8, lines end in a line feed

	asked struct{ object, root bool }
	keys  map[string]json.RawMessage
	top   string
	list  *edl
}

// head is where the content begins, at most so many bytes of it.
func (f *file) head(most int) string {
	s := strings.TrimLeft(f.text[:min(len(f.text), most+4096)], " \t\n")
	return s[:min(len(s), most)]
}

// telling is how many bytes of its content tell a file.
const telling = 64 << 10

// opening is the lines that tell it: whole ones, where the file has more.
func (f *file) opening() iter.Seq[string] {
	head := f.head(telling)
	if len(head) == telling && len(f.text) > telling {
		if i := strings.LastIndexByte(head, '\n'); i > 0 {
			head = head[:i]
		}
	}
	return strings.SplitSeq(head, "\n")
}

// object is the JSON document's own fields; nil for anything but a JSON object.
func (f *file) object() map[string]json.RawMessage {
	if !f.asked.object {
		f.asked.object = true
		if first(f.head(1)) == '{' {
			var keys map[string]json.RawMessage
			if json.NewDecoder(strings.NewReader(f.text)).Decode(&keys) == nil {
				f.keys = keys
			}
		}
	}
	return f.keys
}

// has reports whether the JSON document has a field that begins with that
// byte: '[' for a list, '{' for an object, '"' for text.
func (f *file) has(key string, begins byte) bool { return first(string(f.object()[key])) == begins }

// root is the name of the XML document's root element; empty for anything else.
// Entities of the document's own are not followed, by encoding/xml.
func (f *file) root() string {
	if f.asked.root {
		return f.top
	}
	f.asked.root = true
	if first(f.head(1)) != '<' {
		return ""
	}
	d := xmlDecoder(strings.NewReader(f.text[:min(len(f.text), telling)]))
	for range 64 {
		t, err := d.Token()
		if err != nil {
			return ""
		}
		if e, ok := t.(xml.StartElement); ok {
			f.top = e.Name.Local
			return f.top
		}
	}
	return ""
}
