//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestATerminalShowsABarWithTheTimeLeft(t *testing.T) {
	if testing.Short() {
		t.Skip("makes clips")
	}
	shown := undisturbed(t).shown
	for what, pattern := range map[string]string{
		"the recording being read":     `ingest     show\.mp4`,
		"what is done now, by name":    `encoding "crowd" +\[[=-]+\]`,
		"frames, files and time left":  `\] +\d+ of \d+ frames, \d of 2 files, +(\d+ s|\d+:\d\d min|a moment) left`,
		"the first short":              `render +first short after [\d.ms]+: clips/show/01-crowd/short-1-\S+\.mp4`,
		"the summary, after the bar":   `made +"crowd": 2 clips, 2 files; `,
		"the bar being drawn in place": `\x1b\[`,
	} {
		if !regexp.MustCompile(pattern).MatchString(shown) {
			t.Errorf("not shown: %s (%s)", what, pattern)
		}
	}
	if found := regexp.MustCompile(`\b[a-z]_[0-9a-z]{20}`).FindString(shown); found != "" {
		t.Errorf("an ID is shown: %s", found)
	}
	lines := strings.Split(strings.TrimRight(shown, "\r\n"), "\n")
	if last := lines[len(lines)-1]; strings.Contains(last, "frames, ") && strings.Contains(last, "[") {
		t.Errorf("the bar stays behind: %q", last)
	}
}

func TestPlainLinesHaveNoEscapesAndQuietIsQuiet(t *testing.T) {
	s := openStall(t)
	name := "odd\x1b[31m\nname.mp4"
	if err := os.Rename(s.path("show.mp4"), s.path(name)); err != nil {
		t.Fatal(err)
	}
	args := []string{"run", "--plan-only", "--mark", "1:00 \x1b]0;title\x07crowd", name}
	e := s.run(t, exitMade, args...)
	if strings.ContainsAny(e.talk, "\x1b\r\x07") {
		t.Errorf("control characters: %q", e.talk)
	}
	for _, want := range []string{`ingest     odd\u{1b}[31m\nname.mp4` + "\n", "detect     1 of 1 marks used, 1 moment\n"} {
		if !strings.Contains(e.talk, want) {
			t.Errorf("no line %q in %q", want, e.talk)
		}
	}
	if shown := s.onTerminal(t, exitMade, args...); strings.Contains(shown, "\x1b[31m") || strings.Contains(shown, "\x1b]0;") {
		t.Errorf("a name's own escapes reach the terminal: %q", shown)
	}
	if e := s.run(t, exitMade, append(args, "--quiet")...); e.talk != "" {
		t.Errorf("--quiet says %q", e.talk)
	}
}

func TestCtrlCOnATerminalStops(t *testing.T) {
	s := openStall(t)
	ours, theirs := terminal(t)
	cmd := s.command(job()...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	limit := time.AfterFunc(longest, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	var shown strings.Builder
	var pressed time.Time
	for b := make([]byte, 4096); ; {
		n, err := ours.Read(b)
		shown.Write(b[:n])
		if err != nil {
			break
		}
		if pressed.IsZero() && strings.Contains(shown.String(), "looking for marks in show.mp4") {
			pressed = time.Now()
			if _, err := ours.WriteString("\x03"); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	if took := time.Since(pressed); cmd.ProcessState.ExitCode() != exitStopped || took > stopsWithin+slack {
		t.Errorf("exit %d after %v: %q", cmd.ProcessState.ExitCode(), took, shown.String())
	}
	if said := "dropcut: stopped\r\nhint: run again: finished pieces are kept\r\n"; !strings.HasSuffix(shown.String(), said) {
		t.Errorf("the last lines are %q", shown.String()[max(0, shown.Len()-200):])
	}
	s.alone(t, 0)
}

// The bar draws itself whenever it wants, also while steps report.
func TestABarNeverHoldsUpTheWork(t *testing.T) {
	ours, theirs := terminal(t)
	read := make(chan int64, 1)
	go func() {
		n, _ := io.Copy(io.Discard, ours)
		read <- n
	}()
	t.Setenv("TERM", "xterm")
	w := newWatch(theirs, false, func(f string) string { return f })
	if w.bars == nil {
		t.Fatal("a terminal is not seen as one")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		hammer(w, time.Second)
		w.Close()
		w.Line("after")
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("the work waits for the bar and the bar for the work")
	}
	_ = theirs.Close()
	if n := <-read; n == 0 {
		t.Error("nothing was drawn")
	}
}

// hammer does what eight workers would.
func hammer(w *watch, long time.Duration) {
	var all sync.WaitGroup
	until := time.Now().Add(long)
	for worker := range 8 {
		all.Go(func() {
			for n := 0; time.Now().Before(until); n++ {
				row := catalog.Work{ID: fmt.Sprint(worker, n), Kind: pipeline.Render, Subject: "x"}
				w.Started(row)
				w.Progress(row, float64(n))
				w.Finished(row, catalog.Made{Frames: 1, Todo: 2, Files: 1, File: "x.mp4"}, nil)
			}
		})
	}
	all.Wait()
}
