// Package workerstest starts what tests of workers need. Only tests may import it.
package workerstest

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dropcut/storage/storagetest/child"
)

// Redis is a redis-server of a test's own: on a socket in its own folder, with
// nothing kept on disk. It is killed when the test ends.
type Redis struct {
	t      testing.TB
	folder string
	child  *child.Child  // nil: killed
	client *redis.Client // to look after it, not for the test
	marker string        // proves that the server is ours
}

const markerKey = "workerstest"

// NewRedis starts one. Where redis-server is missing the test is left out, but
// fails where CI is set.
func NewRedis(t testing.TB) *Redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("scripts/setup test installs redis-server: %v", err)
		}
		t.Skipf("scripts/setup test installs redis-server: %v", err)
	}
	folder, err := os.MkdirTemp("", "redis-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	r := &Redis{t: t, folder: folder, marker: rand.Text()}
	r.client = redis.NewClient(&redis.Options{Network: "unix", Addr: r.socket(), MaxRetries: -1})
	t.Cleanup(func() {
		r.kill()
		_ = r.client.Close()
		_ = os.RemoveAll(folder)
	})
	r.Start()
	return r
}

func (r *Redis) socket() string { return filepath.Join(r.folder, "s") }

// URL is where it listens.
func (r *Redis) URL() string { return "unix://" + r.socket() + "?db=0" }

// Start starts it, empty, and waits until it answers. It must not be running.
func (r *Redis) Start() {
	r.t.Helper()
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", r.socket(), "--dir", r.folder,
		"--save", "", "--appendonly", "no", "--daemonize", "no")
	var err error
	if r.child, err = child.Start(cmd, syscall.SIGKILL); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := r.client.Set(ctx, markerKey, r.marker, 0).Err()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			r.t.Fatalf("redis-server does not answer: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// own fails the test unless the server that answers is the one started here.
func (r *Redis) own(ctx context.Context) {
	r.t.Helper()
	if got, err := r.client.Get(ctx, markerKey).Result(); err != nil || got != r.marker {
		r.t.Fatalf("the server at %s is not ours: %q, %v", r.socket(), got, err)
	}
}

// Flush empties it.
func (r *Redis) Flush() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r.own(ctx)
	_, err := r.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.FlushAll(ctx)
		p.Set(ctx, markerKey, r.marker, 0)
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// Kill ends it as a crash would; all it held is gone.
func (r *Redis) Kill() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r.own(ctx)
	r.kill()
}

func (r *Redis) kill() {
	if r.child == nil {
		return
	}
	r.child.End(syscall.SIGKILL)
	r.child = nil
	_ = os.Remove(r.socket())
}
