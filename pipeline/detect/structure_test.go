package detect

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// marksIn is what the lists say of a recording of that many seconds.
func marksIn(seconds int64, b pipeline.Brief, chapters []pipeline.Chapter, texts ...string) []found {
	m := media(seconds)
	var lists []marks.List
	for i, text := range texts {
		all, err := marks.Read(string(rune('a'+i)), []byte(text), marks.Recording{Rate: m.Rate, Length: m.Rate.Duration(m.Frames)})
		if err != nil {
			panic(err)
		}
		lists = append(lists, all...)
	}
	return gather(append(lists, marks.OfChapters(chapters, sec(float64(seconds)))), b, m)
}

// brief says of marks what matters in one line each.
func brief(all []found) (out []string) {
	for _, m := range all {
		s := spoken(m.At)
		if m.End != nil {
			s += "-" + spoken(*m.End)
		}
		if m.Label != "" {
			s += " " + m.Label
		}
		if m.UnusedCode != "" {
			s += " (" + m.UnusedCode + ")"
		}
		out = append(out, s)
	}
	return out
}

func chapter(from, to float64, title string) pipeline.Chapter {
	return pipeline.Chapter{Start: sec(from), End: sec(to), Title: title}
}

func TestOnlyPointingWordsAreMarksInAStructure(t *testing.T) {
	for _, c := range []struct {
		why      string
		seconds  int64
		words    []string
		chapters []pipeline.Chapter
		texts    []string
		want     []string
	}{
		{"a list from zero tiles", 600, nil, nil, []string{"0:00 intro\n1:00 MOMENT A\n2:00 talk\n9:00 Clip: end"},
			[]string{"0:00-1:00 intro (structure)", "1:00-2:00 MOMENT A", "2:00-9:00 talk (structure)", "9:00-10:00 Clip: end"}},
		{"a list that begins later does not", 600, nil, nil, []string{"1:00 a\n2:00 b\n9:00 c"}, []string{"1:00 a", "2:00 b", "9:00 c"}},
		{"two lines are no structure", 600, nil, nil, []string{"0:00 a\n2:00 b"}, []string{"0:00 a", "2:00 b"}},
		{"ranges that leave gaps do not tile", 600, nil, nil, []string{"0:00-0:20 a\n1:00-1:20 b\n9:00-10:00 c"}, []string{"0:00-0:20 a", "1:00-1:20 b", "9:00-10:00 c"}},
		{"ranges without gaps do", 600, nil, nil, []string{"0:00-1:00 a\n1:00-9:00 drop\n9:00-10:00 c"}, []string{"0:00-1:00 a (structure)", "1:00-9:00 drop", "9:00-10:00 c (structure)"}},
		{"the creator's own words", 600, []string{"Unboxing"}, nil, []string{"0:00 a\n1:00 unboxing the hoodie\n2:00 c"},
			[]string{"0:00-1:00 a (structure)", "1:00-2:00 unboxing the hoodie", "2:00-10:00 c (structure)"}},
		{"Twitch markers are presses, wherever they begin", 600, nil, nil, []string{"0:00:00,B,x,a\n0:01:00,B,x,b\n0:02:00,B,x,c"}, []string{"0:00 a", "1:00 b", "2:00 c"}},
		{"chapters that tile", 600, nil, []pipeline.Chapter{chapter(0, 60, "a"), chapter(60, 120, "Highlights"), chapter(120, 600, "c")}, nil,
			[]string{"0:00-1:00 a (structure)", "1:00-2:00 Highlights", "2:00-10:00 c (structure)"}},
		{"chapters that do not tile are points: their ends are only the next one's start", 600, nil,
			[]pipeline.Chapter{chapter(60, 120, "a"), chapter(120, 600, "b")}, nil, []string{"1:00 a", "2:00 b"}},
		{"one chapter over all is structure", 600, nil, []pipeline.Chapter{chapter(0, 600, "the show")}, nil, []string{"0:00-10:00 the show (structure)"}},
		{"two that cover it too", 600, nil, []pipeline.Chapter{chapter(0, 60, "a"), chapter(60, 600, "drop")}, nil, []string{"0:00-1:00 a (structure)", "1:00-10:00 drop"}},
		{"a range that a person gave of all is theirs", 600, nil, nil, []string{"0:00-10:00 all of it"}, []string{"0:00-10:00 all of it"}},
		{"the games of a stream, wherever they end", 600, nil, nil, []string{`{"extractor":"twitch:vod","chapters":[{"start_time":0,"end_time":200,"title":"Chess"},{"start_time":200,"end_time":7200,"title":"Clip it"}]}`},
			[]string{"0:00-3:20 Chess (structure)", "3:20-2:00:00 Clip it"}},
		{"what stands in no table of contents points", 600, nil, nil, []string{`{"chapters":[{"startTime":0,"title":"a"},{"startTime":60,"title":"b"},{"startTime":70,"title":"pop","toc":false},{"startTime":90,"title":"c"}]}`},
			[]string{"0:00-1:00 a (structure)", "1:00-1:30 b (structure)", "1:10 pop", "1:30-10:00 c (structure)"}},
		{"a deselected segment is left out", 600, nil, nil, []string{"{cutSegments:[{start:1,end:2,selected:false},{start:3,end:4}]}"}, []string{"0:01-0:02 (left_out)", "0:03-0:04"}},
		{"chapters with ends of their own are ranges", 600, nil, []pipeline.Chapter{chapter(60, 100, "a"), chapter(200, 260, "b")}, nil, []string{"1:00-1:40 a", "3:20-4:20 b"}},
		{"OBS: Start and Dummy are its own, Unnamed is a press without a label", 600, nil,
			[]pipeline.Chapter{chapter(0, 10, "Start"), chapter(10, 25.5, "DROP: neon hoodie"), chapter(25.5, 600, "Unnamed 2"), chapter(600, 600, "Dummy")}, nil,
			[]string{"0:10 DROP: neon hoodie", "0:25.500"}},
		{"OBS in another language, told by its handler", 600, nil,
			[]pipeline.Chapter{{Start: 0, End: sec(10), Title: "Anfang", OBS: true}, {Start: sec(10), End: sec(600), Title: "los", OBS: true}}, nil, []string{"0:10 los"}},
		{"a person's chapter called Start is a chapter", 600, nil, []pipeline.Chapter{chapter(0, 60, "Start"), chapter(60, 120, "drop 1"), chapter(120, 600, "c")}, nil,
			[]string{"0:00-1:00 Start (structure)", "1:00-2:00 drop 1", "2:00-10:00 c (structure)"}},
		{"an offset for other tools is no mark", 600, nil, nil, []string{"0:00:10,B,x,OFFSET: 0:10:00\n0:01:00,B,x,b"}, []string{"0:10 OFFSET: 0:10:00 (offset)", "1:00 b"}},
		{"outside is said", 600, nil, nil, []string{"0:30 a\n9:59 b\n10:01 on the very end\n10:02 c\n99:00 d"},
			[]string{"0:30 a", "9:59 b", "10:01 on the very end", "10:02 c (outside)", "1:39:00 d (outside)"}},
	} {
		got := marksIn(c.seconds, pipeline.Brief{Pointing: c.words}, c.chapters, c.texts...)
		if !slices.Equal(brief(got), c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.why, brief(got), c.want)
		}
		for _, m := range got {
			if (m.UnusedCode == "") != (m.Unused == "") {
				t.Errorf("%s: code %q without a reason or the other way round: %q", c.why, m.UnusedCode, m.Unused)
			}
		}
	}
}

func TestAPointingWordStandsAlone(t *testing.T) {
	for label, want := range map[string]bool{"MOMENT A": true, "drop": true, "Drops!": true, "🔥 clip this": true, "Reveal: hoodie": true, "highlight-1": true,
		"Market stall": false, "clipping": false, "the drop": false, "": false, "droplet": false, "marké": false} {
		if points(label, nil) != want {
			t.Errorf("%q points: %v", label, !want)
		}
	}
	if points("anything", []string{""}) {
		t.Error("an empty word of the creator makes everything a mark")
	}
}

func TestMarksMergeAcrossSourcesAndKeepThemAll(t *testing.T) {
	for _, c := range []struct {
		why   string
		texts []string
		want  []string
		also  int // sources beside the first mark's own
	}{
		{"within two seconds, the finer time leads", []string{"0:01:00,B,x,\n", `{"version":1,"marks":[{"start":61.5,"label":"hoodie"}]}`}, []string{"1:01.500 hoodie"}, 1},
		{"one label within half a minute", []string{"0:01:00,B,x,Hoodie\n", "1:20 hoodie\n"}, []string{"1:00 Hoodie"}, 1},
		{"one label far apart is two", []string{"0:01:00,B,x,drop\n", "9:00 drop\n"}, []string{"1:00 drop", "9:00 drop"}, 0},
		{"a press repeated", []string{"0:01:00,B,x,\n0:01:01,B,x,\n"}, []string{"1:00", "1:01 (duplicate)"}, 0},
		{"two labels of one list stay two", []string{"1:00 a\n1:01 b\n"}, []string{"1:00 a", "1:01 b"}, 0},
		{"a range leads a point", []string{"0:01:00,B,x,wow\n", "1:01-1:40 the reveal\n"}, []string{"1:01-1:40 the reveal"}, 1},
		{"start and end are a range", []string{"0:01:00,B,x,START: hoodie\n0:01:40,B,x,END: hoodie\n"}, []string{"1:00-1:40 hoodie"}, 1},
		{"start and end of different things are not", []string{"0:01:00,B,x,start a\n0:01:40,B,x,end b\n"}, []string{"1:00 start a", "1:40 end b"}, 0},
		{"nor are they two minutes apart", []string{"0:01:00,B,x,start\n0:03:01,B,x,end\n"}, []string{"1:00 start", "3:01 end"}, 0},
		{"words that merely begin alike", []string{"1:00 intro talk\n1:30 outro\n"}, []string{"1:00 intro talk", "1:30 outro"}, 0},
		{"three sources", []string{"0:01:00,B,x,\n", "1:01 a\n", `{"version":1,"marks":[{"start":60.5}]}`}, []string{"1:00.500 a"}, 2},
	} {
		got := marksIn(600, pipeline.Brief{}, nil, c.texts...)
		if !slices.Equal(brief(got), c.want) || len(got[0].Also) != c.also {
			t.Errorf("%s:\n got %q, also %q\nwant %q", c.why, brief(got), got[0].Also, c.want)
		}
	}
}

func TestMarksOfAHostileFileMergeInTime(t *testing.T) {
	for _, line := range []string{"0:01:00,B,x,\n", "0:01:00,B,x,start\n0:01:01,B,x,end\n"} {
		began := time.Now()
		marksIn(600, pipeline.Brief{}, nil, strings.Repeat(line, marks.MostMarks/2), "1:00 a\n1:01 b\n")
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%q repeated took %v", line, took)
		}
	}
}
