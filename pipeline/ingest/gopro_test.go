package ingest

import (
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/timeline"
)

func TestAPartOfALongerGoProRecordingIsToldByItsName(t *testing.T) {
	for name, want := range map[string]int{
		"GH010123.MP4": 0, "GH020123.MP4": 2, "gx120123.mp4": 12, "GL030001.MP4": 3,
		"GOPR0123.MP4": 0, "GP010123.MP4": 2, "GP020123.MP4": 3,
		"GH02.MP4": 0, "GH020123.MKV": 0, "night.mp4": 0, "": 0,
	} {
		if part, ok := goproPart(name); ok != (want > 0) || ok && part != want {
			t.Errorf("%s is part %d (%v), want %d", name, part, ok, want)
		}
	}
}

func TestTagsOfALaterPartAreNoted(t *testing.T) {
	f := facts{Clock: recording.Clock{Rate: timeline.Rate30, Frames: 900}, Hilights: []time.Duration{time.Second},
		Probe: ffmpeg.Probe{Streams: []ffmpeg.Stream{{Type: "video", Codec: "h264", Width: 640, Height: 360}}}}
	noted := func(name string) bool {
		m, notes, err := f.media(name, shortest)
		if err != nil || len(m.Hilights) != len(f.Hilights) {
			t.Fatalf("%v, tags %v", err, m.Hilights)
		}
		return slices.ContainsFunc(notes, func(n pipeline.Note) bool { return n.Code == "gopro_part" })
	}
	if !noted("GH020123.MP4") || noted("GH010123.MP4") || noted("show.mp4") {
		t.Error("a later part is not noted, or others are")
	}
	f.Hilights = nil
	if noted("GH020123.MP4") {
		t.Error("a part without tags is noted")
	}
}
