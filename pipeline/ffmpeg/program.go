package ffmpeg

import (
	"context"
	"os/exec"
	"path/filepath"

	"dropcut/pipeline"
)

// The other programs that may go through the door, by the name they are called by.
const (
	Speaker    = "espeak-ng"   // speaks the demo's lines
	Recogniser = "whisper-cli" // hears words
)

// programs is who may go through the door, and how each is installed.
var programs = map[string]string{
	Speaker:    "install espeak-ng (apt-get install espeak-ng, brew install espeak-ng)",
	Recogniser: "install whisper.cpp, or set DROPCUT_WHISPER",
}

// Program runs another program than ffmpeg, inside the same walls: it reads
// its own files and those named in c, writes c.Dir, has no network. A program
// that is not installed is Unavailable, with code no_<name>; one that the
// house does not know is Internal.
func (r *Runner) Program(ctx context.Context, name string, c Command) (Result, error) {
	path, err := r.Find(name)
	if err != nil {
		return Result{}, err
	}
	c.Progress = nil
	c.Read = append(libraries(path), c.Read...)
	return r.start(ctx, path, c)
}

// Find is where a program lies, links followed. Errors as of Program.
func (r *Runner) Find(name string) (string, error) {
	hint, known := programs[name]
	if !known {
		return "", pipeline.Fail(pipeline.Internal, "no_such_program", "", "%q may not go through the door", name)
	}
	called := name
	if name == Recogniser && r.whisper != "" {
		called = r.whisper
	}
	path, err := exec.LookPath(called)
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return "", pipeline.Fail(pipeline.Unavailable, "no_"+name, hint, "find %s: %w", called, err)
	}
	return path, nil
}
