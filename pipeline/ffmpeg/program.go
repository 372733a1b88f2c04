package ffmpeg

import (
	"context"
	"os/exec"
	"path/filepath"

	"dropcut/pipeline"
)

// Program runs another program than ffmpeg, inside the same walls: it reads
// its own files and those named in c, writes c.Dir, has no network. A program
// that is not installed is Unavailable, with code no_<name>.
func (r *Runner) Program(ctx context.Context, name string, c Command) (Result, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return Result{}, pipeline.Fail(pipeline.Unavailable, "no_"+name, "install "+name, "find %s: %w", name, err)
	}
	c.Progress = nil
	return r.start(ctx, path, c)
}
