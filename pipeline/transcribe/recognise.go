package transcribe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/text/language"

	"dropcut/captions"
	"dropcut/captions/transcript"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

// Recogniser hears words. whisper.Recogniser and openai.Client are two.
type Recogniser interface {
	// Name says what hears, down to the model: words are kept under it.
	Name() string

	// Hear gives what is said in a 16 kHz mono WAV file, as a file of words that
	// package transcript reads, with times from the sound's start. The file lies
	// in a folder of its own, which may be written to. language is the tag of
	// the language spoken; empty when nobody named it.
	Hear(ctx context.Context, wav, language string) ([]byte, error)
}

const (
	recognisedSource = "recognised"

	soundFile = "sound.wav"
	soundRate = 16000     // what recognisers are made for
	mostSound = 128 << 20 // bytes: more than an hour
)

// recognise asks the recogniser for the words of the excerpt, unless it has
// heard them before. What goes wrong with it is a note: a moment without words
// is still one. Only a full disk and being stopped are errors.
func (s *Step) recognise(ctx context.Context, l loaded) (*source, []pipeline.Note, error) {
	if s.Recogniser == nil || !l.excerpt.HasSound {
		return nil, nil, nil
	}
	key := recipe("hear", l.rec.Fingerprint, l.excerpt.Window, s.Recogniser.Name(), l.brief.Spoken)
	body, ok := s.kept(ctx, l, key)
	if !ok {
		var err error
		if body, err = s.hear(ctx, l); err != nil {
			return nil, []pipeline.Note{unheard(s.Recogniser.Name(), err)}, fatal(err)
		}
		if err := s.keepDocument(ctx, key, body); err != nil {
			return nil, nil, err
		}
	}
	x, notes := s.heard(body, l)
	return x, notes, nil
}

// fatal is err when it must not be passed over.
func fatal(err error) error {
	if errors.Is(err, pipeline.Stopped) || errors.Is(err, pipeline.NoRoom) {
		return err
	}
	return nil
}

// hear makes the sound and has it heard.
func (s *Step) hear(ctx context.Context, l loaded) ([]byte, error) {
	folder, err := os.MkdirTemp(s.Temp, "hear-")
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "no_temp", "make room, or point TMPDIR elsewhere", "make a folder for an attempt: %w", err)
	}
	defer os.RemoveAll(folder)
	if err := s.fetch(ctx, l.excerpt, filepath.Join(folder, excerptFile)); err != nil {
		return nil, err
	}
	args := soundArguments(l.rec.Media.Rate, l.excerpt.Window)
	if _, err := s.FFmpeg.Run(ctx, ffmpeg.Command{Args: args, Dir: folder, Limits: ffmpeg.Limits{File: mostSound}}); err != nil {
		return nil, fmt.Errorf("take the sound of an excerpt: %w", err)
	}
	return s.Recogniser.Hear(ctx, filepath.Join(folder, soundFile), baseOf(l.brief.Spoken))
}

// baseOf is a tag without region and script: recognisers know pt, not pt-BR.
func baseOf(tag string) string {
	if tag == "" {
		return ""
	}
	base, _ := language.Make(tag).Base()
	return base.String()
}

// soundArguments makes the sound of the excerpt's window, whole: its first
// sample belongs to the window's first frame, gaps are silence.
func soundArguments(rate timeline.Rate, w timeline.Window) []string {
	from := ffmpeg.Seconds(int64(rate.Duration(w.In)) + pipeline.ExcerptLead)
	lasts := ffmpeg.Seconds(int64(rate.Duration(w.Frames())))
	graph := "[0:a:0]asetpts=PTS-" + from + "/TB,aresample=" + strconv.Itoa(soundRate) + ":async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[pcm]"
	return ffmpeg.Arguments(ffmpeg.Input{File: excerptFile, Options: []ffmpeg.Option{{Name: "copyts"}}}, graph,
		ffmpeg.Output{Maps: []string{"[pcm]"}, File: soundFile, Options: []ffmpeg.Option{{Name: "c:a", Value: "pcm_s16le"}, {Name: "t", Value: lasts}, {Name: "f", Value: "wav"}}})
}

// heard is the words of a document on the recording's timeline: in order,
// inside the excerpt, none where nothing is to be heard.
func (s *Step) heard(body []byte, l loaded) (*source, []pipeline.Note) {
	name := s.Recogniser.Name()
	file, err := transcript.Read(body)
	if errors.Is(err, transcript.ErrNoWords) {
		return nil, []pipeline.Note{silent(name)}
	}
	if err != nil {
		return nil, []pipeline.Note{unheard(name, pipeline.Fail(pipeline.Unavailable, "bad_answer", "", "what it wrote cannot be read: %w", err))}
	}
	w := l.excerpt.Window
	words := transcript.Words(file.Said, l.rec.Media.Rate, w.Frames())
	for i := range words {
		words[i].Start, words[i].End = words[i].Start+w.In, words[i].End+w.In
	}
	words, lost := audible(words, l.excerpt.Signals.Silences)
	var notes []pipeline.Note
	if lost > 0 {
		notes = append(notes, inSilence(name, lost))
	}
	if len(words) == 0 {
		return nil, append(notes, silent(name))
	}
	spoken := l.brief.Spoken
	if spoken == "" {
		spoken = file.Language
	}
	return &source{Transcript: captions.Transcript{Language: tag(spoken), Source: recognisedSource, Origin: name, Words: words}}, notes
}

// audible is the words that do not lie wholly in silence, where recognisers
// hear what is not there, and how many do.
func audible(words []captions.Word, silences []timeline.Window) ([]captions.Word, int) {
	var out []captions.Word
	for _, w := range words {
		for len(silences) > 0 && silences[0].Out <= w.Start {
			silences = silences[1:]
		}
		if len(silences) == 0 || !silences[0].Covers(w.Window()) {
			out = append(out, w)
		}
	}
	return out, len(words) - len(out)
}
