//go:build linux

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"dropcut/pipeline/ffmpeg/jail"
)

// TestAChildBecomesItsProgramBeforeTheRestIsSetUp: what is set up there is paid
// for with every process, some sixty times a moment.
func TestAChildBecomesItsProgramBeforeTheRestIsSetUp(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shown := func(args ...string) string {
		cmd := exec.Command(self, args...)
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	j, err := json.Marshal(jail.Jail{Program: "/bin/true", CPU: 10, Memory: 1 << 30, File: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	child, whole := shown(jail.Word, string(j)), shown("-test.run", "^$")
	for _, heavy := range []string{"dropcut/captions ", "github.com/aws/aws-sdk-go/aws/endpoints ", "modernc.org/sqlite", "dropcut/web/api "} {
		if strings.Contains(child, "init "+heavy) {
			t.Errorf("%sis set up in every child", heavy)
		}
		if !strings.Contains(whole, "init "+heavy) {
			t.Errorf("%sis not set up at all: the test looks for nothing", heavy)
		}
	}
}
