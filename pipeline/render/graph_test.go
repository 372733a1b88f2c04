package render

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with a file that is reviewed like code.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it):\n%s", file, got)
	}
}

// refs is segments that lie one behind the other.
func refs(edges ...int64) []pipeline.SegmentRef {
	var out []pipeline.SegmentRef
	for i := range len(edges) - 1 {
		out = append(out, pipeline.SegmentRef{Recipe: fmt.Sprint(edges[i]), In: edges[i], Out: edges[i+1]})
	}
	return out
}

func canvas(t testing.TB, v pipeline.Video, aspect, layout string, scale int64) geometry {
	t.Helper()
	g, ok := placed(v, aspect, layout, scale)
	if !ok {
		t.Fatal(aspect)
	}
	return g
}

var hd = pipeline.Video{Width: 1920, Height: 1080, SAR: timeline.Rate{Num: 1, Den: 1}, PixFmt: "yuv420p", Matrix: "bt709", Range: "tv"}

func TestGraphs(t *testing.T) {
	tall := canvas(t, hd, "9:16", fill, 1)
	for _, c := range []struct {
		name  string
		video pipeline.Video
		order func(pipeline.Video) []strand
	}{
		{"one strand, nothing written", hd, func(v pipeline.Video) []strand {
			return []strand{{Canvas: tall, Segments: refs(900, 960, 1020)}}
		}},
		{"two looks of one canvas, one of them a hook's opening, and the whole picture fitted", hd, func(v pipeline.Video) []strand {
			return []strand{{Canvas: tall, Script: "x", Segments: refs(900, 960, 1020)}, {Canvas: tall, Script: "y", Segments: refs(900, 975)},
				{Canvas: canvas(t, v, "1:1", fit, 1), Script: "z", Segments: refs(960, 1020)}}
		}},
		{"interlaced PAL from a turned camera", pipeline.Video{Width: 720, Height: 576, SAR: timeline.Rate{Num: 16, Den: 11}, Rotation: 90, Interlaced: "tt", Matrix: "bt470bg"},
			func(v pipeline.Video) []strand {
				return []strand{{Canvas: canvas(t, v, "9:16", fill, 1), Segments: refs(0, 60)}}
			}},
		{"high dynamic range", pipeline.Video{Width: 3840, Height: 2160, SAR: timeline.Rate{Num: 1, Den: 1}, Transfer: "smpte2084", Primaries: "bt2020", Matrix: "bt2020nc", PixFmt: "yuv420p10le"},
			func(v pipeline.Video) []strand {
				return []strand{{Canvas: canvas(t, v, "16:9", fill, 2), Segments: refs(0, 60)}}
			}},
		{"full range, upside down", pipeline.Video{Width: 1280, Height: 720, SAR: timeline.Rate{Num: 1, Den: 1}, Rotation: 180, PixFmt: "yuvj420p"},
			func(v pipeline.Video) []strand {
				return []strand{{Canvas: canvas(t, v, "16:9", fill, 1), Segments: refs(7, 60)}}
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := runOrder{Picture: treat(c.video, true), Strands: c.order(c.video)}
			golden(t, "graph-"+strings.ReplaceAll(strings.ReplaceAll(c.name, ",", ""), " ", "-")+".txt", strings.ReplaceAll(graph(o, timeline.Rate2997), ";", ";\n")+"\n")
		})
	}
}

func TestArgumentsOfARun(t *testing.T) {
	o := runOrder{Picture: treat(hd, true), Strands: []strand{{Canvas: canvas(t, hd, "9:16", fill, 1), Segments: refs(900, 960, 1027)}}}
	golden(t, "arguments.txt", strings.Join(arguments(o, "excerpt.mkv", Encoder(), timeline.Rate2997, 2), "\n")+"\n")
}

func TestTheCountBeginsAtAWholeMillisecondAndFrame(t *testing.T) {
	for _, rate := range timeline.Standards() {
		for _, in := range []int64{0, 1, 29, 30, 31, 59, 60, 100_000, 215_999} {
			ms := wholeBefore(in, rate)
			frame := rate.FramesOfMillis(ms)
			if frame > in || in-frame >= 60 || frame*1000*rate.Den != ms*rate.Num {
				t.Errorf("%s: before frame %d the count begins at %d ms, frame %d", rate, in, ms, frame)
			}
		}
	}
}

func TestRecipesKeepTheirForm(t *testing.T) {
	r := recipe{Version: 1, Fingerprint: "sha256:f", Stream: 0, Pieces: timeline.Pieces{{From: 5, To: 9, At: 0}}, Rate: timeline.Rate2997, In: 60, Out: 120,
		Picture: treat(hd, true), Canvas: canvas(t, hd, "9:16", fit, 1), Script: "[Script Info]\n", Fonts: []string{"sha256:a"}, Encoder: named(Encoder())}
	s := soundRecipe{Version: 1, Fingerprint: "sha256:f", Sound: 1, Pieces: r.Pieces, Rate: r.Rate, In: 60, Out: 120, Encoder: soundArguments()}
	golden(t, "recipes.txt", string(write(r))+"\n"+r.ID()+"\n"+string(write(s))+"\n"+s.ID()+"\n")
}

func TestWhatDecidesPixelsDecidesTheRecipe(t *testing.T) {
	base := recipe{Fingerprint: "f", Rate: timeline.Rate30, In: 0, Out: 60, Picture: treat(hd, true), Canvas: canvas(t, hd, "9:16", fill, 1)}
	for why, change := range map[string]func(*recipe){
		"another recording": func(r *recipe) { r.Fingerprint = "g" }, "another stream": func(r *recipe) { r.Stream = 2 },
		"another clock": func(r *recipe) { r.Pieces = timeline.Pieces{{From: 1, To: 2}} }, "another rate": func(r *recipe) { r.Rate = timeline.Rate25 },
		"other frames": func(r *recipe) { r.Out++ }, "interlaced": func(r *recipe) { r.Picture.Interlaced = "tff" },
		"turned": func(r *recipe) { r.Picture.Rotation = 90 }, "tone": func(r *recipe) { r.Picture.Tone = toneLost },
		"another layout": func(r *recipe) { r.Canvas = canvas(t, hd, "9:16", fit, 1) }, "another size": func(r *recipe) { r.Canvas = canvas(t, hd, "9:16", fill, 2) },
		"a caption": func(r *recipe) { r.Script = "x" }, "a font": func(r *recipe) { r.Fonts = []string{"x"} }, "an encoder": func(r *recipe) { r.Encoder = []string{"crf=22"} },
	} {
		r := base
		change(&r)
		if r.ID() == base.ID() {
			t.Errorf("%s gives the same recipe", why)
		}
	}
}

// shownFrames is the hash of every frame a graph gives for a stretch, without an encoder.
func shownFrames(t *testing.T, file string, v pipeline.Video, rate timeline.Rate, edges ...int64) []string {
	t.Helper()
	o := runOrder{Picture: treat(v, true), Strands: []strand{{Canvas: canvas(t, v, "16:9", fill, 4), Segments: refs(edges...)}}}
	dir := t.TempDir()
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	args := ffmpeg.Arguments(excerptInput(file, edges[0], rate), graph(o, rate), ffmpeg.Output{Maps: []string{"[v0]"}, File: "frames.txt",
		Options: []ffmpeg.Option{{Name: "fps_mode", Value: "passthrough"}, {Name: "f", Value: "framemd5"}}})
	if _, err := runner.Run(t.Context(), ffmpeg.Command{Args: args, Dir: dir, Read: []string{file}, Stdout: &out}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "frames.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var hashes []string
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(strings.TrimSpace(line), ","); !strings.HasPrefix(line, "#") && len(f) == 6 {
			if want := fmt.Sprint(len(hashes)); strings.TrimSpace(f[2]) != want {
				t.Fatalf("frame %s is shown at %s", want, f[2])
			}
			hashes = append(hashes, strings.TrimSpace(f[5]))
		}
	}
	return hashes
}

// numbered draws a recording in which every frame differs, with its frames
// shown when a filter says so.
func numbered(t *testing.T, rate string, seconds int, timing string, more ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "numbered.mkv")
	args := append([]string{"-v", "error", "-y", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=320x180:r=%s:d=%d,geq=lum='mod(lum(X\\,Y)+N*7\\,200)+16':cb=128:cr=128%s", rate, seconds, timing),
		"-c:v", "libx264", "-preset", "ultrafast", "-crf", "10", "-g", "50", "-bf", "2", "-fps_mode", "passthrough"}, more...)
	command(t, "ffmpeg", append(args, "-output_ts_offset", "10", file)...)
	return file
}

func TestAStretchAloneShowsTheFramesItShowsInARun(t *testing.T) {
	v := pipeline.Video{Width: 320, Height: 180, SAR: timeline.Rate{Num: 1, Den: 1}, PixFmt: "yuv420p"}
	for _, c := range []struct {
		why    string
		rate   timeline.Rate
		source string
		timing string
	}{
		{"25", timeline.Rate25, "25", ""},
		{"29.97", timeline.Rate2997, "30000/1001", ""},
		{"60", timeline.Rate60, "60", ""},
		{"24 shown at 30: every fifth held", timeline.Rate30, "24", ""},
		{"60 shown at 30: each frame lies half-way", timeline.Rate30, "60", ""},
		{"variable: every fifth frame is missing", timeline.Rate30, "30", ",select='mod(n,5)'"},
		{"variable: a hole of two seconds, longer than any pre-roll", timeline.Rate30, "30", ",select='not(between(n,70,130))'"},
		{"odd times", timeline.Rate30, "30", ",setpts='PTS+if(mod(N,2),0.011/TB,0)'"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			file := numbered(t, c.source, 8, c.timing)
			edges := []int64{0, 37, 60, 100, 131, 180}
			whole := shownFrames(t, file, v, c.rate, 0, 180)
			if len(whole) != 180 {
				t.Fatalf("%d frames of 180", len(whole))
			}
			for i := range len(edges) - 1 {
				got := shownFrames(t, file, v, c.rate, edges[i], edges[i+1])
				if want := whole[edges[i]:edges[i+1]]; strings.Join(got, " ") != strings.Join(want, " ") {
					t.Errorf("frames %d to %d are not those of the whole run", edges[i], edges[i+1])
				}
			}
		})
	}
}

func TestFramesAreTheRecordingsOwn(t *testing.T) {
	// The truth comes from another way: the whole file decoded from its beginning, each frame once.
	file := numbered(t, "30000/1001", 5, "")
	v := pipeline.Video{Width: 320, Height: 180, SAR: timeline.Rate{Num: 1, Den: 1}, PixFmt: "yuv420p", Matrix: "bt709", Range: "tv"}
	truth := command(t, "ffmpeg", "-v", "error", "-i", file, "-vf", "scale=480:270:flags=bicubic:in_color_matrix=bt709:in_range=tv:out_color_matrix=bt709:out_range=tv,format=yuv420p", "-fps_mode", "passthrough", "-f", "framemd5", "-")
	var want []string
	for line := range strings.Lines(truth) {
		if f := strings.Split(strings.TrimSpace(line), ","); !strings.HasPrefix(line, "#") && len(f) == 6 {
			want = append(want, strings.TrimSpace(f[5]))
		}
	}
	got := shownFrames(t, file, v, timeline.Rate2997, 61, 140)
	if len(want) < 140 || strings.Join(got, " ") != strings.Join(want[61:140], " ") {
		t.Errorf("the frames shown are not frames 61 to 140 of the recording (%d of %d)", len(got), len(want))
	}
}
