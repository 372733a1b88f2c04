package render

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

// still is one picture in RGB.
type still struct {
	w, h int
	rgb  []byte
}

// at is the mean colour around a place given in parts of the picture.
func (s still) at(x, y float64) [3]float64 {
	var sum [3]float64
	n := 0.0
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			px, py := min(max(int(x*float64(s.w))+dx, 0), s.w-1), min(max(int(y*float64(s.h))+dy, 0), s.h-1)
			for c := range sum {
				sum[c] += float64(s.rgb[3*(py*s.w+px)+c])
			}
			n++
		}
	}
	for c := range sum {
		sum[c] /= n
	}
	return sum
}

// drawn encodes a drawing as an excerpt.
func drawn(t *testing.T, graph string, encode ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "drawn.mkv")
	args := append([]string{"-v", "error", "-y", "-f", "lavfi", "-i", graph, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "4", "-g", "25"}, encode...)
	command(t, "ffmpeg", append(args, "-output_ts_offset", "10", file)...)
	return file
}

// shown is frame n of a recording as a canvas shows it, read as BT.709 in video range.
func shown(t *testing.T, file string, v pipeline.Video, aspect, layout string, n int64) still {
	t.Helper()
	g := canvas(t, v, aspect, layout, 4)
	o := runOrder{Picture: treat(v, true), Strands: []strand{{Canvas: g, Segments: refs(n, n+8)}}}
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := ffmpeg.Arguments(excerptInput(file, n, timeline.Rate25), graph(o, timeline.Rate25)+";[v0]scale=in_color_matrix=bt709:in_range=tv,format=rgb24[p]",
		ffmpeg.Output{Maps: []string{"[p]"}, File: "still.raw", Options: []ffmpeg.Option{{Name: "frames:v", Value: "1"}, {Name: "f", Value: "rawvideo"}}})
	if _, err := runner.Run(t.Context(), ffmpeg.Command{Args: args, Dir: dir, Read: []string{file}}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "still.raw"))
	if err != nil || int64(len(raw)) != g.Width*g.Height*3 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	return still{int(g.Width), int(g.Height), raw}
}

func near(got, want [3]float64, within float64) bool {
	for c := range got {
		if math.Abs(got[c]-want[c]) > within {
			return false
		}
	}
	return true
}

func TestColoursStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	want := [3]float64{200, 50, 100}
	for _, c := range []struct {
		why    string
		filter string
		video  pipeline.Video
	}{
		{"BT.709", "out_color_matrix=bt709:out_range=tv", pipeline.Video{Matrix: "bt709", Range: "tv"}},
		{"BT.601, as old cameras", "out_color_matrix=bt601:out_range=tv", pipeline.Video{Matrix: "smpte170m", Range: "tv"}},
		{"full range, as screens", "out_color_matrix=bt709:out_range=pc", pipeline.Video{Matrix: "bt709", Range: "pc"}},
		{"BT.2020 without high dynamic range", "out_color_matrix=bt2020:out_range=tv", pipeline.Video{Matrix: "bt2020nc", Range: "tv"}},
		{"unsaid and small", "out_color_matrix=bt601:out_range=tv", pipeline.Video{}},
	} {
		c.video.Width, c.video.Height, c.video.SAR = 320, 180, timeline.Rate{Num: 1, Den: 1}
		file := drawn(t, "color=c=0xC83264:s=320x180:r=25:d=2,scale="+c.filter+",format=yuv420p")
		if got := shown(t, file, c.video, "16:9", fill, 10).at(0.5, 0.5); !near(got, want, 7) {
			t.Errorf("%s: %.0f, want %.0f", c.why, got, want)
		}
	}
	// A negative control: read with the wrong matrix, the colour is another.
	file := drawn(t, "color=c=0xC83264:s=320x180:r=25:d=2,scale=out_color_matrix=bt601:out_range=tv,format=yuv420p")
	v := pipeline.Video{Width: 320, Height: 180, SAR: timeline.Rate{Num: 1, Den: 1}, Matrix: "bt709"}
	if got := shown(t, file, v, "16:9", fill, 10).at(0.5, 0.5); near(got, want, 7) {
		t.Errorf("the matrix decides nothing: %.0f", got)
	}
}

func TestHighDynamicRangeIsMapped(t *testing.T) {
	t.Parallel()
	// Grey at code 0.58 of PQ is about the white of a printed page: it must come out light, not dull.
	v := pipeline.Video{Width: 320, Height: 180, SAR: timeline.Rate{Num: 1, Den: 1}, Transfer: "smpte2084", Primaries: "bt2020", Matrix: "bt2020nc", Range: "tv", PixFmt: "yuv420p10le"}
	file := drawn(t, "color=c=0x949494:s=320x180:r=25:d=2,format=yuv420p10le", "-pix_fmt", "yuv420p10le")
	mapped := shown(t, file, v, "16:9", fill, 10).at(0.5, 0.5)
	plain := v
	plain.Transfer = "bt709"
	flat := shown(t, file, plain, "16:9", fill, 10).at(0.5, 0.5)
	if mapped[0] < flat[0]+20 || mapped[0] > 250 || math.Abs(mapped[0]-mapped[2]) > 6 {
		t.Errorf("mapped %.0f, as it is %.0f", mapped, flat)
	}
}

func TestPicturesStandUpright(t *testing.T) {
	t.Parallel()
	for turn, filter := range map[int]string{0: "null", 90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"} {
		// Upright: 160×280, its upper left red, its lower right green.
		file := drawn(t, "color=c=gray:s=160x280:r=25:d=2,drawbox=x=0:y=0:w=80:h=140:c=red:t=fill,drawbox=x=80:y=140:w=80:h=140:c=lime:t=fill,"+filter+",format=yuv420p")
		v := pipeline.Video{Width: 160, Height: 280, SAR: timeline.Rate{Num: 1, Den: 1}, Rotation: turn}
		if turn%180 != 0 {
			v.Width, v.Height = 280, 160
		}
		s := shown(t, file, v, "9:16", fill, 10)
		if a, b := s.at(0.2, 0.2), s.at(0.8, 0.8); a[0] < 200 || a[1] > 60 || b[1] < 200 || b[0] > 60 {
			t.Errorf("%d°: upper left %.0f, lower right %.0f", turn, a, b)
		}
	}
}

func TestPixelsAreSquare(t *testing.T) {
	t.Parallel()
	// Coded 160×180 with pixels twice as wide as high is shown 16:9: nothing is cut off.
	file := drawn(t, "color=c=gray:s=160x180:r=25:d=2,drawbox=x=0:w=12:c=red:t=fill,drawbox=x=148:w=12:c=lime:t=fill,format=yuv420p")
	s := shown(t, file, pipeline.Video{Width: 160, Height: 180, SAR: timeline.Rate{Num: 2, Den: 1}}, "16:9", fill, 10)
	if a, b := s.at(0.03, 0.5), s.at(0.97, 0.5); a[0] < 200 || b[1] < 200 {
		t.Errorf("left %.0f, right %.0f", a, b)
	}
}

func TestFitShowsTheWholePictureOverADarkCopy(t *testing.T) {
	t.Parallel()
	file := drawn(t, "color=c=white:s=320x180:r=25:d=2,drawbox=x=0:w=20:c=red:t=fill,format=yuv420p")
	v := pipeline.Video{Width: 320, Height: 180, SAR: timeline.Rate{Num: 1, Den: 1}, Matrix: "bt601"}
	s := shown(t, file, v, "9:16", fit, 10)
	if edge, middle, above := s.at(0.02, 0.5), s.at(0.5, 0.5), s.at(0.5, 0.1); edge[0] < 180 || edge[1] > 80 || middle[1] < 230 || above[1] > 170 || above[1] < 60 {
		t.Errorf("edge %.0f, middle %.0f, above %.0f", edge, middle, above)
	}
}

// combing is how much neighbouring rows differ.
func combing(s still) float64 {
	sum := 0.0
	for y := range s.h - 1 {
		for x := range s.w {
			sum += math.Abs(float64(s.rgb[3*(y*s.w+x)]) - float64(s.rgb[3*((y+1)*s.w+x)]))
		}
	}
	return sum / float64(s.w*s.h)
}

func TestInterlacedPicturesAreMadeWhole(t *testing.T) {
	t.Parallel()
	file := drawn(t, "color=c=black:s=480x256:r=50:d=2,drawbox=x=0:y=0:w=60:h=ih:c=white:t=fill,scroll=h=0.02,tinterlace=interleave_top,format=yuv420p",
		"-flags", "+ildct+ilme", "-x264-params", "tff=1")
	v := pipeline.Video{Width: 480, Height: 256, SAR: timeline.Rate{Num: 1, Den: 1}}
	as := combing(shown(t, file, v, "16:9", fill, 12))
	v.Interlaced = "tt"
	if made := combing(shown(t, file, v, "16:9", fill, 12)); made > as/2 || as < 1 {
		t.Errorf("rows differ by %.2f, before by %.2f", made, as)
	}
}

func TestAStreamThatChangesItsSizeKeepsItsClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, size := range []string{"320x180", "160x90"} {
		command(t, "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s="+size+":r=25:d=2", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0",
			"-output_ts_offset", fmt.Sprint(10+2*i), "-muxdelay", "0", filepath.Join(dir, fmt.Sprintf("%d.ts", i)))
	}
	file := filepath.Join(dir, "both.mkv")
	command(t, "ffmpeg", "-v", "error", "-y", "-copyts", "-i", "concat:"+filepath.Join(dir, "0.ts")+"|"+filepath.Join(dir, "1.ts"), "-c", "copy", file)
	v := pipeline.Video{Width: 320, Height: 180, SAR: timeline.Rate{Num: 1, Den: 1}, PixFmt: "yuv420p"}
	whole := shownFrames(t, file, v, timeline.Rate25, 0, 90)
	if len(whole) != 90 {
		t.Fatalf("%d frames of 90", len(whole))
	}
	if got := shownFrames(t, file, v, timeline.Rate25, 40, 80); strings.Join(got, "") != strings.Join(whole[40:80], "") {
		t.Error("across the change a stretch alone shows other frames")
	}
}

func TestADamagedPacketCostsItsPicturesAndNotTheClip(t *testing.T) {
	t.Parallel()
	file := draw(t, source{rate: "25", seconds: 10, size: "320x180"})
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 400 {
		b[len(b)*2/5+i] ^= 0x5a
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, _ := exec.Command("ffmpeg", "-v", "error", "-i", file, "-f", "null", "-").CombinedOutput(); len(out) == 0 {
		t.Fatal("the damage is none")
	}
	m := newMill(t, file, media(timeline.Rate25, 10, 320, 180, true), timeline.Window{In: 10, Out: 240})
	m.whole()
	if v := m.made()[0]; v.Made.Frames != 230 || !noted(v.Made.Notes, "source_damaged") || len(v.Made.Notes) != 1 {
		t.Errorf("%d frames, notes %v", v.Made.Frames, v.Made.Notes)
	}
}
