package marks

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Limits of XML from strangers.
const (
	deepestXML = 200     // elements in elements
	longestTag = 4 << 20 // bytes of one tag or one text; projects carry pictures in theirs
)

var errTooDeep = errors.New("its elements are nested too deep")

// sips gives a document to its reader, and no more than longestTag of it for
// one token: a tag may have any number of attributes.
type sips struct {
	*strings.Reader
	left int
}

var errTooLong = errors.New("one tag or text in it is too long")

func (s *sips) ReadByte() (byte, error) {
	if s.left--; s.left < 0 {
		return 0, errTooLong
	}
	return s.Reader.ReadByte()
}

// xmlDecoder reads a document whatever character set it names: the text is
// UTF-8 by now.
func xmlDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// walk gives every tag and text of an XML document to see, in order. Entities
// of its own are not known, and a document that uses one is at fault; nothing
// outside it is ever read. see may end the walk by giving false.
func (f *file) walk(see func(line int, t xml.Token) bool) error {
	r := &sips{Reader: strings.NewReader(f.text)}
	d := xmlDecoder(r)
	depth := 0
	for {
		r.left = longestTag
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > deepestXML {
				return errTooDeep
			}
		case xml.EndElement:
			if depth--; depth < 0 {
				return errors.New("an element ends that never began")
			}
		}
		line, _ := d.InputPos()
		if !see(line, t) {
			return nil
		}
	}
}

// attribute is what an element says under a name; empty when it does not.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
