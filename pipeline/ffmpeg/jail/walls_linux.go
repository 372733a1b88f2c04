package jail

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/landlock-lsm/go-landlock/landlock"
	llsys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// systemRead is what any program needs to start and to shape text.
var systemRead = []string{"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/dev/urandom"}

// enter puts up the walls and becomes the program.
func (j Jail) enter() error {
	if !j.Open {
		if err := j.holdFiles(); err != nil {
			return fmt.Errorf("landlock: %w", err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	if err := j.holdResources(); err != nil {
		return err
	}
	if !j.Open {
		if err := holdCalls(); err != nil {
			return fmt.Errorf("seccomp: %w", err)
		}
	}
	if j.Probe != "" {
		return j.tell()
	}
	return unix.Exec(j.Program, append([]string{j.Program}, j.Args...), j.Env)
}

// holdFiles lets the child read its own files and write its own folder. Where
// the kernel lacks a part of Landlock that part is left out; Level tells.
func (j Jail) holdFiles() error {
	rules := []landlock.Rule{landlock.RWFiles("/dev/null").IgnoreIfMissing()}
	for _, p := range append(append([]string{filepath.Dir(j.Program)}, systemRead...), j.Read...) {
		info, err := os.Stat(p)
		switch {
		case err != nil:
		case info.IsDir():
			rules = append(rules, landlock.RODirs(p))
		default:
			rules = append(rules, landlock.ROFiles(p))
		}
	}
	if j.Dir != "" {
		rules = append(rules, landlock.RWDirs(j.Dir))
	}
	return landlock.V6.BestEffort().Restrict(rules...)
}

func (j Jail) holdResources() error {
	for _, l := range []struct {
		what  string
		which int
		value uint64
	}{
		{"core", unix.RLIMIT_CORE, 0}, {"cpu", unix.RLIMIT_CPU, j.CPU}, {"file size", unix.RLIMIT_FSIZE, j.File},
		{"open files", unix.RLIMIT_NOFILE, 256}, {"memory", unix.RLIMIT_AS, j.Memory},
	} {
		most := l.value
		if l.which == unix.RLIMIT_CPU {
			most++ // at the hard limit the kernel kills without saying why
		}
		if err := unix.Setrlimit(l.which, &unix.Rlimit{Cur: l.value, Max: most}); err != nil {
			return fmt.Errorf("limit %s: %w", l.what, err)
		}
	}
	return nil
}

// tell tries what must fail and prints what held.
func (j Jail) tell() error {
	var l Level
	_, err := os.ReadFile(j.Probe)
	l.Files = errors.Is(err, os.ErrPermission)
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if l.Network = err != nil; !l.Network {
		_ = unix.Close(fd)
	}
	l.Others = errors.Is(unix.Kill(os.Getppid(), 0), unix.EPERM)
	var core unix.Rlimit
	l.Limits = unix.Getrlimit(unix.RLIMIT_AS, &core) == nil && core.Cur == j.Memory
	abi, _ := llsys.LandlockGetABIVersion()
	l.Detail = fmt.Sprintf("landlock ABI %d", abi)
	if err := json.NewEncoder(os.Stdout).Encode(l); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}
