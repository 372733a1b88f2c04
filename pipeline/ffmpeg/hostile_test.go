package ffmpeg

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// What a hostile file may cost, in a probe and in an encode of two seconds.
// Time is the processor's: the machine may have other things to do.
const (
	mostTime   = 5 * time.Second
	mostMemory = 512 << 20
	mostDisk   = 16 << 20
)

// twoSeconds is a graph as the line's are: the end is set behind the filter
// that makes the rate constant.
const twoSeconds = "[0:v:0]fps=25,trim=end_pts=50,scale=160:120,format=yuv420p[v]"

// shown encodes the first two seconds of a file as the line would. It gives
// the digest of every picture, and fails the test when it costs too much.
func shown(t *testing.T, r *Runner, file string) ([]string, error) {
	t.Helper()
	return cost(t, r, t.TempDir(), file, Arguments(Input{File: file}, twoSeconds,
		Output{Maps: []string{"[v]"}, File: "list", Options: []Option{{"f", "framemd5"}}}))
}

// cost runs args and judges what they took.
func cost(t *testing.T, r *Runner, dir, file string, args []string) ([]string, error) {
	t.Helper()
	res, err := r.Run(t.Context(), Command{Dir: dir, Read: []string{file}, Args: args, Limits: Limits{Wall: time.Minute}})
	judge(t, "encode", res)
	var disk int64
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, _ error) error {
		if info, err := d.Info(); err == nil && !d.IsDir() {
			disk += info.Size()
		}
		return nil
	})
	if disk > mostDisk {
		t.Errorf("it wrote %d bytes", disk)
	}
	return pictures(t, at(dir, "list")), err
}

func judge(t *testing.T, what string, res Result) {
	t.Helper()
	if res.CPU > mostTime || res.Peak > mostMemory {
		t.Errorf("%s took %v of processor time and %d MiB", what, res.CPU, res.Peak>>20)
	}
	t.Logf("%s: %v of processor time, %d MiB", what, res.CPU.Round(time.Millisecond), res.Peak>>20)
}

// pictures reads a framemd5 list; no file is none.
func pictures(t *testing.T, path string) []string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return digests(body)
}

func digests(body []byte) []string {
	var out []string
	for line := range strings.Lines(string(body)) {
		if f := strings.Split(line, ","); len(f) == 6 && !strings.HasPrefix(line, "#") {
			out = append(out, strings.TrimSpace(f[5]))
		}
	}
	return out
}

// plainly shows what plain ffmpeg makes of a file.
func plainly(t *testing.T, file string) []string {
	t.Helper()
	out, _ := plain(t, "-i", file, "-filter_complex", twoSeconds, "-map", "[v]", "-f", "framemd5", "-")
	return digests(out)
}

// probed probes and judges the cost.
func probed(t *testing.T, r *Runner, file string) (Probe, error) {
	t.Helper()
	p, res, err := r.probe(t.Context(), file)
	judge(t, "probe", res)
	return p, err
}

// bounds are the hostile files that cost too much, and what becomes of them.
var bounds = []struct {
	name    string
	body    func() []byte
	refused bool // by the probe
	shows   int  // at least so many pictures come out
	why     string
}{
	{"bomb.mkv", func() []byte { return bomb(1000, 1000) }, true, 0, "two kilobytes of H.264 that ask for pictures of 16,000 × 16,000"},
	{"png.mkv", func() []byte { return pngBomb(12000) }, false, 0, "half a megabyte of PNG that asks for one of 12,000 × 12,000"},
	{"grows.mkv", func() []byte { return grows(1, 1000, 1000) }, true, 0, "pictures that become large after the first"},
	{"later.mkv", func() []byte { return grows(45, 1000, 1000) }, false, 40, "pictures that become large after the probe"},
	{"gap.mkv", gap, false, 40, "two pictures, twelve hours apart"},
	{"tracks900.mkv", func() []byte { return manyTracks(900) }, true, 0, "more tracks than any recorder writes"},
	{"tracks5000.mkv", func() []byte { return manyTracks(5000) }, true, 0, "more tracks than ffmpeg takes by itself"},
	{"chapters.mkv", func() []byte { return manyChapters(200_000) }, false, 1, "200,000 chapters"},
	{"empty.mp4", func() []byte { return nil }, true, 0, "nothing"},
	{"noise.mp4", func() []byte { return bytes.Repeat([]byte("\x00\x00\x00\x08free"), 1<<16) }, true, 0, "half a megabyte of empty boxes"},
	{"huge.mkv", func() []byte { return append(matroska()[:40], bytes.Repeat([]byte{0x01, 0xFF}, 1<<16)...) }, true, 0, "sizes that lie"},
}

func TestAHostileFileIsRefusedOrBounded(t *testing.T) {
	t.Parallel()
	for _, c := range bounds {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, file := runner(t), put(t, at(t.TempDir(), c.name), c.body())
			if _, err := probed(t, r, file); (err != nil) != c.refused || err != nil && pipeline.KindOf(err) != pipeline.Invalid {
				t.Errorf("%s: probe %v", c.why, err)
			}
			got, err := shown(t, r, file)
			if err != nil && pipeline.KindOf(err) != pipeline.Invalid {
				t.Errorf("%s: %v", c.why, err)
			}
			if len(got) < c.shows || c.shows == 0 && err == nil || len(got) > 60 {
				t.Errorf("%s: %d pictures, %v", c.why, len(got), err)
			}
		})
	}
}

// unguarded shows a file without some guards and without walls.
func unguarded(t *testing.T, file string, guards []string, graph string, limits Limits) (Result, error) {
	t.Helper()
	args := Arguments(Input{File: file}, graph, Output{Maps: []string{"[v]"}, File: "raw.nut", Options: []Option{{"c:v", "rawvideo"}}})
	for _, o := range guards {
		i := slices.Index(args, "-"+o)
		if i < 0 {
			t.Fatalf("there is no guard %s", o)
		}
		args = slices.Delete(args, i, i+2)
	}
	return runnerWith(t, Config{Sandbox: SandboxOff}).Run(t.Context(), Command{Dir: t.TempDir(), Args: args, Limits: limits})
}

func TestWithoutItsGuardAHostileFileIsDangerous(t *testing.T) {
	t.Parallel()
	few := Limits{Memory: 3 << 30, Wall: time.Minute, File: 64 << 20}
	for _, c := range []struct {
		name   string
		guards []string
		graph  string
		body   func() []byte
	}{
		{"bomb", []string{"max_pixels"}, twoSeconds, func() []byte { return bomb(700, 700) }},
		{"png", []string{"max_pixels", "max_alloc"}, twoSeconds, func() []byte { return pngBomb(16000) }},
		{"tracks", []string{"max_streams"}, twoSeconds, func() []byte { return manyTracks(900) }},
		{"gap, the end set before the rate", nil, "[0:v:0]trim=end=2,fps=25,scale=160:120,format=yuv420p[v]", gap},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := put(t, at(t.TempDir(), "in.mkv"), c.body())
			if res, err := unguarded(t, file, c.guards, c.graph, few); res.Peak < mostMemory {
				t.Errorf("it held only %d MiB: %v", res.Peak>>20, err)
			}
		})
	}
	t.Run("gap, no end", func(t *testing.T) {
		t.Parallel()
		file := put(t, at(t.TempDir(), "gap.mkv"), gap())
		if _, err := unguarded(t, file, nil, "[0:v:0]fps=25,scale=160:120,format=yuv420p[v]", few); pipeline.AsError(err, "").Code != "too_large" {
			t.Errorf("without an end 64 MiB were not filled: %v", err)
		}
	})
}

func TestARareDecoderIsNeverFed(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	file := at(dir, "rare.mkv")
	mustPlain(t, "-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", "-c:v", "magicyuv", file)
	_, err := r.Probe(t.Context(), file)
	if e := pipeline.AsError(err, ""); e.Code != "unknown_codec" || !strings.Contains(e.Detail, "magicyuv") || e.Hint == "" {
		t.Errorf("probe: %+v", e)
	}
	if got, err := shown(t, r, file); err == nil || len(got) > 0 {
		t.Errorf("%d pictures, %v", len(got), err)
	}
	if _, err := unguarded(t, file, []string{"codec_whitelist"}, twoSeconds, Limits{}); err != nil {
		t.Errorf("without the list it is not decoded either: the guard shows nothing: %v", err)
	}
}

func TestAStreamNobodyReadsRefusesNothing(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	srt := put(t, at(dir, "a.srt"), []byte("1\n00:00:00,000 --> 00:00:01,000\nhi\n"))
	for name, args := range map[string][]string{
		"a GIF as cover":   {"-f", "lavfi", "-i", "color=red:s=32x32:d=1", "-map", "0:v", "-map", "1:v", "-c:v:1", "gif", "-disposition:v:1", "attached_pic"},
		"a PNG as cover":   {"-f", "lavfi", "-i", "color=red:s=32x32:d=1", "-map", "0:v", "-map", "1:v", "-c:v:1", "png", "-disposition:v:1", "attached_pic"},
		"DTS sound beside": {"-f", "lavfi", "-i", "sine=d=1", "-map", "0", "-map", "1:a", "-c:a:0", "aac", "-c:a:1", "dca", "-strict", "-2"},
		"subtitles as ASS": {"-i", srt, "-map", "0", "-map", "1", "-c:s", "ass"},
	} {
		file := at(t.TempDir(), "a.mkv")
		base := []string{"-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1"}
		if name == "DTS sound beside" {
			base = append(base, "-f", "lavfi", "-i", "sine=d=1")
			args = append(slices.Clone(args[:4]), "-map", "0", "-map", "1", "-map", "2", "-c:a:0", "aac", "-c:a:1", "dca", "-strict", "-2")
		}
		mustPlain(t, append(append(append(base, args...), "-c:v:0", "libx264", "-t", "1"), file)...)
		p, err := r.Probe(t.Context(), file)
		v, ok := p.Video()
		if err != nil || !ok || v.Codec != "h264" || v.Width != 64 || len(p.Streams) < 2 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if got, err := shown(t, r, file); err != nil || len(got) < 20 {
			t.Errorf("%s: %d pictures, %v", name, len(got), err)
		}
	}
}

func TestACaptionOfAMegabyteIsBounded(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	srt := put(t, at(dir, "big.srt"), []byte("1\n00:00:00,000 --> 00:00:02,000\n"+strings.Repeat("{\\fs20000}wall of text ", 1<<20/23)+"\n"))
	film(t, at(dir, "film.mkv"), 2)
	file := at(dir, "big.mkv")
	mustPlain(t, "-i", at(dir, "film.mkv"), "-i", srt, "-map", "0", "-map", "1", "-c", "copy", file)
	if p, err := probed(t, r, file); err != nil || len(p.Streams) != 3 {
		t.Errorf("%+v, %v", p, err)
	}
	if got, err := shown(t, r, file); err != nil || len(got) < 49 {
		t.Errorf("%d pictures, %v", len(got), err)
	}
	out := t.TempDir()
	encoder, muxer := Stream{Codec: "subrip"}.AsText()
	text := func(encoder string) []string {
		return Arguments(Input{File: file}, "", Output{Maps: []string{"0:s:0"}, File: "words", Options: []Option{{"c:s", encoder}, {"f", muxer}}})
	}
	if _, err := cost(t, r, out, file, text(encoder)); err != nil {
		t.Errorf("its text alone: %v", err)
	}
	if words, err := os.ReadFile(at(out, "words")); err != nil || len(words) < 1<<20-100 {
		t.Errorf("%d bytes of its text, %v", len(words), err)
	}
	if _, err := r.Run(t.Context(), Command{Dir: out, Read: []string{file}, Args: text("srt"), Limits: Limits{CPU: 2 * time.Second}}); err == nil {
		t.Error("to convert that text took no time: the guard shows nothing")
	}
	drawn := Arguments(Input{File: "film.mkv"}, "[0:v:0]subtitles=big.srt[v]", Output{Maps: []string{"[v]"}, File: "x.mkv", Options: []Option{{"frames:v", "2"}}})
	bare := runnerWith(t, Config{Sandbox: SandboxOff})
	if _, err := bare.Run(t.Context(), Command{Dir: dir, Args: drawn, Limits: Limits{CPU: 2 * time.Second, Memory: 2 << 30}}); err == nil {
		t.Error("two pictures with that text drawn by its own rules took no time: the guard shows nothing")
	}
}

func TestNothingIsWrittenForAttachments(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	deep := filepath.Join(dir, "a", "b", "c")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	font := put(t, at(dir, "font.ttf"), []byte("no font at all"))
	film(t, at(dir, "film.mkv"), 1)
	file := at(deep, "in.mkv")
	mustPlain(t, "-i", at(dir, "film.mkv"), "-attach", font, "-metadata:s:t", "mimetype=application/x-truetype-font",
		"-metadata:s:t", "filename=../../pwned.ttf", "-c", "copy", file)
	if _, err := probed(t, r, file); err != nil {
		t.Error(err)
	}
	if got, err := shown(t, r, file); err != nil || len(got) != 25 {
		t.Errorf("%d pictures, %v", len(got), err)
	}
	if _, err := os.Stat(at(dir, "a/pwned.ttf")); err == nil {
		t.Error("an attachment was written where it asked to be")
	}
	asked := []string{"-nostdin", "-v", "error", "-dump_attachment:t", "", "-i", "in.mkv", "-f", "null", "-"}
	_, _ = runnerWith(t, Config{Sandbox: SandboxOff}).Run(t.Context(), Command{Dir: deep, Args: asked})
	if _, err := os.Stat(at(dir, "a/pwned.ttf")); err != nil {
		t.Errorf("the option that writes attachments does not: the test shows nothing: %v", err)
	}
	_ = os.Remove(at(dir, "a/pwned.ttf"))
	_, _ = r.Run(t.Context(), Command{Dir: deep, Args: asked})
	if _, err := os.Stat(at(dir, "a/pwned.ttf")); err == nil && whole(t, r) {
		t.Error("even that option must not reach outside the sandbox")
	}
}

// whole reports whether the sandbox is.
func whole(t *testing.T, r *Runner) bool {
	t.Helper()
	l, err := r.Level(t.Context(), put(t, at(t.TempDir(), "foreign"), nil))
	if err != nil {
		t.Fatal(err)
	}
	return l.Full()
}

func TestNothingAboutThePersonIsCarriedOver(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	film(t, at(dir, "in.mp4"), 1, "-metadata", "title=<script>x</script>", "-metadata", "location=+52.1-004.2/", "-metadata:s:v", "handler_name=secret place", "-movflags", "use_metadata_tags")
	tags := func(file string) string {
		res, err := r.start(t.Context(), r.ffprobe, Command{Read: []string{file}, Args: []string{"-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", "file:" + file}})
		if err != nil {
			t.Fatal(err)
		}
		return string(res.Stdout)
	}
	if _, err := r.Run(t.Context(), Command{Dir: dir, Args: Arguments(Input{File: "in.mp4"}, "", Output{Maps: []string{"0:v", "0:a"}, File: "out.mp4", Options: []Option{{"c", "copy"}}})}); err != nil {
		t.Fatal(err)
	}
	mustPlain(t, "-i", at(dir, "in.mp4"), "-c", "copy", "-movflags", "use_metadata_tags", at(dir, "plain.mp4"))
	for _, secret := range []string{"script", "52.1", "secret place"} {
		if strings.Contains(tags(at(dir, "out.mp4")), secret) {
			t.Errorf("%q is carried over", secret)
		}
		if !strings.Contains(tags(at(dir, "plain.mp4")), secret) {
			t.Errorf("plain ffmpeg drops %q by itself: the guard shows nothing", secret)
		}
	}
}

func TestOddNamesAreOnlyNames(t *testing.T) {
	t.Parallel()
	r, dir := runner(t), t.TempDir()
	film(t, at(dir, "film.mkv"), 1)
	body, err := os.ReadFile(at(dir, "film.mkv"))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"-i.mkv", "--", "a'b\"c.mkv", "new\nline.mkv", "co:lon.mkv", "concat:film.mkv|film.mkv", "http:x", "pipe:0", "%03d.mkv",
		"a;movie=film.mkv,drawtext=textfile=film.mkv.mkv", "[0:v]null.mkv", "$(touch x).mkv", "`x`", "*.mkv", "film.mkv ", "\\", "ünï 🔥.mkv", "file:film.mkv", strings.Repeat("x", 250)} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			file := put(t, at(folder, name), body)
			if p, err := r.Probe(t.Context(), file); err != nil || len(p.Streams) != 2 {
				t.Errorf("%q: %+v, %v", name, p, err)
			}
			args := Arguments(Input{File: name}, "", Output{Maps: []string{"0:v"}, File: "out-" + name[:min(len(name), 100)], Options: []Option{{"c", "copy"}, {"f", "matroska"}}})
			if _, err := r.Run(t.Context(), Command{Dir: folder, Args: args}); err != nil {
				t.Errorf("%q in its own folder: %v", name, err)
			}
		})
	}
	bare := runnerWith(t, Config{Sandbox: SandboxOff})
	put(t, at(dir, "pipe:0"), body)
	if _, err := bare.Run(t.Context(), Command{Dir: dir, Args: []string{"-v", "error", "-i", "pipe:0", "-map", "0:v", "-f", "null", "-"}}); err == nil {
		t.Error("without our prefix pipe:0 is a file: the guard shows nothing")
	}
	res, err := bare.Run(t.Context(), Command{Dir: dir, Args: []string{"-v", "error", "-i", "concat:film.mkv|film.mkv", "-map", "0:v", "-f", "null", "-"}})
	if err != nil {
		t.Errorf("without our prefix concat: opens no two files: %v %s", err, res.Stderr)
	}
	if _, err := bare.Run(t.Context(), Command{Dir: dir, Args: []string{"-v", "error", "-i", "film.mkv", "-c", "copy", "-x.mkv"}}); err == nil {
		t.Error("without our prefix -x.mkv is a file: the guard shows nothing")
	}
}
