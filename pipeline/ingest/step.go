package ingest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Request is the document of an ingest row: which object, and what its creator
// asks for it.
type Request struct {
	Creator string         `json:"creator"`
	Source  string         `json:"source"` // the source bucket, as the wiring names buckets
	Key     string         `json:"key"`
	Name    string         `json:"name"` // what a person calls it: the file's base name
	Brief   pipeline.Brief `json:"brief"`
	ByID    bool           `json:"by_id,omitempty"` // folders in the output bucket are named by IDs

	Refused *pipeline.Error `json:"refused,omitempty"` // why what came with it cannot be used
}

// Catalog is what ingest needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Shelf keeps what ingest opened, so that no later step reads the index again.
type Shelf interface {
	Add(r pipeline.Recording, rec *recording.Recording)
}

// Step turns an object into a recording.
type Step struct {
	Catalog Catalog
	Sources func(ctx context.Context, source string) (storage.Bucket, error)
	Shelf   Shelf // may be nil
	FFmpeg  *ffmpeg.Runner
	Temp    string         // where attempts have their folders
	Zone    *time.Location // of clocks that nobody names; nil is UTC
	Least   time.Duration  // shorter recordings are refused; 0: those from which no clip can be cut
}

// Do takes the object that the row's Request names. A recording that is known
// by its fingerprint keeps its ID and what was learnt of it, and another name of
// it is joined to those it has. What cannot be a recording is Invalid, and an
// object that is not there NotFound.
func (s *Step) Do(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
	req, err := decode(w.Doc)
	if err != nil {
		return catalog.Outcome{}, err
	}
	if req.Refused != nil {
		return catalog.Outcome{}, req.Refused
	}
	object, src, err := s.find(ctx, req)
	if err != nil {
		return catalog.Outcome{}, err
	}
	print, err := Fingerprint(ctx, src)
	if err != nil {
		return catalog.Outcome{}, err
	}
	read := src.BytesRead() // what learn opens stays on the shelf, and is counted with those who go on with it
	r := round{req, w, object, map[place]sight{placeOf(req): {modified: object.Modified}}, s.Zone}
	rec, err := s.known(ctx, req.Creator, print)
	if err == nil {
		err = s.look(ctx, rec, r.seen)
	} else if errors.Is(err, pipeline.NotFound) {
		rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: req.Creator, Fingerprint: print, State: pipeline.RecordingSealed}
		rec.Show = rec.ID
		err = s.learn(ctx, &rec, req, object, src, tell)
	}
	if err != nil {
		return catalog.Outcome{}, err
	}
	return outcome(rec, r, read), nil
}

func decode(doc json.RawMessage) (Request, error) {
	var req Request
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	if err := d.Decode(&req); err != nil {
		return req, pipeline.Fail(pipeline.Internal, "bad_request", "", "read an ingest row: %w", err)
	}
	return req, nil
}

// find pins the object as it stands now.
func (s *Step) find(ctx context.Context, req Request) (storage.Object, *storage.Ranged, error) {
	bucket, err := s.Sources(ctx, req.Source)
	if err != nil {
		return storage.Object{}, nil, missing(req, err)
	}
	object, err := bucket.Stat(ctx, req.Key)
	if err != nil {
		return object, nil, missing(req, err)
	}
	return object, storage.NewRanged(bucket, object), nil
}

// missing says it in the creator's words when there is no such recording.
func missing(req Request, err error) error {
	const hint = "check the path; a recording is one file"
	if req.Key == "" {
		return pipeline.Fail(pipeline.NotFound, "no_such_recording", hint, "%s is a folder and no recording", req.Source)
	}
	if !errors.Is(err, pipeline.NotFound) {
		return err
	}
	return pipeline.Fail(pipeline.NotFound, "no_such_recording", hint, "there is no recording %s%s", req.Source, req.Key)
}

func (s *Step) known(ctx context.Context, creator, print string) (rec pipeline.Recording, err error) {
	err = s.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		rec, err = tx.RecordingByFingerprint(creator, print)
		return err
	})
	return rec, err
}

// at is where the recording lies now.
func at(rec *pipeline.Recording, req Request, o storage.Object) {
	rec.Source, rec.Key, rec.Version, rec.Name, rec.Size = req.Source, req.Key, o.Version, req.Name, o.Size
}

// probed is how much of a recording is looked at to know what it is made of.
const probed = 4 * time.Second

// learn opens a new recording and finds out what it is made of.
func (s *Step) learn(ctx context.Context, rec *pipeline.Recording, req Request, o storage.Object, src *storage.Ranged, tell func(float64)) error {
	opened, err := recording.Open(ctx, src)
	if err != nil {
		return err
	}
	tell(0.5)
	keep := false
	defer func() {
		if !keep {
			_ = opened.Close()
		}
	}()
	folder, err := os.MkdirTemp(s.Temp, "ingest-")
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "no_temp", "make room, or point TMPDIR elsewhere", "make a folder for an attempt: %w", err)
	}
	defer os.RemoveAll(folder)
	slice, err := opened.Slice(ctx, 0, probed, folder)
	if err != nil {
		return err
	}
	probe, err := s.FFmpeg.Probe(ctx, slice.Path)
	if err != nil {
		return unreadable(req.Name, filepath.Base(slice.Path), err)
	}
	known := facts{Container: opened.Container(), Clock: opened.Clock(), Chapters: opened.Chapters(), Hilights: opened.Hilights(), Probe: probe}
	if rec.Media, rec.Notes, err = known.media(req.Name, cmp.Or(s.Least, shortest)); err != nil {
		return err
	}
	if t, ok := opened.Created(); ok {
		rec.Media.Created = &t
	}
	at(rec, req, o)
	if s.Shelf != nil {
		keep = true
		s.Shelf.Add(*rec, opened)
	}
	return nil
}

// unreadable is a recording whose first seconds, in the file slice, are refused.
func unreadable(name, slice string, err error) error {
	if !errors.Is(err, pipeline.Invalid) {
		return err
	}
	why := pipeline.AsError(err, pipeline.Ingest)
	code, hint := "unreadable", remux
	if why.Code == "unknown_codec" || why.Code == "strange_codec" {
		code, hint = "unknown_codec", transcode
	}
	return pipeline.Fail(pipeline.Invalid, code, hint, "%s cannot be used: %s", name, strings.ReplaceAll(why.Detail, slice, "it"))
}

// outcome keeps the recording. Whoever kept the same bytes first, meanwhile,
// gave the ID. A further name that brings nothing new begins no round.
func outcome(rec pipeline.Recording, r round, read int64) catalog.Outcome {
	w := r.work
	next := []catalog.Work{{Subject: rec.ID, Input: w.Input, Recording: rec.ID, Priority: w.Priority}}
	keep := func(tx *catalog.Tx) error {
		next[0].Subject = ""
		if late, err := tx.IsOvertaken(w); err != nil || late {
			return err
		}
		now, brief, news, err := r.settle(tx, rec)
		if err != nil {
			return err
		}
		if !news {
			return tx.AddRead(now.ID, read)
		}
		next[0].Subject, next[0].Recording = now.ID, now.ID
		return errors.Join(tx.PutRecording(now), tx.PutBrief(now.ID, brief), tx.AddRead(now.ID, read), tx.TakeOver(now.ID, "", w.Input))
	}
	return catalog.Outcome{Keep: keep, Next: next}
}

// settle is a recording as it is kept, its brief, and whether there is more to
// do. Of one that is known, what other steps kept of it stands.
func (r round) settle(tx *catalog.Tx, rec pipeline.Recording) (pipeline.Recording, pipeline.Brief, bool, error) {
	first, err := tx.RecordingByFingerprint(rec.Creator, rec.Fingerprint)
	if err == nil {
		if err := tx.ForRecording(r.work, first.ID); err != nil {
			return first, r.req.Brief, false, err
		}
		return r.join(tx, first)
	}
	if !errors.Is(err, pipeline.NotFound) {
		return rec, r.req.Brief, false, err
	}
	at(&rec, r.req, r.here)
	began(&rec, r.here.Modified, zoneOf(r.req.Brief, r.zone))
	all, err := tx.Recordings()
	rec.Folder = folderFor(rec, all)
	if r.req.ByID {
		rec.Folder = folderByID(rec)
	}
	return rec, r.req.Brief, true, errors.Join(err, tx.ForRecording(r.work, rec.ID))
}
