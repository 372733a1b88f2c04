package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

// x264Params make segments that can stand beside each other in one file: one
// decoder configuration (stitchable), closed groups, key pictures only where
// they are asked for.
const x264Params = "stitchable=1:open-gop=0:scenecut=0:keyint=infinite:min-keyint=1:bframes=3:b-pyramid=normal:ref=3:force-cfr=1"

// The most that encoded pictures may take: what a piece of work reserves comes from here too.
const (
	maxrate = 12 // Mb/s
	bufsize = 24 // Mb
)

// Encoder is how every picture is encoded: what of the arguments goes into recipes.
func Encoder() []ffmpeg.Option { return encoder("veryfast") }

func encoder(preset string) []ffmpeg.Option {
	return []ffmpeg.Option{{Name: "c:v", Value: "libx264"}, {Name: "preset", Value: preset}, {Name: "crf", Value: "21"},
		{Name: "profile:v", Value: "high"}, {Name: "pix_fmt", Value: "yuv420p"}, {Name: "maxrate", Value: fmt.Sprintf("%dM", maxrate)}, {Name: "bufsize", Value: fmt.Sprintf("%dM", bufsize)},
		{Name: "x264-params", Value: x264Params}}
}

// quick is how many times smaller pictures are that are made as quickly as can
// be: nobody posts them.
const quick = 4

// encoderOf is Encoder, or a quick one for pictures that are so many times smaller.
func encoderOf(scale int64) []ffmpeg.Option {
	if scale == quick {
		return encoder("ultrafast")
	}
	return Encoder()
}

// named is arguments of an encoder as a recipe names them.
func named(encoder []ffmpeg.Option) []string {
	var out []string
	for _, o := range encoder {
		out = append(out, o.Name+"="+o.Value)
	}
	return out
}

// strandFile is the MP4 of strand n in its run's folder.
func strandFile(n int) string { return fmt.Sprintf("strand-%d.mp4", n) }

// output is what a run writes for strand n.
func output(s strand, n int, encoder []ffmpeg.Option, rate timeline.Rate, threads int) ffmpeg.Output {
	o := ffmpeg.Output{Maps: []string{fmt.Sprintf("[v%d]", n)}, File: strandFile(n)}
	o.Options = append(slices.Clone(encoder),
		ffmpeg.Option{Name: "threads", Value: strconv.Itoa(threads)},
		ffmpeg.Option{Name: "fps_mode", Value: "passthrough"},
		ffmpeg.Option{Name: "forced-idr", Value: "1"},
		ffmpeg.Option{Name: "force_key_frames", Value: keyFrames(s, rate)},
		ffmpeg.Option{Name: "colorspace", Value: "bt709"}, ffmpeg.Option{Name: "color_primaries", Value: "bt709"},
		ffmpeg.Option{Name: "color_trc", Value: "bt709"}, ffmpeg.Option{Name: "color_range", Value: "tv"},
		ffmpeg.Option{Name: "video_track_timescale", Value: strconv.FormatInt(rate.Timescale(), 10)})
	return o
}

// keyFrames is when each segment begins, from the strand's first picture.
func keyFrames(s strand, rate timeline.Rate) string {
	var at []string
	for _, x := range s.Segments {
		at = append(at, ffmpeg.Seconds(int64(rate.Duration(x.In-s.Segments[0].In))))
	}
	return strings.Join(at, ",")
}

// excerptInput reads an excerpt from the key picture before frame in. Nothing
// is dropped between the seek and the graph: the graph goes by timestamps. A
// damaged packet costs its pictures, not the run.
func excerptInput(file string, in int64, rate timeline.Rate) ffmpeg.Input {
	from := max(int64(rate.Duration(in-preRoll))+pipeline.ExcerptLead, 0)
	return ffmpeg.Input{File: file, Options: []ffmpeg.Option{{Name: "copyts"}, {Name: "noaccurate_seek"},
		{Name: "seek_timestamp", Value: "1"}, {Name: "noautorotate"}, {Name: "reinit_filter:v", Value: "0"}, {Name: "ss", Value: ffmpeg.Seconds(from)}}}
}

// arguments is the argument list of a run's one process.
func arguments(o runOrder, excerpt string, encoder []ffmpeg.Option, rate timeline.Rate, threads int) []string {
	var outs []ffmpeg.Output
	for n, s := range o.Strands {
		outs = append(outs, output(s, n, encoder, rate, threads))
	}
	return ffmpeg.Arguments(excerptInput(excerpt, o.window().In, rate), graph(o, rate), outs...)
}
