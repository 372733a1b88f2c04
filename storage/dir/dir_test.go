package dir

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dropcut/pipeline"
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

func TestAFolderThatCannotBeWrittenToIsKnownBeforehand(t *testing.T) {
	b := open(t)
	if err := b.Writable(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(b.path); err != nil || len(left) != 0 {
		t.Errorf("looking left %v, %v", left, err)
	}
	if err := os.Remove(b.path); err != nil { // root may write anywhere, but not where nothing is
		t.Fatal(err)
	}
	if err := b.Writable(); err == nil {
		t.Error("a folder that is gone counts as writable")
	}
	why := pipeline.AsError(fail(&os.PathError{Op: "open", Path: "x", Err: syscall.EROFS}, "put x"), "")
	if why.Kind != pipeline.Invalid || why.Code != "read_only" || why.Hint == "" {
		t.Errorf("a read-only file system is %+v", why)
	}
}

func TestSweepRemovesHalvesThatNobodyWrites(t *testing.T) {
	b := open(t)
	for _, n := range []string{"x/" + tempPrefix + "left", "y/" + tempPrefix + "elsewhere", "x/kept"} {
		if _, err := b.Put(t.Context(), n, strings.NewReader("1"), ""); err != nil {
			t.Fatal(err)
		}
	}
	reader, writer := io.Pipe()
	put := make(chan error, 1)
	go func() {
		_, err := b.Put(t.Context(), "x/coming", reader, "")
		put <- err
	}()
	if _, err := writer.Write([]byte("first half, ")); err != nil { // read: so its file is there and held
		t.Fatal(err)
	}
	if err := errors.Join(b.Sweep(t.Context(), "x"), b.Sweep(t.Context(), "not there")); err != nil {
		t.Fatal(err)
	}
	_, _ = writer.Write([]byte("second half"))
	_ = writer.Close()
	if err := <-put; err != nil {
		t.Errorf("a file that was being written was swept: %v", err)
	}
	for name, want := range map[string]bool{"x/" + tempPrefix + "left": false, "y/" + tempPrefix + "elsewhere": true, "x/kept": true, "x/coming": true} {
		if _, err := os.Stat(b.Path(name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

func TestAFileSweptBeforeItWasHeldIsWrittenAnew(t *testing.T) {
	b := open(t)
	f, err := os.Create(b.Path("swept"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !b.hold(f, "swept") {
		t.Error("a file that stands counts as swept")
	}
	if err := os.Remove(b.Path("swept")); err != nil {
		t.Fatal(err)
	}
	if b.hold(f, "swept") {
		t.Error("a file that is gone counts as standing")
	}
}
