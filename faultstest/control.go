package faultstest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Control is a build without one guard, in which one test must fail.
type Control struct {
	Guard   string // in words
	File    string // of the source, below the module's root
	Text    string // the guard in it: stands there once
	Instead string
	Proof   // must fail
}

// root is the module's, seen from this room.
const root = ".."

// without is the control's file with the guard taken away.
func (c Control) without() (string, error) {
	text, err := os.ReadFile(filepath.Join(root, c.File))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), c.Text); n != 1 {
		return "", fmt.Errorf("%s: the guard %q stands there %d times, want once: %s", c.File, c.Text, n, c.Guard)
	}
	return strings.Replace(string(text), c.Text, c.Instead, 1), nil
}

// build builds the tests of the control's room without the guard.
func (c Control) build(folder string) (program string, err error) {
	text, err := c.without()
	if err != nil {
		return "", err
	}
	file, err := filepath.Abs(filepath.Join(root, c.File))
	if err != nil {
		return "", err
	}
	instead := filepath.Join(folder, "without.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: instead}})
	if err != nil {
		return "", err
	}
	list := filepath.Join(folder, "overlay.json")
	for name, body := range map[string][]byte{instead: []byte(text), list: overlay} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			return "", err
		}
	}
	return build(c.Room, filepath.Join(folder, "without.test"), "-overlay", list)
}

// build builds a room's tests.
func build(room, to string, more ...string) (string, error) {
	cmd := exec.Command("go", append(append([]string{"test", "-c", "-o", to}, more...), "./"+room)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the tests of %s: %w: %s", room, err, out)
	}
	return to, nil
}

// run runs tests of a built program in their room.
func run(program, room, names string, environment ...string) (out string, err error) {
	program, err = filepath.Abs(program)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(program, "-test.run", names, "-test.v", "-test.count=1", "-test.timeout", "90m", "-test.parallel", "4")
	cmd.Dir = filepath.Join(root, room)
	cmd.Env = append(os.Environ(), environment...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// Check is nil when the control's test fails in a build without the guard.
func (c Control) Check(folder string, patience int) error {
	program, err := c.build(folder)
	if err != nil {
		return err
	}
	out, err := run(program, c.Room, "^"+c.Test+"$", fmt.Sprintf("FAULTS_PATIENCE=%d", patience))
	if err == nil || !strings.Contains(out, "--- FAIL: "+c.Test) || strings.Contains(out, "\npanic: ") {
		return fmt.Errorf("%s of %s does not fail without its guard (%s): %v\n%s", c.Test, c.Room, c.Guard, err, out)
	}
	return nil
}
