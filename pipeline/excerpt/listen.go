package excerpt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

const (
	pcmFile      = "sound.pcm"
	loudnessFile = "loudness.txt"
	pcmRate      = 16000 // samples a second: hisses count as sound
	mostListing  = 64 << 20
)

// sound is what was heard in a span: levels from its start on, and loudness.
type sound struct {
	levels   []float64 // see levels
	samples  int64
	loudness []pipeline.Loudness
}

// any reports whether there was a sound to hear, be it silent.
func (s sound) any() bool { return s.samples > 0 }

// listen reads the excerpt once: its pictures are listed, its sound is decoded
// to levels and measured for loudness.
func (b *bench) listen(ctx context.Context, span timeline.Window) error {
	b.sound = b.sound && len(b.exact[1]) > 0
	err := b.read(ctx, span)
	if b.sound && errors.Is(err, pipeline.Invalid) {
		b.sound = false // damaged beyond use: a moment without sound is still one
		err = b.read(ctx, span)
	}
	if err != nil {
		return fmt.Errorf("read an excerpt: %w", err)
	}
	all, err := packetsIn(filepath.Join(b.folder, fileListing))
	if err != nil {
		return err
	}
	b.shown = all
	if !b.sound {
		return nil
	}
	pcm, err := os.Open(filepath.Join(b.folder, pcmFile))
	if err != nil {
		return pipeline.Fail(pipeline.Internal, "no_listing", "", "read decoded sound: %w", err)
	}
	defer pcm.Close()
	if b.heard.levels, b.heard.samples, err = levels(pcm); err != nil {
		return pipeline.Fail(pipeline.Internal, "no_listing", "", "read decoded sound: %w", err)
	}
	text, err := os.Open(filepath.Join(b.folder, loudnessFile))
	if err != nil {
		return nil // nothing was loud enough to be measured
	}
	defer text.Close()
	b.heard.loudness = readLoudness(text, b.rate)
	return nil
}

func (b *bench) read(ctx context.Context, span timeline.Window) error {
	graph, outs := listenOutputs(b.rate, span, b.sound)
	_, err := b.run(ctx, ffmpeg.Arguments(own(ffmpeg.Option{Name: "max_error_rate", Value: "1"}), graph, outs...), ffmpeg.Limits{File: mostListing})
	return err
}

// listenOutputs is what one pass over an excerpt writes.
func listenOutputs(rate timeline.Rate, span timeline.Window, hasSound bool) (graph string, outs []ffmpeg.Output) {
	list := ffmpeg.Output{Maps: []string{"0:v:0"}, File: fileListing, Options: []ffmpeg.Option{{Name: "c", Value: "copy"}, {Name: "f", Value: "framecrc"}}}
	if !hasSound {
		return "", []ffmpeg.Output{list}
	}
	list.Maps = append(list.Maps, "0:a:0")
	from := ffmpeg.Seconds(int64(rate.Duration(span.In)) + pipeline.ExcerptLead)
	lasts := ffmpeg.Seconds(int64(rate.Duration(span.Frames())))
	graph = "[0:a:0]asplit=2[l][p];" +
		"[l]aresample=48000,aformat=channel_layouts=stereo,ebur128=metadata=1,ametadata=mode=print:key=lavfi.r128.M:file=" + loudnessFile + "[loud];" +
		"[p]asetpts=PTS-" + from + "/TB,aresample=" + strconv.Itoa(pcmRate) + ":async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[pcm]"
	outs = append(outs, list,
		ffmpeg.Output{Maps: []string{"[loud]"}, File: "nothing", Options: []ffmpeg.Option{{Name: "f", Value: "null"}}},
		ffmpeg.Output{Maps: []string{"[pcm]"}, File: pcmFile, Options: []ffmpeg.Option{{Name: "c:a", Value: "pcm_s16le"}, {Name: "t", Value: lasts}, {Name: "f", Value: "s16le"}}})
	return graph, outs
}

const (
	mostLoudness = 100_000
	stepLoudness = 100 * time.Millisecond
	silentLUFS   = -120
)

// readLoudness reads what ametadata printed: for each 100 ms of sound a line
// with its start on the excerpt's clock, then one with its loudness.
func readLoudness(r io.Reader, rate timeline.Rate) []pipeline.Loudness {
	var out []pipeline.Loudness
	var at int64
	known := false
	lines := bufio.NewScanner(r)
	for lines.Scan() && len(out) < mostLoudness {
		line := lines.Text()
		if _, value, ok := strings.Cut(line, "pts_time:"); ok {
			at, known = nanos(value)
			continue
		}
		value, ok := strings.CutPrefix(line, "lavfi.r128.M=")
		if !ok || !known {
			continue
		}
		lufs, err := strconv.ParseFloat(value, 64)
		if err != nil || !(lufs > silentLUFS) {
			lufs = silentLUFS
		}
		ends := time.Duration(at-pipeline.ExcerptLead) + stepLoudness
		out = append(out, pipeline.Loudness{At: rate.Frames(ends), LUFS: min(lufs, 20)})
		known = false
	}
	return out
}
