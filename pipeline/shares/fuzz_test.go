package shares

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
)

// FuzzRate gives a post whatever a source may say of it, told in 27 bytes each:
// what it is, source and grain, time, time of arrival, views, re-shares.
func FuzzRate(f *testing.F) {
	record := func(kind byte, at, late int32, views, shares int64) []byte {
		b := []byte{kind, kind, kind}
		b = binary.BigEndian.AppendUint32(b, uint32(at))
		b = binary.BigEndian.AppendUint32(b, uint32(late))
		b = binary.BigEndian.AppendUint64(b, uint64(views))
		return binary.BigEndian.AppendUint64(b, uint64(shares))
	}
	f.Add(int32(-1), int32(90_000), slices.Concat(record(0, 28_800, 0, 1000, 20), record(0, 46_800, 0, 1300, 17)))
	f.Add(int32(20_000), int32(90_000), slices.Concat(record(0, 14_400, 0, 800, 8), record(0, 21_600, 0, 0, 0)))
	f.Add(int32(-1), int32(300_000), slices.Concat(record(0, 1, math.MaxInt32, math.MaxInt64, math.MaxInt64), record(0, 90_000, -5, math.MaxInt64, 0), record(3, 43_200, 0, 1, 1)))
	f.Fuzz(func(t *testing.T, removed, now int32, told []byte) {
		p := post()
		if removed >= 0 {
			gone := posted.Add(time.Duration(removed) * time.Second)
			p.RemovedAt = &gone
		}
		var snapshots []pipeline.Snapshot
		var events []pipeline.ShareEvent
		for ; len(told) >= 27; told = told[27:] {
			at := posted.Add(time.Duration(int32(binary.BigEndian.Uint32(told[3:]))) * time.Second)
			received := at.Add(time.Duration(int32(binary.BigEndian.Uint32(told[7:]))) * time.Second)
			views, shares := int64(binary.BigEndian.Uint64(told[11:])), int64(binary.BigEndian.Uint64(told[19:]))
			source := fmt.Sprint("source ", told[1]%3)
			if told[0]%4 == 3 {
				events = append(events, pipeline.ShareEvent{ID: fmt.Sprint(views % 8), Source: source, Post: p.ID, At: at, Received: received})
				continue
			}
			s := pipeline.Snapshot{Post: p.ID, Source: source, At: at, Received: received, Grain: []pipeline.Grain{"", "moving", "day", "?"}[told[2]%4]}
			if told[0]%4 != 1 {
				s.Views = &views
			}
			if told[0]%4 != 2 {
				s.Shares = &shares
			}
			snapshots = append(snapshots, s)
		}
		as := posted.Add(time.Duration(now) * time.Second)
		r := RateOf(p, snapshots, events, as)
		for _, x := range append([]Reading{r.Reading}, r.Beside...) {
			checkReading(t, r, x)
			checkCurve(t, x)
		}
		slices.Reverse(snapshots)
		slices.Reverse(events)
		if a, b := written(t, RateOf(p, snapshots, events, as)), written(t, r); a != b {
			t.Fatalf("order matters: %s\n%s", a, b)
		}
	})
}

// checkCurve is what holds of every curve: it grows, and ends in the figures.
func checkCurve(t *testing.T, r Reading) {
	curve := r.Curve()
	if (len(curve) == 0) != (r.Until == nil) || len(curve) > 50 {
		t.Fatalf("%d points until %v", len(curve), r.Until)
	}
	for i, p := range curve {
		if i > 0 && (value(p.Views) < value(curve[i-1].Views) || value(p.Shares) < value(curve[i-1].Shares)) {
			t.Fatalf("a curve falls: %s", written(t, curve))
		}
	}
	if n := len(curve); n > 0 && (value(curve[n-1].Views) != value(r.Views) || value(curve[n-1].Shares) != value(r.Shares)) {
		t.Fatalf("the curve ends in %s, the figures are %d of %d", written(t, curve[n-1]), value(r.Shares), value(r.Views))
	}
}
