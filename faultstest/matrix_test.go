package faultstest

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	update  = flag.Bool("update", false, "write docs/faults.md anew")
	atLarge = flag.Bool("matrix", false, "run the whole matrix, as make faults does")
	only    = flag.String("row", "", "run these rows of the matrix alone: 3 or 3,5,14")
	figures = flag.String("figures", "", "a file to write the table of figures to")
)

func TestThePageOfFaultsIsWhatTheTableSays(t *testing.T) {
	file := filepath.Join(root, "docs", "faults.md")
	if *update {
		if err := os.WriteFile(file, []byte(Document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(file)
	if err != nil || string(page) != Document() {
		t.Errorf("docs/faults.md is not what the table says; run go test ./faultstest -update (%v)", err)
	}
}

// testsOf is the names of all tests of a room, read from its files.
func testsOf(t *testing.T, room string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, room, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", room, err)
	}
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+|Fuzz\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
	}
	return out
}

func TestEveryRowIsShownByTestsThatExistAndHasAControlForEachGuard(t *testing.T) {
	for _, r := range Matrix {
		if len(r.Shown) == 0 || len(r.Guards) == 0 || len(r.Controls)+len(r.Without) < len(r.Guards) {
			t.Errorf("row %d is shown by nothing, guarded by nothing, or has a guard without a control", r.Number)
		}
		named := slices.Concat(r.Shown, r.Without)
		for _, c := range r.Controls {
			named = append(named, c.Proof)
			if !slices.Contains(r.Shown, c.Proof) {
				t.Errorf("row %d: the control without %s fails %s, which does not show the row", r.Number, c.Guard, c.Test)
			}
		}
		for _, p := range named {
			if !slices.Contains(testsOf(t, p.Room), p.Test) {
				t.Errorf("row %d: %s has no %s", r.Number, p.Room, p.Test)
			}
		}
	}
}

func TestWhatStandsInForTheLineIsSaidOfRowsThereAre(t *testing.T) {
	for n := range sham {
		if !slices.ContainsFunc(Matrix, func(r Row) bool { return r.Number == n }) {
			t.Errorf("there is no row %d", n)
		}
	}
}

func TestEveryGuardThatAControlTakesAwayStandsThereOnce(t *testing.T) {
	for _, r := range Matrix {
		for _, c := range r.Controls {
			if _, err := c.without(t.TempDir()); err != nil {
				t.Errorf("row %d: %v", r.Number, err)
			}
		}
	}
}

func TestAControlWhoseTestStillPassesIsNone(t *testing.T) {
	if testing.Short() {
		t.Skip("builds")
	}
	b := Bench{Folder: t.TempDir(), Seed: 1, Patience: time.Minute}
	c := Control{Guard: "none at all", Edits: []Edit{{"storage/keys.go", "package storage", "package storage // nothing is taken away"}},
		Proof: Proof{"storage", "TestNamesAreSafeAndReadable"}}
	if err := b.Check(c); err == nil || !strings.Contains(err.Error(), "does not fail") {
		t.Errorf("%v", err)
	}
	if len(b.known) != 1 {
		t.Errorf("with its guard were done %v", b.known)
	}
	c.Edits[0].Instead = "package storage\n\nfunc init() { panic(\"all fails\") }"
	c.Test = "TestThatThereIsNot" // nobody can say that it passes otherwise
	if err := b.Check(c); err == nil || !strings.Contains(err.Error(), "does not pass with its guard") {
		t.Errorf("%v", err)
	}
}

// TestWithoutAQuickGuardItsTestFails is the controls that are built in seconds;
// make faults does all.
func TestWithoutAQuickGuardItsTestFails(t *testing.T) {
	if testing.Short() {
		t.Skip("builds")
	}
	b := Bench{Folder: t.TempDir(), Seed: Seed(), Patience: 10 * time.Second}
	for _, r := range Matrix {
		for _, c := range r.Controls {
			if c.Quick {
				t.Run(fmt.Sprintf("%d %s", r.Number, c.Guard), func(t *testing.T) {
					if err := b.Check(c); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

// TestTheFaultMatrix is make faults.
func TestTheFaultMatrix(t *testing.T) {
	if !*atLarge {
		t.Skip("make faults")
	}
	rows := slices.DeleteFunc(slices.Clone(Matrix), func(r Row) bool {
		return *only != "" && !slices.Contains(strings.Split(*only, ","), strconv.Itoa(r.Number))
	})
	t.Logf("chance comes from -seed %d", Seed())
	b := Bench{Folder: t.TempDir(), Seed: Seed(), Patience: 15 * time.Second}
	all := map[Proof]result{}
	rooms := proofs(rows)
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		maps.Copy(all, inRoom(t, &b, room, rooms[room]))
	}
	controls := map[int]string{}
	for _, r := range rows {
		red := 0
		for _, c := range r.Controls {
			if err := b.Check(c); err != nil {
				t.Errorf("row %d: %v", r.Number, err)
				continue
			}
			red++
		}
		for _, p := range r.Without {
			if all[p].ended == "PASS" {
				red++
			}
		}
		controls[r.Number] = fmt.Sprintf("%d of %d red", red, len(r.Controls)+len(r.Without))
	}
	out := table(rows, all, controls)
	t.Logf("figures of -faults %d -seed %d\n%s", Times(), Seed(), out)
	if *figures != "" {
		if err := errors.Join(os.MkdirAll(filepath.Dir(*figures), 0o755), os.WriteFile(*figures, []byte(out), 0o644)); err != nil {
			t.Error(err)
		}
	}
	for _, r := range rows {
		for _, p := range r.Shown {
			if all[p].ended != "PASS" {
				t.Errorf("row %d: %s of %s: %q", r.Number, p.Test, p.Room, all[p].ended)
			}
		}
	}
}
