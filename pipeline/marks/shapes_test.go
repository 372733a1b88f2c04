package marks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestEachFormatIsReadAsItIsMeant holds what the round trip does not say.
func TestEachFormatIsReadAsItIsMeant(t *testing.T) {
	for _, c := range []struct {
		why, text, source string
		want              []wrote
	}{
		{"a marker just created", `{"data":[{"id":"1","created_at":"x","position_seconds":244,"description":"hello"}]}`, SourceHelix, []wrote{{244, 0, "hello"}}},
		{"an address in small letters, and no position", `{"data":[{"videos":[{"video_id":"4","markers":[{"url":"https://twitch.tv/x?t=0h4m06s","description":"a"}]}]}]}`, SourceHelix, []wrote{{246, 0, "a"}}},
		{"of several videos, the newest", `{"data":[{"videos":[{"video_id":"4","markers":[{"position_seconds":1}]},{"video_id":"5","markers":[{"position_seconds":2}]}]}]}`, SourceHelix, []wrote{{1, 0, ""}}},
		{"of several videos, the one in the name", `{"data":[{"videos":[{"video_id":"4","markers":[{"position_seconds":1}]},{"video_id":"strea","markers":[{"position_seconds":2}]}]}]}`, SourceHelix, []wrote{{2, 0, ""}}},
		{"an offset shifts the list", "0:10:00,B,x,OFFSET 0:05:00\n0:15:00,B,x,a\n", SourceTwitch, []wrote{{600, 0, "OFFSET 0:05:00"}, {600, 0, "a"}}},
		{"an offset with dashes", `{"data":[{"position_seconds":900,"description":"a"},{"position_seconds":5,"description":"Offset: 00-05-00"}]}`, SourceHelix, []wrote{{600, 0, "a"}, {5, 0, "Offset: 00-05-00"}}},
		{"an offset of another recording", "0:10:00,B,x,OFFSET 2:00:00\n0:15:00,B,x,a\n", SourceTwitch, []wrote{{600, 0, "OFFSET 2:00:00"}, {900, 0, "a"}}},
		{"a chapter without a time base counts nanoseconds", ";FFMETADATA1\n[CHAPTER]\nSTART=1500000000\n[STREAM]\ntitle=x\n[CHAPTER]\nTIMEBASE=1/2\nSTART=5\nEND=7\n; c\n#d\ntitle=a\\=b\\\nc\n", SourceFFmetadata,
			[]wrote{{1.5, 0, ""}, {2.5, 3.5, "a=b c"}}},
		{"the default edition, what is inside a chapter, the first name", `<?xml version="1.0" encoding="UTF-8"?><Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>0:09</ChapterTimeStart></ChapterAtom></EditionEntry>
<EditionEntry><EditionFlagDefault>1</EditionFlagDefault><ChapterAtom><ChapterTimeStart>00:00:10.000000000</ChapterTimeStart><ChapterDisplay><ChapterString>a</ChapterString></ChapterDisplay><ChapterDisplay><ChapterString>b</ChapterString></ChapterDisplay>
<ChapterAtom><ChapterTimeStart>00:00:11.5</ChapterTimeStart></ChapterAtom></ChapterAtom></EditionEntry></Chapters>`, SourceMatroskaXML, []wrote{{10, 0, "a"}, {11.5, 0, ""}}},
		{"a name belongs to its own chapter", "CHAPTER01=00:00:01.000\nCHAPTER01NAME=a\nCHAPTER02=00:00:02.000\nCHAPTER03NAME=c\n", SourceOGM, []wrote{{1, 0, "a"}, {2, 0, ""}}},
		{"tags and entities of WebVTT", "WEBVTT\n\n00:10.000 --> 00:30.000\n<b>a</b> &amp; b\n", SourceWebVTT, []wrote{{10, 30, "a & b"}}},
		{"LosslessCut with its header, tabs and clocks", "Start\tEnd\tName\n\t10.5\ta\n0:01:00.250\t0:01:10\tb\n90\t\tc\n", SourceLosslessCut, []wrote{{0, 10.5, "a"}, {60.25, 70, "b"}, {90, 0, "c"}}},
		{"JSON5 in all its forms", "// x\n{'version':1,/* y */cutSegments:[{start:.5,end:+5.,name:'it\\'s \\x41\\u00e9\\\n!'},{start:0x10,name:\"\\uD83D\\uDD25\",},],}", SourceLLC, []wrote{{0.5, 5, "it's Aé!"}, {16, 0, "🔥"}}},
		{"Audacity with commas, and a band of frequencies", "10,000000\t10,000000\ta\n\\\t100.0\t200.0\n25,500000\t40,250000\tb: c\n", SourceAudacity, []wrote{{10, 0, "a"}, {25.5, 40.25, "b: c"}}},
		{"OBS Info Writer: bare times are marks, events are none, other sessions are", "EVENT:START RECORDING @ 2025-12-31 20:00:00\n0:00:00 Record Time Marker\nHOTKEY:old @ 2025-12-31 20:00:09\n0:00:09 Record Time Marker\nEVENT:STOP RECORDING @ 2025-12-31 20:30:00 Record Time Marker Reset to 0\n" +
			"EVENT:START RECORDING @ 2026-01-01 20:00:00\n0:00:00 Record Time Marker\n0:10:15 Record Time Marker\nEVENT:RECORDING PAUSED @ 2026-01-01 20:12:00\n0:12:00 Record Time Marker (recording is paused)\nHOTKEY:late\n0:12:00 Record Time Marker (not recording)\n" +
			"EVENT:START RECORDING @ 2026-01-02 20:00:00\n0:00:00 Record Time Marker\nHOTKEY:new\n0:00:09 Record Time Marker\n", SourceOBSInfo, []wrote{{615, 0, ""}}},
	} {
		l, err := readOne("x", []byte(c.text))
		if err != nil || l.Source != c.source || !slices.Equal(wroteOf(l), c.want) {
			t.Errorf("%s: %s %+v (%v) %q\nwant %s %+v", c.why, l.Source, wroteOf(l), err, l.Problems, c.source, c.want)
		}
	}
}

func TestWhatAFileLeavesOutIsSaid(t *testing.T) {
	for text, code := range map[string]string{
		"{cutSegments:[{start:1,selected:false}]}": PassLeftOut,
		"<Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>0:09</ChapterTimeStart><ChapterFlagHidden>1</ChapterFlagHidden></ChapterAtom></EditionEntry></Chapters>":   PassLeftOut,
		"<Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>0:09</ChapterTimeStart><ChapterFlagEnabled>0</ChapterFlagEnabled></ChapterAtom></EditionEntry></Chapters>": PassLeftOut,
		"0:10:00,B,x,OFFSET 0:05:00\n": PassOffset,
	} {
		l, err := readOne("x", []byte(text))
		if err != nil || l.Entries[0].PassCode != code || l.Entries[0].Pass == "" {
			t.Errorf("%s: %+v (%v)", text, l, err)
		}
	}
	l, err := readOne("x", []byte("0:10:00,B,x,OFFSET 0:05:00\n0:15:00,B,x,a\n"))
	if err != nil || len(l.Remarks) != 1 || !strings.Contains(l.Remarks[0], "5m0s") {
		t.Errorf("nobody is told of the offset: %+v (%v)", l, err)
	}
}

func TestAChapterOutsideTheTableOfContentsIsNoStructure(t *testing.T) {
	all, err := Read("x", []byte(`{"chapters":[{"startTime":0,"title":"a"},{"startTime":60,"title":"b"},{"startTime":70,"title":"pop","toc":false},{"startTime":90,"title":"c"}]}`), of)
	if err != nil || len(all) != 2 || len(all[0].Entries) != 3 || len(all[1].Entries) != 1 || all[1].Entries[0].Label != "pop" {
		t.Errorf("%+v (%v)", all, err)
	}
}

// TestMostReplayedStretchesAreMarks: a heat map of 100 bins, falling from its
// beginning as they do, with two peaks.
func TestMostReplayedStretchesAreMarks(t *testing.T) {
	var bins []string
	for i := range 100 {
		v := 0.1 + 0.02*float64(i%3)
		switch {
		case i < 4:
			v = 1 - 0.2*float64(i)
		case i == 38 || i == 39:
			v = 0.8
		case i == 85:
			v = 0.6
		}
		bins = append(bins, fmt.Sprintf(`{"start_time":%d,"end_time":%d,"value":%.3f}`, i*12, i*12+12, v))
	}
	text := `{"extractor":"youtube","chapters":null,"heatmap":[` + strings.Join(bins, ",") + `],"description":"Hello\r\n0:10 a\n0:20 b\n"}`
	all, err := Read("x", []byte(text), of)
	if err != nil || len(all) != 2 || all[0].Source != SourceYtdlpHeatmap || all[1].Source != SourceYtdlpDescription {
		t.Fatalf("%+v (%v)", all, err)
	}
	if got, want := wroteOf(all[0]), []wrote{{38*12 + 6, 0, "most replayed"}, {85*12 + 6, 0, "most replayed"}}; !slices.Equal(got, want) || all[0].Entries[0].Step != 6*time.Second {
		t.Errorf("%+v", all[0])
	}
	if got, want := wroteOf(all[1]), []wrote{{10, 0, "a"}, {20, 0, "b"}}; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestTwitchGamesAreStructure(t *testing.T) {
	l, err := readOne("x", []byte(`{"extractor":"twitch:vod","chapters":[{"start_time":0,"end_time":7200.0,"title":"Food & Drink"}]}`))
	if err != nil || !l.Built {
		t.Errorf("%+v (%v)", l, err)
	}
	if l, err = readOne("x", []byte(`{"extractor":"youtube","chapters":[{"start_time":0,"end_time":72.0,"title":"a"}]}`)); err != nil || l.Built {
		t.Errorf("YouTube's chapters too: %+v (%v)", l, err)
	}
}

func TestAListSaysOfWhichFileItIs(t *testing.T) {
	for text, want := range map[string]string{
		`{"fileName":"http://x/ep1.mp3","chapters":[{"startTime":1}]}`: "ep1.mp3",
		`{mediaFileName:'C:\\a\\b.mp4',cutSegments:[{start:1}]}`:       "b.mp4",
	} {
		if l, err := readOne("x", []byte(text)); err != nil || l.Named != want {
			t.Errorf("%s: %q (%v)", text, l.Named, err)
		}
	}
}

// TestCaptionsAreNoChapters: one property of captions each, in what would be
// chapters without it.
func TestCaptionsAreNoChapters(t *testing.T) {
	cues := func(n int, each, gap time.Duration, settings, text string) []byte {
		b := strings.Builder{}
		b.WriteString("WEBVTT\n\n")
		for i := range n {
			at := time.Duration(i) * (each + gap)
			fmt.Fprintf(&b, "%s --> %s%s\n%s\n\n", full(at), full(at+each), settings, text)
		}
		return []byte(b.String())
	}
	if !isMarks(cues(10, time.Minute, 0, "", "Part of a show")) {
		t.Fatal("chapters are not seen")
	}
	for why, b := range map[string][]byte{
		"short cues": cues(10, 3*time.Second, 57*time.Second, "", "Part of a show"), "many cues": cues(400, 3*time.Second, 0, "", "Part of a show"),
		"placed": cues(10, time.Minute, 0, " align:start position:0%", "Part of a show"), "spoken": cues(10, time.Minute, 0, "", "<v Ann>Part of a show"),
		"timed words": cues(10, time.Minute, 0, "", "Part<00:00:01.000> of a show"), "sentences": cues(10, time.Minute, 0, "", "This is part of a show."),
		"two lines": cues(10, time.Minute, 0, "", "Part of\na show"), "long text": cues(10, time.Minute, 0, "", strings.Repeat("and so on ", 12)),
	} {
		if isMarks(b) {
			t.Errorf("%s are taken for chapters", why)
		}
	}
	if _, err := Read("words.vtt", cues(400, 3*time.Second, 0, "", "Part of a show"), of); err == nil {
		t.Error("captions are read as marks because somebody named them so")
	}
}

func TestNoFormatClaimsMoreThanItHas(t *testing.T) {
	l, err := readOne("x", []byte(`{"data":[{"position_seconds":244.123456,"description":"x"}]}`))
	if err != nil || l.Entries[0].Step != time.Second {
		t.Errorf("%+v (%v)", l, err)
	}
}

func TestJSON5ThatIsNoneIsRefused(t *testing.T) {
	for _, text := range []string{"{a:1,,b:2}", "[1,2,", "{a:'x}", "{a:'x\ny'}", "/* x", "{a:1}}", "{a:0x}", "{a:1.2.3}", "{a:\\}", "{a b}", `{a:'\u12'}`, `{a:'\xzz'}`, "{a:--1}"} {
		b, err := fromJSON5("{cutSegments:[],x:" + text + "}")
		if _, read := parseLLC(&file{text: "{cutSegments:[{start:1}],x:" + text + "}"}, of); read == nil {
			t.Errorf("%q became %s (%v)", text, b, err)
		}
	}
}
