package transcript

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asticode/go-astisub"
)

func utf16File(text string, big bool, mark bool) []byte {
	var b []byte
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

const cueOne = "1\n00:00:01,000 --> 00:00:02,500\n"

func TestSubtitlesAreReadAsTheyAreFound(t *testing.T) {
	one := func(text string) []Timed { return []Timed{timed(text, time.Second, 2500*time.Millisecond)} }
	for _, c := range []struct {
		why, file, format string
		want              []Timed
	}{
		{"plain", cueOne + "Hello\nthere\n", "srt", one("Hello\nthere")},
		{"with a byte order mark", "\ufeff" + cueOne + "Hello\n", "srt", one("Hello")},
		{"no last line end", cueOne + "Hello", "srt", one("Hello")},
		{"CRLF", strings.ReplaceAll(cueOne+"Hello\n\n", "\n", "\r\n"), "srt", one("Hello")},
		{"bare CR", strings.ReplaceAll(cueOne+"Hello\n\n", "\n", "\r"), "srt", one("Hello")},
		{"UTF-16, little", string(utf16File(cueOne+"Héllo\n", false, true)), "srt", one("Héllo")},
		{"UTF-16, big", string(utf16File(cueOne+"Héllo\n", true, true)), "srt", one("Héllo")},
		{"UTF-16 without a mark", string(utf16File(cueOne+"Hello\n", false, false)), "srt", one("Hello")},
		{"Windows-1252", cueOne + "Un caf\xe9 \x93d\xe9j\xe0 vu\x94 please\n", "srt", one("Un café “déjà vu” please")},
		{"no number", "00:00:01.000 --> 00:00:02.5\nHello\n", "srt", one("Hello")},
		{"no hours", "00:01,000 --> 00:02,500\nHello\n", "srt", one("Hello")},
		{"positions behind the times", "1\n00:00:01,000 --> 00:00:02,500 X1:40 X2:600\nHello\n", "srt", one("Hello")},
		{"tags", cueOne + `{\an8}<i>Hello</i> <font color="#fff">big</font>` + "\n", "srt", one("Hello big")},
		{"not tags", cueOne + "I <3 you, a < b and {x}\n", "srt", one("I <3 you, a < b and {x}")},
		{"entities", cueOne + "Tom &amp; Jerry &lt;3\n", "srt", one("Tom & Jerry <3")},
		{"ASS breaks", cueOne + `Hello\Nthere` + "\n", "srt", one("Hello\nthere")},
		{"an arrow in the text", cueOne + "turn --> left\n", "srt", one("turn --> left")},
		{"no blank line before the next cue", cueOne + "Hello\n2\n00:00:03,000 --> 00:00:04,000\nthere\n", "srt", append(one("Hello"), timed("there", 3e9, 4e9))},
		{"a blank line inside the text", cueOne + "Hello\n\nthere\n", "srt", one("Hello\nthere")},
		{"a cue without times", cueOne + "Hello\n\n2\nlost\n", "srt", one("Hello")},
		{"a malformed cue", "1\n00:00:xx --> 00:00:02,000\nlost\n\n2\n00:00:01,000 --> 00:00:02,500\nHello\n", "srt", one("Hello")},
		{"no length, negative length", "1\n00:00:01,000 --> 00:00:01,000\na\n\n2\n00:00:05,000 --> 00:00:01,000\nb\n\n" + cueOne + "Hello\n", "srt", one("Hello")},
		{"not in order", "1\n00:00:03,000 --> 00:00:04,000\nthere\n\n" + cueOne + "Hello\n", "srt", append(one("Hello"), timed("there", 3e9, 4e9))},
		{"go-astisub panics on this line", "0:0-->\n\n" + cueOne + "Hello\n", "srt", one("Hello")},
		{"WebVTT", "WEBVTT - a title\nKind: captions\n\nintro\n00:01.000 --> 00:02.500 align:start\n<v Ann>Hello <00:00:01.500><c.yellow>there</c>\n", "vtt", []Timed{{Start: time.Second, End: 2500 * time.Millisecond, Text: "Hello there",
			Parts: []Part{{Start: time.Second, Text: "Hello "}, {Start: 1500 * time.Millisecond, Text: "there"}}}}},
		{"WebVTT with regions, styles and notes", "WEBVTT\n\nREGION\nid:fred\nlines:3\n\nSTYLE\n::cue { color: red }\n\nNOTE\n00:00:09.000 is not a cue\n\n00:01.000 --> 00:02.500 region:nobody\nHello\n", "vtt", one("Hello")},
		{"WebVTT whose header runs into a cue", "WEBVTT\n00:01.000 --> 00:02.500\nHello\n", "vtt", one("Hello")},
		{"an old broken header", "\nWEBVTTX\n\n00:01.000 --> 00:02.500\nHello\n", "srt", one("Hello")},
	} {
		got, err := Read([]byte(c.file))
		if err != nil || got.Format != c.format || !reflect.DeepEqual(got.Said, c.want) || !Is([]byte(c.file)) {
			t.Errorf("%s: %q %v %v, want %q %v", c.why, got.Format, got.Said, err, c.format, c.want)
		}
	}
}

func TestWhatIsNoSubtitleIsRefusedWithItsLine(t *testing.T) {
	for _, c := range []struct{ why, file, says string }{
		{"empty", "", "no words were found"},
		{"prose", "Dear diary,\ntoday nothing happened.\n", "no words were found"},
		{"a header alone", "WEBVTT\n", "no words were found"},
		{"all malformed", "1\n00:00:01 -> 2\nx\n\n2\n00:0x:01,000 --> 00:00:02,000\nx\n", "line 1: a cue's times are missing"},
		{"one malformed", "WEBVTT\n\n00:61:00.000 --> 00:62:00.000\nx\n", "line 3: \"00:61:00.000 --> 00:62:00.000\" is not a start and an end"},
		{"times without words", cueOne + "<i></i>\n", "no words"},
		{"Windows-1251, too short to be told", cueOne + "\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\n", "save it as UTF-8"},
		{"too many cues", strings.Repeat("0:01 --> 0:02\n", fileCues+1), fmt.Sprintf("line %d: more than", fileCues+1)},
	} {
		_, err := Read([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q in it", c.why, err, c.says)
		}
	}
	if _, err := Read(make([]byte, fileBytes+1)); err == nil {
		t.Error("a file without bound was read")
	}
}

func TestALongCueIsCutAtAWord(t *testing.T) {
	f, err := Read([]byte(cueOne + strings.Repeat("word ", 200_000) + "\n"))
	all := f.Said
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if n := utf8.RuneCountInString(all[0].Text); n > cueRunes || n < cueRunes-10 || !strings.HasSuffix(all[0].Text, "word") {
		t.Errorf("a megabyte became %d letters", n)
	}
	f, err = Read([]byte(cueOne + strings.Repeat("x", 1<<20) + "\n"))
	if err != nil || len(f.Said[0].Text) > cueRunes {
		t.Errorf("one word of a megabyte: %v, %v", len(all), err)
	}
}

// sample is a folder of real files, when they are there.
func sample(t testing.TB, parts ...string) string {
	t.Helper()
	dir := filepath.Join(append([]string{"..", "..", "..", "shared", "samples"}, parts...)...)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the samples are not here")
	}
	return dir
}

func TestEverySampleIsReadOrRefusedInOneSentence(t *testing.T) {
	dir := sample(t, "transcripts")
	want := map[string]int{ // stretches; -1 is a refusal
		"srt/example-in-carriage-return.srt": 3, "srt/example-in-non-utf8.srt": 6, "srt/example-in-styled.srt": 10, "srt/example-in.srt": 6,
		"srt/missing-sequence-in.srt": 6, "srt/missing_timeframe.srt": 4, "srt/utf16.srt": 1, "srt/gb2312.srt": 3, "vtt-bad/broken-1-in.vtt": -1,
		"vtt-bad/captions_with_bom.vtt": 4, "vtt-bad/invalid_timeframe_in_cue_text.vtt": 3, "vtt-bad/header-timings.vtt": 1,
		"ass/ass_different_format2.ass": 2, "ass/example-in.ssa": 6, "ass/SourceSansPro-SemiBold.ttf": -1, "other/example-in.stl": 6, "other/stl.stl": 2,
		"other/lrc.lrc": 5, "other/scc.scc": -1, "other/sample.rttm": -1, "other/sub_microdvd_with_styles.sub": -1,
		"ttml/captions.dfxp": 366, "other/overlapping_tti.stl": 2, "ttml/unicode-bidi-embed-direction-ltr-001.ttml": 1, "youtube/transcript.xml.static": 3, "whisper/openai_example_diarization.json": 3,
	}
	seen := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		f, err := Read(b)
		t.Logf("%s: %s, %d stretches, %v %v", rel, f.Format, len(f.Said), f.Notes, err)
		n, named := want[filepath.ToSlash(rel)]
		if named && (n < 0) != (err != nil) || named && n >= 0 && len(f.Said) != n {
			t.Errorf("%s: %d stretches, %v; want %d", rel, len(f.Said), err, n)
		}
		if err != nil && (strings.ContainsAny(err.Error(), "\n") || len(err.Error()) > 200 || strings.Contains(err.Error(), "runtime")) {
			t.Errorf("%s is refused with %q", rel, err)
		}
		if err == nil && len(Words(f.Said, testRate, 30*3600*3)) == 0 {
			t.Logf("%s: nobody speaks in it", rel)
		}
		return nil
	})
	if err != nil || seen < 90 {
		t.Fatalf("%d files, %v", seen, err)
	}
}

func TestAForeignReaderAgreesOnPlainFiles(t *testing.T) {
	dir := sample(t, "transcripts")
	for _, name := range []string{"srt/example-in.srt", "srt/example.srt", "srt/example__Podcastindex-org.srt", "vtt-langs/captions.sv.vtt", "vtt-langs/sintel-es.vtt"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		read := astisub.ReadFromSRT
		if strings.HasSuffix(name, "vtt") {
			other, err := astisub.ReadFromWebVTT(bytes.NewReader(b))
			compare(t, name, b, other, err)
			continue
		}
		other, err := read(bytes.NewReader(b))
		compare(t, name, b, other, err)
	}
}

func compare(t *testing.T, name string, b []byte, other *astisub.Subtitles, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(name, err)
	}
	f, err := Read(b)
	ours := f.Said
	if err != nil || len(ours) != len(other.Items) {
		t.Fatalf("%s: %d cues, %v; the other reader has %d", name, len(ours), err, len(other.Items))
	}
	for i, x := range other.Items {
		if ours[i].Start != x.StartAt || ours[i].End != x.EndAt {
			t.Errorf("%s cue %d: %v, the other reader has %v–%v", name, i+1, ours[i], x.StartAt, x.EndAt)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", cueOne + "Hello\n", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>x</v> &amp;\n", "0:0-->", "WEBVTT\n2:0-->", "WEBVTT\n\nREGION\nid:1\n\nNOTE x\n\n--> -->\n",
		"1\r00:00:01,0 --> 00:00:02,9\r{\\an8}x\\N<b>y", "\xff\xfe1\x00\n\x00", "\xfe\xff", "a-->b\n\n9999:59:59,999 --> 9999:59:59,9999\nx"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkRead(t, b) })
}

// checkRead holds for every file: what is read is in order, bounded, and told.
func checkRead(t *testing.T, b []byte) {
	t.Helper()
	f, err := Read(b)
	if err != nil {
		return
	}
	if len(f.Said) == 0 || !Is(b) {
		t.Fatalf("%q, %d cues, told: %v", f.Format, len(f.Said), Is(b))
	}
	last := time.Duration(0)
	for _, x := range f.Said {
		if x.End <= x.Start || x.Start < last || strings.TrimSpace(x.Text) == "" || !utf8.ValidString(x.Text) || utf8.RuneCountInString(x.Text) > 3*cueRunes {
			t.Fatalf("%v", x)
		}
		last = x.Start
	}
	checkWords(t, Words(f.Said, testRate, 30*3600), 30*3600)
}
