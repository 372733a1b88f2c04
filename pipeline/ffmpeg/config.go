package ffmpeg

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"dropcut/pipeline"
)

// Sandbox modes.
const (
	SandboxAuto     = "auto"     // as much as the kernel has
	SandboxRequired = "required" // all of it, or refuse
	SandboxOff      = "off"
)

// Config says which programs to start and how far to trust them. The zero
// Config finds ffmpeg and ffprobe on the PATH and sandboxes as the kernel can.
type Config struct {
	FFmpeg  string // name or path; default "ffmpeg"
	FFprobe string // name or path; default "ffprobe"
	Whisper string // name or path; default "whisper-cli"; looked for only when it is used
	Sandbox string // auto, required or off; default auto
	Limits  Limits
}

// Limits bound one process. Zero fields take the defaults.
type Limits struct {
	Wall   time.Duration // from start to end; default 30 min
	Stall  time.Duration // without a sign of progress; default 60 s
	CPU    time.Duration // of all its threads; default 2 h
	Memory int64         // address space in bytes; default 8 GiB
	File   int64         // the longest file it may write, in bytes; default 8 GiB
}

func (l Limits) orDefault() Limits {
	def := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	def(&l.Wall, 30*time.Minute)
	def(&l.Stall, time.Minute)
	def(&l.CPU, 2*time.Hour)
	if l.Memory == 0 {
		l.Memory = 8 << 30
	}
	if l.File == 0 {
		l.File = 8 << 30
	}
	return l
}

// Validate refuses what New cannot work with.
func (c Config) Validate() error {
	switch c.Sandbox {
	case "", SandboxAuto, SandboxRequired, SandboxOff:
		return nil
	}
	return pipeline.Fail(pipeline.Usage, "bad_sandbox", "use auto, required or off", "sandbox mode %q", c.Sandbox)
}

// Runner starts ffmpeg and ffprobe. It may be used by many goroutines at once.
type Runner struct {
	ffmpeg  string
	ffprobe string
	whisper string
	sandbox string
	limits  Limits
}

// New finds the programs. A missing one is Unavailable, with what to install.
func New(c Config) (*Runner, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	r := &Runner{whisper: c.Whisper, sandbox: c.Sandbox, limits: c.Limits.orDefault()}
	if r.sandbox == "" {
		r.sandbox = SandboxAuto
	}
	var err error
	if r.ffmpeg, err = find(c.FFmpeg, "ffmpeg"); err != nil {
		return nil, err
	}
	if r.ffprobe, err = find(c.FFprobe, "ffprobe"); err != nil {
		return nil, err
	}
	return r, nil
}

// find gives the absolute path of a program, links followed, as the sandbox needs it.
func find(name, fallback string) (string, error) {
	if name == "" {
		name = fallback
	}
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return "", pipeline.Fail(pipeline.Unavailable, "no_"+fallback,
			fmt.Sprintf("install ffmpeg (apt-get install ffmpeg, brew install ffmpeg) or set DROPCUT_%s", strings.ToUpper(fallback)),
			"find %s: %w", name, err)
	}
	return path, nil
}
