package recording

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

var straight = timeline.Pieces{{From: 0, To: timeline.Forever, At: 0}}

// obsTrack is a chapter track as OBS writes it, and the bytes of its texts.
func obsTrack(name string, starts []uint32, texts [][]byte) (moov, data []byte) {
	var stts, sizes, chunks []uint32
	for i, text := range texts {
		next := starts[i] + 1000
		if i+1 < len(starts) {
			next = starts[i+1]
		}
		stts = append(stts, 1, next-starts[i])
		chunks = append(chunks, uint32(len(data)))
		body := append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...)
		body = append(body, "\x00\x00\x00\x0cencd\x00\x00\x01\x00"...)
		sizes = append(sizes, uint32(len(body)))
		data = append(data, body...)
	}
	n := uint32(len(texts))
	stbl := wrap("stbl", wrap("stsd", words(0, 1, 16), []byte("text"), words(0, 0)), wrap("stts", append(words(0, n), words(stts...)...)),
		wrap("stsc", words(0, 1, 1, 1, 1)), wrap("stsz", append(words(0, 0, n), words(sizes...)...)), wrap("stco", append(words(0, n), words(chunks...)...)))
	edits := wrap("edts", wrap("elst", words(0, 2, starts[0], 0xffffffff, 0x10000, 1<<30, 0, 0x10000)))
	text := wrap("trak", wrap("tkhd", words(0, 0, 0, 9, 0, 0, 0)), edits, wrap("mdia", wrap("mdhd", words(0, 0, 0, 1000, 0, 0)),
		wrap("hdlr", words(0, 0), []byte("text"), words(0, 0, 0), []byte(name+"\x00")), wrap("minf", stbl)))
	other := wrap("trak", wrap("tkhd", words(0, 0, 0, 1, 0, 0, 0)), wrap("tref", wrap("chap", words(9))), wrap("mdia", wrap("mdhd", words(0, 0, 0, 1000, 0, 0)),
		wrap("hdlr", words(0, 0), []byte("vide"), words(0, 0, 0)), wrap("minf", wrap("stbl"))))
	mvhd := wrap("mvhd", words(0, 0, 0, 1000, 0, 0, 0, 0))
	return append(append(append([]byte{}, mvhd...), other...), text...), data
}

func chaptersIn(t testing.TB, moov, data []byte) []pipeline.Chapter {
	t.Helper()
	b, err := newBytes(held(data), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return mp4Chapters(t.Context(), b, moov, readTracks(moov), straight)
}

func TestChaptersOfOBSKeepTheirTitlesAndSayTheyAreOBS(t *testing.T) {
	wide := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune("ネオン 🎉")) {
		wide = binary.BigEndian.AppendUint16(wide, u)
	}
	moov, data := obsTrack("OBS Chapter Handler", []uint32{500, 10000, 20000, 30000},
		[][]byte{[]byte("Start"), []byte("Drop: café"), wide, []byte("Dummy")})
	got := chaptersIn(t, moov, data)
	want := []pipeline.Chapter{
		{Start: 500 * time.Millisecond, End: 10 * time.Second, Title: "Start", Format: "qt_text", OBS: true},
		{Start: 10 * time.Second, End: 20 * time.Second, Title: "Drop: café", Format: "qt_text", OBS: true},
		{Start: 20 * time.Second, End: 30 * time.Second, Title: "ネオン 🎉", Format: "qt_text", OBS: true},
		{Start: 30 * time.Second, End: 31 * time.Second, Title: "Dummy", Format: "qt_text", OBS: true},
	}
	if len(got) != len(want) {
		t.Fatalf("%d chapters: %v", len(got), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("chapter %d is %+v, want %+v", i, got[i], want[i])
		}
	}
	moov, data = obsTrack("SubtitleHandler", []uint32{0}, [][]byte{[]byte("x")})
	if got := chaptersIn(t, moov, data); len(got) != 1 || got[0].OBS {
		t.Errorf("another writer's chapters are taken for OBS: %v", got)
	}
}

func TestChaptersInBothFormsAreReadOnce(t *testing.T) {
	meta := filepath.Join(t.TempDir(), "meta.txt")
	text := ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2500\ntitle=Start\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=2500\nEND=5000\ntitle=DROP: neon hoodie\n"
	if err := os.WriteFile(meta, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := drawn(t, "a.mp4", "30", "5")
	both := remade(t, plain, "b.mp4", nil, "-i", meta, "-map", "0", "-map_chapters", "1", "-c", "copy")
	r, src := opened(t, both)
	got := r.Chapters()
	if len(got) != 2 || got[0].Title != "Start" || got[1].Title != "DROP: neon hoodie" || got[1].Start != 2500*time.Millisecond || got[1].End != 5*time.Second || got[1].Format != "qt_text" {
		t.Errorf("chapters %+v", got)
	}
	if src.read.Load() > src.size {
		t.Errorf("%d of %d bytes read", src.read.Load(), src.size)
	}
	body, err := os.ReadFile(both)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), "chpl") {
		t.Fatal("this ffmpeg writes no chpl: the test proves nothing")
	}
	nero, err := Open(t.Context(), held(strings.ReplaceAll(string(body), "chap", "xxxx")))
	if err != nil {
		t.Fatal(err)
	}
	defer nero.Close()
	if got := nero.Chapters(); len(got) != 2 || got[1].Start != 2500*time.Millisecond || got[1].Title != "DROP: neon hoodie" || got[1].Format != "nero" {
		t.Errorf("Nero's chapters %+v", got)
	}
}

func TestTwoHundredThousandChaptersAreBounded(t *testing.T) {
	const n = 200_000
	starts, texts := make([]uint32, n), make([][]byte, n)
	for i := range starts {
		starts[i], texts[i] = uint32(i), []byte("chapter")
	}
	moov, data := obsTrack("x", starts, texts)
	if got := chaptersIn(t, moov, data); len(got) != mostMarks {
		t.Errorf("%d chapters, want %d", len(got), mostMarks)
	}
}

func FuzzChapters(f *testing.F) {
	moov, data := obsTrack("OBS Chapter Handler", []uint32{0, 10}, [][]byte{[]byte("a"), {0xfe, 0xff, 0, 'b'}})
	f.Add(moov, data)
	f.Add(wrap("udta", wrap("chpl", words(1<<24, 0), []byte("\x01\x00\x00\x00\x00\x05\xf5\xe1\x00\x03abc"))), []byte{})
	f.Fuzz(func(t *testing.T, moov, data []byte) {
		for _, c := range chaptersIn(t, moov, data) {
			if c.Start < 0 || len(c.Title) > 4*mostMarkText {
				t.Errorf("chapter %+v", c)
			}
		}
	})
}
