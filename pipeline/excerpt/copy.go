package excerpt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
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

	mu  sync.Mutex // of cpu: some processes run side by side
	cpu time.Duration

	start int64            // the file's earliest timestamp, in nanoseconds
	exact map[int][]packet // pictures (0), sound (1) and text as sliced, lead added, in the slice's own exactness
	shown map[int][]packet // pictures (0) and sound (1) as the file has them
	text  int              // text streams copied
	sound bool             // there is a stream of it
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
	b.mu.Lock()
	b.cpu += res.CPU
	b.mu.Unlock()
	return res, err
}

// copy makes the excerpt of a slice by stream copy. Text that cannot be copied
// is left out rather than being a reason to fail.
func (b *bench) copy(ctx context.Context, slice recording.Slice) error {
	probe, err := b.runner.Probe(ctx, slice.Path)
	if err != nil {
		return fmt.Errorf("probe a slice: %w", err)
	}
	err = b.once(ctx, slice, probe, mending{})
	if errors.Is(err, pipeline.Invalid) && len(texts(probe)) > 0 {
		probe.Streams = slices.DeleteFunc(probe.Streams, func(s ffmpeg.Stream) bool { return s.Type == "subtitle" })
		err = b.once(ctx, slice, probe, mending{})
	}
	if err != nil {
		return err
	}
	b.text = len(texts(probe))
	sound, ok := probe.Sound()
	b.resampled = ok && isUnholdable(sound)
	m, err := b.mend(ctx, probe)
	if err == nil && m.needed() {
		err = b.once(ctx, slice, probe, m)
	}
	if err != nil {
		return err
	}
	return b.measure(ctx)
}

// once copies, and reads what the slice held.
func (b *bench) once(ctx context.Context, slice recording.Slice, probe ffmpeg.Probe, m mending) error {
	if _, err := b.run(ctx, copyArguments(slice, probe, m), ffmpeg.Limits{}); err != nil {
		return fmt.Errorf("copy a slice: %w", err)
	}
	all, err := packetsIn(filepath.Join(b.folder, sliceListing))
	b.exact = all
	return err
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
// text of a slice into Matroska on the excerpt's clock, mended, and lists them
// all in the slice's own exactness. Text that does not say how long it stands
// becomes a file each, or is taken from those files once they are told.
func copyArguments(slice recording.Slice, probe ffmpeg.Probe, m mending) []string {
	in := ffmpeg.Input{File: slice.Path, Options: []ffmpeg.Option{{Name: "copyts"},
		{Name: "itsoffset", Value: ffmpeg.Seconds(slice.Shift + pipeline.ExcerptLead)}}}
	main := 0
	if m.told {
		main = len(untold(probe))
	}
	stream := func(s ffmpeg.Stream) string { return fmt.Sprintf("%d:%d", main, s.Index) }
	out, list := copyOutputs(probe, m, stream)
	var texted []ffmpeg.Output
	n := 0
	for i, s := range texts(probe) {
		list.Maps = append(list.Maps, stream(s))
		from := stream(s)
		switch {
		case isUntold(s) && !m.told:
			encoder, muxer := s.AsText()
			texted = append(texted, ffmpeg.Output{Maps: []string{from}, File: textFile(i), Options: []ffmpeg.Option{{Name: "c:s", Value: encoder}, {Name: "f", Value: muxer}}})
			continue
		case isUntold(s):
			from = fmt.Sprintf("%d:0", len(in.Before))
			in.Before = append(in.Before, ffmpeg.Input{File: textFile(i), Options: []ffmpeg.Option{{Name: "f", Value: "srt"}}})
		}
		out.Maps = append(out.Maps, from)
		if languageTag.MatchString(s.Language) {
			out.Options = append(out.Options, ffmpeg.Option{Name: fmt.Sprintf("metadata:s:s:%d", n), Value: "language=" + s.Language})
		}
		n++
	}
	return ffmpeg.Arguments(in, "", append([]ffmpeg.Output{out, list}, texted...)...)
}

// copyOutputs is the excerpt with its picture and sound, and the list of both.
func copyOutputs(probe ffmpeg.Probe, m mending, stream func(ffmpeg.Stream) string) (out, list ffmpeg.Output) {
	video, _ := probe.Video()
	out = ffmpeg.Output{Maps: []string{stream(video)}, File: excerptFile, Options: []ffmpeg.Option{
		{Name: "c", Value: "copy"}, {Name: "map_metadata:s", Value: "-1"}, {Name: "fflags", Value: "+bitexact"},
		{Name: "avoid_negative_ts", Value: "disabled"}, {Name: "max_muxing_queue_size", Value: "4096"}, {Name: "f", Value: "matroska"}}}
	if sound, ok := probe.Sound(); ok {
		out.Maps = append(out.Maps, stream(sound))
		if isUnholdable(sound) {
			out.Options = append(out.Options, ffmpeg.Option{Name: "c:a", Value: "pcm_f32le"})
		}
		if m.sound != 0 {
			out.Options = append(out.Options, ffmpeg.Option{Name: "bsf:a", Value: "setts=ts=TS+" + ffmpeg.Seconds(m.sound) + "/TB"})
		}
	}
	list = ffmpeg.Output{Maps: slices.Clone(out.Maps), File: sliceListing, Options: []ffmpeg.Option{{Name: "c", Value: "copy"}, {Name: "f", Value: "framecrc"}}}
	return out, list
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
