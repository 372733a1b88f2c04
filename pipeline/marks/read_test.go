package marks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"dropcut/pipeline"
)

// wrote is an entry as a test expects it.
type wrote struct {
	at, end float64
	label   string
}

// readOne is the first list of a file.
func readOne(name string, b []byte) (List, error) {
	all, err := Read(name, b, of)
	if err != nil {
		return List{}, err
	}
	return all[0], nil
}

func wroteOf(l List) (out []wrote) {
	for _, e := range l.Entries {
		w := wrote{e.At.Seconds(), 0, e.Label}
		if e.End != nil {
			w.end = e.End.Seconds()
		}
		out = append(out, w)
	}
	return out
}

func TestContentDecidesTheFormat(t *testing.T) {
	for _, c := range []struct {
		name, text, source string
		want               []wrote
	}{
		{"an end time, a range, a bullet", "0:10 - 0:45 Title\n• 1:02:03 drop\n- 2:00 to 2:10 x\n10:15 --> 11:40 drop", SourceTimestamps,
			[]wrote{{10, 45, "Title"}, {3723, 0, "drop"}, {120, 130, "x"}, {615, 700, "drop"}}},
		{"brackets", "[12:34] a\n(1:02:03) b\n[0:10 - 0:20] c\n@ 12:34 d\n**5:00** e", SourceTimestamps,
			[]wrote{{754, 0, "a"}, {3723, 0, "b"}, {10, 20, "c"}, {754, 0, "d"}, {300, 0, "e"}}},
		{"shapes of LosslessCut users", "00:01:01 Test 3\r\n01:01:01.012 Test - 4\r\n2:47:54 - Short - hour and hyphen\r\n00:00: Test 1\r\n75:10 long", SourceTimestamps,
			[]wrote{{61, 0, "Test 3"}, {3661.012, 0, "Test - 4"}, {10074, 0, "Short - hour and hyphen"}, {0, 0, "Test 1"}, {4510, 0, "long"}}},
		{"a numbered list, and tabs", "1. 0:10 a\n2) 0:20 b\n0:30\tc\n0:40|d\n0:50", SourceTimestamps,
			[]wrote{{10, 0, "a"}, {20, 0, "b"}, {30, 0, "c"}, {40, 0, "d"}, {50, 0, ""}}},
		{"title first", "The drop 10:15\nNeon hoodie (1:02:03)\nTalk – 12:00-13:00\nnothing here", SourceTimestamps,
			[]wrote{{615, 0, "The drop"}, {3723, 0, "Neon hoodie"}, {720, 780, "Talk"}}},
		{"a description around it", "Thanks for watching!\n\nhttps://example.com/x\n0:47 crowd\n12:30pm is when we start\nat 19:30 we go", SourceTimestamps,
			[]wrote{{47, 0, "crowd"}}},
		{"an end before the beginning is none", "0:45 - 0:10 back", SourceTimestamps, []wrote{{45, 0, "back"}}},
		{"bare CR line ends", "0:10 a\r0:20 b", SourceTimestamps, []wrote{{10, 0, "a"}, {20, 0, "b"}}},
		{"Twitch as it exports", "0:01:01,Broadcaster,노잼망겜,\n30:01:37,Broadcaster,노잼망겜,\n", SourceTwitch, []wrote{{61, 0, ""}, {108097, 0, ""}}},
		{"Twitch, quoted, commas inside", "0:17:04,Editor,mod,\"clip this, é ü 🔥\"\n0:17:05,Broadcaster,x,two words\n", SourceTwitch,
			[]wrote{{1024, 0, "clip this, é ü 🔥"}, {1025, 0, "two words"}}},
		{"Twitch with a header", "Timestamp,Role,Username,Description\r\n0:00:05,Broadcaster,x,hello\r\n", SourceTwitch, []wrote{{5, 0, "hello"}}},
		{"Twitch with columns of another order", "Time,Description,User\n0:00:05,hello,x\n", SourceTwitch, []wrote{{5, 0, "hello"}}},
		{"Twitch, three columns", "0:00:05,Broadcaster,hello\n0:00:06,Broadcaster,there\n", SourceTwitch, []wrote{{5, 0, "hello"}, {6, 0, "there"}}},
		{"Twitch does not quote commas", "0:00:05,Broadcaster,x,clip this, é ü 🔥\n0:00:06,Broadcaster,x,a,\n", SourceTwitch, []wrote{{5, 0, "clip this, é ü 🔥"}, {6, 0, "a"}}},
		{"Twitch, a quote that is never closed", "0:01:01,Broadcaster,x,a\n0:02:00,Broadcaster,x,\"best moment\n0:03:00,Broadcaster,x,\"she said \"\"yes\"\"\"\n0:04:00,Broadcaster,x,d\n", SourceTwitch,
			[]wrote{{61, 0, "a"}, {120, 0, "best moment"}, {180, 0, `she said "yes"`}, {240, 0, "d"}}},
		{"dropcut's own", `{"version":1,"recording":"a.mp4","marks":[{"start":"10:15.100","end":"11:40","label":"neon hoodie","sku":"HD-01","url":"https://x"},{"start":615.1},{"start":7,"end":9.25}]}`,
			SourceNative, []wrote{{615.1, 700, "neon hoodie"}, {615.1, 0, ""}, {7, 9.25, ""}}},
		{"labels are one clean line", "0:10 a\x07b \u200b  c\td", SourceTimestamps, []wrote{{10, 0, "ab \u200b c d"}}},
	} {
		l, err := readOne("whatever.bin", []byte(c.text))
		if err != nil || l.Source != c.source || !slices.Equal(wroteOf(l), c.want) {
			t.Errorf("%s: %s %+v (%v)\nwant %s %+v", c.name, l.Source, wroteOf(l), err, c.source, c.want)
		}
	}
}

func TestAnyEncodingIsRead(t *testing.T) {
	const text = "0:10 Größe\n0:20 drop\n"
	utf16Of := func(o binary.ByteOrder, mark bool) []byte {
		var b bytes.Buffer
		if mark {
			_ = binary.Write(&b, o, uint16(0xfeff))
		}
		_ = binary.Write(&b, o, utf16.Encode([]rune(text)))
		return b.Bytes()
	}
	for name, b := range map[string][]byte{
		"UTF-8": []byte(text), "UTF-8 with mark": []byte("\xef\xbb\xbf" + text), "Latin-1": []byte("0:10 Gr\xf6\xdfe\n0:20 drop\n"),
		"UTF-16LE": utf16Of(binary.LittleEndian, true), "UTF-16BE": utf16Of(binary.BigEndian, true),
		"UTF-16LE without mark": utf16Of(binary.LittleEndian, false), "UTF-16BE without mark": utf16Of(binary.BigEndian, false),
	} {
		l, err := readOne("x", b)
		if want := []wrote{{10, 0, "Größe"}, {20, 0, "drop"}}; err != nil || !slices.Equal(wroteOf(l), want) {
			t.Errorf("%s: %+v (%v)", name, wroteOf(l), err)
		}
	}
}

func TestPrecisionIsThatOfWhatWasWritten(t *testing.T) {
	l, err := readOne("x", []byte("0:10 a\n0:20.5 b\n0:30.25 c\n0:40-0:41.125 d"))
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond, time.Millisecond}
	for i, e := range l.Entries {
		if e.Step != want[i] {
			t.Errorf("%s has precision %v, want %v", e.Label, e.Step, want[i])
		}
	}
}

func TestWhatIsNoListOfMarksIsRefusedWithTheFormatsThatAre(t *testing.T) {
	chat := strings.Builder{}
	for i := range 500 {
		fmt.Fprintf(&chat, "[0:%02d:%02d] user%d: lol\n", i/30, i%30*2, i)
	}
	for name, text := range map[string]string{
		"empty": "", "prose": "Hello there.\nNothing to see.\n", "binary": "\x00\x01\x02\x03", "SubRip": "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nthere\n",
		"WebVTT": "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "ffmetadata without chapters": ";FFMETADATA1\ntitle=x\n", "other JSON": `{"chapters":[{"from":0}]}`,
		"JSON array": `[{"start":1}]`, "a chat log": chat.String(), "measurements": "200.0,270.0,1.5\n452.0,479.0,2.5\n", "XML": "<Chapters><a>0:10</a></Chapters>",
		"a marks file without marks": `{"version":1,"marks":[]}`, "marks without start": `{"version":1,"marks":[{"label":"x"}]}`,
		"another version": `{"version":2,"marks":[{"start":1}]}`, "broken JSON": `{"version":1,"marks":[{"start":1}`,
	} {
		_, err := readOne("x", []byte(text))
		var e *pipeline.Error
		if !errors.Is(err, pipeline.Invalid) || !errors.As(err, &e) || e.Code != "unknown_marks" || e.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if isMarks([]byte(text)) {
			t.Errorf("%s is taken for marks", name)
		}
		if isLog := name == "a chat log"; isLog != strings.Contains(err.Error(), "it is a log") {
			t.Errorf("%s is refused with %v", name, err)
		}
	}
	if _, err := readOne("x", make([]byte, MostBytes+1)); !errors.Is(err, pipeline.Invalid) {
		t.Errorf("33 MiB: %v", err)
	}
}

func TestAFileBesideTheRecordingNeedsMoreThanOneTimeInProse(t *testing.T) {
	prose := "Dear all,\nwe met\n9:30 as agreed\nand went home.\nYours\n"
	if isMarks([]byte(prose)) {
		t.Error("a letter is taken for marks")
	}
	if _, err := readOne("x", []byte(prose)); err != nil {
		t.Errorf("named by a person it is read: %v", err)
	}
	for _, text := range []string{"0:47 crowd\n", "0:10 a\n0:20 b\nc\nd\n0:30 e\nf\ng\nh\ni\nj\n", "0:01:01,Broadcaster,x,\n", `{"version":1,"marks":[{"start":1}]}`} {
		if !isMarks([]byte(text)) {
			t.Errorf("%q is not seen as marks", text)
		}
	}
}

func TestMarksAreBoundedInNumberAndLength(t *testing.T) {
	var b strings.Builder
	for i := range MostMarks + 10 {
		fmt.Fprintf(&b, "%d:%02d:00,Broadcaster,x,%d\n", i/60, i%60, i)
	}
	l, err := readOne("x", []byte(b.String()))
	if err != nil || len(l.Entries) > MostMarks || !l.Cut && len(l.Problems) == 0 {
		t.Errorf("%d marks, cut %v (%v)", len(l.Entries), l.Cut, err)
	}
	l, err = readOne("x", []byte("0:10 "+strings.Repeat("é", mostLabel)+"\n"))
	if err != nil || len(l.Entries[0].Label) > mostLabel {
		t.Errorf("a label of %d bytes (%v)", len(l.Entries[0].Label), err)
	}
}

func TestHostileFilesAreReadInBoundedTime(t *testing.T) {
	const size = 512 << 10
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, text := range map[string]string{
		"empty lines": fill("\n"), "one long line": fill("a 1:0 "), "nearly times": fill("a 1:00 - \n"), "arrows": "0:10 " + fill("--> "), "dashes": fill("-") + " 0:10",
		"commas": "0:00:10,B,x," + fill(","), "quotes": "0:00:10,B,x,\"" + fill("\"\n"), "rows": fill("0:00:10,B,x,\n"), "own marks": `{"version":1,"marks":[` + fill("1,") + "1]}",
		"deep JSON": `{"version":1,"marks":` + fill("["), "long numbers": fill("9"), "bullets": fill("* [("), "title lines": fill("x 0:10)\n"),
		"nested chapters": "<Chapters><EditionEntry>" + fill("<ChapterAtom>"), "chapters": "<Chapters><EditionEntry>" + fill("<ChapterAtom><ChapterTimeStart>0:01</ChapterTimeStart></ChapterAtom>") + "</EditionEntry></Chapters>",
		"sections": fill("EVENT:START RECORDING @ 2026-01-01 20:00:00\n0:00:01 Record Time Marker\n"), "cues": "WEBVTT\n\n" + fill("00:01.000 --> 00:20.000\na<b\n\n"), "tags": "WEBVTT\n\n00:01.000 --> 00:20.000\n" + fill("<"),
		"backslashes": ";FFMETADATA1\n[CHAPTER]\nSTART=1\ntitle=" + fill("\\\\"), "ffmpeg's chapters": ";FFMETADATA1\n" + fill("[CHAPTER]\nSTART=1\n"), "JSON5": "{cutSegments:[" + fill("{start:1,},") + "]}", "JSON5, deep": "{cutSegments:[" + fill("["),
		"JSON5, quotes": "{cutSegments:['" + fill(`\'`), "segments": fill("1.5,2.5,x\n"), "segments, quotes": "Start,End,Name\n" + fill("\""), "labels": fill("1.000000\t1.000000\tx\n"), "OGM": fill("CHAPTER01=0:01\n"),
		"podcast": `{"chapters":[` + fill(`{"startTime":1},`) + `{"startTime":1}]}`, "API": `{"data":[` + fill(`{"videos":[{"markers":[{}]}]},`) + `{}]}`, "heat": `{"heatmap":[` + fill(`{"start_time":1,"end_time":2,"value":0.5},`) + `{}]}`,
		"description": `{"extractor":"x","description":"` + fill(`0:10 a\n`) + `"}`, "HLS": `[` + fill(`{"start-time":1},`) + `{}]`,
	} {
		began := time.Now()
		_, _ = readOne("x", []byte(text))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: %v", name, took)
		} else if testing.Verbose() {
			t.Logf("%s: %v", name, took)
		}
	}
}

func TestMarksThatCannotBeReadAreNamed(t *testing.T) {
	l, err := readOne("m.json", []byte(`{"version":1,"recording":"other.mp4","marks":[{"start":"soon"},{"start":"0:10"},{"label":"x"},{"start":true}]}`))
	if err != nil || len(l.Entries) != 1 || len(l.Problems) != 3 {
		t.Fatalf("%+v (%v)", l, err)
	}
	if !strings.Contains(l.Problems[0], "soon") || l.Named != "other.mp4" {
		t.Errorf("%+v", l)
	}
	l, _ = readOne("m.csv", []byte("0:00:05,Broadcaster,x,a\nrubbish\n0:00:06,Broadcaster,x,b\n"))
	if len(l.Entries) != 2 || len(l.Problems) != 1 {
		t.Errorf("%+v", l)
	}
}

func TestTheSampleListsAreRead(t *testing.T) {
	for _, c := range []struct {
		name, source string
		n            int
	}{{"twitch_markers.csv", SourceTwitch, 5}, {"youtube_chapters.txt", SourceTimestamps, 22}, {"chapters.ffmetadata", SourceFFmetadata, 22},
		{"podcast_chapters.json", SourcePodcast, 22}, {"lossless_cut.csv", SourceLosslessCut, 4}} {
		b := sample(t, "long/marks/"+c.name)
		l, err := readOne(c.name, b)
		if err != nil || l.Source != c.source || len(l.Entries) != c.n || !isMarks(b) {
			t.Errorf("%s: %s, %d entries, seen %v (%v)", c.name, l.Source, len(l.Entries), isMarks(b), err)
		}
	}
	for _, name := range []string{"long/marks/chat_synthetic_twitchdownloader_shape.json", "long/truth.json", "transcripts/srt/example-in.srt", "transcripts/srt/example.srt", "transcripts/srt/utf16.srt",
		"transcripts/srt/missing-sequence-in.srt", "transcripts/srt/example-in-carriage-return.srt", "transcripts/srt/example__Podcastindex-org.srt",
		"transcripts/other/lrc.lrc", "transcripts/other/scc.scc", "transcripts/ass/box.ass", "MANIFEST.md"} {
		if b := sample(t, name); isMarks(b) {
			l, _ := readOne(name, b)
			t.Errorf("%s is taken for marks: %d of %s, the first %+v", name, len(l.Entries), l.Source, l.Entries[0])
		}
	}
}
