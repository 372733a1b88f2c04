package catalog

import (
	"net/url"
	"path/filepath"
	"testing"

	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/wire"
)

// wired is a catalogue whose server is at the other end of a wire.
func wired(t *testing.T) (*DB, *wire.Wire) {
	t.Helper()
	u, err := url.Parse(postgres.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	w := wire.New(t, filepath.Join(q.Get("host"), ".s.PGSQL."+q.Get("port")))
	q.Del("host")
	q.Del("port")
	u.Host, u.RawQuery = w.Address(), q.Encode()
	return open(t, u.String()), w
}
