package dir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/storage"
	"dropcut/storage/storagetest"
)

func open(t *testing.T) *Bucket {
	b, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Bucket { return open(t) })
}

func TestALinkCannotLeadOutOfTheFolder(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t)
	if err := os.Symlink(secret, filepath.Join(b.path, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.OpenRange(t.Context(), "link", "", 0, -1); err == nil {
		t.Error("read a file outside the bucket through a link")
	}
}

func TestSweepRemovesOnlyOldHalves(t *testing.T) {
	b := open(t)
	names := []string{"x/" + tempPrefix + "old", "x/" + tempPrefix + "new", "x/kept"}
	for _, n := range names {
		if _, err := b.Put(t.Context(), n, strings.NewReader("1"), ""); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-time.Hour)
	for _, n := range []string{names[0], names[2]} {
		if err := os.Chtimes(b.Path(n), past, past); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Sweep(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	for i, n := range names {
		_, err := os.Stat(b.Path(n))
		if gone := err != nil; gone != (i == 0) {
			t.Errorf("%s gone: %v", n, gone)
		}
	}
}
