package ffmpeg

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case deathWord:
			death()
			return
		case tryWord:
			try(os.Args[2])
			return
		case parentWord:
			parent(os.Args[2])
			return
		}
	}
	os.Exit(m.Run())
}

func runner(t *testing.T) *Runner { return runnerWith(t, Config{}) }

func runnerWith(t *testing.T, c Config) *Runner {
	t.Helper()
	r, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatWasMadeIsProbedAndDecoded(t *testing.T) {
	r, dir := runner(t), t.TempDir()
	var told []int64
	_, err := r.Run(t.Context(), Command{Dir: dir, Progress: func(n int64) { told = append(told, n) }, Args: Generated("lavfi", "testsrc=d=2:r=25:s=160x120", nil, "",
		Output{Maps: []string{"0:v"}, File: "a.mp4", Options: []Option{{"c:v", "libx264"}, {"pix_fmt", "yuv420p"}}})})
	if err != nil {
		t.Fatal(err)
	}
	if len(told) == 0 || told[len(told)-1] != 50 {
		t.Errorf("progress %v, want 50 pictures at last", told)
	}
	p, err := r.Probe(t.Context(), filepath.Join(dir, "a.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := p.Video(); !ok || v.Codec != "h264" || v.Width != 160 || v.Missing != "" || v.Rate.Num != 25 {
		t.Errorf("%+v", p)
	}
	d, err := r.Decode(t.Context(), filepath.Join(dir, "a.mp4"), dir)
	if err != nil || d.Frames != 50 {
		t.Errorf("%+v, %v", d, err)
	}
}
