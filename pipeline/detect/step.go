package detect

import (
	"context"
	"errors"
	"os"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/recording"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what detect needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Shelf opens recordings and keeps them open.
type Shelf interface {
	Open(ctx context.Context, r pipeline.Recording) (*recording.Recording, error)
}

// Step finds a recording's marks and moments.
type Step struct {
	Catalog Catalog
	Data    storage.Bucket
	Shelf   Shelf
	FFmpeg  *ffmpeg.Runner
	Temp    string // where attempts have their folders; empty: the system's
}

// loaded is what one recording's detection works from.
type loaded struct {
	recording pipeline.Recording
	brief     pipeline.Brief
	live      []pipeline.LiveMark
	marks     []pipeline.Mark   // of the last detection
	moments   []pipeline.Moment // of all detections
}

// Do finds the marks and moments of the recording that is w's subject, and
// passes its best moments on; a recording without a usable mark goes on itself.
// Doing it twice finds the same moments under the same IDs.
func (s *Step) Do(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
	began := time.Now()
	var l loaded
	if err := s.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) { l, err = load(tx, w.Subject); return err }); err != nil {
		return catalog.Outcome{}, err
	}
	lists, notes, err := s.lists(ctx, l)
	if err != nil {
		return catalog.Outcome{}, err
	}
	all := withPlanned(gather(lists, l.brief, l.recording.Media), l)
	r := result{notes: notes}
	if !l.brief.NoProposals && !pointedAt(all) {
		proposed, said, err := s.propose(ctx, l, &r.spent.BytesRead, tell)
		if err != nil {
			return catalog.Outcome{}, err
		}
		all, r.notes = append(all, proposed...), append(r.notes, said...)
		inOrder(all)
	}
	if err := s.listen(ctx, l, all, &r.spent); err != nil {
		return catalog.Outcome{}, err
	}
	r.decide(l, all)
	if err := r.cut(l.recording); err != nil {
		return catalog.Outcome{}, err
	}
	r.spent.Wall = time.Since(began)
	return catalog.Outcome{Keep: func(tx *catalog.Tx) error { return r.keep(tx, l) }, Next: r.next(w), Made: catalog.Made{Label: r.summary(), BytesRead: r.spent.BytesRead}}, nil
}

func load(tx *catalog.Tx, id string) (l loaded, err error) {
	if l.recording, err = tx.Recording(id); err != nil {
		return l, err
	}
	if l.brief, err = tx.Brief(id); err != nil {
		return l, err
	}
	if l.live, err = tx.LiveMarksOn(l.recording); err != nil {
		return l, err
	}
	if l.marks, err = tx.Marks(id); err != nil {
		return l, err
	}
	l.moments, err = tx.MomentsOf(id)
	return l, err
}

// lists reads every source of marks: the command line, sidecars, chapters. A
// file that a person named must be marks; one that was found beside may not be.
func (s *Step) lists(ctx context.Context, l loaded) (out []marks.List, notes []pipeline.Note, err error) {
	flags := marks.List{Source: marks.SourceFlag, Name: "--mark"}
	for _, f := range l.brief.Flags {
		e, err := marks.ParseFlag(f)
		if err != nil {
			return nil, nil, err
		}
		flags.Add(e)
	}
	out = append(out, flags, livePresses(l))
	media := l.recording.Media
	of := marks.Recording{Name: l.recording.Name, Rate: media.Rate, Length: media.Rate.Duration(media.Frames), StartedAt: l.recording.StartedAt}
	room := marks.MostMarks
	for _, file := range l.brief.Marks {
		b, err := storage.ReadSidecar(ctx, s.Data, file)
		if err != nil {
			return nil, nil, err
		}
		all, err := marks.Read(file.Name, b, of)
		switch {
		case err == nil:
			for _, one := range all {
				if room -= len(one.Entries); room < 0 {
					one.Entries, one.Cut, room = one.Entries[:len(one.Entries)+room], true, 0
				}
				out = append(out, one)
				notes = append(notes, unread(one, l.recording.Name)...)
			}
		case file.Asked || !errors.Is(err, pipeline.Invalid):
			return nil, nil, err
		default:
			e := pipeline.AsError(err, pipeline.Detect)
			notes = append(notes, pipeline.Note{Code: codeUnknown, Detail: e.Detail, Hint: e.Hint})
		}
	}
	return append(out, marks.OfChapters(media.Chapters, of.Length), marks.OfHilights(media.Hilights)), notes, nil
}

// gather makes marks of every list, pairs and merges them. Pure.
func gather(lists []marks.List, b pipeline.Brief, media pipeline.Media) []found {
	length := media.Rate.Duration(media.Frames)
	var all []found
	for _, l := range lists {
		all = append(all, marksOf(l, b.Pointing, length)...)
	}
	inOrder(all)
	bound(all, length)
	return merge(pair(all))
}

// listen looks for dead air at the marks. The recording is opened only when
// something must be looked at.
func (s *Step) listen(ctx context.Context, l loaded, all []found, spent *catalog.Tally) error {
	dir, err := os.MkdirTemp(s.Temp, "detect-")
	if err != nil {
		return pipeline.Fail(pipeline.NoRoom, "no_temp", "set TMPDIR to a folder with room", "make a temporary folder: %w", err)
	}
	defer os.RemoveAll(dir)
	var rec *recording.Recording
	open := func() (*recording.Recording, error) {
		if rec != nil {
			return rec, nil
		}
		var err error
		rec, err = s.Shelf.Open(ctx, l.recording)
		return rec, err
	}
	err = s.deafen(ctx, open, l.recording.Media, all, verdicts(l.marks, l.moments), dir)
	if rec != nil {
		spent.BytesRead += rec.Charge()
	}
	return err
}
