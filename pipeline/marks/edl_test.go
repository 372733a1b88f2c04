package marks

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

// smpte writes a time as timecode, by the way a clock on a wall is read: count
// the frames, then put the dropped numbers back in.
func smpte(at float64, r timeline.Rate, drop bool, hour int64) string {
	f := int64(math.Round(at * float64(r.Num) / float64(r.Den)))
	per := (r.Num + r.Den - 1) / r.Den
	sign := ":"
	if drop {
		sign = ";"
		two := per / 15
		ten := per*600 - 9*two
		tens, rest := f/ten, f%ten
		f += 9 * two * tens
		if rest >= two {
			f += two * ((rest - two) / (per*60 - two))
		}
	}
	return fmt.Sprintf("%02d:%02d:%02d%s%02d", hour+f/per/3600, f/per/60%60, f/per%60, sign, f%per)
}

// resolveEDL is what DaVinci Resolve exports.
func resolveEDL(all []wrote, r timeline.Rate, drop bool, hour int64) string {
	b := strings.Builder{}
	b.WriteString("TITLE: Timeline 1\r\nFCM: NON-DROP FRAME\r\n\r\n")
	if drop {
		b.Reset()
		b.WriteString("TITLE: Timeline 1\r\nFCM: DROP FRAME\r\n\r\n")
	}
	for i, w := range all {
		frames := int64(1)
		if w.end > 0 {
			frames = int64(math.Round((w.end - w.at) * float64(r.Num) / float64(r.Den)))
		}
		from, to := smpte(w.at, r, drop, hour), smpte(w.at+0.04, r, drop, hour)
		fmt.Fprintf(&b, "%03d  001      V     C        %s %s %s %s  \r\n |C:ResolveColorBlue |M:%s |D:%d\r\n\r\n", i+1, from, to, from, to, w.label, frames)
	}
	return b.String()
}

var _ = prove(SourceResolve, proof{write: func(all []wrote) string { return resolveEDL(all, timeline.Rate30, false, 1) },
	seeds: []string{"TITLE: Example Video\nFCM: NON-DROP FRAME\n\n001  001      V     C        00:02:10:15 00:02:10:16 00:02:10:15 00:02:10:16  \n |C:ResolveColorBlue |M:Intro |D:1\n",
		"EDL\nTitle: x\nFCM: NON-DROP-FRAME\n000  AX V C 01:00:00;00 01:00:00;01 01:00:00;00 99:59:59;29\nnote |C:ResolveColorRed |D:999999999999\n"}})

func FuzzResolve(f *testing.F) { fuzzRow(f, "resolve_edl") }

var _ = prove(SourceCuts, proof{keeps: func(string) string { return "" }, write: func(all []wrote) string {
	var b strings.Builder
	b.WriteString("TITLE: cuts\nFCM: NON-DROP FRAME\n\n")
	at := 0.0
	for i, w := range all {
		end := w.end
		if end == 0 {
			end = w.at + 1.0/30
		}
		fmt.Fprintf(&b, "%03d  AX       V     C        %s %s %s %s\n* FROM CLIP NAME:  stream.mp4\n\n", i+1, smpte(w.at, timeline.Rate30, false, 0), smpte(end, timeline.Rate30, false, 0),
			smpte(at, timeline.Rate30, false, 1), smpte(at+end-w.at, timeline.Rate30, false, 1))
		at += end - w.at
	}
	return b.String()
}, seeds: []string{"001  BL V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n002  AX V D 024 01:00:04:05 01:00:05:12 00:59:53:11 00:59:54:18\n* LOC: 00:59:53:20 RED   wow\n",
	"TITLE: x\n1 a b c d V C 00:00:00:00 00:00:00:99 00:00:00:00 00:00:00:99\n* SOURCE FILE: C:\\a\\b%ZZ.mov\n"}})

func FuzzCuts(f *testing.F) { fuzzRow(f, "cmx_edl") }

var notSqueezed = regexp.MustCompile(`[^A-Z0-9_ ]`)

func squeeze(s string) string {
	s = notSqueezed.ReplaceAllString(strings.ToUpper(s), "")
	return strings.TrimSpace(s[:min(len(s), 5)])
}

var _ = prove(SourceOBSInfoEDL, proof{points: true, keeps: squeeze, write: func(all []wrote) string {
	var b strings.Builder
	centis := func(s float64) string {
		n := int64(math.Round(s * 100))
		return fmt.Sprintf("%02d:%02d:%02d:%02d", n/360000, n/6000%60, n/100%60, n%100)
	}
	for i, w := range all {
		next := w.at + 1
		if i+1 < len(all) {
			next = all[i+1].at
		}
		fmt.Fprintf(&b, "%03d  %-5s V     C        %s %s %s %s\n", i+1, squeeze(w.label), centis(w.at), centis(next), centis(w.at), centis(next))
	}
	return b.String()
}, seeds: []string{"001  A V C 00:00:01:99 00:00:02:00 00:00:01:99 00:00:02:00\n002  B V C 00:00:02:00 00:00:03:100 00:00:02:00 00:00:03:100\n"}})

func FuzzInfo(f *testing.F) { fuzzRow(f, "obs_info_edl") }

var _ = prove(SourceScenes, proof{points: true, keeps: func(string) string { return "" }, write: func(all []wrote) string {
	var b strings.Builder
	for _, w := range all {
		fmt.Fprintf(&b, "%.2f\t\t2\n", w.at)
	}
	return b.String()
}, seeds: []string{"  5.3   7.1    0\n 15    16.7    1\n 420   422     3\n720.1        2\n", "#5 #9 2\n0:10 0:20 3\n", "1 1 2\n-5 2\n"}})

func FuzzScenes(f *testing.F) { fuzzRow(f, "mplayer_edl") }

// at is what a list says, short: "start" or "start-end", in seconds, with a
// minus sign before those that are left out.
func said(l List) string {
	var out []string
	for _, e := range l.Entries {
		s := fmt.Sprintf("%.3f", e.At.Seconds())
		if e.End != nil {
			s += fmt.Sprintf("-%.3f", e.End.Seconds())
		}
		if e.Pass != "" {
			s = "(" + s + ")"
		}
		if e.Label != "" {
			s += " " + e.Label
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func only(t *testing.T, text string, of Recording) List {
	t.Helper()
	all, err := Read("x", []byte(text), of)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d lists: %v\n%.2000s", len(all), err, text)
	}
	return all[0]
}

func TestATimelineBeginsAtNoughtOrAtOneHour(t *testing.T) {
	edl := func(codes ...string) string {
		b := "TITLE: x\n"
		for _, c := range codes {
			b += "001 001 V C " + c + " " + c + " " + c + " " + c + "\n |C:ResolveColorRed |M:a |D:1\n"
		}
		return b
	}
	for _, c := range []struct {
		why, text, want string
		length          time.Duration
		doubts          int
	}{
		{"below one hour", edl("00:02:10:15", "01:10:00:00"), "130.500 a, 4200.000 a", 2 * time.Hour, 0},
		{"beyond the recording's end", edl("01:02:10:15", "01:10:00:00"), "130.500 a, 600.000 a", 20 * time.Minute, 0},
		{"both fit", edl("01:02:10:15", "01:10:00:00"), "130.500 a, 600.000 a", 2 * time.Hour, 1},
		{"a length nobody knows", edl("01:02:10:15"), "130.500 a", 0, 0},
		{"the hour of the day", edl("10:02:10:00", "10:12:00:00"), "130.000 a, 720.000 a", 20 * time.Minute, 1},
		{"three hours that begin at one", edl("01:00:10:00", "03:30:00:00"), "10.000 a, 9000.000 a", 3 * time.Hour, 0},
		{"made at 60 for a recording of 30", edl("00:00:10:45"), "10.750 a", time.Hour, 1},
	} {
		l := only(t, c.text, Recording{Name: "s.mp4", Rate: timeline.Rate30, Length: c.length})
		if said(l) != c.want || len(l.Remarks) != c.doubts {
			t.Errorf("%s: %s, doubts %q, want %s", c.why, said(l), l.Remarks, c.want)
		}
	}
}

func TestDropFrameIsCountedAsItIs(t *testing.T) {
	ntsc := Recording{Name: "s.mp4", Rate: timeline.Rate2997, Length: 3 * time.Hour}
	moments := []wrote{{at: 59.9, label: "a"}, {at: 600, label: "b"}, {at: 5400.5, end: 5410, label: "c"}}
	for _, r := range []timeline.Rate{timeline.Rate2997, timeline.Rate5994} {
		ntsc.Rate = r
		for _, drop := range []bool{true, false} {
			for _, hour := range []int64{0, 1} {
				l := only(t, resolveEDL(moments, r, drop, hour), ntsc)
				for i, e := range l.Entries {
					if (e.At - sec(moments[i].at)).Abs() > r.Duration(1) {
						t.Errorf("at %v, drop %v, from hour %d: %v became %v", r, drop, hour, moments[i].at, e.At)
					}
				}
			}
		}
	}
	l := only(t, "TITLE: x\nFCM: DROP FRAME\n001 001 V C 01:00:00;00 01:00:00;01 00:10:00:00 00:10:00:01\n |C:ResolveColorRed |M:a |D:1\n", Recording{Rate: timeline.Rate30, Length: time.Hour})
	if (l.Entries[0].At - 10*time.Minute).Abs() > time.Millisecond {
		t.Errorf("ten minutes of a list that says DROP FRAME are %v", l.Entries[0].At)
	}
}

func TestARangesEndIsItsFrameAndNoSumOfFrames(t *testing.T) {
	l := only(t, "TITLE: x\n001 001 V C 00:17:00:00 00:17:00:01 00:17:00:00 00:17:00:01\n |C:ResolveColorRed |M:a |D:300\n", of)
	if e := l.Entries[0]; e.End == nil || *e.End != 1030*time.Second {
		t.Errorf("300 frames behind 17:00 is %v", e.End)
	}
}

func TestAMarkersNameAndNoteAreReadAsResolveWritesThem(t *testing.T) {
	line := "001 001 V C 00:00:01:00 00:00:01:01 00:00:01:00 00:00:01:01\n"
	for below, want := range map[string]string{
		" |C:ResolveColorBlue |M:a | b |D:1":            "1.000 a | b",
		"the note |C:ResolveColorBlue |M:Marker 3 |D:1": "1.000 the note",
		"two\nlines |C:ResolveColorBlue |M: |D:1":       "1.000 two lines",
		" |C:ResolveColorBlue |M:Marker 12 |D:1":        "1.000",
		" |C:ResolveColorBlue |M:x |D:45":               "1.000-2.500 x",
		" |C:ResolveColorBlue |M:x":                     "1.000 x",
	} {
		if l := only(t, "TITLE: x\n"+line+below+"\n", of); said(l) != want {
			t.Errorf("%q: %s, want %s", below, said(l), want)
		}
	}
}

func TestCutsOfTheRecordingAreRangesAndOthersAreLeftOut(t *testing.T) {
	event := func(reel, in, out, clip string) string {
		return "001 " + reel + " V C " + in + " " + out + " 01:00:00:00 01:00:10:00\n* FROM CLIP NAME: " + clip + "\n"
	}
	for _, c := range []struct{ why, text, want string }{
		{"by name", event("AX", "00:00:10:00", "00:00:20:00", "stream.mp4") + event("AX", "00:00:30:00", "00:00:40:00", "b-roll.mov"), "10.000-20.000, (30.000-40.000)"},
		{"by its name without ending", event("AX", "00:00:10:00", "00:00:20:00", "STREAM"), "10.000-20.000"},
		{"by its path", event("AX", "00:00:10:00", "00:00:20:00", `D:\live\stream.mov`), "10.000-20.000"},
		{"one clip, called otherwise", event("AX", "00:00:10:00", "00:00:20:00", "old name.mp4"), "10.000-20.000"},
		{"two clips, none of them", event("AX", "00:00:10:00", "00:00:20:00", "a.mp4") + event("AX", "00:00:30:00", "00:00:40:00", "b.mov"), "(10.000-20.000), (30.000-40.000)"},
		{"picture and sound", event("AX", "00:00:10:00", "00:00:20:00", "stream.mp4") + strings.Replace(event("AX", "00:00:10:00", "00:00:20:00", "stream.mp4"), " V ", " A ", 1), "10.000-20.000"},
		{"a dissolve", "001 AX V C 00:00:10:00 00:00:10:00 01:00:00:00 01:00:00:00\n001 AX V D 024 00:00:10:00 00:00:20:00 01:00:00:00 01:00:10:00\n", "10.000-20.000"},
		{"the whole recording", event("AX", "00:00:00:00", "00:20:00:00", "stream.mp4"), "(0.000-1200.000)"},
	} {
		if l := only(t, "TITLE: x\n"+c.text, of); said(l) != c.want {
			t.Errorf("%s: %s, want %s", c.why, said(l), c.want)
		}
	}
}

func TestALocatorPointsIntoTheCutThatLiesThere(t *testing.T) {
	text := `TITLE: x
FCM: NON-DROP FRAME
001  AX  V  C  00:05:00:00 00:06:00:00 01:00:00:00 01:01:00:00
* FROM CLIP NAME: stream.mp4
* LOC: 01:00:10:15 RED     the drop
002  AX  V  C  00:00:00:00 00:01:00:00 01:01:00:00 01:02:00:00
* FROM CLIP NAME: b-roll.mov
* LOC: 01:01:30:00 GREEN   greenhouse
`
	if l := only(t, text, of); said(l) != "(300.000-360.000), (0.000-60.000), 310.500 the drop, (90.000) greenhouse" {
		t.Errorf("%s", said(l))
	}
}

func TestOBSInfoWriterIsToldFromEditLists(t *testing.T) {
	info := "001  DROP  V     C        00:00:10:75 00:00:20:00 00:00:10:75 00:00:20:00\n002  SCENE V     C        00:00:20:00 00:00:21:00 00:00:20:00 00:00:21:00\n"
	l := only(t, info, of)
	if l.Source != SourceOBSInfoEDL || said(l) != "10.750 DROP, 20.000 SCENE" || l.Entries[0].Step != 10*time.Millisecond {
		t.Errorf("%s %s", l.Source, said(l))
	}
	nameless := only(t, strings.Replace(info, "DROP", "    ", 1), of)
	if nameless.Source != SourceOBSInfoEDL || said(nameless) != "10.750, 20.000 SCENE" {
		t.Errorf("a press without a name: %s %s", nameless.Source, said(nameless))
	}
	unsure := only(t, strings.ReplaceAll(info, ":75", ":25"), of)
	if unsure.Source != SourceOBSInfoEDL || unsure.Entries[0].Step != time.Second {
		t.Errorf("hundredths that may be frames: %s ± %v", unsure.Source, unsure.Entries[0].Step)
	}
	for why, text := range map[string]string{
		"a title":        "TITLE: x\n" + info,
		"a gap":          strings.Replace(info, "00:00:20:00", "00:00:19:00", 1),
		"another source": strings.Replace(info, "00:00:10:75", "00:01:10:75", 1),
		"a long reel":    strings.Replace(info, "DROP ", "DROP_9", 1),
	} {
		if l, _ := Read("x", []byte(text), of); len(l) > 0 && l[0].Source == SourceOBSInfoEDL {
			t.Errorf("%s: taken for OBSInfoWriter", why)
		}
	}
}

func TestOfMPlayersKindsOnlySceneMarkersAreMarks(t *testing.T) {
	l := only(t, "  5.3   7.1    0\n 15    16.7    1\n 420   422     3\n720.1        2\n#900 #930 2\n", of)
	if said(l) != "(5.300-7.100), (15.000-16.700), (420.000-422.000), 720.100, 30.000" {
		t.Error(said(l))
	}
	for _, text := range []string{"10.000000\t10.000000\t2\n25.500000\t40.250000\t3\n", "10 20 4\n", "a b 2\n", "10 0\n", "10 20 drop\n"} {
		if looksScenes(&file{text: text}) {
			t.Errorf("%q is taken for MPlayer's", text)
		}
	}
}
