package ffmpeg

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// lists are the argument lists whose golden files are reviewed like code.
var lists = map[string][]string{
	"probe":  probeArguments("recording.mkv"),
	"decode": decodeArguments("clip.mp4"),
	"copy": Arguments(Input{File: "slice.mp4", Options: []Option{{"copyts", ""}, {"ss", "12.500000000"}}}, "",
		Output{Maps: []string{"0:v:0", "0:a:0?"}, File: "excerpt.mkv", Options: []Option{{"c", "copy"}, {"f", "matroska"}}}),
	"encode": Arguments(Input{File: "excerpt.mkv"}, "[0:v:0]fps=30,split[a][b];[a]scale=1080:1920[v0];[b]scale=1080:1080[v1]",
		Output{Maps: []string{"[v0]"}, File: "0.mp4", Options: []Option{{"c:v", "libx264"}, {"frames:v", "60"}}},
		Output{Maps: []string{"[v1]"}, File: "1.mp4", Options: []Option{{"c:v", "libx264"}, {"frames:v", "60"}}}),
	"two": Arguments(Input{File: "slice.mp4", Before: []Input{{File: "text-0.srt", Options: []Option{{"f", "srt"}}}}}, "",
		Output{Maps: []string{"1:v:0", "0:0"}, File: "excerpt.mkv", Options: []Option{{"c", "copy"}}}),
	"own":       Arguments(Input{File: "clip.mp4", Own: true}, "", Output{Maps: []string{"0:v:0"}, File: "poster.jpg", Options: []Option{{"frames:v", "1"}}}),
	"generated": Generated("lavfi", "testsrc=d=1", []Option{{"t", "1"}}, "", Output{Maps: []string{"0:v"}, File: "a.mp4", Options: []Option{{"c:v", "libx264"}}}),
}

func TestArgumentListsAreAsReviewed(t *testing.T) {
	for name, args := range lists {
		path := filepath.Join("testdata", name+".golden")
		got := strings.Join(args, "\n") + "\n"
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || got != string(want) {
			t.Errorf("%s differs from %s (%v); -update writes it anew:\n%s", name, path, err, got)
		}
	}
}

// Options stand for the next input alone, so every input has all guards of its
// own. The formats that one may have are the list's, or the one it is known to have.
func TestEveryInputIsGuarded(t *testing.T) {
	for name, args := range lists {
		if name == "generated" {
			continue
		}
		rest, n := args, 0
		for {
			i := slices.Index(rest, "-i")
			if i < 0 && n > 0 {
				break
			}
			before := rest // a probe names its file without -i
			if i >= 0 {
				before = rest[:i]
				if !strings.HasPrefix(rest[i+1], "file:") {
					t.Errorf("%s opens %q, which may be more than a file", name, rest[i+1])
				}
				rest = rest[i+2:]
			}
			n++
			for _, o := range guards() {
				at := slices.Index(before, "-"+o.Name)
				if at < 0 || before[at+1] != o.Value && !(o.Name == "format_whitelist" && before[at+1] == "srt") {
					t.Errorf("%s opens its input %d without %s", name, n, o.Name)
				}
			}
			if i < 0 {
				break
			}
		}
	}
}

func FuzzProbe(f *testing.F) {
	f.Add([]byte(`{"format":{"format_name":"mov"},"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":1,"height":1,` +
		`"sample_aspect_ratio":"1:1","r_frame_rate":"30000/1001","side_data_list":[{"rotation":-90}]}]}`))
	f.Add([]byte(`{"streams":[{"sample_aspect_ratio":"0:1","r_frame_rate":"1/0","tags":{"rotate":"1e99"},"side_data_list":[{"rotation":1e300}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := readProbe(b)
		if err != nil {
			return
		}
		for _, s := range p.Streams {
			if s.Rotation%90 != 0 || s.Rotation < 0 || s.Rotation >= 360 {
				t.Errorf("rotation %d", s.Rotation)
			}
		}
		p.Video()
	})
}

func FuzzCount(f *testing.F) {
	f.Add("#media_type 0: video\n#media_type 1: audio\n0, 0, 0, 1, 9, 0x1\n1, 0, 0, 1024, 9, 0x1\n")
	f.Add("0,,,,,\n#media_type\n1, 0, 0, 99999999999999999999, 9, 0x1\n")
	f.Fuzz(func(t *testing.T, s string) {
		if d := countFrames(strings.NewReader(s)); d.Frames < 0 || d.Frames > int64(len(s)) {
			t.Errorf("%+v", d)
		}
	})
}
