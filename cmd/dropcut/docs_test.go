package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryFlagStandsInTheConfigurationPage(t *testing.T) {
	page := document(t, "docs/configuration.md")
	var c commands
	parser, err := kong.New(&c, kong.Configuration(readSettings))
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range parser.Model.Leaves(true) {
		name := strings.TrimPrefix(cmd.Path(), "dropcut ")
		_, section, found := strings.Cut(page, "## dropcut "+name+"\n")
		if !found && len(cmd.Flags) > 0 {
			t.Errorf("no section for dropcut %s", cmd.Name)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		for _, f := range cmd.Flags {
			if !strings.Contains(section, "`--"+f.Name+"`") {
				t.Errorf("dropcut %s --%s is not in docs/configuration.md", cmd.Name, f.Name)
			}
		}
	}
}

func TestEveryVariableStandsInTheConfigurationPage(t *testing.T) {
	page := document(t, "docs/configuration.md")
	named := regexp.MustCompile(`Getenv\("(\w+)"\)`)
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(body), -1) {
			if strings.HasPrefix(m[1], "DROPCUT_") {
				seen++
				if !strings.Contains(page, "`"+m[1]+"`") {
					t.Errorf("%s (%s) is not in docs/configuration.md", m[1], f)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no variable was found in the code: the test looks wrongly")
	}
}
