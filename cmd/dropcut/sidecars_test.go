package main

import (
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
