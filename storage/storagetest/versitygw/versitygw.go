// Package versitygw starts an S3-compatible store for tests: versitygw, built
// from testdata/servers once a machine. It listens on a free port of this
// machine over a temporary folder. Only tests may import it.
package versitygw

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"dropcut/storage/storagetest/child"
)

// Access and Secret are the store's credentials.
const (
	Access = "tester"
	Secret = "testing-only"
)

// Store is one that runs, or was killed and may run again.
type Store struct {
	folder  string
	program string
	address string
	child   *child.Child
}

// Start builds the store where that was never done, and starts it.
func Start() (*Store, error) {
	program, err := Program()
	if err != nil {
		return nil, err
	}
	s := &Store{program: program}
	if s.folder, err = os.MkdirTemp("", "dropcut-s3-"); err != nil {
		return nil, err
	}
	for _, d := range []string{"objects", "sidecar"} {
		if err := os.Mkdir(filepath.Join(s.folder, d), 0o700); err != nil {
			return nil, err
		}
	}
	if s.address, err = freePort(); err != nil {
		return nil, err
	}
	return s, s.Again()
}

// Again starts it after Kill, at the same address over the same objects.
func (s *Store) Again() error {
	cmd := exec.Command(s.program, "--port", s.address, "--access", Access, "--secret", Secret, "--quiet",
		"posix", "--sidecar", filepath.Join(s.folder, "sidecar"), filepath.Join(s.folder, "objects"))
	var err error
	if s.child, err = child.Start(cmd, syscall.SIGKILL); err != nil {
		return err
	}
	return await(s.address)
}

// Endpoint is where it listens.
func (s *Store) Endpoint() string { return "http://" + s.address }

// Kill ends it at once. The process is ours: we started it.
func (s *Store) Kill() { s.child.End(syscall.SIGKILL) }

// Remove ends it, with all that it holds.
func (s *Store) Remove() {
	s.Kill()
	_ = os.RemoveAll(s.folder)
}

// Version is of the program.
const Version = "1.8.0"

// Program is the path of the store's program, which is built once for all tests
// of this machine.
func Program() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, "dropcut-test", "versitygw-"+Version)
	done, err := alone(filepath.Dir(program))
	if err != nil {
		return "", err
	}
	defer done()
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	_, here, _, _ := runtime.Caller(0)
	part := fmt.Sprintf("%s.%d", program, os.Getpid()) // packages are tested side by side
	cmd := exec.Command("go", "build", "-o", part, "github.com/versity/versitygw/cmd/versitygw")
	cmd.Dir = filepath.Join(filepath.Dir(here), "..", "..", "..", "testdata", "servers")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the test store: %w: %s", err, out)
	}
	return program, os.Rename(part, program)
}

// alone waits until no other package's tests build in the folder, which it
// makes: one build keeps a machine busy for minutes.
func alone(folder string) (done func(), err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(folder, "versitygw.lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return func() { _ = lock.Close() }, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func await(address string) error {
	var err error
	for range 600 {
		var c net.Conn
		if c, err = net.Dial("tcp", address); err == nil {
			return c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the test store does not listen: %w", err)
}
