// Package transcribe finds the words that are spoken in a moment: in files that
// came with the recording, in its own text streams, or by a recogniser that
// hears the excerpt; and has them translated where that was asked for.
package transcribe

import (
	"context"
	"errors"
	"slices"

	"dropcut/captions"
	"dropcut/captions/transcript"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what transcribe needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Room is asked before anything is written.
type Room interface {
	Reserve(ctx context.Context, w catalog.Work, n storage.Need) error
}

const (
	mostSamples = 16 << 20 // bytes of a moment's sound as a recogniser is given it
	mostWords   = 4 << 20  // bytes of the documents that are kept
)

// Step finds a moment's transcripts.
type Step struct {
	Catalog Catalog
	Data    storage.Bucket
	FFmpeg  *ffmpeg.Runner
	Temp    string // where attempts have their folders
	Room    Room   // nil: nobody keeps count

	Recogniser Recogniser // hears words where nobody brings any; nil: nobody does
	Translator Translator // nil: nobody does
	Proposer   Proposer   // writes opening lines; nil: nobody does
}

// loaded is what one moment's transcripts are made from.
type loaded struct {
	moment  pipeline.Moment
	rec     pipeline.Recording
	brief   pipeline.Brief
	excerpt pipeline.Excerpted
	uses    *[]string // recipe IDs of the documents that were kept for it
}

// Do keeps the transcripts of the moment that is w's subject, one a language,
// restricted to its excerpt. No words is a note and never a failure; a file that
// a person named and that cannot be read is Invalid, code bad_transcript.
func (s *Step) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	l, err := s.load(ctx, w.Subject)
	if err != nil {
		return catalog.Outcome{}, err
	}
	if s.Room != nil { // a copy of the excerpt, its sound as samples, documents
		if err := s.Room.Reserve(ctx, w, storage.Need{Temp: l.excerpt.Bytes + mostSamples, Data: mostWords}); err != nil {
			return catalog.Outcome{}, err
		}
	}
	l.uses = new([]string)
	all, notes, err := s.files(ctx, l)
	if err != nil {
		return catalog.Outcome{}, err
	}
	c := collect(all, l)
	if l.excerpt.TextCount > 0 && !c.asked {
		own, more, err := s.embedded(ctx, l)
		if err != nil {
			return catalog.Outcome{}, err
		}
		notes = append(notes, more...)
		c = collect(append(all, own...), l)
	}
	words, more, err := s.supply(ctx, l, c.transcripts)
	if err != nil {
		return catalog.Outcome{}, err
	}
	words, spelled := spell(words, l.brief.Dictionary, l.rec.Media.Rate)
	hooks, unmade, err := s.propose(ctx, l, words)
	if err != nil {
		return catalog.Outcome{}, err
	}
	notes = slices.Concat(notes, c.notes, more, spelled, unmade)
	notes = append(notes, s.missing(words, more, l)...)
	notes = append(notes, unspoken(words, l)...)
	return catalog.Outcome{
		Keep: func(tx *catalog.Tx) error { return keep(tx, l, words, hooks, notes) },
		Next: []catalog.Work{{Subject: l.moment.ID, Input: w.Input, Recording: l.rec.ID, Priority: w.Priority}},
	}, nil
}

// supply adds what nobody brought: the words, where there are none, and the
// languages that were asked for.
func (s *Step) supply(ctx context.Context, l loaded, all []captions.Transcript) ([]captions.Transcript, []pipeline.Note, error) {
	var notes []pipeline.Note
	if len(all) == 0 {
		x, more, err := s.recognise(ctx, l)
		if err != nil {
			return nil, nil, err
		}
		if notes = more; x != nil {
			all = append(all, x.Transcript)
		}
	}
	for i := range all {
		all[i].Words = refined(all[i].Words, l)
	}
	all, more, err := s.translate(ctx, l, all)
	return all, append(notes, more...), err
}

func (s *Step) load(ctx context.Context, id string) (l loaded, err error) {
	err = s.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		var err error
		if l.moment, err = tx.Moment(id); err != nil {
			return err
		}
		if l.rec, err = tx.Recording(l.moment.Recording); err != nil {
			return err
		}
		if l.brief, err = tx.Brief(l.rec.ID); err != nil {
			return err
		}
		l.excerpt, err = tx.ExcerptOf(id)
		return err
	})
	return l, err
}

func keep(tx *catalog.Tx, l loaded, all []captions.Transcript, hooks []string, notes []pipeline.Note) error {
	m, err := tx.Moment(l.moment.ID)
	if err != nil {
		return err
	}
	m.Proposed, m.Words = hooks, *l.uses
	m.Notes = append(slices.DeleteFunc(m.Notes, isOurs), notes...)
	return errors.Join(tx.PutTranscripts(m.ID, all), tx.PutMoment(m))
}

// on puts timed text on the timeline: whole words, the recording's length kept.
func on(all []transcript.Timed, m pipeline.Media) []captions.Word {
	return transcript.Words(all, m.Rate, m.Frames)
}
