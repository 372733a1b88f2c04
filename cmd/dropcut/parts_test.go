package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheProgramListsWhatItIsBuiltFrom: every module that Go finds in it, in the
// version that go.mod says, and nothing without one.
func TestTheProgramListsWhatItIsBuiltFrom(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "dropcut")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	said, err := exec.Command(program, "version", "--sbom").Output()
	if err != nil {
		t.Fatal(err)
	}
	var got bom
	if err := json.Unmarshal(said, &got); err != nil || got.Format != "CycloneDX" || got.Metadata.Component.Name != "dropcut" {
		t.Fatalf("%v: %s", err, said)
	}
	has := map[string]bool{}
	for _, p := range got.Components {
		if p.Version == "" || !strings.HasSuffix(p.PURL, "@"+p.Version) || p.Name != "stdlib" && len(p.Properties) == 0 {
			t.Errorf("%+v", p)
		}
		has[p.Name+" "+p.Version] = true
	}
	listed, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(listed)) {
		if line = strings.TrimSpace(line); line != "" && !has[line] {
			t.Errorf("%s is in the program, and in no list of its parts", line)
		}
	}
	if len(has) < 30 {
		t.Errorf("only %d parts: the test looks wrongly", len(has))
	}
}
