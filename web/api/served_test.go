package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"dropcut/pipeline/desk"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
)

// childServer is the catalogue over which the test binary is to be an API until
// it is killed.
const childServer = "API_CHILD_CATALOG"

func TestMain(m *testing.M) {
	if where := os.Getenv(childServer); where != "" {
		fmt.Fprintln(os.Stderr, beServer(where))
		os.Exit(1)
	}
	os.Exit(postgres.Around(m).Run())
}

// beServer answers over a catalogue, and says where; it ends with whoever holds
// its stdin.
func beServer(where string) error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	db, err := catalog.Open(context.Background(), where)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	a := &API{Catalog: db, Links: plainLinks{}, Keys: Keys{Catalog: db, Root: []string{root}}, Desk: &desk.Desk{},
		Look: func() {}, Wake: func() {}, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	fmt.Println(l.Addr())
	return http.Serve(l, a.Handler())
}

// served is an API in a process of its own, which may be killed and is started
// again over the same catalogue.
type served struct {
	where string
	cmd   *exec.Cmd
	in    io.Closer
	base  atomic.Value // string: where it answers now
}

func (s *served) start() error {
	s.cmd = exec.Command(os.Args[0]) // ours: nobody else has its handle
	s.cmd.Env = append(os.Environ(), childServer+"="+s.where)
	s.cmd.Stderr = os.Stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		return err
	}
	s.in = in
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return errors.Join(fmt.Errorf("it ended before it answered: %w", err), s.kill())
	}
	s.base.Store("http://" + strings.TrimSpace(address))
	return nil
}

// kill ends it as a machine that fails would.
func (s *served) kill() error {
	err := s.cmd.Process.Signal(syscall.SIGKILL)
	_, _ = s.cmd.Process.Wait()
	return errors.Join(err, s.in.Close())
}

// serve starts an API of t's own.
func serve(t *testing.T, where string) *served {
	t.Helper()
	s := &served{where: where}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.kill() })
	return s
}

// call is one call; an error leaves open what became of it.
func (s *served) call(ctx context.Context, client *http.Client, token, method, path, key string, body any) (answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base.Load().(string)+path, strings.NewReader(string(text)))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	r, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer r.Body.Close()
	said, err := io.ReadAll(r.Body)
	return answer{r.StatusCode, r.Header, string(said)}, err
}
