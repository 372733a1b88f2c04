package recording

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
)

// rebuilt is an MP4 whose moov, which lies last, is changed by f, box by box.
func rebuilt(t testing.TB, path string, f func(path string, x box) []byte) held {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBytes(held(body), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	moov, top, err := findMoov(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if top.end() != int64(len(body)) {
		t.Fatal("the index does not lie last")
	}
	return append(held(body[:top.off]), wrap("moov", rebuild("", moov, f))...)
}

var deep = map[string]bool{"trak": true, "mdia": true, "minf": true, "stbl": true}

func rebuild(path string, body []byte, f func(string, box) []byte) []byte {
	var out []byte
	boxes(body, func(x box) bool {
		at := path + "/" + x.kind
		if deep[x.kind] {
			x.body = rebuild(at, x.body, f)
		}
		if to := f(at, x); to != nil {
			out = append(out, to...)
		} else {
			out = append(out, wrap(x.kind, x.body)...)
		}
		return true
	})
	return out
}

func TestSeveralEditsAreShownOneAfterTheOther(t *testing.T) {
	plain := drawn(t, "a.mp4", "30", "8", append(bframes, "-an")...)
	for _, c := range []struct {
		name  string
		edits []uint32 // duration in ms, media in ticks
	}{
		{"two", []uint32{2000, 15360 + 1024, 2000, 4*15360 + 1024 + 17*512}},
		{"backwards", []uint32{1500, 5*15360 + 1024, 2500, 1024}},
		{"with a hole", []uint32{500, 0xffffffff, 2000, 1024, 1000, 0xffffffff, 2000, 3*15360 + 1024}},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := rebuilt(t, plain, func(path string, x box) []byte {
				if path != "/trak/edts" {
					return nil
				}
				rows := words(0, uint32(len(c.edits)/2))
				for i := 0; i < len(c.edits); i += 2 {
					rows = append(rows, words(c.edits[i], c.edits[i+1], 0x10000)...)
				}
				return wrap("edts", wrap("elst", rows))
			})
			path := t.TempDir() + "/edited.mp4"
			if err := os.WriteFile(path, body, 0o600); err != nil {
				t.Fatal(err)
			}
			r, _ := opened(t, path)
			clock := r.Clock()
			whole := lasting(pictures(t, path))
			if c.name == "with a hole" { // ffmpeg shows the beginning once more there
				whole = slices.DeleteFunc(whole, func(x seen) bool {
					return x.at-clock.Zero > 1990e6 && x.at-clock.Zero < 2990e6
				})
			}
			if len(whole) < 100 || whole[0].at != clock.Zero {
				t.Fatalf("ffmpeg shows %d pictures from %d, zero is %d", len(whole), whole[0].at, clock.Zero)
			}
			for _, w := range [][2]time.Duration{{0, time.Hour}, {time.Second, 3 * time.Second}, {2500 * time.Millisecond, 3500 * time.Millisecond}} {
				s, err := r.Slice(t.Context(), w[0], w[1], t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				if err := sameIn(whole, clock.Pieces.ToTimeline, lasting(pictures(t, s.Path)), s); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// lasting leaves out pictures that stand for less than two milliseconds: nobody
// sees them, at any rate of the timeline.
func lasting(all []seen) []seen {
	var out []seen
	for i, x := range all {
		if i+1 == len(all) || all[i+1].at-x.at >= 2e6 {
			out = append(out, x)
		}
	}
	return out
}

func TestBombsInAnIndexAreBounded(t *testing.T) {
	plain := drawn(t, "a.mp4", "30", "2", "-bf", "0", "-an")
	fragmented := drawn(t, "b.mp4", "30", "2", "-an", "-movflags", "+empty_moov+frag_keyframe")
	whole, err := os.ReadFile(fragmented)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		body held
	}{
		{"four thousand million samples of one byte", rebuilt(t, plain, func(path string, x box) []byte {
			switch x.kind {
			case "stsz":
				return wrap("stsz", words(0, 1, 0xffffffff))
			case "stsc":
				return wrap("stsc", words(0, 1, 1, 0xffffffff, 1))
			case "stts":
				return wrap("stts", words(0, 1, 0xffffffff, 512))
			}
			return nil
		})},
		{"every sample is the whole file", rebuilt(t, plain, func(path string, x box) []byte {
			switch x.kind {
			case "stsz":
				return wrap("stsz", words(0, 20000, 0xffffffff))
			case "stsc":
				return wrap("stsc", words(0, 1, 1, 1, 1))
			case "stts":
				return wrap("stts", words(0, 1, 0xffffffff, 512))
			case "stco":
				return wrap("stco", append(words(0, 4_000_000), make([]byte, 16_000_000)...))
			}
			return nil
		})},
		{"three thousand tracks", rebuilt(t, plain, func(path string, x box) []byte {
			if path != "/trak" {
				return nil
			}
			var out []byte
			for range 3000 {
				out = append(out, wrap("trak", x.body)...)
			}
			return out
		})},
		{"a picture every twelve hours", rebuilt(t, plain, func(path string, x box) []byte {
			if x.kind == "stts" {
				return wrap("stts", words(0, 1, 60, 12*3600*15360))
			}
			return nil
		})},
		{"counts that lie", rebuilt(t, plain, func(path string, x box) []byte {
			switch x.kind {
			case "stsz", "stts", "stsc", "stco", "ctts", "stss", "elst":
				return wrap(x.kind, patched(x.body, map[bool]int{true: 8, false: 4}[x.kind == "stsz"], 0xfffffff0))
			}
			return nil
		})},
		{"a run of four thousand million", held(patchedAfter(whole, "trun", 8, 0xffffffff))},
		{"a run without fields", held(patchedAfter(patchedAfter(whole, "trun", 4, 0), "trun", 8, 0xffffffff))},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			began := time.Now()
			r, err := Open(ctx, c.body)
			if err == nil {
				defer r.Close()
				k := r.Clock()
				if most := int64(60 * 60 * 60); k.Frames > most {
					t.Errorf("a timeline of %d frames from 2 s", k.Frames)
				}
				if s, err := r.Slice(ctx, 0, k.Rate.Duration(k.Frames), t.TempDir()); err == nil {
					if i, _ := os.Stat(s.Path); i.Size() > int64(len(c.body))*3+1<<20 {
						t.Errorf("a slice of %d bytes from %d", i.Size(), len(c.body))
					}
				} else if !errors.Is(err, pipeline.Invalid) && !errors.Is(err, pipeline.Corrupt) {
					t.Errorf("slice: %v", err)
				}
			} else if !errors.Is(err, pipeline.Invalid) {
				t.Errorf("open: %v", err)
			}
			runtime.ReadMemStats(&after)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 400<<20 {
				t.Errorf("took %d MiB", used>>20)
			}
			t.Logf("%v, %d MiB, %v", time.Since(began), (after.TotalAlloc-before.TotalAlloc)>>20, err)
		})
	}
}

// patchedAfter changes the number at bytes behind the first place where kind stands.
func patchedAfter(body []byte, kind string, at int, n uint32) []byte {
	for i := range len(body) - 4 {
		if string(body[i:i+4]) == kind {
			return patched(body, i+at, n)
		}
	}
	return body
}
