package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/whisper"
	"dropcut/storage/disks"
	"dropcut/workers"
)

// doctorCommand shows what this machine has and lacks.
type doctorCommand struct {
	Data     string `default:"." placeholder:"DIR" help:"Where clips will be made: its free room is looked at (default ${default})."`
	Store    string `placeholder:"s3://…" help:"Look at this store too: put, read, list, replace and remove an object in it."`
	Database string `placeholder:"URL" help:"Look at this PostgreSQL too."`
	Redis    string `placeholder:"URL" help:"Look at this Redis too."`
	JSON     bool   `name:"json" help:"Print one JSON document."`
}

// Help is shown below the flags.
func (doctorCommand) Help() string {
	return "Exit code 0 when clips can be made here, 7 when something that is needed is missing.\n\n" + exitHelp
}

// finding is one thing doctor looked at.
type finding struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Required bool   `json:"required"`
	Detail   string `json:"detail"`
	Hint     string `json:"hint,omitempty"`
}

// Run looks at everything and fails when something needed is missing.
func (c *doctorCommand) Run(ctx context.Context, con console) error {
	found := c.examine(ctx)
	if c.JSON {
		if err := json.NewEncoder(con.Out).Encode(map[string]any{"version": 1, "findings": found}); err != nil {
			return err
		}
	}
	var missing []string
	for _, f := range found {
		if !f.OK && f.Required {
			missing = append(missing, f.Name)
		}
		if !c.JSON {
			fmt.Fprintf(con.Out, "%-8s %-10s %s\n", mark(f), f.Name, printable(f.Detail))
			if !f.OK && f.Hint != "" {
				fmt.Fprintf(con.Out, "%-8s %-10s hint: %s\n", "", "", f.Hint)
			}
		}
	}
	if len(missing) > 0 {
		return pipeline.Fail(pipeline.Unavailable, "missing", "see the hints above", "this machine lacks %s", strings.Join(missing, ", "))
	}
	return nil
}

func mark(f finding) string {
	switch {
	case f.OK:
		return "ok"
	case f.Required:
		return "MISSING"
	}
	return "lacks"
}

func (c *doctorCommand) examine(ctx context.Context) []finding {
	r, err := ffmpeg.New(ffmpegConfig())
	if err != nil {
		return []finding{{Name: "ffmpeg", Required: true, Detail: err.Error(), Hint: pipeline.AsError(err, "").Hint}}
	}
	version := ffmpegVersion(ctx, r)
	out := []finding{version}
	if version.OK && isOld(version.Detail) {
		out = append(out, finding{Name: "ffmpeg's age", Detail: "older than 5.1, the oldest that is tested; its decoders read what strangers send", Hint: "install a newer ffmpeg, and keep it up to date"})
	}
	out = append(out, abilities(ctx, r)...)
	out = append(out, sandboxLevel(ctx, r), fontsFound(), recogniserFound(r), workAtOnce(workers.ThisMachine()), freeRoom(c.Data))
	return append(out, c.outside(ctx)...)
}

// recogniserFound says who would hear words where no file has them.
func recogniserFound(r *ffmpeg.Runner) finding {
	f := finding{Name: "recogniser", Detail: "none: words come from files alone", Hint: "dropcut recogniser install"}
	who, err := chosenRecogniser("")
	if err != nil {
		f.Detail, f.Hint = err.Error(), pipeline.AsError(err, "").Hint
		return f
	}
	hears, err := recogniser(who, r)
	if err == nil && hears == nil {
		return f
	}
	if err == nil && who == byWhisper {
		if _, err = r.Find(ffmpeg.Recogniser); err != nil {
			err = pipeline.Fail(pipeline.Unavailable, "no_whisper-cli", whisper.Advice(), "a model is installed, and whisper-cli is not: %w", err)
		}
	}
	if err != nil {
		f.Detail, f.Hint = err.Error(), pipeline.AsError(err, "").Hint
		return f
	}
	f.OK, f.Detail, f.Hint = true, hears.Name(), ""
	return f
}

func ffmpegVersion(ctx context.Context, r *ffmpeg.Runner) finding {
	f := finding{Name: "ffmpeg", Required: true}
	v, err := r.Version(ctx)
	f.OK, f.Detail = err == nil, v
	if err != nil {
		f.Detail, f.Hint = err.Error(), "run ffmpeg -version by hand: it does not start here"
	}
	return f
}

var release = regexp.MustCompile(`(?:^|\s)n?(\d+)\.(\d+)`)

// isOld reports whether a version of ffmpeg is before 5.1, the oldest that the
// tests ran with. A build of no release is not judged.
func isOld(version string) bool {
	m := release.FindStringSubmatch(version)
	if m == nil {
		return false
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return major < 5 || major == 5 && minor < 1
}

// needs is what the build of ffmpeg must have, and what it should have.
var needs = []struct {
	kind, name string
	required   bool
	why        string
}{
	{"encoder", "libx264", true, "encodes every picture"}, {"encoder", "aac", true, "encodes every sound"}, {"filter", "ass", true, "draws captions and hooks"},
	{"filter", "ebur128", true, "measures loudness"}, {"filter", "alimiter", true, "limits peaks"},
	{"filter", "zscale", false, "shows HDR recordings in their right colours"}, {"filter", "bwdif", false, "deinterlaces"},
}

func abilities(ctx context.Context, r *ffmpeg.Runner) []finding {
	var out []finding
	for _, n := range needs {
		has, err := r.Has(ctx, n.kind, n.name)
		f := finding{Name: n.name, OK: has && err == nil, Required: n.required, Detail: n.kind + ": " + n.why,
			Hint: "use a build of ffmpeg that has it; distributions' own do"}
		if err != nil {
			f.Detail = err.Error()
		}
		out = append(out, f)
	}
	return out
}

// sandboxLevel tries the walls on a file of ours that the child is not given.
func sandboxLevel(ctx context.Context, r *ffmpeg.Runner) finding {
	f := finding{Name: "sandbox", Hint: "Linux with Landlock holds recordings best; DROPCUT_SANDBOX=required refuses less"}
	dir, err := os.MkdirTemp("", "dropcut-doctor-")
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	defer os.RemoveAll(dir)
	foreign := filepath.Join(dir, "foreign")
	if err := os.WriteFile(foreign, []byte("x"), 0o600); err != nil {
		f.Detail = err.Error()
		return f
	}
	l, err := r.Level(ctx, foreign)
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	f.OK = l.Full()
	f.Detail = fmt.Sprintf("foreign files %s, network %s, other processes %s, limits %s (%s)",
		holds(l.Files), holds(l.Network), holds(l.Others), holds(l.Limits), l.Detail)
	return f
}

func holds(ok bool) string {
	if ok {
		return "held"
	}
	return "NOT held"
}

func fontsFound() finding {
	f := finding{Name: "fonts", Hint: "install Inter (apt-get install fonts-inter, brew install --cask font-inter), or set DROPCUT_FONTS"}
	fonts, err := captions.LoadFonts(fontFolders())
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	f.Detail = fonts.Describe()
	f.OK = !fonts.BuiltIn()
	return f
}

// workAtOnce says how much a serve or a work here does at once, and by what that
// is bounded.
func workAtOnce(m workers.Machine) finding {
	n, cores := m.Slots(), workers.Machine{Cores: m.Cores}.Slots()
	f := finding{Name: "slots", OK: n == cores, Hint: "fewer clips are made at once than the cores could: give this machine, or its container, more memory"}
	f.Detail = fmt.Sprintf("%d at once, of %d cores", n, m.Cores)
	if m.Memory > 0 {
		f.Detail += fmt.Sprintf(" and %.1f GiB of memory", float64(m.Memory)/(1<<30))
	}
	return f
}

// enough is the room one moment's clips and segments may need, generously.
const enough = 2 << 30

func freeRoom(folder string) finding {
	f := finding{Name: "room", Required: true, Hint: "make room, or name another folder"}
	free, err := disks.Free(folder)
	if err != nil {
		f.Detail = folder + ": " + err.Error()
		return f
	}
	f.OK = free >= enough
	f.Detail = fmt.Sprintf("%.1f GiB free in %s", float64(free)/(1<<30), folder)
	return f
}
