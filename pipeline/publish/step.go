package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what publish needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Sidecar writes one clip's captions, times counted from its in-point.
type Sidecar func(t captions.Transcript, clip timeline.Window, rate timeline.Rate) ([]byte, error)

// Room is asked before anything is written.
type Room interface {
	Reserve(ctx context.Context, w catalog.Work, n storage.Need) error
}

// Step publishes a moment, or a recording without one.
type Step struct {
	Catalog Catalog
	Output  storage.Bucket
	SRT     Sidecar
	VTT     Sidecar
	Dropcut string // our version
	FFmpeg  string // its version
	Room    Room   // nil: nobody keeps count
}

// documents is more than a moment's captions, manifest and recording.json have.
const documents = 8 << 20

// loaded is what one moment's publishing works from.
type loaded struct {
	Records
	brief       pipeline.Brief
	transcripts []captions.Transcript
	tally       catalog.Tally
	promised    map[string]bool // files that were approved or handed out
}

// Do publishes the moment, or the recording without one, that is w's subject.
// Doing it twice changes nothing.
func (s *Step) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	if s.Room != nil {
		if err := s.Room.Reserve(ctx, w, storage.Need{Output: documents}); err != nil {
			return catalog.Outcome{}, err
		}
	}
	if pipeline.HasPrefix(w.Subject, pipeline.RecordingID) {
		return s.withoutMoment(ctx, w.Subject)
	}
	return s.moment(ctx, w.Subject, w.Input)
}

// moment writes captions, then the manifest, then removes what the manifest
// replaced. What stood is read before what is to stand, so that a publish that
// was slow meets the newer one that was published meanwhile. A moment that was only planned is kept as that: no file changes.
func (s *Step) moment(ctx context.Context, id, round string) (catalog.Outcome, error) {
	stood, err := s.manifest(ctx, id)
	if err != nil {
		return catalog.Outcome{}, err
	}
	l, err := s.load(ctx, id)
	if err != nil {
		return catalog.Outcome{}, err
	}
	published := pipeline.Published{Round: round}
	var failure *pipeline.Error
	if !l.brief.PlanOnly {
		folder := path.Join(l.Recording.Folder, l.Moment.Folder)
		if l.Captions, err = s.captions(ctx, folder, l); err != nil {
			return catalog.Outcome{}, err
		}
		doc := Document(l.Records)
		doc.Made = s.made(l)
		if len(doc.Clips) == 0 {
			failure = nothingMade(l.Records, doc.Notes)
		}
		published.Key, published.Made, published.Captions = path.Join(folder, ManifestName), doc.Made, l.Captions
		if err := s.replace(ctx, published.Key, stood, doc, l.lastGood()); err != nil {
			return catalog.Outcome{}, err
		}
		if err := s.recording(ctx, l.Recording, pipeline.RecordingDone); err != nil {
			return catalog.Outcome{}, err
		}
	}
	return catalog.Outcome{Keep: func(tx *catalog.Tx) error { return l.keep(tx, published, failure) }}, nil
}

// nothingMade is why a moment has no clip: what stopped its first variant, else
// what is noted last.
func nothingMade(r Records, notes []pipeline.Note) *pipeline.Error {
	for _, c := range r.Clips {
		for _, v := range r.Variants[c.ID] {
			if v.Failure != nil {
				return v.Failure
			}
		}
	}
	n := notes[len(notes)-1] // a manifest without clips has one
	why := pipeline.Fail(pipeline.NotFound, n.Code, n.Hint, "%s", n.Detail)
	why.Step = pipeline.Plan
	return why
}

// keep notes that the moment was published, and what is true of it now: it is
// made, or failed where nothing of it could be made.
func (l loaded) keep(tx *catalog.Tx, p pipeline.Published, failure *pipeline.Error) error {
	m, err := tx.Moment(l.Moment.ID)
	if err != nil {
		return err
	}
	m.Published = &p
	if p.Key == "" {
		return tx.PutMoment(m)
	}
	m.State, m.Failure = pipeline.MomentMade, failure
	if failure != nil {
		m.State = pipeline.MomentFailed
	}
	rec, err := tx.Recording(m.Recording)
	if err != nil {
		return err
	}
	rec.State = pipeline.RecordingDone
	return errors.Join(tx.PutMoment(m), tx.PutRecording(rec), tx.ClearTally(m.ID))
}

// Load reads all that a moment's manifest is made of, but the captions' files.
func Load(tx *catalog.Tx, moment string) (Records, error) {
	r := Records{Variants: map[string][]pipeline.Variant{}}
	var err error
	if r.Moment, err = tx.Moment(moment); err != nil {
		return r, err
	}
	if r.Recording, err = tx.Recording(r.Moment.Recording); err != nil {
		return r, err
	}
	brief, err := tx.Brief(r.Recording.ID)
	if err != nil {
		return r, err
	}
	r.Drop = brief.Drop
	if r.Clips, err = tx.ClipsOf(moment); err != nil {
		return r, err
	}
	for _, c := range r.Clips {
		all, err := tx.VariantsOf(c.ID)
		if err != nil {
			return r, err
		}
		r.Variants[c.ID] = slices.DeleteFunc(all, func(v pipeline.Variant) bool { return v.State == pipeline.VariantReplaced && v.Made == nil })
	}
	r.Notes = append(slices.Clone(r.Recording.Notes), r.Moment.Notes...)
	return r, nil
}

func (s *Step) load(ctx context.Context, id string) (loaded, error) {
	var l loaded
	err := s.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		if l.Records, err = Load(tx, id); err != nil {
			return err
		}
		if l.brief, err = tx.Brief(l.Recording.ID); err != nil {
			return err
		}
		if l.transcripts, err = tx.Transcripts(id); err != nil {
			return err
		}
		if l.promised, err = tx.Promised(l.Recording.ID); err != nil {
			return err
		}
		l.tally, err = tx.Tally(id)
		return err
	})
	if l.brief.Mask {
		l.transcripts = captions.Masked(l.transcripts)
	}
	return l, err
}

// captions writes every clip's SRT and VTT in every language.
func (s *Step) captions(ctx context.Context, folder string, l loaded) (map[string][]pipeline.ManifestCaption, error) {
	out := map[string][]pipeline.ManifestCaption{}
	for _, c := range l.Clips {
		for _, t := range l.transcripts {
			if len(t.In(c.Window())) == 0 {
				continue
			}
			stem := ClipStem(c) + "-" + storage.SafeName(t.Language, "und")
			srt, err := s.caption(ctx, folder, stem, ".srt", s.SRT, t, c.Window(), l.Recording.Media.Rate)
			if err != nil {
				return nil, err
			}
			vtt, err := s.caption(ctx, folder, stem, ".vtt", s.VTT, t, c.Window(), l.Recording.Media.Rate)
			if err != nil {
				return nil, err
			}
			out[c.ID] = append(out[c.ID], pipeline.ManifestCaption{Language: t.Language, SRT: srt, VTT: vtt})
		}
	}
	return out, nil
}

func (s *Step) caption(ctx context.Context, folder, stem, ending string, write Sidecar, t captions.Transcript, w timeline.Window, rate timeline.Rate) (string, error) {
	text, err := write(t, w, rate)
	if err != nil || len(text) == 0 {
		return "", err
	}
	digest := storage.DigestBytes(text)
	name := stem + "-" + storage.Hex(digest)[:8] + ending
	return name, s.put(ctx, path.Join(folder, name), text)
}

// put stores text under key unless it stands there already.
func (s *Step) put(ctx context.Context, key string, text []byte) error {
	if old, err := s.read(ctx, key); err == nil && bytes.Equal(old, text) {
		return nil
	} else if err != nil && !errors.Is(err, pipeline.NotFound) {
		return err
	}
	_, err := s.Output.Put(ctx, key, bytes.NewReader(text), storage.DigestBytes(text))
	return err
}

// page is a document as it stood; both are empty where there was none.
type page struct {
	text    []byte
	version string
}

// manifest is a moment's manifest as it stands.
func (s *Step) manifest(ctx context.Context, moment string) (page, error) {
	var key string
	err := s.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		m, err := tx.Moment(moment)
		if err != nil {
			return err
		}
		rec, err := tx.Recording(m.Recording)
		key = path.Join(rec.Folder, m.Folder, ManifestName)
		return err
	})
	if err != nil {
		return page{}, err
	}
	return s.standing(ctx, key)
}

// swap stores text in place of what stood before it was decided. Unavailable where
// somebody else did meanwhile: read and decided again, the two agree.
func (s *Step) swap(ctx context.Context, key string, stood page, text []byte) error {
	_, err := s.Output.Replace(ctx, key, stood.version, bytes.NewReader(text), storage.DigestBytes(text))
	if errors.Is(err, pipeline.Conflict) {
		return pipeline.Fail(pipeline.Unavailable, "raced", "", "publish: %w", err)
	}
	return err
}

// standing is what stands under key.
func (s *Step) standing(ctx context.Context, key string) (page, error) {
	o, err := s.Output.Stat(ctx, key)
	if errors.Is(err, pipeline.NotFound) {
		return page{}, nil
	}
	if err != nil {
		return page{}, err
	}
	r, err := s.Output.OpenRange(ctx, key, o.Version, 0, -1)
	if errors.Is(err, pipeline.Conflict) || errors.Is(err, pipeline.NotFound) {
		return page{}, pipeline.Fail(pipeline.Unavailable, "raced", "", "publish: %w", err)
	}
	if err != nil {
		return page{}, err
	}
	text, err := io.ReadAll(io.LimitReader(r, 64<<20))
	return page{text, o.Version}, errors.Join(err, r.Close())
}

func (s *Step) read(ctx context.Context, key string) ([]byte, error) {
	r, err := s.Output.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, 64<<20))
	return text, errors.Join(err, r.Close())
}

func (s *Step) made(l loaded) pipeline.ManifestMade {
	distinct := map[string]int64{}
	for _, vs := range l.Variants {
		for _, v := range vs {
			for _, seg := range v.Segments {
				if v.State == pipeline.VariantMade {
					distinct[seg.Recipe] = seg.Frames()
				}
			}
		}
	}
	var all int64
	for _, n := range distinct {
		all += n
	}
	t := l.tally
	return pipeline.ManifestMade{Dropcut: s.Dropcut, FFmpeg: s.FFmpeg, EncodedFrames: t.EncodedFrames,
		ReusedFrames: max(all-t.EncodedFrames, 0), BytesRead: t.BytesRead,
		CPUMS: t.CPU.Milliseconds(), WallMS: t.Wall.Round(time.Millisecond).Milliseconds()}
}

// lastGood is the files of variants whose newest revision failed: what was good
// before stays until something better stands, though no manifest names it. What
// was approved stays until something newer is, and what was handed out while
// its scheduler may still fetch it.
func (l loaded) lastGood() map[string]bool {
	keep := map[string]bool{}
	for key := range l.promised {
		keep[path.Base(key)] = true
	}
	for _, all := range l.Variants {
		for _, v := range all {
			if v.State == pipeline.VariantFailed && v.Made != nil {
				keep[path.Base(v.Made.Key)] = true
			}
		}
	}
	return keep
}

// replace writes the manifest where it says something new, and then removes
// the files that only the old one named.
func (s *Step) replace(ctx context.Context, key string, stood page, doc pipeline.Manifest, keep map[string]bool) error {
	var old pipeline.Manifest
	if json.Unmarshal(stood.text, &old) != nil {
		old = pipeline.Manifest{} // none, or one that somebody damaged
	}
	doc.Revision = old.Revision
	if same(old, doc) {
		return nil
	}
	doc.Revision++
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return err
	}
	if err := s.swap(ctx, key, stood, text); err != nil {
		return err
	}
	named := Files(doc)
	for _, name := range Files(old) {
		if !slices.Contains(named, name) && !keep[name] {
			if err := s.Output.Delete(ctx, path.Join(path.Dir(key), name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// same reports whether two manifests differ only in what their runs had to do.
func same(a, b pipeline.Manifest) bool {
	a.Made, b.Made = pipeline.ManifestMade{}, pipeline.ManifestMade{}
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// ClipStem is how the names of a clip's files begin: core-1, short-2.
func ClipStem(c pipeline.Clip) string { return fmt.Sprintf("%s-%d", c.Kind, c.N) }
