package recording

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"testing"

	"dropcut/pipeline"
)

func errorCode(err error) string {
	var e *pipeline.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// TestAWriterThatForgetsTheLast8Bits: times of 24 bits begin again after 4.66 h
// when the extended byte is left 0.
func TestAWriterThatForgetsTheLast8Bits(t *testing.T) {
	t.Parallel()
	whole := streamed(t, "a.flv", "25", 6, 0, "-output_ts_offset", "16775")
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for at := 13; at+flvHead < len(b); {
		tag, ok := tagHead(b[at:], int64(at))
		if !ok {
			t.Fatalf("no tag at %d", at)
		}
		b[at+7] = 0
		at = int(tag.next())
	}
	r, _ := opened(t, written(t, "short.flv", b))
	c := r.Clock()
	if c.Frames != 150 || len(c.Pieces) != 2 || c.Pieces[1].From != 0 && c.Pieces[1].From > 200e6 {
		t.Fatalf("%d frames, pieces %+v", c.Frames, c.Pieces)
	}
	exact, _ := opened(t, whole)
	showsAs(t, r, whole, exact)
}

// showsAs checks that r shows what whole, opened as exact, shows at the same
// times.
func showsAs(t *testing.T, r *Recording, whole string, exact *Recording) {
	t.Helper()
	length := r.Clock().Rate.Duration(r.Clock().Frames)
	sliceShows(t, r, 0, length, pictures, pictures(t, whole), onClock(exact))
	sliceShows(t, r, length/2, length, pictures, pictures(t, whole), onClock(exact))
}

func amfText(s string) []byte { return append([]byte{byte(len(s) >> 8), byte(len(s))}, s...) }

func amfNumber(n float64) []byte {
	return binary.BigEndian.AppendUint64([]byte{0}, math.Float64bits(n))
}

func TestMetadataIsReadAsFarAsItCanBe(t *testing.T) {
	list := func(n ...float64) []byte {
		b := binary.BigEndian.AppendUint32([]byte{10}, uint32(len(n)))
		for _, x := range n {
			b = append(b, amfNumber(x)...)
		}
		return b
	}
	var meta []byte
	add := func(b ...[]byte) {
		for _, x := range b {
			meta = append(meta, x...)
		}
	}
	add([]byte{2}, amfText("onMetaData"), []byte{8, 0, 0, 0, 9}, amfText("stereo"), []byte{1, 1}, amfText("encoder"), []byte{2}, amfText("x"),
		amfText("framerate"), amfNumber(29.97), amfText("keyframes"), []byte{3}, amfText("times"), list(0, 2.002), amfText("filepositions"), list(300, 70000),
		[]byte{0, 0, 9})
	end := len(meta)
	add(amfText("framerate"), amfNumber(math.NaN()), []byte{0, 0, 9})
	for _, x := range []struct {
		why string
		b   []byte
	}{{"whole, and a number that is none", meta}, {"cut after the lists", meta[:end]}} {
		m := readMeta(x.b)
		if m.rate != 29.97 || len(m.times) != 2 || m.times[1] != 2002 || len(m.positions) != 2 || m.positions[1] != 70000 {
			t.Errorf("%s: %+v", x.why, m)
		}
	}
	deep := append([]byte{2}, amfText("onMetaData")...)
	for range 100000 {
		deep = append(deep, 3, 0, 1, 'a')
	}
	if m := readMeta(deep); m.rate != 0 {
		t.Errorf("%+v", m)
	}
}

func TestAListOfKeyFramesThatLiesIsNotBelieved(t *testing.T) {
	t.Parallel()
	path := streamed(t, "keys.flv", "25", 20, 2500, "-flvflags", "add_keyframe_index")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list := []byte("filepositions")
	for at := range b[:4096] {
		if string(b[at:at+len(list)]) == string(list) {
			for i := at + len(list) + 5; b[i] == 0 && (b[i+1] == 0x40 || b[i+1] == 0x41); i += 9 {
				b[i+3]++
			}
			break
		}
	}
	r, _ := opened(t, written(t, "lies.flv", b))
	honest, _ := opened(t, path)
	if lies := believed(r.index.(*flv).survey); r.Clock().Frames != 500 || lies || !believed(honest.index.(*flv).survey) {
		t.Errorf("%d frames, lies are believed: %v", r.Clock().Frames, lies)
	}
	showsAs(t, r, path, honest)
}

func TestTagsOfNewerCodecsAreUnderstood(t *testing.T) {
	for _, x := range []struct {
		why  string
		body []byte
		want flvTag
	}{
		{"HEVC's parameters", []byte{0x90, 'h', 'v', 'c', '1', 1}, flvTag{key: true, setup: true}},
		{"a picture with an offset", []byte{0xa1, 'h', 'v', 'c', '1', 0xff, 0xff, 0xf6}, flvTag{offset: -10}},
		{"a picture without", []byte{0x93, 'a', 'v', '0', '1'}, flvTag{key: true}},
		{"colours", []byte{0x94, 'a', 'v', '0', '1'}, flvTag{key: true, empty: true}},
		{"cut", []byte{0x91, 'h'}, flvTag{empty: true}},
		{"AVC, end of sequence", []byte{0x17, 2, 0, 0, 0}, flvTag{key: true, empty: true}},
		{"a command", []byte{0x57, 0, 0, 0, 0}, flvTag{setup: true, empty: true}},
	} {
		got := flvTag{kind: flvPicture, size: int64(len(x.body))}
		x.want.kind, x.want.size = got.kind, got.size
		if got.look(x.body); got != x.want {
			t.Errorf("%s: %+v, want %+v", x.why, got, x.want)
		}
	}
}
