package storage

import (
	"strings"
	"testing"
)

func TestNamesAreSafeAndReadable(t *testing.T) {
	for _, c := range []struct{ text, want, why string }{
		{"MOMENT B: JFK line", "MOMENT-B-JFK-line", "spaces and colons"},
		{"../../etc/passwd", "etc-passwd", "no way out of the folder"},
		{"-rf *", "rf", "never an option"},
		{"é ü 🔥", "é-ü", "letters of any script stay, emoji go"},
		{"\x00\n", "none", "nothing left"},
		{"clip this, é ü 🔥", "clip-this-é-ü", ""},
		{"a/b\\c", "a-b-c", "separators"},
		{".hidden.", "hidden", "no dot files"},
	} {
		if got := SafeName(c.text, "none"); got != c.want {
			t.Errorf("%q gives %q, want %q (%s)", c.text, got, c.want, c.why)
		}
	}
	if long := SafeName(strings.Repeat("ä", 500), "x"); len(long) > maxName {
		t.Errorf("a name of %d bytes", len(long))
	}
}
