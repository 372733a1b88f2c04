package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// parsed is the command line read with a file of flags.
func parsed(t *testing.T, file string, args ...string) (runCommand, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "flags.json")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	var c commands
	parser, err := kong.New(&c, kong.Configuration(readSettings))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"run", "a.mp4", "--config", name}, args...))
	return c.Run, err
}

func TestTheExampleOfAFileOfFlagsWorks(t *testing.T) {
	example := regexp.MustCompile("`(\\{\"run\".*\\})`").FindStringSubmatch(document(t, "docs/configuration.md"))
	if example == nil {
		t.Fatal("docs/configuration.md shows no file of flags")
	}
	c, err := parsed(t, example[1])
	if err != nil || c.Shorts == nil || *c.Shorts != 2 || !slices.Equal(c.Aspect, []string{"9:16", "1:1"}) {
		t.Errorf("%s gives %v shorts and aspects %v: %v", example[1], c.Shorts, c.Aspect, err)
	}
}

func TestAFileOfFlags(t *testing.T) {
	for _, x := range []struct{ why, file, shorts, refused string }{
		{"none is not the default", `{"run": {"shorts": 0}}`, "0", ""},
		{"the command line wins", `{"run": {"shorts": 0}}`, "1", ""},
		{"of another command", `{"inspect": {"json": true}}`, "none", ""},
		{"a flag that is none", `{"run": {"shrots": 0}}`, "", `"shrots", which is no flag of dropcut run`},
		{"a command that is none", `{"ran": {"shorts": 0}}`, "", `"ran", which is no command`},
		{"flags of no command", `{"shorts": 1}`, "", "flags by command are wanted"},
		{"no JSON", `shorts = 1`, "", "flags by command are wanted"},
	} {
		var args []string
		if x.shorts == "1" {
			args = []string{"--shorts", "1"}
		}
		c, err := parsed(t, x.file, args...)
		switch {
		case x.refused != "" && (err == nil || !strings.Contains(err.Error(), x.refused)):
			t.Errorf("%s: %v, want %q", x.why, err, x.refused)
		case x.refused == "" && (err != nil || said(c.Shorts) != x.shorts || c.JSON):
			t.Errorf("%s: %s shorts, want %s: %v", x.why, said(c.Shorts), x.shorts, err)
		}
	}
}

// said is a number that a flag may give; "none" where it does not.
func said(n *int) string {
	if n == nil {
		return "none"
	}
	return strconv.Itoa(*n)
}
