package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	aTest     = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// TestWhatIsHeldAgainstThreatsInThisHouseHasItsTests: the page of threats names
// tests that there are, and each point of its list of the API names some.
func TestWhatIsHeldAgainstThreatsInThisHouseHasItsTests(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "threats.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range aTest.FindAllSubmatch(text, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil || len(there) < 100 {
		t.Fatalf("%d tests: %v", len(there), err)
	}
	for _, m := range namedTest.FindAllSubmatch(page, -1) {
		if !there[string(m[1])] {
			t.Errorf("there is no %s", m[1])
		}
	}
	_, list, ok := strings.Cut(string(page), "## The API, point by point\n")
	if !ok {
		t.Fatal("the list of the API is gone")
	}
	points := 0
	for _, row := range strings.Split(list, "\n") {
		if !regexp.MustCompile(`^\| \d+ \|`).MatchString(row) {
			continue
		}
		if points++; !namedTest.MatchString(row) && !strings.Contains(row, "not yet") {
			t.Errorf("no test shows %s", row)
		}
	}
	if points < 10 {
		t.Errorf("%d points", points)
	}
}
