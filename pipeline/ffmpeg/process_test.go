package ffmpeg

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/pipeline"
)

// scripted is a Runner whose ffmpeg is a shell script.
func scripted(t *testing.T, body string) *Runner {
	t.Helper()
	path := at(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return runnerWith(t, Config{FFmpeg: path, FFprobe: path})
}

// pidIn waits for a process to write its number into dir.
func pidIn(t *testing.T, dir string) int {
	t.Helper()
	for range 400 {
		if b, err := os.ReadFile(filepath.Join(dir, "pid")); err == nil && strings.HasSuffix(string(b), "\n") {
			pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the process did not start")
	return 0
}

// alive reports whether a process is there and no zombie.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return syscall.Kill(pid, 0) == nil && !os.IsNotExist(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}

// goes waits up to two seconds for a process to end.
func goes(pid int) bool {
	for range 200 {
		if !alive(pid) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

const deaf = "trap '' TERM INT HUP\necho $$ > pid\nwhile :; do sleep 0.05; done\n"

func TestAChildThatIsDeafToSignalsIsForced(t *testing.T) {
	t.Parallel()
	r, dir := scripted(t, deaf), t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		pidIn(t, dir)
		cancel()
	}()
	began := time.Now()
	_, err := r.Run(ctx, Command{Dir: dir})
	if pipeline.KindOf(err) != pipeline.Stopped || time.Since(began) > 4*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if pid := pidIn(t, dir); !goes(pid) {
		t.Error("it lives on")
	}
}

func TestWithoutForceADeafChildLivesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command("/bin/sh", "-c", deaf)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := pidIn(t, dir)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	time.Sleep(300 * time.Millisecond)
	if !alive(pid) {
		t.Error("the polite signal was enough: the test above shows nothing")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

const leaves = "(trap '' TERM; echo $(sh -c 'echo $PPID') > pid; while :; do sleep 0.05; done) &\nwhile [ ! -s pid ]; do sleep 0.02; done\n"

func TestWhoeverAChildLeavesBehindIsKilled(t *testing.T) {
	t.Parallel()
	r, dir := scripted(t, leaves), t.TempDir()
	if _, err := r.Run(t.Context(), Command{Dir: dir, Progress: func(int64) {}}); err != nil {
		t.Fatal(err)
	}
	if !goes(pidIn(t, dir)) {
		t.Error("the grandchild lives on")
	}
}

func TestWithoutTheGroupAGrandchildLivesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command("/bin/sh", "-c", leaves)
	cmd.Dir = dir
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	pid := pidIn(t, dir)
	time.Sleep(200 * time.Millisecond)
	if !alive(pid) {
		t.Error("it was gone by itself: the test above shows nothing")
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

func TestAFloodOfTalkIsBounded(t *testing.T) {
	t.Parallel()
	r := scripted(t, "yes nothing new here | head -c 30000000 >&2\necho last words >&2\nexit 3\n")
	res, err := r.Run(t.Context(), Command{Dir: t.TempDir()})
	if len(res.Stderr) > keepStderr || !strings.HasSuffix(res.Stderr, "last words") {
		t.Errorf("kept %d bytes ending in %q", len(res.Stderr), res.Stderr[max(len(res.Stderr)-20, 0):])
	}
	if pipeline.KindOf(err) != pipeline.Invalid || !strings.Contains(err.Error(), "last words") {
		t.Errorf("%v", err)
	}
}

func TestAFloodOfOutputIsRefused(t *testing.T) {
	t.Parallel()
	res, err := scripted(t, "yes | head -c 30000000\n").Run(t.Context(), Command{Dir: t.TempDir()})
	if pipeline.AsError(err, "").Code != "too_much_output" || len(res.Stdout) > keepStdout {
		t.Errorf("%d bytes, %v", len(res.Stdout), err)
	}
}

func TestAnEndingHasAKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		script, code string
		limits       Limits
		progress     bool
		why          string
	}{
		{"exit 1\n", "refused", Limits{}, false, "a plain failure is the input's"},
		{"kill -9 $$\n", "refused", Limits{}, false, "a child may signal nobody, not even itself through kill"},
		{"sleep 300\n", "too_slow", Limits{Wall: 200 * time.Millisecond}, false, "the wall clock"},
		{"while :; do :; done\n", "too_slow", Limits{CPU: time.Second}, false, "processor time"},
		{"while :; do echo frame=1 >&3; sleep 0.05; done\n", "stalled", Limits{Stall: 300 * time.Millisecond}, true, "the same report again is no progress"},
		{"exec sleep 300\n", "stalled", Limits{Stall: 300 * time.Millisecond}, true, "nor is silence"},
		{"exec yes > big\n", "too_large", Limits{File: 1 << 20}, false, "a file that grows beyond its limit"},
		{"echo av_interleaved_write_frame: No space left on device >&2; exit 1\n", "disk_full", Limits{}, false, "a full disk"},
		{"echo Error writing trailer: No space left on device >&2\n", "disk_full", Limits{}, false, "a full disk that ends with status 0"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			cmd := Command{Dir: t.TempDir(), Limits: c.limits}
			if c.progress {
				cmd.Progress = func(int64) {}
			}
			began := time.Now()
			res, err := scripted(t, c.script).Run(t.Context(), cmd)
			if err == nil || pipeline.AsError(err, "").Code != c.code {
				t.Errorf("%v, want code %s", err, c.code)
			}
			took := time.Since(began)
			if c.limits.CPU > 0 {
				took = res.CPU // how long that is on the wall is the neighbours' affair
			}
			if took <= 0 || took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestMemoryIsLimited(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	graph := Generated("lavfi", "color=s=8192x8192:d=1", nil, "", Output{Maps: []string{"0:v"}, File: "a.nut", Options: []Option{{"c:v", "ffv1"}, {"frames:v", "1"}}})
	res, err := r.Run(t.Context(), Command{Dir: dir, Args: graph, Limits: Limits{Memory: 400 << 20}})
	if err == nil || res.Peak > 400<<20 {
		t.Errorf("%d MiB, %v", res.Peak>>20, err)
	}
}

func TestASeekPastTheEndIsNoSuccess(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	film(t, at(dir, "in.mkv"), 2) // a copy ends with status 0 even so: there the count of packets is the judge
	_, err := r.Run(t.Context(), Command{Dir: dir, Args: Arguments(Input{File: "in.mkv", Options: []Option{{"ss", "60"}}}, "",
		Output{Maps: []string{"0:v:0"}, File: "out.mkv", Options: []Option{{"c:v", "libx264"}}})})
	if pipeline.KindOf(err) != pipeline.Invalid {
		t.Errorf("%v", err)
	}
	if _, err := plain(t, "-ss", "60", "-i", at(dir, "in.mkv"), "-map", "0:v:0", at(dir, "plain.mkv")); err != nil {
		t.Errorf("plain ffmpeg fails by itself: the guard shows nothing: %v", err)
	}
}

func TestTooLittleWithStatusZeroIsSeenByTheDecode(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	film(t, at(dir, "whole.mkv"), 4)
	body, err := os.ReadFile(at(dir, "whole.mkv"))
	if err != nil {
		t.Fatal(err)
	}
	half := put(t, at(dir, "half.mkv"), body[:len(body)/2])
	if _, err := plain(t, "-i", half, "-f", "null", "-"); err != nil {
		t.Errorf("plain ffmpeg says so by itself: %v", err)
	}
	whole, err := r.Decode(t.Context(), at(dir, "whole.mkv"), dir)
	if err != nil || whole.Frames != 100 || whole.Samples < 4*48000 {
		t.Fatalf("%+v, %v", whole, err)
	}
	if d, err := r.Decode(t.Context(), half, dir); err == nil && d.Frames >= 90 {
		t.Errorf("half a file decodes to %d pictures", d.Frames)
	}
}

// parentWord makes the test program a parent that starts a child and waits.
const parentWord = "_parent"

// parent runs a script that sleeps, in the folder "child" or, where how is
// "bare:…", a sleeping process without the door.
func parent(how string) {
	if dir, ok := strings.CutPrefix(how, "bare:"); ok {
		cmd := exec.Command("/bin/sh", "-c", "echo $$ > pid\nexec sleep 30")
		cmd.Dir = dir
		_ = cmd.Run()
		return
	}
	script := filepath.Join(how, "script")
	r, err := New(Config{FFmpeg: script, FFprobe: script})
	if err == nil {
		_, err = r.Run(context.Background(), Command{Dir: how})
	}
	if err != nil {
		os.Exit(1)
	}
}

// orphan starts a parent in the given way, kills it, and reports whether its child goes too.
func orphan(t *testing.T, how, dir string) (gone bool, pid int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], parentWord, how)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid = pidIn(t, dir)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return goes(pid), pid
}

func TestAChildDiesWithItsParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(at(dir, "script"), []byte("#!/bin/sh\necho $$ > pid\nexec sleep 30\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if gone, pid := orphan(t, dir, dir); !gone {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		t.Error("the child outlives a parent that was killed")
	}
}

func TestWithoutTheDoorAChildOutlivesItsParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gone, pid := orphan(t, "bare:"+dir, dir)
	if gone {
		t.Error("it dies by itself: the test above shows nothing")
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}
