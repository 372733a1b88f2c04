package ffmpeg

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg/jail"
)

// Command is one process to run.
type Command struct {
	Args     []string // from Arguments or Generated
	Dir      string   // the attempt's own folder: working folder, and the only place it may write
	Read     []string // files and folders it may read besides
	Limits   Limits   // zero fields: the Runner's
	Stdin    io.Reader
	Stdout   io.Writer          // nil: the first 256 KiB are kept in Result
	Progress func(frames int64) // pictures written so far; nil: not asked for

	probe string // see probeSandbox
}

// Result is what a process left behind.
type Result struct {
	Stdout []byte
	Stderr string // its last lines
	CPU    time.Duration
	Wall   time.Duration
	Peak   int64 // the most memory it held, in bytes; 0 where that is not known
}

const (
	keepStdout = 256 << 10
	keepStderr = 64 << 10
	politely   = 800 * time.Millisecond // between the signal and the force
)

// errStalled ends a process that shows no progress.
var errStalled = errors.New("no sign of progress")

// Run starts ffmpeg and waits for its end. When ctx ends, or a limit is
// reached, the whole process group is asked to stop and soon after forced to.
// A failure has a kind and ends with the process's own last line.
func (r *Runner) Run(ctx context.Context, c Command) (Result, error) {
	if c.Progress != nil {
		c.Args = append([]string{"-progress", "pipe:3"}, c.Args...)
	}
	return r.start(ctx, r.ffmpeg, c)
}

// start runs one program inside its walls.
func (r *Runner) start(ctx context.Context, program string, c Command) (Result, error) {
	limits := merge(c.Limits, r.limits)
	ctx, cancel := context.WithTimeoutCause(ctx, limits.Wall, fmt.Errorf("took longer than %v", limits.Wall))
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cmd, err := r.command(program, c, limits)
	if err != nil {
		return Result{}, err
	}
	stderr := &tail{most: keepStderr}
	stdout := &head{most: keepStdout}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, io.Writer(stdout), stderr
	if c.Stdout != nil {
		cmd.Stdout = c.Stdout
	}
	began := time.Now()
	err = runChild(ctx, stop, cmd, c.Progress, limits.Stall)
	res := Result{Stdout: stdout.buf.Bytes(), Stderr: stderr.Lines(), Wall: time.Since(began)}
	if cmd.ProcessState != nil {
		res.CPU, res.Peak = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), peak(cmd.ProcessState)
	}
	name := filepath.Base(program)
	switch {
	case err == nil && stdout.over:
		err = pipeline.Fail(pipeline.Invalid, "too_much_output", "", "%s wrote more than %d bytes", name, keepStdout)
	case err == nil && strings.Contains(res.Stderr, noSpace): // a trailer that found no room ends with status 0
		err = diskFull(name, res.Stderr)
	case err != nil && ctx.Err() == nil && res.CPU >= limits.CPU:
		err = pipeline.Fail(pipeline.Invalid, "too_slow", "", "%s used more processor time than it may and was stopped: %s", name, lastLine(res.Stderr))
	default:
		err = explain(ctx, name, err, res.Stderr)
	}
	return res, err
}

func merge(l, def Limits) Limits {
	if l.Wall == 0 {
		l.Wall = def.Wall
	}
	if l.Stall == 0 {
		l.Stall = def.Stall
	}
	if l.CPU == 0 {
		l.CPU = def.CPU
	}
	if l.Memory == 0 {
		l.Memory = def.Memory
	}
	if l.File == 0 {
		l.File = def.File
	}
	return l
}

// probeSandbox starts a child that tries what must fail, instead of a program.
func (r *Runner) probeSandbox(ctx context.Context, foreign string) (Result, error) {
	return r.start(ctx, r.ffmpeg, Command{probe: foreign, Limits: probeLimits()})
}

// command is the child as the sandbox starts it.
func (r *Runner) command(program string, c Command, l Limits) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "no_self", "", "find our own program: %w", err)
	}
	env := []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent"}
	if c.Dir != "" {
		env = append(env, "TMPDIR="+c.Dir, "FONTCONFIG_FILE="+filepath.Join(c.Dir, "fonts.conf"))
	}
	body, err := json.Marshal(jail.Jail{Program: program, Probe: c.probe, Args: c.Args, Dir: c.Dir, Read: c.Read, Env: env, Open: r.sandbox == SandboxOff,
		CPU: uint64(l.CPU / time.Second), Memory: uint64(l.Memory), File: uint64(l.File)})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, jail.Word, string(body))
	cmd.Dir, cmd.Env, cmd.SysProcAttr = c.Dir, env, ownGroup()
	return cmd, nil
}

// runChild starts cmd on a thread of its own, which stays until the child has
// ended: the kernel kills the child when that thread goes.
func runChild(ctx context.Context, stop context.CancelCauseFunc, cmd *exec.Cmd, progress func(int64), stall time.Duration) error {
	var reports *os.File
	if progress != nil {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		cmd.ExtraFiles = []*os.File{w}
		reports = r
	}
	cmd.WaitDelay = politely
	done := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		err := cmd.Start()
		for _, f := range cmd.ExtraFiles {
			_ = f.Close()
		}
		close(started)
		if err == nil {
			endGroup(cmd.Process)
			err = cmd.Wait()
			endRest(cmd.Process)
		}
		if reports != nil {
			_ = reports.SetReadDeadline(time.Now().Add(politely)) // somebody who fled may hold the other end
		}
		done <- err
	}()
	<-started
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if reports != nil {
			watchProgress(reports, progress, stall, stop)
		}
	}()
	defer func() { <-watched }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	killGroup(cmd, syscall.SIGTERM)
	select {
	case err := <-done:
		return errors.Join(context.Cause(ctx), err)
	case <-time.After(politely):
	}
	killGroup(cmd, syscall.SIGKILL)
	return errors.Join(context.Cause(ctx), <-done)
}

func killGroup(cmd *exec.Cmd, s syscall.Signal) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, s)
	}
}

// watchProgress reads ffmpeg's reports until it ends, and stops it when the
// reports say that nothing moves.
func watchProgress(r *os.File, tell func(int64), stall time.Duration, stop context.CancelCauseFunc) {
	defer r.Close()
	timer := time.AfterFunc(stall, func() { stop(errStalled) })
	defer timer.Stop()
	last := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "=")
		switch name {
		case "frame":
			if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil {
				tell(n)
			}
		case "out_time_us", "total_size":
		default:
			continue
		}
		if sign := name + value; sign != last {
			last = sign
			timer.Reset(stall)
		}
	}
}

// explain gives a failed process's error its kind.
func explain(ctx context.Context, program string, err error, stderr string) error {
	if err == nil {
		return nil
	}
	line := lastLine(stderr)
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errStalled):
		return pipeline.Fail(pipeline.Unavailable, "stalled", "", "%s showed no progress and was stopped: %s", program, line)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return pipeline.Fail(pipeline.Unavailable, "too_slow", "", "%s %v and was stopped: %s", program, cause, line)
	case ctx.Err() != nil:
		return pipeline.Fail(pipeline.Stopped, "stopped", "", "%s was stopped: %w", program, context.Canceled)
	case strings.Contains(stderr, noSpace):
		return diskFull(program, stderr)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
			return signalled(program, s.Signal(), line)
		}
		if exit.ExitCode() == jail.Failed {
			return pipeline.Fail(pipeline.Unavailable, "sandbox", "dropcut doctor shows what this system allows", "%s could not be sandboxed: %s", program, line)
		}
		return pipeline.Fail(pipeline.Invalid, "refused", "", "%s refused it (exit %d): %s", program, exit.ExitCode(), line)
	}
	return pipeline.Fail(pipeline.Internal, "process", "", "run %s: %w", program, err)
}

const noSpace = "No space left on device"

func diskFull(program, stderr string) error {
	return pipeline.Fail(pipeline.NoRoom, "disk_full", "make room, then run again: finished pieces are kept", "%s: %s", program, lastLine(stderr))
}

func signalled(program string, s syscall.Signal, line string) error {
	switch s {
	case syscall.SIGXFSZ:
		return pipeline.Fail(pipeline.Invalid, "too_large", "", "%s wrote more than it may and was stopped: %s", program, line)
	case syscall.SIGXCPU:
		return pipeline.Fail(pipeline.Invalid, "too_slow", "", "%s used more processor time than it may and was stopped: %s", program, line)
	}
	return pipeline.Fail(pipeline.Unavailable, "killed", "", "%s ended by signal %v: %s", program, s, line)
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		s = s[i+1:]
	}
	const most = 300
	if len(s) > most {
		s = s[:most] + "…"
	}
	if s == "" {
		return "it said nothing"
	}
	return s
}
