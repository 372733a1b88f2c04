package marks

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

// TestTheSamplesOfEditorsGiveTheirMarks: what was worked out by hand from each
// file. Of XML it is what the writers of those samples publish as expected.
func TestTheSamplesOfEditorsGiveTheirMarks(t *testing.T) {
	for _, c := range []struct {
		file, source string
		of           Recording
		want         string
		doubts       int
	}{
		// Source sides count from 01:00:00:00; 8 s, and 6 s 11 f = 6.44 s at 25.
		{"edl/25fps.edl", SourceCuts, Recording{Name: "sq001_s002.mov", Rate: timeline.Rate25, Length: 20 * time.Minute}, "(0.000-6.440), 0.000-8.000, (0.000-3.440), (0.000-1.960)", 0},
		// 01:00:06:13 to 01:00:08:15 at 24: 6.5417 to 8.625 s.
		{"edl/avid_example.edl", SourceCuts, Recording{Name: "take_2.mov", Rate: timeline.Rate24, Length: 20 * time.Minute}, "(4.208-5.500), 6.542-8.625", 0},
		{"edl/premiere_example.edl", SourceCuts, Recording{Name: "ZZ100_501.take_1.0001.mov", Rate: timeline.Rate24, Length: 20 * time.Minute}, "4.208-5.500, (6.542-8.625)", 0},
		{"edl/premiere_example.edl", SourceCuts, Recording{Name: "another.mp4", Rate: timeline.Rate24, Length: 20 * time.Minute}, "(4.208-5.500), (6.542-8.625)", 0},
		// 01:00:00:00, 00:12, 01:00, 09:12, 10:00, 10:12, 19:12, 20:00, 20:12, 29:00, 29:12 at 24.
		{"fcpxml/TransitionMarkers1.fcpxml", SourceFCPXML, Recording{Name: "s.mp4", Rate: timeline.Rate24, Length: time.Minute},
			"0.000, 0.500, 1.000, 9.500, 10.000, 10.500, 19.500, 20.000, 20.500, 29.000, 29.500", 1},
		// Frames 73 of clips that begin at 322 and at 636 + 100, and the sequence's 113, 492, 298, at 30.
		{"xmeml/premiere_example.xml", SourceXMEML, Recording{Name: "s.mp4", Rate: timeline.Rate30, Length: time.Minute},
			"13.167, 26.967, 3.767 My MArker 1, 16.400 dsf, 9.933", 1},
		// Frame 73 of the clip itself; 492 of the sequence is its frame 170; nothing of it lies at 113 and 298.
		{"xmeml/premiere_example.xml", SourceXMEML, Recording{Name: "sc01_sh030_anim.mov", Rate: timeline.Rate30, Length: time.Minute},
			"2.433, (3.767) My MArker 1, 5.667 dsf, (9.933)", 0},
	} {
		l := only(t, string(sample(t, "marks/nle/"+c.file)), c.of)
		if l.Source != c.source || said(l) != c.want || len(l.Problems) > 0 || len(l.Remarks) != c.doubts {
			t.Errorf("%s for %s: %s %s, problems %q, doubts %q; want %s", c.file, c.of.Name, l.Source, said(l), l.Problems, l.Remarks, c.want)
		}
	}
}

// TestTheDropFrameSampleGivesItsMarkers: the timecodes are those that Final Cut
// shows, as the sample's repository lists them. Three stand inside a compound
// clip; two pairs fall together.
func TestTheDropFrameSampleGivesItsMarkers(t *testing.T) {
	text := string(sample(t, "marks/nle/fcpxml/29.97d.fcpxml"))
	of := Recording{Name: "render.mp4", Rate: timeline.Rate2997, Length: 30 * time.Second}
	l := only(t, text, of)
	shown := strings.Fields("01;14 04;08 05;26 11;23 13;01 14;05 14;10 14;17 14;24 15;00 15;04 15;13 15;20 19;25 21;21 24;08 26;29 28;23")
	seen := map[string]bool{}
	inside := 0
	for _, e := range l.Entries {
		if e.Pass != "" {
			inside++
			continue
		}
		f := of.Rate.Frames(e.At)
		seen[fmt.Sprintf("%02d;%02d", f/30, f%30)] = true
		if (of.Rate.Duration(f) - e.At).Abs() > time.Microsecond {
			t.Errorf("%v lies between two frames", e.At)
		}
	}
	for _, s := range shown {
		if !seen[s] {
			t.Errorf("no marker at %s", s)
		}
	}
	if len(seen) != len(shown) || inside != 3 {
		t.Errorf("%d markers, want %d; %d inside the compound clip", len(seen), len(shown), inside)
	}
	own := only(t, text, Recording{Name: "TestVideo.mp4", Rate: timeline.Rate2997, Length: 102 * time.Second})
	want := "16.483 INSIDE 1, 18.118 INSIDE 2, 19.620 INSIDE 3, 1.468, 7.975, 9.576, (11.778), (13.046), 56.423, 56.790, 56.924, 58.125, 43.644, 43.810, 44.044, 44.278, 44.912, (19.853), (21.722), 90.891, 93.594, 95.395"
	if said(own) != want {
		t.Errorf("in the recording's own time:\n%s, want\n%s", said(own), want)
	}
}

func TestTheSamplePlaylistsGiveTheirDateRanges(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		// The second segment is dated 11:50:46 and begins at 6 s: 11:50:59.12 is 19.12 s. It ends at
		// 11:55:01.12, 13.12 s after the fifth segment, which begins at 24 s. It is a break for advertisements.
		{"media-playlist-with-date-range.m3u8", "(19.120-37.120) 441"},
		// 0, 15 and 72 s after the first segment; a player shows something else there.
		{"interstitials_vod_asset_uri.m3u8", "(0.000) preroll, (15.000) midroll-1, (72.000) postroll"},
	} {
		if l := only(t, string(sample(t, "marks/hls/"+c.file)), of); l.Source != SourceHLS || said(l) != c.want {
			t.Errorf("%s: %s, want %s", c.file, said(l), c.want)
		}
	}
	for _, file := range []string{"llhls", "media-playlist-with-oatcls-scte35", "media-playlist-with-program-date-time", "negativeMediaSequence", "test_master_twitch_vod", "wowza-vod-chunklist"} {
		if b := sample(t, "marks/hls/"+file+".m3u8"); isMarks(b) {
			t.Errorf("%s is taken for marks", file)
		}
	}
}

// TestTheTrueMomentsComeBackFromEveryEditorsFormat writes the four moments of
// the sample recording into each format and reads them back.
func TestTheTrueMomentsComeBackFromEveryEditorsFormat(t *testing.T) {
	var truth struct {
		Moments []struct {
			ID         string
			Start, End float64
		}
	}
	if err := json.Unmarshal(sample(t, "long/payoffs.json"), &truth); err != nil || len(truth.Moments) != 4 {
		t.Fatalf("%d moments: %v", len(truth.Moments), err)
	}
	var all []wrote
	for _, m := range truth.Moments {
		all = append(all, wrote{m.Start, m.End, "MOMENT " + m.ID})
	}
	long := Recording{Name: "stream.mp4", Rate: timeline.Rate30, Length: 1200 * time.Second}
	ntsc, film, pal := long, long, long
	ntsc.Rate, film.Rate, pal.Rate = timeline.Rate2997, timeline.Rate23976, timeline.Rate25
	written := map[string]struct {
		text string
		of   Recording
	}{
		"Resolve, drop-frame":     {resolveEDL(all, timeline.Rate2997, true, 1), ntsc},
		"Resolve, 25":             {resolveEDL(all, timeline.Rate25, false, 0), pal},
		"Premiere, drop-frame":    {premiereTSV(all, timeline.Rate2997, true, 0), ntsc},
		"Premiere, 23.976":        {premiereTSV(all, timeline.Rate23976, false, 1), film},
		"Final Cut Pro, 29.97":    {fcpxml(all, timeline.Rate2997), ntsc},
		"Final Cut Pro 7, 23.976": {xmeml(all, timeline.Rate23976), film},
	}
	for _, source := range []string{SourceResolve, SourceCuts, SourceOBSInfoEDL, SourceScenes, SourcePremiere, SourceFCPXML, SourceXMEML, SourceHLS} {
		written[source] = struct {
			text string
			of   Recording
		}{proofs[source].write(all), long}
	}
	for name, w := range written {
		l := only(t, w.text, w.of)
		if len(l.Entries) != len(all) || len(l.Problems) > 0 {
			t.Errorf("%s: %s, %q", name, said(l), l.Problems)
			continue
		}
		for i, e := range l.Entries {
			off := w.of.Rate.Duration(1)
			if name == SourceHLS || name == SourceScenes {
				off = time.Millisecond
			}
			if e.Pass != "" || (e.At-sec(all[i].at)).Abs() > off || e.End != nil && (*e.End-sec(all[i].end)).Abs() > off {
				t.Errorf("%s: %v came back as %s", name, all[i], said(l))
			}
		}
	}
}

// TestHostileListsOfEditorsAreReadInBoundedTime: what is compared with one
// another is bounded, not only what is read.
func TestHostileListsOfEditorsAreReadInBoundedTime(t *testing.T) {
	var locators, dates, nest strings.Builder
	locators.WriteString("TITLE: x\n")
	dates.WriteString("#EXTM3U\n")
	for i := range 10_000 {
		at := fmt.Sprintf("%02d:%02d:%02d:00", i/3600, i/60%60, i%60)
		fmt.Fprintf(&locators, "001 A%d V C %s %s %s 98:00:00:00\n* LOC: %s RED x\n", i%2, at, at, at, at)
		day := time.Unix(int64(i)*10, 0).UTC().Format(time.RFC3339)
		fmt.Fprintf(&dates, "#EXT-X-PROGRAM-DATE-TIME:%s\n#EXTINF:6,\na\n#EXT-X-DATERANGE:ID=\"%d\",START-DATE=\"%s\",DURATION=1\n", day, i, day)
	}
	nest.WriteString("<xmeml>")
	for range 60 {
		nest.WriteString("<sequence><rate><timebase>30</timebase></rate><clipitem><start>0</start><end>9</end><in>0</in><out>9</out><file id=\"f\"><name>stream.mp4</name></file>")
	}
	nest.WriteString("<sequence>" + strings.Repeat("<clipitem><start>0</start><end>9</end><in>0</in><out>9</out><file id=\"f\"/></clipitem>", 10_000) + strings.Repeat("<marker><in>100</in></marker>", 10_000))
	for name, text := range map[string]string{
		"locators": locators.String(), "dates": dates.String(), "sequences in clips": nest.String(),
		"nearly events": "001 A V C 00:00:00:00 00:00:00:00 00:00:00:00 00:00:00:01\n" + strings.Repeat("001 A B C D "+strings.Repeat("x ", 900)+"C 00:00:00:00\n", 1500),
		"bars":          "001 A V C 00:00:00:00 00:00:00:00 00:00:00:00 00:00:00:01\n |C:x |M:y |D:1\n" + strings.Repeat("|C:|M:|D:\n", 100_000),
		"tabs":          "a\tb\t00:00:00:00\t00:00:00:00\t00:00:00:00\n" + strings.Repeat(strings.Repeat("\t", 900)+"\n", 2000),
	} {
		began := time.Now()
		if _, err := Read("x", []byte(text), of); err != nil && name != "nearly events" {
			t.Errorf("%s: %.200v", name, err)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("%s: %v", name, took)
		} else {
			t.Logf("%s, %d KiB: %v", name, len(text)>>10, took)
		}
	}
}
