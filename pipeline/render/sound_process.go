package render

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

const (
	hertz         = 48000
	packetSamples = 1024
	// primingSamples stand before an AAC encoder's first sample. Without an edit
	// list a player shows them: so many of the window's first samples give way.
	primingSamples = 1024
	// soundPreRoll is how long before the window sound is taken, in samples: a
	// decoder's and a resampler's first moments are not the window's.
	soundPreRoll = hertz

	windowFile = "window.f32" // the window's sound, 32-bit float, stereo, as it was
	soundFile  = "sound.mp4"
)

// soundArguments is how sound is made, as a recipe names it.
func soundArguments() []string {
	return []string{"aac_low", "192k", "48000", "stereo", "-14 LUFS", "-2 dBTP", "24 dB"}
}

// level is what a stretch of sound measures.
type level struct {
	loudness float64 // LUFS, integrated; -70 for silence
	peak     float64 // dBTP
}

// The filters that measure what passes: only its loudness, or its true peak
// too, which costs as much again.
const (
	measuringLoudness = "ebur128=metadata=1,ametadata=mode=print:file=-"
	measuring         = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"
)

// takeSound reads a window's sound from the excerpt: gaps are filled, what
// begins late or ends early is padded, so that sample n of the file is sample
// n of the window.
func takeSound(in *soundInput) ffmpeg.Command {
	const lead = pipeline.ExcerptLead / 1e9 * hertz
	from := in.first() + lead - soundPreRoll
	graph := fmt.Sprintf("[0:a:0]aresample=%d:async=1:min_hard_comp=0.02:first_pts=%d,aformat=sample_fmts=flt:channel_layouts=stereo,"+
		"atrim=start_sample=%d:end_sample=%d,apad=whole_len=%d,%s[a]",
		hertz, from, soundPreRoll, soundPreRoll+in.samples(), in.samples(), measuringLoudness)
	input := ffmpeg.Input{File: in.file, Options: []ffmpeg.Option{{Name: "copyts"}, {Name: "noaccurate_seek"},
		{Name: "seek_timestamp", Value: "1"}, {Name: "ss", Value: ffmpeg.Seconds(timeline.DivRound(from, 1e9, hertz))}}}
	return ffmpeg.Command{Dir: in.dir, Read: []string{in.file}, Args: ffmpeg.Arguments(input, graph,
		ffmpeg.Output{Maps: []string{"[a]"}, File: windowFile, Options: []ffmpeg.Option{{Name: "c:a", Value: "pcm_f32le"}, {Name: "f", Value: "f32le"}}})}
}

// encodeSound makes AAC: the level is linear, what is too high is limited at
// four times the rate, where true peaks show.
func encodeSound(in *soundInput, gain, limit float64) ffmpeg.Command {
	graph := fmt.Sprintf("[0:a]volume=volume=%.2fdB:precision=float,aresample=%d,alimiter=level=0:latency=1:attack=2:release=50:limit=%.5f,"+
		"aresample=%d,aformat=sample_fmts=fltp,atrim=start_sample=%d:end_sample=%d,asetpts=PTS-STARTPTS,apad=whole_len=%d[a]",
		gain, 4*hertz, math.Pow(10, limit/20), hertz, primingSamples, in.samples(), in.samples()-primingSamples)
	before := []ffmpeg.Option{{Name: "ar", Value: strconv.Itoa(hertz)}, {Name: "ac", Value: "2"}}
	return ffmpeg.Command{Dir: in.dir, Args: ffmpeg.Generated("f32le", windowFile, before, graph,
		ffmpeg.Output{Maps: []string{"[a]"}, File: soundFile, Options: []ffmpeg.Option{{Name: "c:a", Value: "aac"}, {Name: "b:a", Value: "192k"},
			{Name: "ar", Value: strconv.Itoa(hertz)}, {Name: "ac", Value: "2"}, {Name: "use_editlist", Value: "0"}}})}
}

// measureSound decodes what was encoded. The filter tells each 100 ms: silence
// behind the end brings out the last of them.
func measureSound(in *soundInput) ffmpeg.Command {
	return ffmpeg.Command{Dir: in.dir, Args: ffmpeg.Arguments(ffmpeg.Input{File: soundFile}, "[0:a:0]apad=pad_dur=0.2,"+measuring+"[a]",
		ffmpeg.Output{Maps: []string{"[a]"}, File: "none", Options: []ffmpeg.Option{{Name: "f", Value: "null"}}})}
}

// take writes the window's sound and measures its loudness. Sound of which nothing can
// be read is silence, with a note.
func (s *Sound) take(ctx context.Context, in *soundInput) (level, []pipeline.Note, error) {
	l, stderr, err := s.measured(ctx, in, takeSound(in))
	notes := sourceNotes(stderr)
	if err != nil && !errors.Is(err, pipeline.Invalid) {
		return l, nil, err
	}
	info, statErr := os.Stat(filepath.Join(in.dir, windowFile))
	want := in.samples() * 2 * 4
	switch {
	case err == nil && statErr == nil && info.Size() == want:
		return l, notes, nil
	case err == nil && statErr == nil && info.Size() > 0:
		return l, nil, pipeline.Fail(pipeline.Corrupt, "sound_length", "", "the sound has %d bytes of %d", info.Size(), want)
	}
	l = level{loudness: -70, peak: -120}
	notes = []pipeline.Note{{Code: "source_damaged", Detail: "the recording's sound could not be read here", Hint: "look at the clip before you post it"}}
	return l, notes, disk(writeSilence(filepath.Join(in.dir, windowFile), want), "write silence")
}

func writeSilence(file string, bytes int64) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(bytes), f.Close())
}

func (s *Sound) measure(ctx context.Context, in *soundInput) (level, error) {
	l, _, err := s.measured(ctx, in, measureSound(in))
	return l, err
}

// measured runs a process whose graph measures.
func (s *Sound) measured(ctx context.Context, in *soundInput, c ffmpeg.Command) (level, string, error) {
	r, w := io.Pipe()
	got := make(chan level, 1)
	go func() { got <- readLevel(r) }()
	c.Stdout = w
	res, err := s.FFmpeg.Run(ctx, c)
	_ = w.Close()
	l := <-got
	in.cpu += res.CPU
	return l, res.Stderr, err
}

// readLevel reads what the measuring filter prints: every 100 ms the loudness
// of all so far, and the highest peak of each channel, 1 for full scale.
func readLevel(r io.Reader) level {
	l := level{loudness: -70, peak: -120}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		switch {
		case name == "lavfi.r128.I":
			l.loudness = max(v, -70)
		case strings.HasPrefix(name, "lavfi.r128.true_peaks_ch"):
			l.peak = max(l.peak, 20*math.Log10(max(v, 1e-6)))
		}
	}
	_, _ = io.Copy(io.Discard, r)
	return l
}
