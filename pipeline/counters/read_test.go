package counters

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"dropcut/pipeline"
)

var update = flag.Bool("update", false, "write the table of docs/imports.md")

const (
	tableBegins = "<!-- from pipeline/counters/exports.go: go test ./pipeline/counters -run Page -update -->\n"
	tableEnds   = "<!-- end -->\n"
)

var downloaded = time.Date(2026, 7, 20, 9, 0, 0, 0, time.UTC)

// said is a row as a short text: key, views, shares, likes, comments, grain.
func said(c Counted) string {
	n := func(p *int64) string {
		if p == nil {
			return "?"
		}
		return fmt.Sprint(*p)
	}
	return strings.Join([]string{c.Post, n(c.Views), n(c.Shares), n(c.Likes), n(c.Comments), string(c.Grain)}, " ")
}

// TestExportsOfPlatformsAreRead: headers are as their pages write them.
func TestExportsOfPlatformsAreRead(t *testing.T) {
	for _, c := range []struct {
		why, text, export string
		want              []string
		unused            int
	}{
		{"TikTok Studio", "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views,Average watch time\n" +
			"\"Lamp, lit\",https://www.tiktok.com/@ada/video/7412345678901234567,2026-07-18 19:05:00,1.2K,48,31,\"18,400\",11.5\nnone,,,1,1,1,1,1\n",
			"TikTok Studio", []string{"tiktok/7412345678901234567 18400 31 1200 48 "}, 1},
		{"Instagram, with a mark of order", "\ufeff\"Post ID\",\"Account ID\",\"Account username\",\"Account name\",Description,\"Duration (sec)\",\"Publish time\",Permalink,\"Post type\",\"Data comment\",Date,Views,Reach,Likes,Shares,Follows,Comments,Saves\n" +
			"18182686576415017,17841403,ada,Ada,\"two\nlines, and a comma\",44,\"07/18/2026 08:31\",https://www.instagram.com/reel/DAbc123/,\"IG reel\",,Lifetime,\"12,400\",9100,610,,41,57,230\n" +
			"18182686576415018,17841403,ada,Ada,x,44,\"07/18/2026 08:31\",,\"IG reel\",,Lifetime,5,5,5,5,5,5,5\n" +
			"18182686576415018,17841403,ada,Ada,x,44,\"07/18/2026 08:31\",,\"IG reel\",,07/19/2026,5,5,5,5,5,5,5\n",
			"Meta Business Suite, Instagram", []string{"instagram/DAbc123 12400 ? 610 57 moving", "instagram/18182686576415018 5 5 5 5 moving"}, 1},
		{"Facebook", "Post ID,Page ID,Page name,Title,Permalink,Post type,Date,Views,Reactions,Comments,Shares\n122,9,Ada,x,https://www.facebook.com/reel/122/,Reels,Lifetime,63,6,2,1\n",
			"Meta Business Suite, Facebook", []string{"facebook/122 63 1 6 2 moving"}, 0},
		{"YouTube's table", "Content,Video title,Video publish time,Duration,Likes,Views,Watch time (hours),Subscribers,Shares,Comments added,Impressions click-through rate (%)\n" +
			"Total,,,,7940,504631,42600.65,7421,9,9,5.22\n2q4TS4z4Rpk,\"Guide, to lamps\",\"Jul 14, 2026\",61,12,\"1,234\",3.5,1,7,,5.1\n",
			"YouTube Studio", []string{"youtube/2q4TS4z4Rpk 1234 7 12 ? day"}, 1},
		{"YouTube's table in German, with semicolons", "sep=;\nVideos;Videotitel;Veröffentlichungszeitpunkt des Videos;Dauer;Aufrufe;Wiedergabezeit (Stunden);Abonnenten\nGesamt;;;;99;1;1\nabcdefghijk;Lampe;14.07.2026;61;1.234.567;3,5;1\n",
			"YouTube Studio", []string{"youtube/abcdefghijk 1234567 ? ? ? day"}, 1},
		{"YouTube's days", "Date,Content,Video title,Video publish time,Duration,Views,Shares\n2026-07-15,aaaaaaaaaaa,x,x,60,30,\n2026-07-14,aaaaaaaaaaa,x,x,60,10,2\n2026-07-15,bbbbbbbbbbb,x,x,60,7,1\nsome day,bbbbbbbbbbb,x,x,60,7,1\n",
			"YouTube Studio, days", []string{"youtube/aaaaaaaaaaa 40 ? ? ? day", "youtube/aaaaaaaaaaa 10 2 ? ? day", "youtube/bbbbbbbbbbb 7 1 ? ? day"}, 1},
		{"X", "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Replies,Reposts,Profile visits\n2074000000000000001,\"Tue, Jul 14, 2026\",text,https://x.com/ada/status/2074000000000000001,10050,14,2,1,99,0,3,5,1\n2.07E+18,x,x,,1,1,1,1,1,1,1,1,1\n",
			"X analytics", []string{"x/2074000000000000001 10050 5 14 3 "}, 1},
		{"the former Twitter", "\"Tweet id\",\"Tweet permalink\",\"Tweet text\",\"time\",\"impressions\",\"engagements\",\"engagement rate\",\"retweets\",\"replies\",\"likes\"\n\"9001\",\"https://twitter.com/ada/status/9001\",\"x\",\"2026-07-18 12:00 +0000\",\"120.0\",\"3\",\"0.02\",\"4\",\"1\",\"2\"\n",
			"Twitter analytics", []string{"x/9001 120 4 2 1 "}, 0},
		{"one's own, with words before it", "made by hand\n\npost,url,observed_at,views,shares,grain\ncl_1,,2026-07-18T10:00:00Z,1 000,0,\n,https://peer.example/w/1,18.07.2026 12:00,-,3,moving\n,,2026-07-18,1,1,\ncl_1,,yesterday,1,1,\ncl_1,,2026-07-18,12%,1,\ncl_1,,2026-07-18,,,\ncl_1,,2026-07-18,-5,1,\ncl_1,,2026-07-18,1,1,weekly\n",
			"dropcut", []string{"cl_1 1000 0 ? ? ", "peer.example/w/1 ? 3 ? ? moving"}, 6},
		{"JSON", `{"items":[{"post":"cl_1","observed_at":"2026-07-18T10:00:00Z","views":1000,"shares":null},{"platform":"tiktok","external_id":"77","observed_at":"2026-07-18T10:00:00Z","shares":"3"},{"views":[]},3,{}]}`,
			"dropcut", []string{"cl_1 1000 ? ? ? ", "tiktok/77 ? 3 ? ? "}, 3},
	} {
		for _, form := range []string{"as it is", "CRLF", "UTF-16"} {
			r, err := Read(written(t, c.text, form), Options{Observed: downloaded, Zone: time.UTC})
			var got []string
			for _, row := range r.Rows {
				got = append(got, said(row))
			}
			if err != nil || r.Export != c.export || !slices.Equal(got, c.want) || len(r.Unused) != c.unused {
				t.Errorf("%s, %s: %q, %q, not used %v, %v; want %q", c.why, form, r.Export, got, r.Unused, err, c.want)
			}
		}
	}
}

func written(t *testing.T, text, form string) []byte {
	t.Helper()
	switch form {
	case "CRLF":
		return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	case "UTF-16":
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	return []byte(text)
}

func TestADayOfYouTubeEndsAtMidnightInLosAngeles(t *testing.T) {
	r, err := Read([]byte("Date,Content,Video title,Views\n2026-07-14,aaaaaaaaaaa,x,10\n2026-11-01,aaaaaaaaaaa,x,1\n"), Options{})
	if err != nil || len(r.Rows) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, want := range []string{"2026-07-15T07:00:00Z", "2026-11-02T08:00:00Z"} { // the clocks change on the first of November
		if got := r.Rows[i].At.UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTimesWithoutAZoneAreTheChannels(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2026-07-18 12:00": "2026-07-18T10:00:00Z", "18.07.2026 12:00": "2026-07-18T10:00:00Z", "07/18/2026 12:00": "2026-07-18T10:00:00Z", "18/07/2026": "2026-07-17T22:00:00Z",
		"2026-07-18T12:00:00+00:00": "2026-07-18T12:00:00Z", "2026-07-18 12:00 +0000": "2026-07-18T12:00:00Z", "1784376000": "2026-07-18T12:00:00Z", "Tue, Jul 14, 2026": "2026-07-13T22:00:00Z",
	} {
		got, err := instant(text, berlin)
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v, want %s", text, got.UTC(), err, want)
		}
	}
	if _, err := instant("0001-01-01", berlin); err == nil {
		t.Error("the year 1 is a time")
	}
}

func TestCountsAreReadAsSpreadsheetsWriteThem(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1234": 1234, "1,234": 1234, "1.234": 1234, "1.234.567": 1234567, "1 234": 1234, "1\u202f234": 1234, "1'234": 1234, "12.0": 12, "1.2K": 1200, "1,2 Mio.": 1200000, "3M": 3000000} {
		if got, err := count(text); err != nil || got == nil || *got != want {
			t.Errorf("%q: %v, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"-5", "12%", "1.5", "1,23,456", "1e9", "0x1", "one", "1..2", ".5", "9999999999999999999", "∞", "1 2"} {
		if got, err := count(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
	for _, text := range []string{"", "-", "--", "N/A", " "} {
		if got, err := count(text); err != nil || got != nil {
			t.Errorf("%q: %v, %v: nothing is known, which is not zero", text, got, err)
		}
	}
}

func TestAFileThatIsNoExportSaysSo(t *testing.T) {
	for _, text := range []string{"", "hello", "a,b\n1,2\n", "{}", "[]", "[1", "Views,Likes\n1,2\n", "Post id,Post text\n1,x\n"} {
		if r, err := Read([]byte(text), Options{Observed: downloaded}); pipeline.KindOf(err) != pipeline.Invalid {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
	}
}

// FuzzRead: nothing is dropped without a word, whatever the file.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"observed_at,url,views\n2026-07-18,https://x.com/a/status/1,5\n,,\n", "sep=;\nPost id;Impressions\n1;2\n3\n", `[{"post":"p","observed_at":"2026-07-18","views":1},2]`,
		"Date,Content,Video title,Views\n2026-07-14,a,x,1.5\n", "\xff\xfea\x00", "Tweet id,likes\n\"1\n2,\"3"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Read(b, Options{Observed: downloaded})
		if err != nil {
			return
		}
		lines := map[int]bool{}
		for _, row := range r.Rows {
			if lines[row.Line] = true; row.Post == "" || row.At.IsZero() || row.Source == "" || row.Views == nil && row.Shares == nil && row.Likes == nil && row.Comments == nil && row.Grain != pipeline.GrainDay {
				t.Errorf("%+v", row)
			}
		}
		for _, u := range r.Unused {
			if lines[u.Line] {
				t.Errorf("line %d is used, and not: %s", u.Line, u.Why)
			}
		}
		if again, err := Read(b, Options{Observed: downloaded}); err != nil || len(again.Rows) != len(r.Rows) {
			t.Errorf("read again: %d rows, then %d (%v)", len(r.Rows), len(again.Rows), err)
		}
	})
}

// pageTable is the table of columns as docs/imports.md has it.
func pageTable() string {
	var b strings.Builder
	for _, e := range exports {
		fmt.Fprintf(&b, "### %s\n\nFrom %s. Source `%s`", e.name, e.from, e.source)
		if e.grain != "" {
			fmt.Fprintf(&b, ", grain `%s`", e.grain)
		}
		if e.notes != "" {
			fmt.Fprintf(&b, ": %s", e.notes)
		}
		fmt.Fprintf(&b, ". Told by `%s`.\n\n| field | columns |\n|---|---|\n", strings.Join(e.told, "` or `"))
		for f := range fields {
			if names := e.columns[f]; len(names) > 0 {
				fmt.Fprintf(&b, "| %s | `%s` |\n", fieldNames[f], strings.Join(names, "`, `"))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestThePageOfImportsIsTheTable(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "imports.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), tableBegins)
	have, after, ok2 := strings.Cut(rest, tableEnds)
	if !ok1 || !ok2 {
		t.Fatal("docs/imports.md has lost the lines between which the table stands")
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+tableBegins+pageTable()+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != pageTable() {
		t.Errorf("docs/imports.md is not what the code says; run with -update. Want:\n%s", pageTable())
	}
}
