package recording

import (
	gobytes "bytes"
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// lying is a Matroska recording with a hole of nothing in it, its reel, and n
// places in the hole, step bytes apart, of which an index says wild times.
func lying(t *testing.T, n, step int) (*bytes, *matroskaReel, []knot) {
	t.Helper()
	body, err := os.ReadFile(drawn(t, "a.mkv", "10", "20", "-s", "32x32", "-g", "10"))
	if err != nil {
		t.Fatal(err)
	}
	first := gobytes.Index(body, clusterMagic)
	cut := first + 4 + gobytes.Index(body[first+4:], clusterMagic)
	if first < 0 || cut <= first+4 {
		t.Fatal("there are no two clusters")
	}
	const hole = 6 << 20
	all := append(appendHead(append([]byte{}, body[:cut]...), idVoid, hole), make([]byte, hole)...)
	b, err := newBytes(held(append(all, body[cut:]...)), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	var known []knot
	for i := range n {
		known = append(known, knot{pos: int64(cut + hole - (n-i)*step), order: int64(i%2) * 3600e9, key: true})
	}
	return b, &matroskaReel{video: 1, scale: 1e6, end: b.Size()}, known
}

func TestALookThatIsStoppedStopsThoughAllBytesAreHere(t *testing.T) {
	b, reel, known := lying(t, 12_000, 500)
	if err := b.fill(t.Context(), 0, int64(len(b.blocks)-1)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	began := time.Now()
	if _, err := takeSurvey(ctx, b, reel, 0, b.Size(), timeline.Rate{}, known); !errors.Is(err, pipeline.Stopped) {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("stopped after %v", took)
	}
}

func TestAnIndexOfWildTimesIsNotFollowedForEver(t *testing.T) {
	b, reel, known := lying(t, 3*mostLooked, 2)
	_, err := takeSurvey(t.Context(), b, reel, 0, b.Size(), timeline.Rate{}, known)
	var e *pipeline.Error
	if !errors.As(err, &e) || e.Code != "clock_broken" {
		t.Errorf("%v", err)
	}
}
