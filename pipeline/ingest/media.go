package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/timeline"
)

// facts is all that is known of a recording before it is one.
type facts struct {
	Container string
	Clock     recording.Clock
	Chapters  []pipeline.Chapter
	Hilights  []time.Duration
	Probe     ffmpeg.Probe
}

const (
	remux     = "remux it with OBS (File > Remux Recordings) or ffmpeg -i IN -c copy OUT.mkv, then run again"
	transcode = "make an H.264 copy, such as ffmpeg -i IN -c:v libx264 -crf 16 -c:a aac OUT.mkv, then run again"

	shortest   = 15 * time.Second // of anything that is made
	mostPixels = 8192 * 4320
	leastSide  = 16
	mostSAR    = 8 // pixels that are wider or taller than that are a mistake
)

// media decides what the recording is made of, and what a person must be told.
// A recording that is none, or is shorter than least, is Invalid: codes
// no_picture, unknown_codec, picture_size, too_short. One from which no clip
// can be cut has a note too_short.
func (f facts) media(name string, least time.Duration) (pipeline.Media, []pipeline.Note, error) {
	v, ok := f.Probe.Video()
	if !ok || f.Clock.Frames <= 0 {
		return pipeline.Media{}, nil, pipeline.Fail(pipeline.Invalid, "no_picture",
			"give a recording with a video track; dropcut does not make clips from sound alone", "%s has no picture", name)
	}
	if v.Missing != "" {
		return pipeline.Media{}, nil, pipeline.Fail(pipeline.Invalid, "unknown_codec", transcode, "%s cannot be used: its picture's %s", name, v.Missing)
	}
	if v.Width < leastSide || v.Height < leastSide || v.Width*v.Height > mostPixels {
		return pipeline.Media{}, nil, pipeline.Fail(pipeline.Invalid, "picture_size",
			fmt.Sprintf("give a picture of at least %d×%d and at most 8192×4320", leastSide, leastSide), "%s has a picture of %d×%d", name, v.Width, v.Height)
	}
	notes := slices.Clone(f.Clock.Notes)
	if c := f.Clock; c.Frames < c.Rate.Frames(shortest) {
		e := pipeline.Fail(pipeline.Invalid, "too_short",
			"give a recording of at least 15 s; a core needs 60 s", "%s lasts %.1f s, and the shortest clip takes 15 s", name, c.Rate.Duration(c.Frames).Seconds())
		if c.Frames < c.Rate.Frames(least) {
			return pipeline.Media{}, nil, e
		}
		notes = append(notes, pipeline.Note{Code: e.Code, Detail: e.Detail + ": nothing can be cut from it", Hint: e.Hint})
	}
	m := pipeline.Media{Container: f.Container, Rate: f.Clock.Rate, Frames: f.Clock.Frames, Zero: f.Clock.Zero,
		Pieces: f.Clock.Pieces, Video: f.video(v), Text: f.text(), Chapters: f.Chapters, Hilights: f.Hilights}
	var more []pipeline.Note
	m.Audio, more = f.audio()
	if part, ok := goproPart(name); ok && len(f.Hilights) > 0 {
		more = append(more, pipeline.Note{Code: "gopro_part", Detail: fmt.Sprintf("%s is part %d of a longer GoPro recording; its HiLight tags are counted from the beginning of this part", name, part)})
	}
	return m, append(notes, more...), nil
}

// goproName is how GoPro cameras name the parts of one recording: GH020123.MP4
// is the second, and so is GP010123.MP4 of older cameras, after GOPR0123.MP4.
var goproName = regexp.MustCompile(`(?i)^G([HXL]|P)(\d\d)\d{4}\.MP4$`)

// goproPart is which part of a recording a file is, where its name says that
// others come before it.
func goproPart(name string) (int, bool) {
	m := goproName.FindStringSubmatch(name)
	if m == nil {
		return 0, false
	}
	part, _ := strconv.Atoi(m[2])
	if strings.EqualFold(m[1], "P") {
		part++
	}
	return part, part > 1
}

func (f facts) video(v ffmpeg.Stream) pipeline.Video {
	out := pipeline.Video{Index: v.Index, Codec: v.Codec, Width: v.Width, Height: v.Height, SAR: v.SAR, Rotation: v.Rotation,
		SourceRate: f.Clock.SourceRate, Variable: f.Clock.Variable, PixFmt: v.PixFmt,
		Range: known(v.Range), Matrix: known(v.Matrix), Primaries: known(v.Primaries), Transfer: known(v.Transfer)}
	if s := v.SAR; s.IsZero() || s.Num > mostSAR*s.Den || s.Den > mostSAR*s.Num {
		out.SAR = timeline.NewRate(1, 1)
	}
	switch v.FieldOrder {
	case "tt", "bb", "tb", "bt":
		out.Interlaced = v.FieldOrder
	}
	return out
}

func known(s string) string {
	if s == "unknown" {
		return ""
	}
	return s
}

// audio is the sound streams that can be decoded here; of others it says so.
func (f facts) audio() (out []pipeline.Audio, notes []pipeline.Note) {
	bad := ""
	for _, s := range f.Probe.Streams {
		switch {
		case s.Type != "audio":
		case s.Missing != "" || s.Codec == "":
			bad = s.Codec
		default:
			out = append(out, pipeline.Audio{Index: s.Index, Codec: s.Codec, SampleRate: s.SampleRate, Channels: s.Channels, Language: s.Language})
		}
	}
	if bad != "" && len(out) == 0 {
		notes = append(notes, pipeline.Note{Code: "sound_unreadable", Detail: fmt.Sprintf("the sound is %s, which dropcut does not read; clips have none", bad),
			Hint: "make a copy with AAC sound: ffmpeg -i IN -c:v copy -c:a aac OUT.mkv"})
	}
	return out, notes
}

// text is the subtitle streams that hold words and not pictures of words.
func (f facts) text() (out []pipeline.Text) {
	for _, s := range f.Probe.Streams {
		if s.Type == "subtitle" && s.IsText() {
			out = append(out, pipeline.Text{Index: s.Index, Codec: s.Codec, Language: s.Language})
		}
	}
	return out
}
