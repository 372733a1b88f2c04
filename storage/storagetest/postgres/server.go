package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dropcut/storage/storagetest/child"
)

const (
	superuser = "postgres"
	port      = "5432" // only the end of the socket's name
)

// Server is a PostgreSQL that this process started, as its own child.
type Server struct {
	folder  string // holds data, socket and log, and nothing else
	bin     string
	version int // 150018 is 15.18
	as      *syscall.Credential
	child   *child.Child
}

// places are where systems keep PostgreSQL's programs, beside the PATH.
var places = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"}

// programs is the folder of the newest PostgreSQL's programs.
func programs(t testing.TB, places ...string) string {
	t.Helper()
	var found []string
	for _, place := range places {
		all, _ := filepath.Glob(filepath.Join(place, "initdb"))
		found = append(found, all...)
	}
	if onPath, err := exec.LookPath("initdb"); err == nil {
		found = append(found, onPath)
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return number(a) - number(b) }))
	}
	const lacks = "PostgreSQL is not installed: scripts/setup test, or apt-get install postgresql, brew install postgresql@17"
	if os.Getenv("CI") != "" {
		t.Fatal(lacks)
	} else {
		t.Skip(lacks)
	}
	return ""
}

// number is the first number in a path: PostgreSQL's version, as folders are named.
func number(path string) int {
	from := 0
	for from < len(path) && (path[from] < '0' || path[from] > '9') {
		from++
	}
	to := from
	for to < len(path) && path[to] >= '0' && path[to] <= '9' {
		to++
	}
	n, _ := strconv.Atoi(path[from:to])
	return n
}

// start makes a server in a folder of its own and waits until it answers.
func start(bin string) (_ *Server, err error) {
	s := &Server{bin: bin}
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.folder, err = os.MkdirTemp("", "dropcut-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(s.folder))
		}
	}()
	if s.as != nil {
		if err := os.Chown(s.folder, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return nil, err
		}
	}
	initdb := s.command("initdb", "--pgdata", s.data(), "--username", superuser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := s.guard(); err != nil {
		return nil, err
	}
	if err := s.launch(); err != nil {
		return nil, err
	}
	return s, s.do("CREATE ROLE guarded")
}

// guard lets those in who are in the role guarded by password, all others as they come.
func (s *Server) guard() error {
	f, err := os.OpenFile(filepath.Join(s.data(), "pg_hba.conf"), os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("local all +guarded scram-sha-256\nlocal all all trust\n")
	return errors.Join(err, f.Close())
}

// unprivileged is who runs the server: PostgreSQL refuses to be run by root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("tests run as root, and PostgreSQL does not: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

func (s *Server) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, program), args...)
	c.Dir = s.folder
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	return c
}

// launch starts the server over the data it has.
func (s *Server) launch() error {
	c := s.command("postgres", "-D", s.data(), "-k", s.folder, "-p", port, "-c", "listen_addresses=", "-c", "max_connections=300",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB", "-c", "logging_collector=off")
	out, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	if s.child, err = child.Start(c, syscall.SIGQUIT); err != nil { // by which it stops at once
		return err
	}
	return s.await()
}

// await waits until the server answers, and learns its version.
func (s *Server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.url("postgres", superuser, ""))
		if err == nil {
			var number string
			err = c.QueryRow(ctx, "SHOW server_version_num").Scan(&number)
			s.version, _ = strconv.Atoi(number)
			return errors.Join(err, c.Close(ctx))
		}
		select {
		case <-s.child.Ended:
			return fmt.Errorf("PostgreSQL ended at once: %s", s.log())
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w: %s", err, s.log())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *Server) log() string {
	text, _ := os.ReadFile(filepath.Join(s.folder, "log"))
	return string(text[max(len(text)-4<<10, 0):])
}

// Stop ends the server politely: open transactions are undone.
func (s *Server) Stop() error { return s.end(syscall.SIGINT) }

// Kill ends the server by force, as a machine that fails would; what it had
// acknowledged it has on its disk.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Restart starts a server that was stopped or killed over the same data.
func (s *Server) Restart() error {
	var err error
	for range 100 { // children of a killed server hold its memory until they see that it is gone
		if err = s.launch(); err == nil || !s.child.IsDown() {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// end signals our own child, which nobody else can be: it is not waited for yet.
func (s *Server) end(by syscall.Signal) error {
	if s.child == nil || s.child.IsDown() {
		return nil
	}
	if err := s.child.Process.Signal(by); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.child.Ended:
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(fmt.Errorf("PostgreSQL did not end by %v: %s", by, s.log()), s.child.Process.Kill())
	}
}

func (s *Server) remove() error { return errors.Join(s.Stop(), os.RemoveAll(s.folder)) }
