package recording

import (
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

// hmmt is the box of older cameras: room for a hundred tags, whatever is in it.
func hmmt(ms ...uint32) []byte {
	body := words(append([]uint32{uint32(len(ms))}, ms...)...)
	return wrap("HMMT", append(body, make([]byte, 404-len(body))...))
}

// klvOf writes one entry of GoPro's metadata, padded to four bytes.
func klvOf(key string, kind byte, size byte, body []byte) []byte {
	b := append([]byte(key), kind, size)
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)/int(size)))
	b = append(b, body...)
	return append(b, make([]byte, -len(body)&3)...)
}

// press is one entry of the highlight stream, as later cameras write it.
func press(at, in, out uint32, kind string) []byte {
	b := words(at, in, out, 0xca6f1d60, 0x14e8_f13c, 0x42514904)
	return append(append(b, kind...), words(0x42c80000, 0x42c80000)...)
}

// lensStream is a stream of a device that measures, whose entries merely look
// like presses of the button.
const lensStream = "ZFOV"

func gpmf(entries ...[]byte) []byte {
	stream := klvOf("STNM", 'c', 1, []byte("Highlights"))
	stream = append(stream, klvOf("TYPE", 'c', 1, []byte("LLLllfFff"))...)
	stream = append(stream, klvOf("HLMT", '?', 36, slices.Concat(entries...))...)
	device := slices.Concat(klvOf("DVID", 'F', 4, []byte("HLMT")), klvOf("DVNM", 'c', 1, []byte("Highlights")), klvOf("STRM", 0, 1, stream))
	other := slices.Concat(klvOf("DVID", 'L', 4, words(1)), klvOf("STRM", 0, 1, klvOf(lensStream, '?', 36, press(7, 7, 7, "MANL"))))
	return wrap("GPMF", slices.Concat(klvOf("DEVC", 0, 1, other), klvOf("DEVC", 0, 1, device)))
}

func TestHilightTagsAreReadFromBothKindsOfCamera(t *testing.T) {
	all := timeline.Pieces{{From: 0, To: 12e9, At: 0}}
	ms := func(all ...int64) (out []time.Duration) {
		for _, m := range all {
			out = append(out, time.Duration(m)*time.Millisecond)
		}
		return out
	}
	for _, c := range []struct {
		why  string
		udta []byte
		in   timeline.Pieces
		want []time.Duration
	}{
		{"older cameras", hmmt(1500, 6200, 11000), all, ms(1500, 6200, 11000)},
		{"no button was pressed", hmmt(), all, nil},
		{"a count without tags", wrap("HMMT", words(100, 0, 0, 0)), all, nil},
		{"a count that lies", wrap("HMMT", words(0xffffffff, 4000)), all, ms(4000)},
		{"a box that ends in its count", wrap("HMMT", []byte{0, 0}), all, nil},
		{"newer cameras; what the camera guessed is no mark", gpmf(press(9000, 9000, 9000, "MANL"), press(3000, 2000, 4000, "JUMP"), press(5250, 5250, 5250, "MANL")), all, ms(5250, 9000)},
		{"newer cameras, no button pressed", gpmf(), all, nil},
		{"both say the same", slices.Concat(hmmt(5250), gpmf(press(5250, 5250, 5250, "MANL"))), all, ms(5250)},
		{"a tag behind the end stays behind it", hmmt(13000), all, ms(13000)},
		{"pictures that begin late", hmmt(1500, 400), timeline.Pieces{{From: 1e9, To: 5e9, At: 0}}, ms(0, 500)},
	} {
		if got := mp4Hilights(wrap("udta", c.udta), c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestHilightTagsAreBounded(t *testing.T) {
	many := wrap("HMMT", append(words(60_000), slices.Repeat(words(1), 60_000)...))
	many = append(many, gpmf(slices.Repeat([][]byte{press(9, 9, 9, "MANL")}, 1500)...)...)
	for i := range 60_000 {
		binary.BigEndian.PutUint32(many[12+4*i:], uint32(i+1))
	}
	if got := mp4Hilights(wrap("udta", many), nil); len(got) > 2*mostHilights || len(got) < mostHilights {
		t.Errorf("%d tags", len(got))
	}
	nest := klvOf("MANL", '?', 36, press(5, 5, 5, "MANL"))
	for range 400 {
		nest = klvOf("STRM", 0, 1, nest)
	}
	deep := wrap("GPMF", klvOf("DEVC", 0, 1, append(klvOf("DVID", 'F', 4, []byte("HLMT")), nest...)))
	if got := mp4Hilights(wrap("udta", deep), nil); len(got) != 0 {
		t.Errorf("nests are followed for ever: %v", got)
	}
}

func TestARecordingWithHilightTagsGivesThemWhenItIsOpened(t *testing.T) {
	tagged := rebuilt(t, drawn(t, "a.mp4", "30", "2", "-an"), func(path string, x box) []byte {
		if path == "/udta" {
			return wrap("udta", hmmt(500, 1700))
		}
		return nil
	})
	r, err := Open(t.Context(), tagged)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := r.Hilights(); !slices.Equal(got, []time.Duration{500 * time.Millisecond, 1700 * time.Millisecond}) {
		t.Errorf("tags %v", got)
	}
}

// The real camera's file has an HMMT box without a tag; the derived one has
// three tags in it, at 1.5, 6.2 and 11.0 s.
func TestHilightTagsOfARealCamera(t *testing.T) {
	path := samplePath(t, "derived/karma_3_hilights.mp4")
	r, src := opened(t, path)
	want := []time.Duration{1500 * time.Millisecond, 6200 * time.Millisecond, 11 * time.Second}
	if got := r.Hilights(); !slices.Equal(got, want) {
		t.Errorf("tags %v, want %v", got, want)
	}
	if src.read.Load() > src.size/5 {
		t.Errorf("%d of %d bytes read", src.read.Load(), src.size)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(whole), "HMMT")
	if at < 0 {
		t.Fatal("no HMMT in the sample")
	}
	clear(whole[at+4 : at+4+404])
	none, err := Open(t.Context(), held(whole))
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	if got := none.Hilights(); len(got) != 0 {
		t.Errorf("a box of zeros has tags: %v", got)
	}
}

func FuzzHilights(f *testing.F) {
	f.Add(hmmt(1500, 6200, 11000))
	f.Add(gpmf(press(9000, 9000, 9000, "MANL")))
	f.Fuzz(func(t *testing.T, udta []byte) {
		got := mp4Hilights(wrap("udta", udta), straight)
		if len(got) > 2*mostHilights || !slices.IsSorted(got) {
			t.Errorf("%d tags", len(got))
		}
		for _, at := range got {
			if at < 0 || at > (1<<32)*time.Millisecond {
				t.Errorf("a tag at %v", at)
			}
		}
	})
}
