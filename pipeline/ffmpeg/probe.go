package ffmpeg

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Probe is what ffprobe says of a file.
type Probe struct {
	Format  string
	Streams []Stream
}

// Stream is one stream as ffprobe says it.
type Stream struct {
	Index      int
	Type       string // video, audio, subtitle, data
	Codec      string
	Width      int
	Height     int
	SAR        timeline.Rate
	Rotation   int           // degrees clockwise to show it upright: 0, 90, 180, 270
	Rate       timeline.Rate // r_frame_rate: the finest that fits every timestamp
	Average    timeline.Rate
	PixFmt     string
	Range      string
	Matrix     string
	Primaries  string
	Transfer   string
	FieldOrder string
	Start      string // seconds, as ffprobe writes them; empty when unknown
	SampleRate int
	Channels   int
	Language   string
	Cover      bool   // an attached picture
	Missing    string // why it cannot be decoded here; empty when it can
}

// Video is the stream whose pictures are shown: the first that is no cover.
func (p Probe) Video() (Stream, bool) {
	for _, s := range p.Streams {
		if s.Type == "video" && !s.Cover {
			return s, true
		}
	}
	return Stream{}, false
}

// rawStream is ffprobe's own JSON.
type rawStream struct {
	Index      int    `json:"index"`
	Type       string `json:"codec_type"`
	Codec      string `json:"codec_name"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	SAR        string `json:"sample_aspect_ratio"`
	RFrameRate string `json:"r_frame_rate"`
	AvgRate    string `json:"avg_frame_rate"`
	PixFmt     string `json:"pix_fmt"`
	Range      string `json:"color_range"`
	Matrix     string `json:"color_space"`
	Primaries  string `json:"color_primaries"`
	Transfer   string `json:"color_transfer"`
	FieldOrder string `json:"field_order"`
	Start      string `json:"start_time"`
	SampleRate string `json:"sample_rate"`
	Channels   int    `json:"channels"`
	Tags       struct {
		Language string `json:"language"`
		Rotate   string `json:"rotate"`
	} `json:"tags"`
	Disposition struct {
		AttachedPic int `json:"attached_pic"`
	} `json:"disposition"`
	SideData []struct {
		Rotation *float64 `json:"rotation"`
	} `json:"side_data_list"`
}

const probeEntries = "format=format_name:stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,r_frame_rate," +
	"avg_frame_rate,pix_fmt,color_range,color_space,color_primaries,color_transfer,field_order,start_time,sample_rate,channels" +
	":stream_tags=language,rotate:stream_disposition=attached_pic:stream_side_data=rotation"

// Probe asks ffprobe what file is made of. Refusals are Invalid.
func (r *Runner) Probe(ctx context.Context, file string) (Probe, error) {
	p, _, err := r.probe(ctx, file)
	return p, err
}

func (r *Runner) probe(ctx context.Context, file string) (Probe, Result, error) {
	res, err := r.start(ctx, r.ffprobe, Command{Args: probeArguments(file), Read: []string{file}, Limits: probeLimits()})
	if found := strangeCodec.FindAllStringSubmatch(res.Stderr, -1); err != nil && found != nil {
		return Probe{}, res, pipeline.Fail(pipeline.Invalid, "unknown_codec", "convert it to H.264 first: ffmpeg -i IN -c:v libx264 -c:a aac OUT.mp4",
			"%s holds a stream of codec %s, which dropcut does not read", filepath.Base(file), found[len(found)-1][1])
	}
	if err != nil {
		return Probe{}, res, err
	}
	p, err := readProbe(res.Stdout)
	if err != nil {
		err = pipeline.Fail(pipeline.Internal, "probe", "", "read the probe of %s: %w", filepath.Base(file), err)
	}
	return p, res, err
}

// readProbe reads ffprobe's JSON.
func readProbe(b []byte) (Probe, error) {
	var raw struct {
		Format struct {
			Name string `json:"format_name"`
		} `json:"format"`
		Streams []rawStream `json:"streams"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return Probe{}, err
	}
	p := Probe{Format: raw.Format.Name}
	for _, s := range raw.Streams {
		p.Streams = append(p.Streams, s.stream())
	}
	return p, nil
}

// probeArguments is ffprobe's argument list.
func probeArguments(file string) []string {
	args := []string{"-hide_banner", "-v", "error"}
	for _, o := range guards() {
		args = append(args, flagOf(o)...)
	}
	// The list above holds where ffprobe feeds decoders, which is while it looks
	// for what streams are. Then it opens every stream's decoder once more, and
	// a stream nobody reads must not refuse the whole file.
	for _, kind := range []string{"v", "a", "s"} {
		args = append(args, "-codec_whitelist:"+kind, codecs+","+alsoOpened)
	}
	return append(args, "-show_entries", probeEntries, "-of", "json", "file:"+file)
}

var strangeCodec = regexp.MustCompile(`Codec \(([A-Za-z0-9_-]{1,40})\) not on whitelist`)

func probeLimits() Limits { return Limits{Wall: 60e9, CPU: 60e9, Memory: 4 << 30} }

func (s rawStream) stream() Stream {
	out := Stream{Index: s.Index, Type: s.Type, Codec: s.Codec, Width: s.Width, Height: s.Height,
		SAR: ratio(s.SAR), Rate: ratio(s.RFrameRate), Average: ratio(s.AvgRate), PixFmt: s.PixFmt, Range: s.Range,
		Matrix: s.Matrix, Primaries: s.Primaries, Transfer: s.Transfer, FieldOrder: s.FieldOrder, Start: s.Start,
		Channels: s.Channels, Language: s.Tags.Language, Cover: s.Disposition.AttachedPic == 1}
	out.SampleRate, _ = strconv.Atoi(s.SampleRate)
	out.Rotation = s.rotation()
	if !strings.Contains(","+codecs+",", ","+s.Codec+",") {
		out.Missing = "codec " + s.Codec + " is not one dropcut reads"
	}
	if int64(s.Width)*int64(s.Height) > maxPixels {
		out.Missing = fmt.Sprintf("size of %d×%d is more than dropcut reads, which is 8192×4320", s.Width, s.Height)
	}
	return out
}

// rotation turns ffprobe's counter-clockwise display angle, or the older tag,
// into the clockwise turn that shows the picture upright.
func (s rawStream) rotation() int {
	turn := 0
	if n, err := strconv.Atoi(s.Tags.Rotate); err == nil {
		turn = n
	}
	for _, d := range s.SideData {
		if d.Rotation != nil {
			turn = -int(*d.Rotation)
		}
	}
	turn = ((turn % 360) + 360) % 360
	return (turn + 45) / 90 % 4 * 90
}

// ratio reads "a/b" and "a:b"; the zero Rate for anything else.
func ratio(s string) timeline.Rate {
	r, err := timeline.ParseRate(strings.Replace(s, ":", "/", 1))
	if err != nil {
		return timeline.Rate{}
	}
	return r
}

// Sound is the sound stream that is used: the first that can be decoded here.
func (p Probe) Sound() (Stream, bool) {
	for _, s := range p.Streams {
		if s.Type == "audio" && s.Missing == "" && s.Codec != "" {
			return s, true
		}
	}
	return Stream{}, false
}

// IsText reports whether a subtitle stream holds words, and not pictures of words.
func (s Stream) IsText() bool {
	switch s.Codec {
	case "subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text":
		return true
	}
	return false
}

// AsText is how a stream of words becomes a file of them: its encoder and its
// muxer. Packets are copied as they are. To convert costs the square of a
// caption's length, 6 s of processor time for a MiB and 27 s for two (ffmpeg
// 5.1, 2026-11-26), so only QuickTime's text is, where a caption is shorter
// than 64 KiB. A stream without words has none.
func (s Stream) AsText() (encoder, muxer string) {
	switch s.Codec {
	case "ass", "ssa":
		return "copy", "ass"
	case "webvtt":
		return "copy", "webvtt"
	case "subrip", "srt", "text":
		return "copy", "srt"
	case "mov_text":
		return "srt", "srt"
	}
	return "", ""
}
