package detect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/hearing"
	"dropcut/pipeline/recording"
)

const (
	mostHeard  = 12 * time.Hour   // of a recording is listened to
	partLength = 10 * time.Minute // at once …
	partLeast  = time.Minute
	partBytes  = 512 << 20 // … or as much as has about so many bytes
)

// overheard is what was heard in a recording, from its zero on; nothing of one
// that has no sound.
type overheard struct {
	all  []hearing.Heard
	deaf time.Duration // could not be read, and counts as silent
}

// overhear listens to a whole recording, part by part, so that no part of it
// but the one in hand is kept anywhere.
func (s *Step) overhear(ctx context.Context, rec *recording.Recording, l loaded, dir string, tell func(float64)) (out overheard, err error) {
	media := l.recording.Media
	length := min(media.Rate.Duration(media.Frames), mostHeard).Truncate(hearing.Hop)
	part := partLength
	if n := l.recording.Size; n > 0 && length > 0 {
		part = min(part, max(time.Duration(partBytes/float64(n)*float64(length)), partLeast)).Truncate(time.Second)
	}
	for from := time.Duration(0); from < length; from += part {
		to := min(from+part, length)
		heard, err := s.hear(ctx, rec, from, to, dir)
		switch kind := pipeline.KindOf(err); {
		case err == nil:
		case pipeline.AsError(err, "").Code == "no_sound":
			return overheard{}, nil
		case kind == pipeline.Invalid || kind == pipeline.Corrupt:
			out.deaf += to - from
		default:
			return out, err
		}
		hops := int((to - from) / hearing.Hop)
		for len(heard) < hops {
			heard = append(heard, hearing.Heard{Level: hearing.Silent})
		}
		out.all = append(out.all, heard[:hops]...)
		tell(0.9 * float64(to) / float64(length))
	}
	return out, nil
}

// hear decodes the sound of [from, to) and listens to it.
func (s *Step) hear(ctx context.Context, rec *recording.Recording, from, to time.Duration, dir string) (out []hearing.Heard, err error) {
	file, err := rec.Sound(ctx, from, to, dir)
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Path)
	lo, hi := int64(from)-file.Shift, int64(to)-file.Shift
	graph := fmt.Sprintf("[0:a:0]atrim=start=%s:end=%s,asetpts=PTS-(%s)/TB,aresample=%d:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[a]",
		ffmpeg.Seconds(lo), ffmpeg.Seconds(hi), ffmpeg.Seconds(lo), hearing.Rate)
	const name = "heard.raw"
	_, err = s.FFmpeg.Run(ctx, ffmpeg.Command{Dir: dir, Read: []string{file.Path}, Limits: looking(),
		Args: ffmpeg.Arguments(ffmpeg.Input{File: file.Path, Options: []ffmpeg.Option{{Name: "copyts"}, {Name: "vn"}}}, graph,
			ffmpeg.Output{Maps: []string{"[a]"}, File: name, Options: []ffmpeg.Option{{Name: "f", Value: "s16le"},
				{Name: "t", Value: ffmpeg.Seconds(hi - lo)}, {Name: "c:a", Value: "pcm_s16le"}}})})
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, pipeline.Fail(pipeline.NoRoom, "temp", "make room, then run again", "read what was decoded: %w", err)
	}
	out, err = hearing.Listen(bufio.NewReaderSize(f, 1<<20))
	if err = errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return nil, pipeline.Fail(pipeline.NoRoom, "temp", "make room, then run again", "read what was decoded: %w", err)
	}
	return out, nil
}
