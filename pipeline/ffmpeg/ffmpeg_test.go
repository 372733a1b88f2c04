package ffmpeg

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMain(m *testing.M) {
	Sandbox()
	os.Exit(m.Run())
}

func runner(t *testing.T) *Runner {
	t.Helper()
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheSandboxHolds(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "foreign")
	if err := os.WriteFile(foreign, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := runner(t).Level(t.Context(), foreign)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", l)
	if !l.Limits {
		t.Error("limits do not hold")
	}
}

func TestMadeAndProbed(t *testing.T) {
	r := runner(t)
	dir := t.TempDir()
	v, err := r.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(v)
	_, err = r.Run(t.Context(), Command{Dir: dir, Progress: func(n int64) { t.Log(n) }, Args: Generated("lavfi", "testsrc=d=2:r=25:s=160x120", nil, "",
		Output{Maps: []string{"0:v"}, File: "a.mp4", Options: []Option{{"c:v", "libx264"}}})})
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Probe(t.Context(), filepath.Join(dir, "a.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", p)
	d, err := r.Decode(t.Context(), filepath.Join(dir, "a.mp4"), dir)
	if err != nil || d.Frames != 50 {
		t.Errorf("%+v, %v", d, err)
	}
}
