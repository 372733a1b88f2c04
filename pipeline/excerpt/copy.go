package excerpt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/timeline"
)

// The files of an attempt.
const (
	excerptFile  = "excerpt.mkv"
	sliceListing = "slice.packets"
	fileListing  = "excerpt.packets"
)

// bench is one attempt: its folder, and what it found so far.
type bench struct {
	runner *ffmpeg.Runner
	folder string
	rate   timeline.Rate
	video  pipeline.Video
	cpu    time.Duration

	start int64       // the file's earliest timestamp, in nanoseconds
	exact [2][]packet // pictures and sound as sliced, lead added, in the slice's own exactness
	shown [2][]packet // pictures and sound as the file has them
	text  int         // text streams copied
	sound bool        // there is a stream of it
	heard sound

	resampled bool // the sound was decoded and not copied
}

// strict are the options that end a process which found nothing.
var strict = []string{"-abort_on", "empty_output"}

// run does one process in the attempt's folder. To find nothing is no failure:
// what came out is judged.
func (b *bench) run(ctx context.Context, args []string, l ffmpeg.Limits) (ffmpeg.Result, error) {
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return slices.Contains(strict, a) })
	res, err := b.runner.Run(ctx, ffmpeg.Command{Args: args, Dir: b.folder, Limits: l})
	b.cpu += res.CPU
	return res, err
}

// copy makes the excerpt of a slice by stream copy. Text that cannot be copied
// is left out rather than being a reason to fail.
func (b *bench) copy(ctx context.Context, slice recording.Slice) error {
	probe, err := b.runner.Probe(ctx, slice.Path)
	if err != nil {
		return fmt.Errorf("probe a slice: %w", err)
	}
	_, err = b.run(ctx, copyArguments(slice, probe, 0), ffmpeg.Limits{})
	if errors.Is(err, pipeline.Invalid) && len(texts(probe)) > 0 {
		probe.Streams = slices.DeleteFunc(probe.Streams, func(s ffmpeg.Stream) bool { return s.Type == "subtitle" })
		_, err = b.run(ctx, copyArguments(slice, probe, 0), ffmpeg.Limits{})
	}
	if err != nil {
		return fmt.Errorf("copy a slice: %w", err)
	}
	b.text = len(texts(probe))
	if err := b.list(); err != nil {
		return err
	}
	s, ok := probe.Sound()
	b.resampled = ok && isUnholdable(s)
	if ok && s.Codec == "opus" {
		if err := b.settle(ctx, slice, probe); err != nil {
			return err
		}
	}
	return b.measure(ctx)
}

// list reads what the slice held.
func (b *bench) list() error {
	all, err := packetsIn(filepath.Join(b.folder, sliceListing))
	if err == nil {
		b.exact = [2][]packet{all[0], all[1]}
	}
	return err
}

// settle copies once more where a decoder's delay moved the sound: ffmpeg 5.1
// writes the delay of Opus into Matroska but not the time it is then late by
// (measured: 6.5 ms).
func (b *bench) settle(ctx context.Context, slice recording.Slice, probe ffmpeg.Probe) error {
	list := ffmpeg.Output{Maps: []string{"0:a:0"}, File: fileListing, Options: []ffmpeg.Option{{Name: "c", Value: "copy"}, {Name: "f", Value: "framecrc"}}}
	if _, err := b.run(ctx, ffmpeg.Arguments(own(), "", list), ffmpeg.Limits{File: mostListing}); err != nil {
		return fmt.Errorf("list the sound of an excerpt: %w", err)
	}
	all, err := packetsIn(filepath.Join(b.folder, fileListing))
	if err != nil || len(all[0]) == 0 || len(b.exact[1]) == 0 {
		return err
	}
	late := b.exact[1][0].at - all[0][0].at
	if late <= rounded && late >= -rounded {
		return nil
	}
	if _, err := b.run(ctx, copyArguments(slice, probe, late), ffmpeg.Limits{}); err != nil {
		return fmt.Errorf("copy a slice: %w", err)
	}
	return nil
}

// measure reads what the finished file says of itself.
func (b *bench) measure(ctx context.Context) error {
	probe, err := b.runner.Probe(ctx, filepath.Join(b.folder, excerptFile))
	if err != nil {
		return fmt.Errorf("probe an excerpt: %w", err)
	}
	if _, ok := probe.Video(); !ok {
		return pipeline.Fail(pipeline.Corrupt, "no_picture", "", "the excerpt has no picture")
	}
	_, b.sound = probe.Sound()
	b.start = timeline.Forever
	for _, s := range probe.Streams {
		if at, ok := nanos(s.Start); ok && s.Type != "subtitle" {
			b.start = min(b.start, at)
		}
	}
	return nil
}

// texts is the subtitle streams that hold words.
func texts(p ffmpeg.Probe) []ffmpeg.Stream {
	var out []ffmpeg.Stream
	for _, s := range p.Streams {
		if s.Type == "subtitle" && s.IsText() {
			out = append(out, s)
		}
	}
	return out
}

// copyArguments copies the picture, the first sound that can be read and all
// text of a slice into Matroska on the excerpt's clock, the sound later
// nanoseconds later, and lists picture and sound in the slice's own exactness.
func copyArguments(slice recording.Slice, probe ffmpeg.Probe, later int64) []string {
	video, _ := probe.Video()
	out := ffmpeg.Output{Maps: []string{fmt.Sprintf("0:%d", video.Index)}, File: excerptFile, Options: []ffmpeg.Option{
		{Name: "c", Value: "copy"}, {Name: "map_metadata:s", Value: "-1"}, {Name: "fflags", Value: "+bitexact"},
		{Name: "avoid_negative_ts", Value: "disabled"}, {Name: "max_muxing_queue_size", Value: "4096"}, {Name: "f", Value: "matroska"}}}
	list := ffmpeg.Output{Maps: out.Maps, File: sliceListing, Options: []ffmpeg.Option{{Name: "c", Value: "copy"}, {Name: "f", Value: "framecrc"}}}
	if sound, ok := probe.Sound(); ok {
		out.Maps = append(out.Maps, fmt.Sprintf("0:%d", sound.Index))
		list.Maps = out.Maps
		if isUnholdable(sound) {
			out.Options = append(out.Options, ffmpeg.Option{Name: "c:a", Value: "pcm_f32le"})
		}
		if later != 0 {
			out.Options = append(out.Options, ffmpeg.Option{Name: "bsf:a", Value: "setts=ts=TS+" + ffmpeg.Seconds(later) + "/TB"})
		}
	}
	for i, s := range texts(probe) {
		out.Maps = append(out.Maps, fmt.Sprintf("0:%d", s.Index))
		if s.Codec == "mov_text" || s.Codec == "text" {
			out.Options = append(out.Options, ffmpeg.Option{Name: fmt.Sprintf("c:s:%d", i), Value: "srt"})
		}
		if languageTag.MatchString(s.Language) {
			out.Options = append(out.Options, ffmpeg.Option{Name: fmt.Sprintf("metadata:s:s:%d", i), Value: "language=" + s.Language})
		}
	}
	in := ffmpeg.Input{File: slice.Path, Options: []ffmpeg.Option{{Name: "copyts"},
		{Name: "itsoffset", Value: ffmpeg.Seconds(slice.Shift + pipeline.ExcerptLead)}}}
	return ffmpeg.Arguments(in, "", out, list)
}

// isUnholdable reports whether Matroska has no place for a codec, so that the
// sound is kept as samples.
func isUnholdable(s ffmpeg.Stream) bool { return s.Codec == "aac_latm" }

// languageTag is what a stream's tag may look like to be passed on.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// own is an input that is the excerpt, read on its own clock.
func own(options ...ffmpeg.Option) ffmpeg.Input {
	return ffmpeg.Input{File: excerptFile, Options: append([]ffmpeg.Option{{Name: "copyts"}}, options...)}
}
