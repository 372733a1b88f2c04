package s3

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"dropcut/storage/storagetest/versitygw"
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
		_ = os.Setenv("AWS_ACCESS_KEY_ID", versitygw.Access)
		_ = os.Setenv("AWS_SECRET_ACCESS_KEY", versitygw.Secret)
		_ = os.Setenv("AWS_EC2_METADATA_DISABLED", "true")
		var server *versitygw.Store
		if server, store.err = versitygw.Start(); store.err == nil {
			store.endpoint, store.stop = server.Endpoint(), server.Remove
		}
	})
	if store.err != nil {
		t.Fatal(store.err)
	}
	return store.endpoint
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
	if err := direct.Create(context.Background()); err != nil {
		t.Fatal(err)
	}
	return b
}
