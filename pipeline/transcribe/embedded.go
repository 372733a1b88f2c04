package transcribe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"dropcut/captions"
	"dropcut/captions/transcript"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

const (
	embeddedSource = "embedded"

	excerptFile = "excerpt.mkv"
	mostStreams = 8
)

// embedded reads the text streams of the excerpt.
func (s *Step) embedded(ctx context.Context, l loaded) (out []source, notes []pipeline.Note, err error) {
	folder, err := os.MkdirTemp(s.Temp, "transcribe-")
	if err != nil {
		return nil, nil, pipeline.Fail(pipeline.Unavailable, "no_temp", "make room, or point TMPDIR elsewhere", "make a folder for an attempt: %w", err)
	}
	defer os.RemoveAll(folder)
	if err := s.fetch(ctx, l.excerpt, filepath.Join(folder, excerptFile)); err != nil {
		return nil, nil, err
	}
	probe, err := s.FFmpeg.Probe(ctx, filepath.Join(folder, excerptFile))
	if err != nil {
		return nil, nil, fmt.Errorf("probe an excerpt: %w", err)
	}
	n := 0
	for _, stream := range probe.Streams {
		if stream.Type != "subtitle" || n == mostStreams {
			continue
		}
		origin := fmt.Sprintf("subtitle track %d of the recording", n+1)
		all, err := s.text(ctx, folder, n, stream)
		n++
		switch {
		case errors.Is(err, pipeline.Invalid):
			notes = append(notes, unread(origin, err))
		case err != nil:
			return nil, nil, err
		case len(all) > 0:
			t := captions.Transcript{Language: tag(stream.Language), Source: embeddedSource, Origin: origin, Words: on(all, l.rec.Media)}
			out = append(out, source{Transcript: t})
		}
	}
	return out, notes, nil
}

// fetch makes a local copy of the excerpt.
func (s *Step) fetch(ctx context.Context, x pipeline.Excerpted, file string) error {
	r, err := s.Data.OpenRange(ctx, x.Key, "", 0, -1)
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err == nil {
		_, err = io.Copy(f, r)
		err = errors.Join(err, f.Close())
	}
	err = errors.Join(err, r.Close())
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return pipeline.Fail(pipeline.NoRoom, "disk_full", "make room, then run again: finished pieces are kept", "fetch an excerpt: %w", err)
	}
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "fetch an excerpt: %w", err)
	}
	return nil
}

// strict are the options that end a process where nothing is said.
var strict = []string{"-abort_on", "empty_output"}

// text is the n-th text stream, on the recording's timeline. None of it is no failure.
func (s *Step) text(ctx context.Context, folder string, n int, stream ffmpeg.Stream) ([]transcript.Timed, error) {
	name := fmt.Sprintf("text-%d", n)
	encoder, muxer := stream.AsText()
	if muxer == "" {
		return nil, nil // pictures of words
	}
	args := ffmpeg.Arguments(ffmpeg.Input{File: excerptFile, Options: []ffmpeg.Option{{Name: "copyts"}}}, "",
		ffmpeg.Output{Maps: []string{fmt.Sprintf("0:s:%d", n)}, File: name, Options: []ffmpeg.Option{{Name: "c:s", Value: encoder}, {Name: "f", Value: muxer}}})
	args = slices.DeleteFunc(args, func(a string) bool { return slices.Contains(strict, a) })
	if _, err := s.FFmpeg.Run(ctx, ffmpeg.Command{Args: args, Dir: folder, Limits: ffmpeg.Limits{File: mostFile}}); err != nil {
		return nil, err
	}
	body, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil || len(body) == 0 {
		return nil, nil
	}
	file, err := transcript.Read(body)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Invalid, "bad_transcript", "", "%w", err)
	}
	return sooner(file.Said, time.Duration(pipeline.ExcerptLead)), nil
}

// sooner moves timed text, and the words in it that have times of their own.
func sooner(all []transcript.Timed, by time.Duration) []transcript.Timed {
	for i := range all {
		t := &all[i]
		t.Start, t.End = t.Start-by, t.End-by
		for k := range t.Parts {
			p := &t.Parts[k]
			if p.Start -= by; p.End > 0 {
				p.End -= by
			}
		}
	}
	return all
}
