package marks

import (
	"fmt"
	"html"
	"math"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

// fcpxml is a project whose one clip, in a gap of ten seconds, is the recording,
// cut at 100 s of it; markers stand in the recording's own time.
func fcpxml(all []wrote, r timeline.Rate) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE fcpxml>\n<fcpxml version=\"1.11\"><resources>\n" +
		`<asset id="r2" name="stream" start="0s" duration="1200s" format="r1"><media-rep kind="original-media" src="file:///Users/u/stream.mp4"/></asset></resources>` +
		`<library><event><project name="p"><sequence format="r1" tcStart="3600s" tcFormat="NDF"><spine><gap name="Gap" offset="3600s" start="3600s" duration="10s"/>` +
		`<asset-clip ref="r2" offset="3610s" name="stream" start="100s" duration="1100s">` + "\n")
	for _, w := range all {
		f := int64(math.Round(w.at * float64(r.Num) / float64(r.Den)))
		fmt.Fprintf(&b, "<marker start=\"%d/%ds\" duration=\"%d/%ds\" value=\"%s\"/>\n", f*r.Den, r.Num, r.Den, r.Num, html.EscapeString(w.label))
	}
	b.WriteString("</asset-clip></spine></sequence></project></event></library></fcpxml>\n")
	return b.String()
}

var _ = prove(SourceFCPXML, proof{points: true, write: func(all []wrote) string { return fcpxml(all, timeline.Rate30) },
	seeds: []string{`<fcpxml><sequence tcStart="1/0s"><spine><gap start="-9223372036854775807/1s" offset="99999999999999999999s"><marker start="9223372036854775807/9223372036854775807s" value="x"/></gap></spine></sequence></fcpxml>`,
		`<fcpxml><clip><marker start="1s"/><timeMap/><marker start="2.5s" note="n"/></clip></fcpxml>`}})

func FuzzFCPXML(f *testing.F) { fuzzRow(f, "fcpxml") }

// xmeml is a sequence that holds the recording from its 100th second on.
func xmeml(all []wrote, r timeline.Rate) string {
	base, ntsc := (r.Num+r.Den-1)/r.Den, "FALSE"
	if r.Den != 1 {
		ntsc = "TRUE"
	}
	frame := func(s float64) int64 { return int64(math.Round(s * float64(r.Num) / float64(r.Den))) }
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\"?>\n<!DOCTYPE xmeml>\n<xmeml version=\"4\"><sequence id=\"s\"><name>q</name><rate><timebase>%d</timebase><ntsc>%s</ntsc></rate><media><video><track>"+
		"<clipitem id=\"c\"><name>stream.mp4</name><start>0</start><end>%d</end><in>%d</in><out>%d</out><file id=\"f\"><name>stream.mp4</name><pathurl>file://localhost/C%%3a/stream.mp4</pathurl></file></clipitem></track></video></media>\n",
		base, ntsc, frame(1100), frame(100), frame(1200))
	for _, w := range all {
		out := int64(-1)
		if w.end > 0 {
			out = frame(w.end) - frame(100)
		}
		fmt.Fprintf(&b, "<marker><name>%s</name><comment></comment><in>%d</in><out>%d</out></marker>\n", html.EscapeString(w.label), frame(w.at)-frame(100), out)
	}
	b.WriteString("</sequence></xmeml>\n")
	return b.String()
}

var _ = prove(SourceXMEML, proof{write: func(all []wrote) string { return xmeml(all, timeline.Rate30) },
	seeds: []string{`<xmeml><clip><file><name>stream.mp4</name></file><marker><in>5</in><out>99999999999</out></marker></clip></xmeml>`,
		`<xmeml><sequence><rate><timebase>0</timebase></rate><clipitem><start>-1</start><end>-1</end><in>0</in><out>9</out><sequence><marker><in>3</in></marker></sequence></clipitem></sequence></xmeml>`}})

func FuzzXMEML(f *testing.F) { fuzzRow(f, "xmeml") }

// playlistOf is a media playlist of six-second segments with a date range a mark.
func playlistOf(all []wrote) string {
	begin := time.Date(2026, 1, 1, 20, 0, 0, 353e6, time.FixedZone("", 9*3600))
	stamp := func(s float64) string { return begin.Add(sec(s)).Format("2006-01-02T15:04:05.000Z07:00") }
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PROGRAM-DATE-TIME:" + stamp(0) + "\n")
	for i := range 200 {
		fmt.Fprintf(&b, "#EXTINF:6.000,\nseg%d.ts\n", i)
	}
	for i, w := range all {
		fmt.Fprintf(&b, "#EXT-X-DATERANGE:ID=\"%d\",CLASS=\"live.drop\",START-DATE=\"%s\",X-LABEL=\"%s\"", i, stamp(w.at), strings.ReplaceAll(w.label, `"`, "'"))
		if w.end > 0 {
			fmt.Fprintf(&b, ",DURATION=%.3f", w.end-w.at)
		}
		b.WriteString("\n")
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return b.String()
}

var _ = prove(SourceHLS, proof{keeps: func(s string) string { return strings.ReplaceAll(s, `"`, "'") }, write: playlistOf,
	seeds: []string{"#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00Z\n#EXTINF:6,\na\n#EXT-X-DATERANGE:ID=\"a\",START-DATE=\"2199-01-01T00:00:00Z\",END-DATE=\"1970-01-01T00:00:00Z\",DURATION=9999999\n#EXT-X-DATERANGE:\n",
		"#EXTM3U\n#EXTINF:9999999,\na\n#EXT-X-DATERANGE:ID=\"a\",X=\"unclosed\n"}})

func FuzzHLS(f *testing.F) { fuzzRow(f, "hls_daterange") }

func TestAMarkerOnTheRecordingHasItsOwnTime(t *testing.T) {
	text := fcpxml([]wrote{{200, 0, "in"}, {99, 0, "in front of the cut"}}, timeline.Rate30)
	if l := only(t, text, of); said(l) != "200.000 in, (9.000) in front of the cut" {
		t.Error(said(l))
	}
	l := only(t, text, Recording{Name: "render.mp4", Rate: timeline.Rate30, Length: 20 * time.Minute})
	if said(l) != "110.000 in, (9.000) in front of the cut" || len(l.Remarks) != 1 {
		t.Errorf("of a recording that the project does not name: %s %q", said(l), l.Remarks)
	}
}

func TestClocksOfClipsInClipsAreFollowed(t *testing.T) {
	project := func(body string) string {
		return `<fcpxml version="1.10"><resources><asset id="a" src="file:///stream.mp4" start="5s"/><asset id="b" src="file:///cam.mov"/></resources><project><sequence tcStart="3600s"><spine>` + body + `</spine></sequence></project></fcpxml>`
	}
	for _, c := range []struct{ why, body, want string }{
		{"an asset that begins at five seconds", `<asset-clip ref="a" offset="3600s" start="25s" duration="50s"><marker start="30s" value="x"/></asset-clip>`, "25.000 x"},
		{"a clip that wraps it", `<clip offset="3600s" start="20s" duration="50s"><video ref="a" offset="0s" start="5s" duration="90s"/><marker start="30s" value="x"/></clip>`, "30.000 x"},
		{"a title over it", `<asset-clip ref="a" offset="3600s" start="25s" duration="50s"><title lane="1" offset="40s" start="3600s" duration="5s"><marker start="3601s" value="x"/></title></asset-clip>`, "36.000 x"},
		{"a storyline over it", `<asset-clip ref="a" offset="3600s" start="25s" duration="50s"><spine lane="1" offset="40s"><gap duration="2s"/><asset-clip ref="b" duration="5s"><marker start="1s" value="x"/></asset-clip></spine></asset-clip>`, "38.000 x"},
		{"another clip", `<asset-clip ref="a" offset="3600s" duration="50s"/><asset-clip ref="b" duration="50s"><marker start="1s" value="x"/></asset-clip>`, "(51.000) x"},
		{"another speed", `<asset-clip ref="a" offset="3600s" duration="50s"><timeMap><timept time="0s" value="0s"/></timeMap><marker start="10s" value="x"/></asset-clip>`, "(5.000) x"},
	} {
		if l := only(t, project(c.body), of); said(l) != c.want {
			t.Errorf("%s: %s, want %s", c.why, said(l), c.want)
		}
	}
}

func TestSequenceMarkersFindTheRecordingBelowThem(t *testing.T) {
	text := xmeml([]wrote{{200, 0, "on it"}, {1250, 0, "behind it"}}, timeline.Rate30)
	if l := only(t, text, of); said(l) != "200.000 on it, (1150.000) behind it" {
		t.Error(said(l))
	}
	if l := only(t, text, Recording{Name: "render.mp4", Rate: timeline.Rate30}); said(l) != "100.000 on it, 1150.000 behind it" || len(l.Remarks) != 1 {
		t.Errorf("of a recording that the project does not name: %s %q", said(l), l.Remarks)
	}
}

func TestDateRangesFollowTheClockOfTheSegments(t *testing.T) {
	head := "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n"
	for _, c := range []struct{ why, text, want string }{
		{"the first date stands on the second segment", head + "#EXTINF:6,\na\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXTINF:6,\nb\n#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-01-01T00:00:02.5Z\"\n", "8.500 x"},
		{"the clock jumps", head + "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXTINF:6,\na\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T01:00:00.000Z\n#EXTINF:6,\nb\n" +
			"#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-01-01T00:00:03.000Z\"\n#EXT-X-DATERANGE:ID=\"y\",START-DATE=\"2026-01-01T03:00:01.000+02:00\"\n", "3.000 x, 7.000 y"},
		{"the end comes later", head + "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXTINF:60,\na\n#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-01-01T00:00:03Z\",X-TITLE=\"the drop\"\n#EXT-X-DATERANGE:ID=\"x\",END-DATE=\"2026-01-01T00:00:13.250Z\"\n", "3.000-13.250 the drop"},
		{"an advertisement", head + "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXTINF:60,\na\n#EXT-X-DATERANGE:ID=\"999\",START-DATE=\"2026-01-01T00:00:03Z\",PLANNED-DURATION=30,SCTE35-OUT=0xFC30\n", "(3.000-33.000) 999"},
		{"Twitch about itself", head + "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXTINF:60,\na\n#EXT-X-DATERANGE:ID=\"s\",CLASS=\"twitch-session\",START-DATE=\"2026-01-01T00:00:03Z\"\n", "(3.000) s"},
	} {
		if l := only(t, c.text, of); l.Source != SourceHLS || said(l) != c.want {
			t.Errorf("%s: %s, want %s", c.why, said(l), c.want)
		}
	}
	if _, err := Read("x", []byte(head+"#EXTINF:6,\na\n#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-01-01T00:00:02.5Z\"\n"), of); err == nil || !strings.Contains(err.Error(), "PROGRAM-DATE-TIME") {
		t.Errorf("segments without a date: %v", err)
	}
	running := strings.NewReplacer("SEQUENCE:0", "SEQUENCE:266", "#EXT-X-ENDLIST\n", "").Replace(playlistOf([]wrote{{1, 0, "x"}}))
	if l := only(t, running, of); len(l.Remarks) != 1 {
		t.Errorf("a window of a running stream: %q", l.Remarks)
	}
}

func TestHostileProjectsAreBounded(t *testing.T) {
	bomb := `<!DOCTYPE fcpxml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>`
	marker := `<gap start="0s" offset="0s"><marker start="1s" value="x"/></gap>`
	for why, text := range map[string]string{
		"entities of its own":    bomb + `<fcpxml>` + marker + `<gap><marker start="2s" value="&b;"/></gap></fcpxml>`,
		"a file from outside":    bomb + `<fcpxml>` + marker + `<gap><marker start="2s" value="&x;"/></gap></fcpxml>`,
		"nested without end":     `<fcpxml>` + marker + strings.Repeat("<gap>", 200_000),
		"attributes without end": `<fcpxml>` + marker + `<gap ` + strings.Repeat(`a="" `, 1_500_000) + `/></fcpxml>`,
		"cut off":                `<fcpxml>` + marker + `<gap `,
	} {
		began := time.Now()
		l := only(t, text, of)
		if len(l.Entries) != 1 || len(l.Problems) == 0 {
			t.Errorf("%s: %s, %q", why, said(l), l.Problems)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: %v", why, took)
		}
	}
	many := only(t, `<xmeml><sequence><rate><timebase>30</timebase></rate>`+strings.Repeat("<marker><in>1</in></marker>", 60_000)+`</sequence></xmeml>`, of)
	if len(many.Entries) > MostMarks || !many.Cut {
		t.Errorf("%d markers, cut %v", len(many.Entries), many.Cut)
	}
}
