package recording

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

func ebml(id uint32, children ...[]byte) []byte {
	var body []byte
	for _, c := range children {
		body = append(body, c...)
	}
	return append(appendHead(nil, id, int64(len(body))), body...)
}

func number(id uint32, v int64) []byte { return appendUint(nil, id, v) }

func atom(start int64, title string, more ...[]byte) []byte {
	all := append([][]byte{number(idChapterStart, start), ebml(idChapterDisplay, ebml(idChapterString, []byte(title)))}, more...)
	return ebml(idChapterAtom, all...)
}

func TestMatroskaChaptersThatAPlayerWouldShow(t *testing.T) {
	second := int64(time.Second)
	for _, x := range []struct {
		why  string
		body []byte
		want []chapterAtom
	}{
		{"the default edition, not the first",
			append(ebml(idEdition, atom(0, "first")), ebml(idEdition, number(idEditionDefault, 1), atom(second, "default"))...),
			[]chapterAtom{{start: second, title: "default"}}},
		{"the first when none is the default",
			append(ebml(idEdition, atom(0, "first")), ebml(idEdition, atom(second, "second"))...),
			[]chapterAtom{{start: 0, title: "first"}}},
		{"hidden and disabled ones are left out",
			ebml(idEdition, atom(0, "a"), atom(1, "b", number(idChapterHidden, 1)), atom(2, "c", number(idChapterEnabled, 0)), atom(3, "d", number(idChapterEnabled, 1))),
			[]chapterAtom{{start: 0, title: "a"}, {start: 3, title: "d"}}},
		{"the first of several titles",
			ebml(idEdition, atom(0, "drop", ebml(idChapterDisplay, ebml(idChapterString, []byte("Ausgabe"))))),
			[]chapterAtom{{start: 0, title: "drop"}}},
		{"chapters in chapters",
			ebml(idEdition, atom(0, "a", number(idChapterEnd, 5), atom(1, "b"))),
			[]chapterAtom{{start: 0, end: 5, title: "a"}, {start: 1, title: "b"}}},
		{"a chapter that says a longer size than there is", ebml(idEdition, atom(0, "a"), []byte{idChapterAtom, 0xff}), []chapterAtom{{start: 0, title: "a"}}},
		{"a title that is no text", ebml(idEdition, atom(0, "a\xff\x00")), []chapterAtom{{start: 0, title: "a\ufffd"}}},
	} {
		got := readChapters(x.body)
		if len(got) != len(x.want) {
			t.Errorf("%s: %v", x.why, got)
			continue
		}
		for i := range got {
			if got[i] != x.want[i] {
				t.Errorf("%s: %v, want %v", x.why, got[i], x.want[i])
			}
		}
	}
}

func TestChaptersInChaptersAreBounded(t *testing.T) {
	body := atom(0, "deep")
	for range 1000 {
		body = atom(0, "", body)
	}
	if got := readChapters(ebml(idEdition, body)); len(got) != mostDepth+1 {
		t.Errorf("%d chapters", len(got))
	}
	var many []byte
	for range 2 * mostAtoms {
		many = append(many, atom(0, "")...)
	}
	if got := readChapters(ebml(idEdition, many)); len(got) != mostAtoms {
		t.Errorf("%d chapters", len(got))
	}
}

func TestChaptersCountFromTheFirstPicture(t *testing.T) {
	t.Parallel()
	marks := written(t, "chapters.txt", []byte(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=drop start\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=3000\ntitle=α\n"))
	path := filepath.Join(t.TempDir(), "chapters.mkv")
	tool(t, "ffmpeg", "-v", "error", "-i", streamed(t, "a.mkv", "25", 4, 0), "-i", marks, "-map_chapters", "1", "-map", "0", "-c", "copy", "-copyts", path)
	r, _ := opened(t, path)
	zero := time.Duration(r.Clock().Zero) // the sound begins first
	got := r.Chapters()
	if zero <= 0 || len(got) != 2 || got[0].Title != "drop start" || got[1].Title != "α" || got[0].Format != "matroska" ||
		got[0].Start != time.Second-zero || got[0].End != 2*time.Second-zero {
		t.Errorf("zero %v, chapters %+v", zero, got)
	}
}

// corrupted is a recording some of whose bytes are changed.
func corrupted(t *testing.T, path string, change func([]byte)) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change(b)
	return written(t, filepath.Base(path), b)
}

// elementIn finds the last element with a four-byte ID.
func elementIn(t *testing.T, b []byte, id uint32) int {
	t.Helper()
	for i := len(b) - maxHead; i >= 0; i-- {
		if binary.BigEndian.Uint32(b[i:]) == id {
			return i
		}
	}
	t.Fatalf("no element %x", id)
	return 0
}

// believed reports whether an index's places were taken.
func believed(s *survey) bool {
	return slices.ContainsFunc(s.knots, func(k knot) bool { return k.key })
}

func TestCuesThatLieAreNotBelieved(t *testing.T) {
	t.Parallel()
	honest := streamed(t, "a.mkv", "25", 20, 2500)
	if r, _ := opened(t, honest); !believed(r.index.(*matroska).survey) {
		t.Error("honest cues are not believed")
	}
	path := corrupted(t, honest, func(b []byte) {
		at := elementIn(t, b, idCues)
		e, _ := headOf(b[at:], 0)
		for i := at + int(e.body); i < at+int(e.body+e.size)-5; i++ {
			if b[i] == idCueCluster && b[i+1] > 0x81 && b[i+1] < 0x86 {
				b[i+2]++ // every cluster is said to lie elsewhere
			}
		}
	})
	r, _ := opened(t, path)
	if c := r.Clock(); c.Frames != 500 || len(c.Notes) > 0 || believed(r.index.(*matroska).survey) {
		t.Errorf("%d frames, notes %v, believed", c.Frames, c.Notes)
	}
	sliceShows(t, r, 11*time.Second, 14*time.Second, pictures, pictures(t, path), onClock(r))
}

func TestAttachmentsStayBehind(t *testing.T) {
	t.Parallel()
	font := written(t, "font.ttf", make([]byte, 300_000))
	path := streamed(t, "a.mkv", "25", 4, 0, "-attach", font, "-metadata:s:t", "mimetype=application/x-truetype-font")
	r, _ := opened(t, path)
	s, err := r.Slice(t.Context(), 0, 4*time.Second, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := os.Stat(path)
	slice, _ := os.Stat(s.Path)
	if slice.Size() > whole.Size()-300_000 {
		t.Errorf("a slice of %d bytes of %d", slice.Size(), whole.Size())
	}
	if _, err := exec.LookPath("ffprobe"); err == nil {
		if out := tool(t, "ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", s.Path); string(out) != "video\naudio\n" {
			t.Errorf("streams %q", out)
		}
	}
}

func TestFrameTimesOfMatroskaAreRounded(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		args     []string
		why      string
		rate     timeline.Rate
		variable bool
	}{
		{nil, "30000/1001 in milliseconds is no variable rate", timeline.Rate2997, false},
		{[]string{"-vf", "select='not(eq(mod(n\\,7)\\,3))+lt(n\\,30)',setpts='PTS+if(gt(N\\,60)\\,0.011/TB*mod(N*N\\,5)\\,0)'", "-fps_mode", "vfr"}, "pictures at odd times", timeline.Rate30, true},
	} {
		r, _ := opened(t, streamed(t, "a.mkv", "30000/1001", 6, 0, x.args...))
		if c := r.Clock(); c.Rate != x.rate || c.Variable != x.variable {
			t.Errorf("%s: %v, variable %v", x.why, c.Rate, c.Variable)
		}
	}
}

func TestWriterRoundingsOfAFrame(t *testing.T) {
	for _, x := range []struct {
		hold int64
		want timeline.Rate
		why  string
	}{
		{33366666, timeline.Rate2997, "cut"}, {33366667, timeline.Rate2997, "rounded"}, {33333333, timeline.Rate30, ""},
		{41708333, timeline.Rate23976, ""}, {41667000, timeline.Rate24, "in microseconds"}, {16683333, timeline.Rate5994, ""},
		{80000000, timeline.Rate{Num: 25, Den: 2}, "12.5"}, {0, timeline.Rate{}, "not said"}, {-5, timeline.Rate{}, "nonsense"}, {1 << 60, timeline.Rate{}, "nonsense"},
	} {
		if got := frameRate(x.hold); got != x.want {
			t.Errorf("%d (%s): %v, want %v", x.hold, x.why, got, x.want)
		}
	}
}

func TestVariableSizeIntegers(t *testing.T) {
	for _, x := range []struct {
		b    []byte
		want int64
		n    int
		why  string
	}{
		{[]byte{0x81}, 1, 1, "one byte"}, {[]byte{0x40, 0x02}, 2, 2, "two bytes"}, {[]byte{0xff}, unknownSize, 1, "unknown"},
		{[]byte{0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, unknownSize, 8, "unknown in eight"},
		{[]byte{0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}, 1<<56 - 2, 8, "the largest"},
		{[]byte{0x00, 1, 1, 1, 1, 1, 1, 1, 1}, 0, 0, "nine bytes"}, {[]byte{0x40}, 0, 0, "cut"}, {nil, 0, 0, "nothing"},
	} {
		if got, n := sizeOf(x.b); got != x.want || n != x.n {
			t.Errorf("%s: %d in %d", x.why, got, n)
		}
	}
	for _, size := range []int64{0, 1, 1 << 40, unknownSize} {
		e, ok := headOf(appendHead(nil, idCluster, size), 0)
		if !ok || e.id != idCluster || e.size != size {
			t.Errorf("written %d, read %+v", size, e)
		}
	}
}

func TestAClusterIsNotSeenInPictureData(t *testing.T) {
	picture := append([]byte{1, 2, 3}, clusterMagic...)
	picture = append(picture, 0x85, idSimpleBlock, 0x81, 9, 9, 9)
	real := ebml(idCluster, number(idTimestamp, 5), ebml(idSimpleBlock, []byte{0x81, 0, 0, 0x80, 1}))
	kept, err := newBytes(heldBytes(append(picture, real...)), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	m := &matroskaReel{video: 1, scale: 1e6, end: kept.Size()}
	var got []unit
	if err := m.walk(context.Background(), kept, 0, m.end, func(u unit) bool { got = append(got, u); return true }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].pos != int64(len(picture)) || got[0].shown != 5e6 || !got[0].key {
		t.Errorf("%+v", got)
	}
}

func TestAHeaderThatLiesAboutTheLengthIsNotBelieved(t *testing.T) {
	t.Parallel()
	honest := streamed(t, "a.mkv", "25", 4, 0)
	if r, _ := opened(t, honest); noteCodes(r.Clock()) != "" {
		t.Errorf("notes %v", r.Clock().Notes)
	}
	r, _ := opened(t, corrupted(t, honest, func(b []byte) {
		at := elementIn(t, b, idInfo)
		for i := at; i < at+200; i++ {
			if b[i] == 0x44 && b[i+1] == 0x89 && b[i+2] == 0x88 {
				binary.BigEndian.PutUint64(b[i+3:], math.Float64bits(1e9))
			}
		}
	}))
	if c := r.Clock(); noteCodes(c) != "duration_differs" || c.Frames != 100 {
		t.Errorf("%d frames, notes %v", c.Frames, c.Notes)
	}
}
