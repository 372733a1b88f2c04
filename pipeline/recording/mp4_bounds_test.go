package recording

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// uniform is a track of n samples of one byte, each lasting dur ms.
func uniform(id uint32, kind string, n, dur uint32) *track {
	t := &track{id: id, kind: kind, scale: 1000, table: sampleTable{stts: words(n, dur), stsc: words(1, n, 1), chunks: words(0), uniform: 1, count: int64(n), allSync: true}}
	t.spans = everything(0)
	return t
}

func TestSoundInGapsIsSummedUpAsIfEachWereLookedAtAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var gaps []gap
		for at := int64(0); len(gaps) < 12; {
			at += random.Int64N(3) * 1e9
			g := gap{at, at + 1e9 + random.Int64N(9e9)}
			gaps, at = append(gaps, g), g.to
		}
		a := uniform(1, "soun", uint32(random.IntN(200)), uint32(random.IntN(900)))
		a.spans = []span{{0, 20_000, random.Int64N(50_000)}, {20_000, 90_000, random.Int64N(50_000)}}
		m := &mp4Index{tracks: []*track{a, uniform(2, "vide", 100, 1000)}}
		for range random.IntN(6) {
			from := random.Int64N(60_000)
			m.frags = append(m.frags, fragment{tracks: []fragmentTrack{{id: 1, dts: from, end: from + random.Int64N(40_000), count: 30}}})
		}
		want := make([]bool, len(gaps))
		for i, g := range gaps {
			var heard int64
			count := func(lo, hi int64) { heard += max(0, min(hi, g.to)-max(lo, g.from)) }
			a.table.each(func(_ int64, s sample) bool {
				if at, ok := a.source(s); ok {
					count(a.ns(at), a.ns(at+s.dur))
				}
				return true
			})
			for _, f := range m.frags {
				x := f.tracks[0]
				count(a.ns(x.dts+a.spans[0].delta), min(a.ns(x.end+a.spans[0].delta), a.ns(x.dts+a.spans[0].delta)+x.count*1e9))
			}
			want[i] = heard*2 > g.to-g.from
		}
		if got := m.sounds(gaps); !slices.Equal(got, want) {
			t.Fatalf("gaps %v: %v, want %v", gaps, got, want)
		}
	}
}

func TestManyGapsWithSoundInThemAreFoundInOnePass(t *testing.T) {
	m := &mp4Index{tracks: []*track{uniform(1, "soun", 1_000_000, 20)}}
	var times []int64
	at := int64(0)
	for _, step := range []int64{33e6, 6e9} {
		for range 20_000 {
			times, at = append(times, at), at+step
		}
	}
	began := time.Now()
	c := clockWith(times, 33e6, frameFacts{Rate: timeline.Rate30}, m.sounds)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if n := len(c.Pieces); n < 2 || n > mostPieces+2 {
		t.Errorf("%d pieces: the sound ends before the pictures do", n)
	}
}

// nothing is a source of zeros.
type nothing int64

func (n nothing) Size() int64 { return int64(n) }
func (n nothing) ReadRange(context.Context, int64, int64) (io.ReadCloser, error) {
	return nil, errors.New("nothing is to be read")
}

func TestASliceThatWouldLookAtEverySampleAgainAndAgainStops(t *testing.T) {
	m := &mp4Index{picture: uniform(1, "vide", 2_000_000, 40)}
	m.tracks = []*track{m.picture, uniform(2, "soun", 2_000_000, 40)}
	m.clk = Clock{Rate: timeline.Rate25, Frames: 6000}
	for i := range int64(1000) {
		m.clk.Pieces = append(m.clk.Pieces, timeline.Piece{From: i * 60e9, To: i*60e9 + 240e6, At: i * 240e6})
	}
	b, err := newBytes(nothing(4_000_000), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	began := time.Now()
	if _, err = m.slice(ctx, b, 0, 240*time.Second, nil); !errors.Is(err, pipeline.Stopped) {
		t.Errorf("asked to stop: %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopped after %v", took)
	}
	parts, _ := m.passages(0, 240*time.Second)
	l := &looks{left: 10}
	feed, err := m.feed(t.Context(), b, parts, l)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	feed[m.picture](func(int64, sample) bool { seen++; return true })
	if err := l.err(t.Context()); seen > 10 || !errors.Is(err, pipeline.Invalid) {
		t.Errorf("looked at %d samples, then %v", seen, err)
	}
}

func TestAFileThatClaimsMoreThanAnyDiskHoldsIsRefused(t *testing.T) {
	_, err := Open(t.Context(), nothing(7<<60))
	var e *pipeline.Error
	if !errors.As(err, &e) || e.Code != "too_large" || e.Hint == "" {
		t.Errorf("%v", err)
	}
}
