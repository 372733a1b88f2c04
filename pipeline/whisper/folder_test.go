package whisper

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
)

func TestAFileIsTakenWithoutANetwork(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	_, body := weights()
	copy(body, "lmgg")
	file := filepath.Join(t.TempDir(), "ggml-my own.bin")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := f.Take(file, "")
	if err != nil || m.Name != "my-own" || m.check() != nil || m.From != "ggml-my own.bin" {
		t.Fatalf("%+v %v", m, err)
	}
	if _, err := f.Take(file, "base"); pipeline.AsError(err, "").Code != "model_mismatch" || !isThere(file) || isThere(f.path("base")) {
		t.Errorf("another model's name: %v", err)
	}
	if _, err := f.Take(filepath.Join(f.Path, "none"), ""); pipeline.KindOf(err) != pipeline.NotFound {
		t.Errorf("no file: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Take(empty, ""); pipeline.KindOf(err) != pipeline.Invalid {
		t.Errorf("an empty file: %v", err)
	}
}

func TestWhatIsNoModelIsNotTaken(t *testing.T) {
	t.Parallel()
	for why, body := range map[string]string{"a host's name": "ares\n", "three bytes": "lmg", "a program": "\x7fELF\x02\x01", "a page": "<html>ggml</html>"} {
		f := Folder{t.TempDir()}
		file := filepath.Join(t.TempDir(), "hostname")
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := f.Take(file, "")
		if pipeline.KindOf(err) != pipeline.Invalid || pipeline.AsError(err, "").Code != "bad_model" {
			t.Errorf("%s: %v", why, err)
		}
		if left, err := os.ReadDir(f.Path); err != nil || len(left) != 0 || !isThere(file) {
			t.Errorf("%s: %v is kept, %v", why, left, err)
		}
	}
}

func TestTheModelThatCameLastIsUsed(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	if _, err := f.Find(""); pipeline.KindOf(err) != pipeline.NotFound || !strings.Contains(pipeline.AsError(err, "").Hint, "dropcut recogniser install") {
		t.Errorf("nothing installed: %v", err)
	}
	file := filepath.Join(t.TempDir(), "x.bin")
	for _, name := range []string{"one", "two"} {
		if err := os.WriteFile(file, []byte("lmgg"+name), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := f.Take(file, name)
		if err == nil {
			err = f.Keep(m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if m, err := f.Find(""); err != nil || m.Name != "two" {
		t.Errorf("%+v %v", m, err)
	}
	if m, err := f.Find("one"); err != nil || m.check() != nil {
		t.Errorf("%+v %v", m, err)
	}
	if err := os.WriteFile(f.path("one"), []byte("lmggeno"), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := f.Find("one"); err != nil || pipeline.KindOf(m.check()) != pipeline.Corrupt {
		t.Errorf("a changed file: %+v %v", m, m.check())
	}
	if err := os.Remove(f.path("two")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Find("two"); pipeline.KindOf(err) != pipeline.NotFound {
		t.Errorf("a file that went: %v", err)
	}
}

func TestAListThatLeadsElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"models":[{"name":"x","file":"../x"}]}`, `{"models":[{"name":"x","file":"/etc/passwd"}]}`, `{`, `[]`} {
		f := Folder{t.TempDir()}
		if err := os.WriteFile(filepath.Join(f.Path, listFile), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.All(); pipeline.KindOf(err) != pipeline.Corrupt {
			t.Errorf("%s: %v", body, err)
		}
		if err := f.Keep(Installed{Name: "x", File: "x"}); err != nil {
			t.Errorf("%s: it cannot be written anew: %v", body, err)
		}
	}
}

func TestAModelThatIsThereIsNotFetchedAgain(t *testing.T) {
	t.Parallel()
	m, body := weights()
	f := Folder{t.TempDir()}
	s := httptest.NewServer(serve(body))
	if _, err := f.Bring(t.Context(), Fetcher{From: s.URL}, m); err != nil {
		t.Fatal(err)
	}
	s.Config.Handler = http.NotFoundHandler()
	s.Close()
	got, err := f.Bring(t.Context(), Fetcher{From: s.URL}, m)
	if err != nil || got.check() != nil || got.From != s.URL+"/ggml-base.bin" {
		t.Errorf("%+v %v", got, err)
	}
}
