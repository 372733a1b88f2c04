package demo

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline/ffmpeg"
)

func TestARecordingThatIsThereIsKeptAndNotDrawnAgain(t *testing.T) {
	d := drawSmall(t)
	r := runner(t)
	dir := t.TempDir()
	for _, name := range []string{RecordingName, WordsName, MarkersName, stampName} {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(d.Recording), name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	words, err := os.ReadFile(d.Words)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, WordsName), []byte("misheard"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(filepath.Join(dir, RecordingName))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Length: 20 * time.Second, Width: 320, Height: 180}
	o.Tell = func(float64) { t.Error("something is drawn") }
	again, err := Draw(context.Background(), r, dir, o)
	if err != nil || !again.Kept || again.Reveal != d.Reveal || len(again.Said) != len(d.Said) || again.Recording != filepath.Join(dir, RecordingName) {
		t.Fatalf("%+v, %v", again, err)
	}
	if after, err := os.Stat(again.Recording); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the recording was touched: %v, %v", after, err)
	}
	if b, err := os.ReadFile(again.Words); err != nil || string(b) != string(words) {
		t.Errorf("the words are %q, %v", b, err)
	}
	whole, err := os.ReadFile(again.Recording)
	if err != nil {
		t.Fatal(err)
	}
	for why, change := range map[string]func(){
		"another length": func() { o.Length = 21 * time.Second },
		"another size":   func() { o.Width, o.Height = 640, 360 },
		"a recording that is not whole": func() {
			if err := os.Truncate(again.Recording, int64(len(whole)-1)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		was := o
		change()
		if _, ok := o.kept(dir, r); ok {
			t.Errorf("%s: it is kept", why)
		}
		o = was
		if err := os.WriteFile(again.Recording, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := o.kept(dir, r); !ok {
		t.Error("put right, it is not kept: the test shows nothing")
	}
	b, err := os.ReadFile(filepath.Join(dir, stampName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, stampName), []byte(strings.Replace(string(b), drawing(), "another", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := o.kept(dir, r); ok {
		t.Error("drawn by another drawing, it is kept")
	}
	if _, err := r.Find(ffmpeg.Speaker); err != nil {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, stampName), []byte(strings.Replace(string(b), `"Babble":false`, `"Babble":true`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := o.kept(dir, r); ok {
		t.Error("it babbles, and somebody can speak by now")
	}
}

// A file that is not counted would change what is drawn, and nobody would draw it.
func TestEveryFileOfTheDrawingIsInItsName(t *testing.T) {
	others := []string{"correct.go", "doc.go", "page.go", "sheet.go", "stamp.go", "strip.go"} // draw nothing
	all, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		name := f.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || slices.Contains(others, name) {
			continue
		}
		if _, err := drawingFiles.ReadFile(name); err != nil {
			t.Errorf("%s is not embedded in stamp.go", name)
		}
	}
}
