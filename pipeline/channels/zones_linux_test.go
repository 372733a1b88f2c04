package channels

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestZonesAreKnownWhereThereAreNone runs this test's program in a folder that
// has nothing but it, as in a container from scratch.
func TestZonesAreKnownWhereThereAreNone(t *testing.T) {
	if os.Getenv("ZONES_OF") != "" {
		for zone := range changes {
			if _, err := time.LoadLocation(zone); err != nil {
				t.Error(err)
			}
		}
		return
	}
	empty := t.TempDir()
	moved(t, empty)
	cmd := exec.Command("/test", "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env, cmd.Dir = []string{"ZONES_OF=nothing", "LD_LIBRARY_PATH=/"}, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: empty, Cloneflags: syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}}
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil && len(out) == 0:
		t.Skipf("this machine does not let a test change its root: %v", err)
	case err != nil || !strings.Contains(string(out), "--- PASS"):
		t.Errorf("%v\n%s", err, out)
	}
}

// moved puts this test's program into a folder as test, with what it is linked to.
func moved(t *testing.T, folder string) {
	t.Helper()
	put := func(from, to string) {
		body, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		to = filepath.Join(folder, to)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, body, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	put(self, "test")
	program, err := elf.Open(self)
	if err != nil {
		t.Skip(err)
	}
	defer program.Close()
	if s := program.Section(".interp"); s != nil {
		name, err := s.Data()
		if err != nil {
			t.Fatal(err)
		}
		loader := strings.TrimRight(string(name), "\x00")
		put(loader, loader)
	}
	libraries, err := program.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range libraries {
		for _, where := range []string{"/lib/*/" + l, "/usr/lib/*/" + l, "/lib64/" + l, "/lib/" + l} {
			if found, _ := filepath.Glob(where); len(found) > 0 {
				put(found[0], l)
				break
			}
		}
	}
}
