package faultstest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Edit is one guard in a source file, and what stands there without it.
type Edit struct {
	File    string // below the module's root
	Text    string // stands there once
	Instead string
}

// Control is a build without one guard, in which one test must fail.
type Control struct {
	Guard string // in words
	Edits []Edit // more than one where a guard has another behind it
	Proof        // must fail
	Times int    // as many faults as it takes; 0: as usual
	Quick bool   // cheap enough for make test
}

// root is the module's, seen from this room.
const root = ".."

// without writes the files of the control with the guard taken away into a
// folder, and gives the list of them for the go tool.
func (c Control) without(folder string) (list string, err error) {
	texts := map[string]string{}
	for _, e := range c.Edits {
		file, err := filepath.Abs(filepath.Join(root, e.File))
		if err != nil {
			return "", err
		}
		if _, ok := texts[file]; !ok {
			text, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			texts[file] = string(text)
		}
		if n := strings.Count(texts[file], e.Text); n != 1 {
			return "", fmt.Errorf("%s: the guard %q stands there %d times, want once: %s", e.File, e.Text, n, c.Guard)
		}
		texts[file] = strings.Replace(texts[file], e.Text, e.Instead, 1)
	}
	instead := map[string]string{}
	for file, text := range texts {
		to := filepath.Join(folder, fmt.Sprintf("%d_%s", len(instead), filepath.Base(file)))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", err
		}
		instead[file] = to
	}
	body, err := json.Marshal(map[string]any{"Replace": instead})
	if err != nil {
		return "", err
	}
	list = filepath.Join(folder, "overlay.json")
	return list, os.WriteFile(list, body, 0o600)
}

// Build builds a room's tests.
func Build(room, to string, more ...string) (string, error) {
	to, err := filepath.Abs(to)
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", append(append([]string{"test", "-c", "-o", to}, more...), "./"+room)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the tests of %s: %w: %s", room, err, out)
	}
	return to, nil
}

// run runs tests of a built program in their room.
func run(program, room, names string, environment ...string) (out string, err error) {
	cmd := exec.Command(program, "-test.run", names, "-test.v", "-test.count=1", "-test.timeout", "90m", "-test.parallel", "3")
	cmd.Dir = filepath.Join(root, room)
	cmd.Env = append(os.Environ(), environment...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}
