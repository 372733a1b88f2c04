package captions

import (
	"bytes"
	"testing"

	"golang.org/x/image/font/gofont/gobold"
)

func FuzzWholeUnicode(f *testing.F) {
	f.Add(gobold.TTF[:2000])
	f.Add([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10\x00\x01\x00\x00\x00\x01cmap"))
	f.Add([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00cmap\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x14\x00\x00\x00\x02\x00\x03\x00\x01\x00\x00\x00\x00\x00\x03\x00\x0a\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		out := wholeUnicode(b)
		if len(out) != len(b) || !bytes.Equal(before, b) {
			t.Fatal("the file's own bytes changed, or there are more of them")
		}
		if !bytes.Equal(wholeUnicode(out), out) {
			t.Fatal("done twice it changes more")
		}
	})
}

func TestTheShortTableGivesWayToTheWholeOne(t *testing.T) {
	font := []byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00cmap\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x14\x00\x00\x00\x02\x00\x03\x00\x01\x00\x00\x00\x00\x00\x03\x00\x0a\x00\x00\x00\x00")
	if out := wholeUnicode(font); out[35] != 2 || font[35] != 1 {
		t.Errorf("%x", out[28:])
	}
	font[43] = 1 // no whole table
	if out := wholeUnicode(font); out[35] != 1 {
		t.Error("the only table is hidden")
	}
}
