package main

import (
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/detect"
	"dropcut/pipeline/marks"
)

func TestEveryTypedMarkThatIsNotUsedIsSaidAndManyOfAFileAreSummedUp(t *testing.T) {
	mark := func(source string, at time.Duration, label, code, why string) pipeline.Mark {
		return pipeline.Mark{Source: source, At: at, Label: label, UnusedCode: code, Unused: why}
	}
	all := []pipeline.Mark{
		mark(marks.SourceFlag, 50*time.Second, "used", "", ""),
		mark("twitch_csv", 12500*time.Millisecond, "one", detect.UnusedDeadAir, "nothing is heard there; and more"),
		mark(marks.SourceSignal, time.Minute, "", detect.UnusedFaint, "it stands out too little"),
	}
	for i := range 5 {
		all = append(all, mark("youtube_chapters", time.Duration(i)*time.Minute, "part", detect.UnusedStructure, "its list covers it"))
		all = append(all, mark(marks.SourceFlag, time.Duration(99+i)*time.Minute, "x", detect.UnusedOutside, "it lies behind the end"))
	}
	want := []string{`0:12.500 "one": nothing is heard there`, `5 chapters: they tile the recording (see dropcut inspect)`,
		`1:39:00 "x": it lies behind the end`, `1:40:00 "x": it lies behind the end`, `1:41:00 "x": it lies behind the end`,
		`1:42:00 "x": it lies behind the end`, `1:43:00 "x": it lies behind the end`}
	if got := unused(all); !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
