package main

import (
	"maps"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestAPipeBesideARecordingIsNotWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "stream.txt")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := readSidecar(pipe)
		done <- err
	}()
	select {
	case err := <-done:
		if pipeline.KindOf(err) != pipeline.Invalid {
			t.Errorf("a pipe is %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("waits for somebody to write into the pipe")
	}
}

// TestASidecarIsWhatItsContentSays: in one folder, under names that say nothing.
func TestASidecarIsWhatItsContentSays(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{ // body by name; the kind is the end of the name
		"show.a.marks":        "WEBVTT\n\n00:00.000 --> 01:00.000\nWelcome\n\n01:00.000 --> 03:00.000\nThe drop\n",
		"show.b.words":        "WEBVTT\n\n00:00.000 --> 00:02.000\nWelcome all.\n\n00:02.000 --> 00:05.000\nHere we go.\n",
		"show.c.words":        "1\n00:00:00,000 --> 00:00:02,000\nWelcome all.\n\n2\n00:00:02,000 --> 00:00:05,000\nHere we go.\n",
		"show.info.marks":     `{"extractor":"youtube","chapters":[{"start_time":0,"end_time":60,"title":"a"}]}`,
		"show_marks.d.marks":  "0:10 a\n0:20 b\n",
		"show-proj.llc":       "{version:2,cutSegments:[{start:1,end:2,name:'x'},]}",
		"show.letter.neither": "Dear all,\nwe meet at nine.\n",
		"shower.e.other":      "0:10 a\n0:20 b\n",
		"show.mp4":            "",
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]string{}
	for _, file := range beside(filepath.Join(dir, "show.mp4")) {
		got[filepath.Base(file)] = kindOf([]byte(files[filepath.Base(file)]))
	}
	want := map[string]string{"show.a.marks": "marks", "show.b.words": "words", "show.c.words": "words", "show.info.marks": "marks",
		"show_marks.d.marks": "marks", "show-proj.llc": "marks", "show.letter.neither": ""}
	if !maps.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}
