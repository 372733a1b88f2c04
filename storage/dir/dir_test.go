package dir

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

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

// What is refused for good is Invalid, so that nobody tries it again.
func TestALinkCannotLeadOutOfTheFolder(t *testing.T) {
	away := t.TempDir()
	if err := os.WriteFile(filepath.Join(away, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t)
	for name, to := range map[string]string{"link": filepath.Join(away, "secret"), "folder": away, "up": "../secret", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(b.path, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"link", "folder/secret", "up", "loop"} {
		_, read := b.OpenRange(t.Context(), key, "", 0, -1)
		_, stat := b.Stat(t.Context(), key)
		for _, err := range []error{read, stat} {
			e := pipeline.AsError(err, "")
			if err == nil || e.Kind != pipeline.Invalid || e.Code != "link_outside" || e.Hint == "" || strings.Contains(e.Detail, "statat") {
				t.Errorf("%s: %+v", key, e)
			}
		}
	}
}

func TestALinkInsideTheFolderIsRead(t *testing.T) {
	b := open(t)
	if _, err := b.Put(t.Context(), "deep/file", strings.NewReader("x"), ""); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("deep/file", filepath.Join(b.path, "link")); err != nil {
		t.Fatal(err)
	}
	if o, err := b.Stat(t.Context(), "link"); err != nil || o.Size != 1 {
		t.Errorf("%+v, %v", o, err)
	}
	for _, key := range []string{"deep/other", "link/other", "nowhere"} {
		if _, err := b.Stat(t.Context(), key); pipeline.KindOf(err) == pipeline.Invalid {
			t.Errorf("%s: %v", key, err)
		}
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
	if n, err := b.Sweep(t.Context(), []string{"x"}, time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("%d young ones were swept: %v", n, err)
	}
	if all, err := b.Halves(t.Context(), []string{"x", "not there", "."}, time.Now()); err != nil || !slices.Equal(all, []string{"x/" + tempPrefix + "left", "x/" + tempPrefix + "left", "y/" + tempPrefix + "elsewhere"}) {
		t.Errorf("%v are halves: %v", all, err)
	}
	if n, err := b.Sweep(t.Context(), []string{"x", "not there"}, time.Now()); n != 1 || err != nil {
		t.Fatal(n, err)
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

func TestANameThatIsTooLongIsInvalid(t *testing.T) {
	_, err := open(t).Stat(t.Context(), strings.Repeat("a", 300))
	if e := pipeline.AsError(err, ""); e.Kind != pipeline.Invalid || e.Code != "name_too_long" {
		t.Error(err)
	}
}
