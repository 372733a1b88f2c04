package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// wouldInstall is what scripts/setup test misses on a machine with this PATH,
// as it says so; empty where nothing is missing. Nothing is installed: the
// programs that would do it are ours, and fail.
func wouldInstall(t *testing.T, more string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"apt-get", "sudo", "brew"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"uname", "grep", "id"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", filepath.Join("..", "..", "scripts", "setup"), "test")
	cmd.Env = []string{"PATH=" + folder + string(filepath.ListSeparator) + more}
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	if !strings.Contains(string(out), "dropcut needs:") {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestSetupSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	out := wouldInstall(t, t.TempDir())
	for _, name := range []string{"ffmpeg: ", "espeak-ng: ", "gcc: ", "redis-server: "} {
		if !strings.Contains(out, name) {
			t.Errorf("%s is not missed where no program is:\n%s", name, out)
		}
	}
}

// Tests are left out where a machine lacks what they need, and say so. Where
// they must all run nothing may be lacking.
func TestNothingIsMissingWhereCIIsSet(t *testing.T) {
	t.Parallel()
	if os.Getenv("CI") == "" || runtime.GOOS != "linux" {
		t.Skip("CI is not set, or this is not Linux: tests may be left out here")
	}
	if out := wouldInstall(t, os.Getenv("PATH")); out != "" {
		t.Errorf("scripts/setup test was not run, or failed:\n%s", out)
	}
}
