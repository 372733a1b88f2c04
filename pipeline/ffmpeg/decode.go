package ffmpeg

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg/jail"
)

// Decoded is what a whole strict decode of a file gave.
type Decoded struct {
	Frames  int64 // pictures
	Samples int64 // of sound
	CPU     time.Duration
}

// Decode decodes a file we made from end to end, refusing any fault, and
// counts what came out. A fault is Corrupt. Edges between blocks are not
// smoothed: that costs a sixth of the time and no fault can hide in it.
func (r *Runner) Decode(ctx context.Context, file, dir string) (Decoded, error) {
	reader, writer := io.Pipe()
	counted := make(chan Decoded, 1)
	go func() { counted <- countFrames(reader) }()
	res, err := r.start(ctx, r.ffmpeg, Command{Args: decodeArguments(file), Dir: dir, Read: []string{file}, Stdout: writer})
	_ = writer.Close()
	out := <-counted
	out.CPU = res.CPU
	if err != nil && pipeline.KindOf(err) == pipeline.Invalid || err == nil && res.Stderr != "" {
		return out, pipeline.Fail(pipeline.Corrupt, "does_not_decode", "", "decode %s: %s", filepath.Base(file), lastLine(res.Stderr))
	}
	return out, err
}

// decodeArguments is the argument list of a strict decode.
func decodeArguments(file string) []string {
	args := append(quiet(), strict()...)
	for _, o := range guards() {
		args = append(args, flagOf(o)...)
	}
	return append(args, "-skip_loop_filter", "all", "-i", "file:"+file, "-map", "0:v?", "-map", "0:a?", "-f", "framecrc", "pipe:1")
}

// countFrames reads framecrc lines: stream, dts, pts, duration, size, crc.
// Streams are told apart by the header's media types.
func countFrames(r io.Reader) Decoded {
	var out Decoded
	audio := map[string]bool{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if rest, ok := strings.CutPrefix(line, "#media_type "); ok {
			n, kind, _ := strings.Cut(rest, ": ")
			audio[n] = kind == "audio"
			continue
		}
		f := strings.Split(line, ",")
		if strings.HasPrefix(line, "#") || len(f) < 5 {
			continue
		}
		if !audio[strings.TrimSpace(f[0])] {
			out.Frames++
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(f[3]), 10, 64); err == nil {
			out.Samples += n
		}
	}
	_, _ = io.Copy(io.Discard, r)
	return out
}

// Version is the first line of ffmpeg -version without the word "version", such
// as "ffmpeg 5.1.9-0+deb12u1", and the names of its encoder builds.
func (r *Runner) Version(ctx context.Context) (string, error) {
	res, err := r.start(ctx, r.ffmpeg, Command{Args: []string{"-version"}, Limits: probeLimits()})
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(res.Stdout), "\n")
	line, _, _ = strings.Cut(strings.Replace(line, " version ", " ", 1), " Copyright")
	return strings.TrimSpace(line), nil
}

// Level tries what the sandbox must stop, on a file of ours that the child is not given.
func (r *Runner) Level(ctx context.Context, foreign string) (jail.Level, error) {
	var l jail.Level
	if r.sandbox == SandboxOff {
		return jail.Level{Detail: "switched off"}, nil
	}
	res, err := r.probeSandbox(ctx, foreign)
	if err != nil {
		return jail.Level{}, err
	}
	if err := json.Unmarshal(res.Stdout, &l); err != nil {
		return jail.Level{}, pipeline.Fail(pipeline.Internal, "sandbox", "", "read the sandbox's own report: %w", err)
	}
	return l, nil
}

// Check refuses to go on where the sandbox is required and not whole.
func (r *Runner) Check(ctx context.Context, foreign string) error {
	if r.sandbox != SandboxRequired {
		return nil
	}
	l, err := r.Level(ctx, foreign)
	if err == nil {
		err = isWhole(l)
	}
	return err
}

// isWhole is nil when all of the sandbox holds, else why not.
func isWhole(l jail.Level) error {
	if !l.Full() {
		return pipeline.Fail(pipeline.Unavailable, "sandbox", "use a kernel with Landlock, or sandbox=auto",
			"the sandbox is required and not whole: files %v, network %v, other processes %v, limits %v (%s)", l.Files, l.Network, l.Others, l.Limits, l.Detail)
	}
	return nil
}
