package transcript

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestTranscriptsAreToldByContent(t *testing.T) {
	utf16 := utf16File(cueOne+"hi\n", false, true)
	for _, c := range []struct {
		why, body string
		want      bool
	}{
		{"SRT", cueOne + "hi\n", true}, {"WebVTT", "WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n", true}, {"with a byte order mark", "\ufeffWEBVTT\n", true},
		{"UTF-16", string(utf16), true}, {"damaged, but meant to be one", "1\n00:00:01,000 --> oops\nhi\n", true},
		{"a list of timestamps", "0:00 intro\n1:30 drop\n", false}, {"Twitch markers", "00:01:00,host,me,wow\n", false}, {"JSON", `{"marks":[{"at_ms":1}]}`, false},
		{"a page with a comment", "<html><!-- 12:30 --></html>", false}, {"nothing", "", false}, {"bytes", "\x00\x01\x02\xff\xfe\x80", false},
	} {
		if got := Is([]byte(c.body)); got != c.want {
			t.Errorf("%s: %v", c.why, got)
		}
	}
}

func TestMarksAreNoTranscripts(t *testing.T) {
	for _, folder := range []string{"marks", "derived", filepath.Join("long", "marks")} {
		dir := sample(t, folder)
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) == ".vtt" { // chapters in WebVTT look like subtitles
				return err
			}
			if info, err := d.Info(); err != nil || info.Size() > 1<<20 {
				return err
			}
			b, err := os.ReadFile(name)
			if k, ok := told(newRaw(b, "")); ok {
				t.Errorf("%s is taken for %s", name, k.name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
