package transcript

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const xmlDeep = 64 // elements inside each other

// newXML reads a text that is decoded already, whatever encoding it names.
func newXML(text string) *xml.Decoder {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return d
}

// rootOf is the local name of an XML document's first element; "" for another text.
func rootOf(text string) string {
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\n"), "<") {
		return ""
	}
	d := newXML(text[:min(len(text), sniffed)])
	for {
		t, err := d.RawToken()
		if err != nil {
			return ""
		}
		if e, ok := t.(xml.StartElement); ok {
			return e.Name.Local
		}
	}
}

// element is one open element of a document.
type element struct {
	name  string
	attrs map[string]string // by local name
}

func (e element) attr(name string) string { return e.attrs[name] }

// visitor is told of a document's elements and texts in order.
type visitor interface {
	open(element)
	text(string)
	shut(name string)
}

// visit walks a document. One that breaks off is read up to there.
func visit(text string, v visitor) error {
	d := newXML(text)
	depth := 0
	for {
		t, err := d.Token()
		var syntax *xml.SyntaxError
		if errors.Is(err, io.EOF) || errors.As(err, &syntax) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("its XML is damaged: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > xmlDeep {
				return fmt.Errorf("its XML is more than %d elements deep", xmlDeep)
			}
			e := element{t.Name.Local, map[string]string{}}
			for _, a := range t.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			v.open(e)
		case xml.EndElement:
			depth--
			v.shut(t.Name.Local)
		case xml.CharData:
			v.text(string(t))
		}
	}
}
