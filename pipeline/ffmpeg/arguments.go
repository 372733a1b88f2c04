package ffmpeg

import (
	"fmt"
	"slices"

	ffmpeggo "github.com/u2takey/ffmpeg-go"
)

// Option is one ffmpeg option; an empty Value is a flag without one.
type Option struct{ Name, Value string }

// Input is the one file a process reads, and the options before it.
type Input struct {
	File    string
	Options []Option // such as {"ss", "12.5"}; in this order
	Own     bool     // we made it: the first fault in it ends the process
	Before  []Input  // files of our own making that are read too, and numbered before this one; each names its format: {"f", "srt"}
}

// Output is one file a process writes, relative to its folder.
type Output struct {
	Maps    []string // "[v0]", "0:a:0"; at least one
	File    string
	Options []Option
}

// What a recording may be made of. Everything else ffmpeg knows is refused
// before it is opened: playlists and their kin reach other files, and rare
// decoders are where the holes are. Text codecs are named because an unmapped
// subtitle stream must not be a reason to refuse.
const (
	formats = "mov,matroska,flv,mpegts"
	codecs  = "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,mpeg4,mpeg2video,mpeg1video,mjpeg,png," +
		"aac,aac_latm,mp2,mp2float,mp3,mp3float,opus,libopus,vorbis,ac3,eac3,flac," +
		"pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_f32le,pcm_s32le,pcm_alaw,pcm_mulaw,alac," +
		"mov_text,ssa,ass,srt,subrip,webvtt,text"
	// What a stream nobody reads may be made of: covers, subtitles, other
	// people's sound. Probe opens their decoders and never feeds them.
	alsoOpened = "gif,bmp,tiff,webp,jpeg2000,dvbsub,dvdsub,pgssub,xsub,cc_dec,libzvbi_teletextdec,jacosub,microdvd,mpl2,pjs," +
		"realtext,sami,stl,subviewer,subviewer1,vplayer,ttml,dca,truehd,mlp,amrnb,amrwb,nellymoser,speex,libspeex,adpcm_swf,adpcm_ima_qt," +
		"adpcm_ima_wav,adpcm_ms,pcm_u8,pcm_s8,pcm_f64le,pcm_bluray,pcm_dvd,wmav1,wmav2,flv,flashsv,flashsv2,vp6,vp6a,vp6f,theora,rawvideo," +
		"prores,dnxhd,cinepak,qtrle,h263,wmv1,wmv2,wmv3,vc1,ffv1"
	maxPixels = 8192 * 4320
)

// guards are the options every input of a stranger gets.
func guards() []Option {
	return []Option{
		{"protocol_whitelist", "file"}, {"format_whitelist", formats}, {"codec_whitelist", codecs},
		{"max_streams", "64"}, {"max_pixels", fmt.Sprint(maxPixels)}, {"max_alloc", "536870912"},
		{"probesize", "20000000"}, {"analyzeduration", "20000000"},
	}
}

// guardsOf are the guards of a file we made, which says its own format with
// {"f", …}: what is in it may still be a stranger's words.
func guardsOf(in Input) []Option {
	out := guards()
	for _, o := range in.Options {
		if o.Name == "f" {
			out[slices.IndexFunc(out, func(g Option) bool { return g.Name == "format_whitelist" })].Value = o.Value
		}
	}
	return out
}

// quiet are the options every ffmpeg process begins with.
func quiet() []string {
	return []string{"-nostdin", "-hide_banner", "-nostats", "-v", "error", "-abort_on", "empty_output", "-y"}
}

// strict are the options that make the first fault the last thing a process
// does. They are for files we made: in a recording one damaged packet would
// cost everything after it, where ffmpeg by itself mends the picture and goes
// on (measured: 77 of 200 pictures with them, all 200 without).
func strict() []string { return []string{"-xerror", "-err_detect", "explode"} }

// Arguments is the argument list of one ffmpeg process that reads one input of
// a stranger. graph is a whole filter graph, or empty. The list is pure:
// the same arguments give the same list. Faults in the input are mended and
// said on standard error, see Result.Stderr: whoever reads a recording judges
// what came out, by count and not by exit status.
func Arguments(in Input, graph string, outs ...Output) []string {
	args := quiet()
	if in.Own {
		args = append(args, strict()...)
	}
	for _, b := range in.Before {
		for _, o := range append(guardsOf(b), b.Options...) {
			args = append(args, flagOf(o)...)
		}
		args = append(args, "-i", "file:"+b.File)
	}
	return arguments(args, append(guards(), in.Options...), "file:"+in.File, graph, outs)
}

// Generated is Arguments for an input that is our own making: a lavfi graph
// ("lavfi") or raw pictures on standard input. Nothing of a stranger may be in source.
func Generated(format, source string, options []Option, graph string, outs ...Output) []string {
	return arguments(append(quiet(), "-xerror"), append(append([]Option{}, options...), Option{"f", format}), source, graph, outs)
}

func arguments(args []string, before []Option, source, graph string, outs []Output) []string {
	for _, o := range before {
		args = append(args, flagOf(o)...)
	}
	in := ffmpeggo.Input(source)
	var streams []*ffmpeggo.Stream
	for i, o := range outs {
		streams = append(streams, in.Output("file:"+o.File, outputOptions(o, graph, i == 0)))
	}
	return append(args, ffmpeggo.MergeOutputs(streams...).GetArgs()...)
}

// outputOptions is one output's options as the builder wants them. The whole
// graph rides on the first output: the builder's own graph is not used, for it
// escapes wrongly and confuses equal nodes.
func outputOptions(o Output, graph string, first bool) ffmpeggo.KwArgs {
	kw := ffmpeggo.KwArgs{"map": o.Maps, "map_metadata": "-1", "map_chapters": "-1"}
	if first && graph != "" {
		kw["filter_complex"] = graph
	}
	for _, x := range o.Options {
		kw[x.Name] = x.Value
	}
	return kw
}

func flagOf(o Option) []string {
	if o.Value == "" {
		return []string{"-" + o.Name}
	}
	return []string{"-" + o.Name, o.Value}
}

// Seconds is a time in nanoseconds as ffmpeg's options take it, exact.
func Seconds(ns int64) string {
	sign := ""
	if ns < 0 {
		sign, ns = "-", -ns
	}
	return fmt.Sprintf("%s%d.%09d", sign, ns/1e9, ns%1e9)
}
