package detect

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// sample is a file of the sample recordings, which are not part of the
// project: without them the test is skipped.
func sample(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "samples", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("the sample recordings are not here")
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sec(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func ptr(d time.Duration) *time.Duration { return &d }

// media is a recording of that many seconds at 30 frames a second.
func media(seconds int64) pipeline.Media {
	return pipeline.Media{Rate: timeline.Rate30, Frames: 30 * seconds}
}

// win is a window in seconds at 30 frames a second.
func win(from, to float64) timeline.Window {
	return timeline.Window{In: int64(from * 30), Out: int64(to * 30)}
}
