package excerpt

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
)

// worded is a recording with words inside, in a codec of text.
func worded(t *testing.T, name, codec string) string {
	t.Helper()
	srt := filepath.Join(t.TempDir(), "words.srt")
	if err := os.WriteFile(srt, []byte("1\n00:00:05,000 --> 00:00:07,000\nhello there\n\n2\n00:00:12,000 --> 00:00:14,000\nand good bye\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return draw(t, name, slices.Concat([]string{"-f", "lavfi", "-i", picture + "25", "-i", srt, "-t", "20", "-map", "0", "-map", "1"}, x264,
		[]string{"-c:s", codec, "-metadata:s:s:0", "language=fra"})...)
}

func TestTextComesAlongOnTheExcerptsClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, codec string }{{"a.mp4", "mov_text"}, {"a.mkv", "srt"}, {"b.mkv", "ass"}, {"c.mkv", "webvtt"}} {
		d := newDesk(t, worded(t, c.name, c.codec), 0, 100)
		x, _ := d.do(t)
		if x.TextCount != 1 {
			t.Errorf("%s: %d text streams", c.codec, x.TextCount)
			continue
		}
		probe, err := d.FFmpeg.Probe(t.Context(), d.file(x))
		if err != nil || len(texts(probe)) != 1 || texts(probe)[0].Language != "fra" {
			t.Errorf("%s: %+v, %v", c.codec, probe, err)
		}
		srt := draw(t, "out.srt", "-copyts", "-i", d.file(x), "-map", "0:s:0")
		text, err := os.ReadFile(srt)
		if err != nil || !strings.Contains(string(text), "00:00:15,000 --> 00:00:17,000\n") || !strings.Contains(string(text), "good bye") {
			t.Errorf("%s: %s, %v", c.codec, text, err)
		}
	}
}

func TestAFlawOfTheRecordingCostsNoMore(t *testing.T) {
	t.Parallel()
	plain := slices.Concat([]string{"-f", "lavfi", "-i", picture + "25", "-f", "lavfi", "-i", noise}, x264, []string{"-c:a", "aac"})
	spoil := func(t *testing.T, file string, from, n int) {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			body[from+i] ^= 0x55
		}
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		why, name string
		args      []string
		spoil     func(*testing.T, string)
		sound     bool
		codes     []string
	}{
		{"a torn packet in a transport stream", "a.ts", plain, func(t *testing.T, f string) { spoil(t, f, 188*2000, 188*3) }, true, nil},
		{"a torn picture in Matroska", "a.mkv", plain, func(t *testing.T, f string) { spoil(t, f, 400_000, 300) }, true, nil},
		{"sound that begins after the moment", "late.mkv", slices.Concat([]string{"-f", "lavfi", "-i", strings.Replace(picture, "d=30", "d=200", 1) + "25", "-itsoffset", "190", "-f", "lavfi", "-i", noise}, x264, []string{"-c:a", "aac", "-t", "200"}), nil, false, []string{noSoundHere}},
		{"sound of nothing but noise for a decoder", "garbled.mp4", slices.Concat([]string{"-f", "lavfi", "-i", picture + "25", "-f", "lavfi", "-i", noise}, x264, []string{"-c:a", "aac", "-bsf:a", "noise=amount=1"}), nil, true, nil},
	} {
		file := draw(t, c.name, c.args...)
		if c.spoil != nil {
			c.spoil(t, file)
		}
		d := newDesk(t, file, 0, 100)
		x, _ := d.do(t)
		var codes []string
		for _, n := range d.moment.Notes {
			codes = append(codes, n.Code)
		}
		if c.why == "sound of nothing but noise for a decoder" {
			continue // whatever a decoder makes of it: no failure
		}
		if x.HasSound != c.sound || !slices.Equal(codes, c.codes) || x.Window.Frames() < x.Asked.Frames()-2 {
			t.Errorf("%s: %+v, notes %v", c.why, x.Window, codes)
		}
	}
}

func TestNotesAreThoseOfThisRound(t *testing.T) {
	old := []pipeline.Note{{Code: "theirs"}, {Code: noSoundHere, Detail: "of another round"}}
	got := renewed(old, []pipeline.Note{{Code: shortExcerpt}})
	if len(got) != 2 || got[0].Code != "theirs" || got[1].Code != shortExcerpt || len(old) != 2 {
		t.Errorf("notes %v", got)
	}
}

func TestAKeyframeIsOneWhateverComesBesideIt(t *testing.T) {
	const listing = `#tb 0: 1/90000
0, 0, 0, 3600, 99, 0x1, F=0x0
0, 3600, 3600, 3600, 99, 0x2, F=0x0, S=1, 1
0, 7200, 7200, 3600, 99, 0x3, S=1, 1
0, 10800, 10800, 3600, 99, 0x4
0, 14400, 14400, 3600, 99, 0x5, F=0x3, S=1, 1
`
	all, err := readPackets(strings.NewReader(listing))
	if err != nil {
		t.Fatal(err)
	}
	var keys []bool
	for _, p := range all[0] {
		keys = append(keys, p.key)
	}
	if want := []bool{false, false, true, true, false}; !slices.Equal(keys, want) {
		t.Errorf("keyframes %v, want %v", keys, want)
	}
	if at := firstKey(all[0]); at != 80e6 {
		t.Errorf("the first picture that stands alone is shown at %d ns", at)
	}
}
