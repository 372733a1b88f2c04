package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// Options say how large the recording is. The zero Options are the demo's own:
// ten minutes, 1920×1080.
type Options struct {
	Length time.Duration      // at least 15 s; default 10 min
	Width  int                // even, 16:9 with Height; default 1920
	Height int                // default 1080
	Tell   func(done float64) // 0 … 1, from several goroutines but never at once; nil: nobody asks
}

// Drawn is the recording, what came with it, and what is true of it.
type Drawn struct {
	Recording string // night-market.mp4
	Words     string // night-market.srt: every sentence
	Markers   string // night-market.csv: as Twitch exports them
	Length    time.Duration
	Reveal    time.Duration // the payoff
	SoldOut   time.Duration
	StillFrom time.Duration // dead air: silence, and nothing moves but the timecode
	StillTo   time.Duration
	Misclick  time.Duration // a marker in dead air
	Said      []Said
	Babble    bool // espeak-ng is missing: the voice only sounds like one
	Kept      bool `json:"-"` // it was there already
}

// Said is one sentence and when it is heard.
type Said struct {
	At, End time.Duration
	Text    string
}

// The names of what Draw writes.
const (
	RecordingName = "night-market.mp4"
	WordsName     = "night-market.srt"
	MarkersName   = "night-market.csv"
)

// Draw draws the demo's recording into dir, with the words and the markers
// beside it. Files appear under their names when they are whole. A recording
// that Draw left there before, and would draw the same, is kept. Options that
// make no sense are Usage.
func Draw(ctx context.Context, r *ffmpeg.Runner, dir string, o Options) (_ Drawn, err error) {
	if o, err = o.orDefault(); err != nil {
		return Drawn{}, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return Drawn{}, err
	}
	if d, ok := o.kept(dir, r); ok {
		return d, nil
	}
	temp, err := os.MkdirTemp(dir, ".drawing-")
	if err != nil {
		return Drawn{}, pipeline.Fail(pipeline.Unavailable, "storage", "", "make a folder in %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	s := newShow(o.Length)
	v := &voice{runner: r, dir: temp}
	if err := s.speak(func(text string) ([]float32, error) { return v.say(ctx, text) }); err != nil {
		return Drawn{}, err
	}
	if err := s.make(ctx, r, temp, o); err != nil {
		return Drawn{}, err
	}
	out := s.drawn(dir)
	out.Babble = v.babble
	if err := o.stamped(temp, out); err != nil {
		return Drawn{}, err
	}
	for _, name := range []string{WordsName, MarkersName, RecordingName, stampName} {
		if err := os.Rename(filepath.Join(temp, name), filepath.Join(dir, name)); err != nil {
			return Drawn{}, pipeline.Fail(pipeline.Unavailable, "storage", "", "keep %s: %w", name, err)
		}
	}
	return out, nil
}

func (o Options) orDefault() (Options, error) {
	if o.Length == 0 {
		o.Length = usual
	}
	if o.Width == 0 && o.Height == 0 {
		o.Width, o.Height = 1920, 1080
	}
	if o.Tell == nil {
		o.Tell = func(float64) {}
	}
	if o.Length < 15*time.Second || o.Length > 3*time.Hour {
		return o, pipeline.Fail(pipeline.Usage, "bad_length", "between 15 s and 3 h", "a demo recording of %v", o.Length)
	}
	if o.Width < 160 || o.Width > 3840 || o.Width%4 != 0 || o.Height%2 != 0 || o.Width*9 != o.Height*16 {
		return o, pipeline.Fail(pipeline.Usage, "bad_size", "such as 1920 × 1080 or 320 × 180", "a demo recording of %d×%d", o.Width, o.Height)
	}
	return o, nil
}

// make writes everything into dir under its final name.
func (s show) make(ctx context.Context, r *ffmpeg.Runner, dir string, o Options) error {
	const sound, reels, chapters = "sound.m4a", "reels.txt", "chapters.txt"
	for name, text := range map[string]string{WordsName: s.srt(), MarkersName: s.markers(), chapters: s.chapters()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return pipeline.Fail(pipeline.Unavailable, "storage", "", "write %s: %w", name, err)
		}
	}
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error { return s.record(both, r, dir, sound) })
	group.Go(func() error {
		return newStage(s, o.Width, o.Height).shoot(both, r, dir, reels, func(k float64) { o.Tell(k * 0.97) })
	})
	if err := group.Wait(); err != nil {
		return err
	}
	if _, err := r.Run(ctx, ffmpeg.Command{Args: wrap(reels, sound, chapters, RecordingName), Dir: dir}); err != nil {
		return err
	}
	o.Tell(1)
	return nil
}

// record makes the sound, while others make the pictures.
func (s show) record(ctx context.Context, r *ffmpeg.Runner, dir, file string) error {
	const raw = "sound.wav"
	if err := s.writeSound(ctx, filepath.Join(dir, raw)); err != nil {
		return err
	}
	args := ffmpeg.Generated("wav", "file:"+raw, nil, "", ffmpeg.Output{Maps: []string{"0:a"}, File: file,
		Options: []ffmpeg.Option{{Name: "c:a", Value: "aac"}, {Name: "b:a", Value: "192k"}}})
	if _, err := r.Run(ctx, ffmpeg.Command{Args: args, Dir: dir}); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, raw))
}

// wrap is the argument list that puts pictures, sound and chapters into one
// file, as a recorder does. All three are ours.
func wrap(reels, sound, chapters, out string) []string {
	return []string{"-nostdin", "-hide_banner", "-nostats", "-v", "error", "-y",
		"-f", "concat", "-i", "file:" + reels, "-f", "mov", "-i", "file:" + sound,
		"-f", "ffmetadata", "-i", "file:" + chapters, "-map", "0:v", "-map", "1:a", "-map_chapters", "2",
		"-c", "copy", "-video_track_timescale", "15360", "-movflags", "+faststart", "-f", "mp4", "file:" + out}
}

func (s show) drawn(dir string) Drawn {
	at := rate.Duration
	d := Drawn{Length: at(s.frames), Reveal: at(s.reveal), SoldOut: at(s.soldOut), StillFrom: at(s.still.In), StillTo: at(s.still.Out), Misclick: at(s.misclick)}
	for _, x := range s.sentences {
		d.Said = append(d.Said, Said{x.at, x.end, x.text})
	}
	return d.in(dir)
}
