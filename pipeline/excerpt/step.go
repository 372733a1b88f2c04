// Package excerpt takes a moment out of its recording: a lossless copy with
// handles, which everything later reads, and what it says about itself: where
// it is silent, how loud it is, where shots begin.
package excerpt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what excerpt needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Shelf hands out opened recordings.
type Shelf interface {
	Open(ctx context.Context, r pipeline.Recording) (*recording.Recording, error)
}

// Step takes excerpts.
type Step struct {
	Catalog Catalog
	Data    storage.Bucket
	Shelf   Shelf
	FFmpeg  *ffmpeg.Runner
	Temp    string // where attempts have their folders
	Room    Room   // nil: nobody keeps count
}

// Do makes the excerpt of the moment that is w's subject, or finds that a whole
// one taken from these very bytes stands. A recording that is gone is NotFound,
// code recording_gone; one that was changed is the bucket's Conflict.
func (s *Step) Do(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
	m, rec, old, err := s.load(ctx, w.Subject)
	if err != nil {
		return catalog.Outcome{}, err
	}
	span := m.Span(rec.Media.Rate).Clamp(rec.Media.Length())
	if span.IsEmpty() {
		return catalog.Outcome{}, pipeline.Fail(pipeline.Invalid, "outside", "give a mark inside the recording",
			"the moment at %v lies outside the recording", rec.Media.Rate.Duration(m.Window.In).Round(time.Second))
	}
	out := catalog.Outcome{Next: []catalog.Work{{Subject: m.ID, Input: w.Input, Recording: rec.ID, Priority: w.Priority}}}
	stands, err := s.stands(ctx, old, rec, span)
	if err != nil {
		return catalog.Outcome{}, err
	}
	x := old
	if !stands {
		var cpu time.Duration
		if err = s.reserve(ctx, w, rec, span); err != nil {
			return catalog.Outcome{}, err
		}
		if x, cpu, err = s.take(ctx, m, rec, span, tell); err != nil {
			return catalog.Outcome{}, err
		}
		out.Made = catalog.Made{Moment: m.ID, BytesRead: x.BytesRead, CPU: cpu, Label: m.Label}
	}
	out.Keep = func(tx *catalog.Tx) error { return keep(tx, x, rec, !stands) }
	return out, nil
}

func (s *Step) load(ctx context.Context, moment string) (m pipeline.Moment, rec pipeline.Recording, old pipeline.Excerpted, err error) {
	err = s.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		var err error
		if m, err = tx.Moment(moment); err != nil {
			return err
		}
		if rec, err = tx.Recording(m.Recording); err != nil {
			return err
		}
		if old, err = tx.ExcerptOf(moment); errors.Is(err, pipeline.NotFound) {
			return nil
		}
		return err
	})
	return m, rec, old, err
}

// stands reports whether old is a whole excerpt of span, from this version.
func (s *Step) stands(ctx context.Context, old pipeline.Excerpted, rec pipeline.Recording, span timeline.Window) (bool, error) {
	if old.ID == "" || old.Version != rec.Version || !old.Asked.Covers(span) {
		return false, nil
	}
	o, err := s.Data.Stat(ctx, old.Key)
	if errors.Is(err, pipeline.NotFound) {
		return false, nil
	}
	return err == nil && o.Size == old.Bytes, err
}

// take makes, verifies and stores a new excerpt.
func (s *Step) take(ctx context.Context, m pipeline.Moment, rec pipeline.Recording, span timeline.Window, tell func(float64)) (pipeline.Excerpted, time.Duration, error) {
	x := pipeline.Excerpted{ID: pipeline.Mint(pipeline.ExcerptID), Moment: m.ID, Recording: rec.ID, Version: rec.Version, Asked: span}
	folder, err := os.MkdirTemp(s.Temp, "excerpt-")
	if err != nil {
		return x, 0, pipeline.Fail(pipeline.Unavailable, "no_temp", "make room, or point TMPDIR elsewhere", "make a folder for an attempt: %w", err)
	}
	defer os.RemoveAll(folder)
	slice, err := s.slice(ctx, &x, rec, span, folder)
	if err != nil {
		return x, 0, err
	}
	tell(0.3)
	b := &bench{runner: s.FFmpeg, folder: folder, rate: rec.Media.Rate, video: rec.Media.Video}
	if err := b.copy(ctx, slice); err != nil {
		return x, b.cpu, err
	}
	_ = os.Remove(slice.Path)
	tell(0.4)
	keys, err := b.hearAndSee(ctx, span)
	if err != nil {
		return x, b.cpu, err
	}
	if err := b.verify(&x, rec); err != nil {
		return x, b.cpu, err
	}
	tell(0.6)
	if err := b.signals(ctx, &x, keys); err != nil {
		return x, b.cpu, err
	}
	tell(0.9)
	return x, b.cpu, s.store(ctx, &x, filepath.Join(folder, excerptFile))
}

// hearAndSee listens and looks at keyframes side by side.
func (b *bench) hearAndSee(ctx context.Context, span timeline.Window) (keys []glance, err error) {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return b.listen(ctx, span) })
	both.Go(func() (err error) {
		keys, err = b.lookAtKeys(ctx)
		return err
	})
	err = both.Wait()
	return keys, err
}

// lead is how much more than the span is sliced, so that decoders of sound,
// which need what came before, give at its edges what they give in the whole.
const lead = 300 * time.Millisecond

// afterVariable is how much more follows where pictures come at will: the one
// after the span shows how long the last of it stands.
const afterVariable = 2 * time.Second

func (s *Step) slice(ctx context.Context, x *pipeline.Excerpted, rec pipeline.Recording, span timeline.Window, folder string) (recording.Slice, error) {
	opened, err := s.Shelf.Open(ctx, rec)
	if err != nil {
		return recording.Slice{}, gone(rec, err)
	}
	from, to := sliced(rec, span)
	slice, err := opened.Slice(ctx, from, to, folder)
	x.BytesRead = opened.Charge()
	return slice, gone(rec, err)
}

// sliced is what is sliced for span. Pure.
func sliced(rec pipeline.Recording, span timeline.Window) (from, to time.Duration) {
	from, to = rec.Media.Rate.Duration(span.In)-lead, rec.Media.Rate.Duration(span.Out)+lead
	if rec.Media.Video.Variable {
		to += afterVariable
	}
	return max(from, 0), min(to, rec.Media.Rate.Duration(rec.Media.Frames))
}

func gone(rec pipeline.Recording, err error) error {
	if !errors.Is(err, pipeline.NotFound) {
		return err
	}
	return pipeline.Fail(pipeline.NotFound, "recording_gone", "put the recording back where it was, then run again",
		"the recording %s is gone: %w", rec.Name, err)
}

func (s *Step) store(ctx context.Context, x *pipeline.Excerpted, file string) (err error) {
	if x.Digest, x.Bytes, err = storage.DigestFile(file); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "read the excerpt: %w", err)
	}
	f, err := os.Open(file)
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "read the excerpt: %w", err)
	}
	defer f.Close()
	x.Key = storage.ExcerptKey(x.ID)
	_, err = s.Data.Put(ctx, x.Key, f, x.Digest)
	return err
}

// keep writes the excerpt when it is new, and what is true of its moment now.
func keep(tx *catalog.Tx, x pipeline.Excerpted, rec pipeline.Recording, fresh bool) error {
	m, err := tx.Moment(x.Moment)
	if err != nil {
		return err
	}
	m.Notes = renewed(m.Notes, notes(x, rec))
	if !fresh {
		return tx.PutMoment(m)
	}
	if m.State == pipeline.MomentFound || m.State == pipeline.MomentOffered || m.State == pipeline.MomentFailed {
		m.State = pipeline.MomentExcerpted
	}
	return errors.Join(tx.PutExcerpt(x), tx.PutMoment(m))
}
