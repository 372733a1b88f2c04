package s3

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// The store the tests run against: versitygw, built from testdata/servers and
// started here on a free port over a temporary folder; or the one that
// DROPCUT_TEST_S3 names (a URL; with DROPCUT_TEST_S3_BUCKET).
var store struct {
	once     sync.Once
	endpoint string
	err      error
	stop     func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if store.stop != nil {
		store.stop()
	}
	os.Exit(code)
}

// endpoint is where the store listens.
func endpoint(t testing.TB) string {
	t.Helper()
	store.once.Do(func() {
		if store.endpoint = os.Getenv("DROPCUT_TEST_S3"); store.endpoint != "" {
			return
		}
		_ = os.Setenv("AWS_ACCESS_KEY_ID", "tester")
		_ = os.Setenv("AWS_SECRET_ACCESS_KEY", "testing-only")
		_ = os.Setenv("AWS_EC2_METADATA_DISABLED", "true")
		store.endpoint, store.stop, store.err = startServer()
	})
	if store.err != nil {
		t.Fatal(store.err)
	}
	return store.endpoint
}

func startServer() (endpoint string, stop func(), err error) {
	program, err := serverProgram()
	if err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", "dropcut-s3-")
	if err != nil {
		return "", nil, err
	}
	for _, d := range []string{"objects", "sidecar"} {
		if err := os.Mkdir(filepath.Join(folder, d), 0o700); err != nil {
			return "", nil, err
		}
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(program, "--port", port, "--access", "tester", "--secret", "testing-only", "--quiet",
		"posix", "--sidecar", filepath.Join(folder, "sidecar"), filepath.Join(folder, "objects"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the group is ours: Setpgid made it
		_ = cmd.Wait()
		_ = os.RemoveAll(folder)
	}
	return "http://" + port, stop, awaitPort(port)
}

// serverProgram builds the store once for all runs on this machine.
func serverProgram() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, "dropcut-test", "versitygw-1.8.0")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	build := exec.Command("go", "build", "-o", program, "github.com/versity/versitygw/cmd/versitygw")
	build.Dir = filepath.Join("..", "..", "testdata", "servers")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the test store: %w: %s", err, out)
	}
	return program, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func awaitPort(address string) error {
	var err error
	for range 300 {
		var c net.Conn
		if c, err = net.Dial("tcp", address); err == nil {
			return c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the test store does not listen: %w", err)
}

// newBucket makes an empty bucket in the store, reached at the endpoint given.
func newBucket(t testing.TB, at string) *Bucket {
	t.Helper()
	name := os.Getenv("DROPCUT_TEST_S3_BUCKET")
	prefix := fmt.Sprintf("t-%d", time.Now().UnixNano())
	if name == "" {
		name = "dropcut-tests"
	}
	b, err := Open(t.Context(), Config{Bucket: name, Prefix: prefix, Endpoint: at})
	if err != nil {
		t.Fatal(err)
	}
	direct, err := Open(t.Context(), Config{Bucket: name, Endpoint: endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = direct.client.CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: &name}) // may be there
	return b
}
