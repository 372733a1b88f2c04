package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Assembly makes one variant's file from its segments and its clip's sound.
type Assembly struct{ Bench }

// assemblyInput is what a file is made from.
type assemblyInput struct {
	order     assemblyOrder
	variant   pipeline.Variant
	clip      pipeline.Clip
	moment    pipeline.Moment
	recording pipeline.Recording
	rows      map[string][]catalog.Segment
	failed    map[string]*pipeline.Error // by recipe that is not there: why what was to make it could not
	dir       string
	cpu       time.Duration
}

func (in *assemblyInput) rate() timeline.Rate { return in.recording.Media.Rate }

// Do assembles the variant that is w's subject. A segment that is damaged, or
// of an encoder that does not fit the others, is forgotten, and one that left
// the catalogue after it was counted on is missed: then the moment is composed
// once more. A lasting failure is kept with the variant.
func (s *Assembly) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	in, err := s.load(ctx, w)
	if err != nil || in.variant.Input != in.order.Input || !inTheMaking(in.variant) {
		return catalog.Outcome{}, err // nothing, when a newer composing has ordered it anew
	}
	if err := s.reserve(ctx, w, in.need()); err != nil {
		return catalog.Outcome{}, err
	}
	dir, remove, err := s.attempt("assemble")
	if err != nil {
		return catalog.Outcome{}, err
	}
	defer remove()
	in.dir = dir
	made, unfit, err := s.make(ctx, in)
	if (len(unfit) > 0 || isMissed(err)) && pass(w.Input) < passes {
		return catalog.Outcome{Next: []catalog.Work{{Subject: in.moment.ID, Input: w.Input + again, Recording: w.Recording, Priority: w.Priority}},
			Keep: func(tx *catalog.Tx) error { return drop(tx, unfit) }}, nil
	}
	if err != nil {
		return catalog.Outcome{}, s.failed(ctx, in.variant, err)
	}
	v := in.variant
	v.State, v.Made, v.Failure = pipeline.VariantMade, made, nil
	return catalog.Outcome{Made: catalog.Made{Moment: in.moment.ID, CPU: in.cpu, File: made.Key, Short: in.clip.Kind == pipeline.Short, Label: in.moment.Label},
		Keep: func(tx *catalog.Tx) error { return tx.PutVariant(v) }}, nil
}

// inTheMaking reports whether a variant is to be made, also after an attempt
// that failed by something that may pass.
func inTheMaking(v pipeline.Variant) bool {
	return v.State == pipeline.VariantRendering || v.State == pipeline.VariantFailed && v.Failure != nil && v.Failure.Retryable()
}

func drop(tx *catalog.Tx, rows []catalog.Segment) error {
	for _, r := range rows {
		if err := tx.DropSegment(r); err != nil {
			return err
		}
	}
	return nil
}

// failed keeps why a variant could not be made, for nobody knows whether there
// will be another attempt. One that makes it replaces that.
func (s *Assembly) failed(ctx context.Context, v pipeline.Variant, cause error) error {
	if errors.Is(cause, pipeline.Stopped) || ctx.Err() != nil || s.Room != nil && pipeline.IsFull(cause) {
		return cause // it will be tried again
	}
	v.State, v.Failure = pipeline.VariantFailed, pipeline.AsError(cause, pipeline.Assemble)
	err := s.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		now, err := tx.Variant(v.ID)
		if err != nil || now.Input != v.Input || !inTheMaking(now) { // made, or ordered anew meanwhile
			return err
		}
		return tx.PutVariant(v)
	})
	if err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

func (s *Assembly) load(ctx context.Context, w catalog.Work) (*assemblyInput, error) {
	in := &assemblyInput{}
	var err error
	if in.order, err = read[assemblyOrder](w.Doc); err != nil {
		return in, err
	}
	return in, s.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		in.rows, in.failed = map[string][]catalog.Segment{}, map[string]*pipeline.Error{}
		if in.variant, err = tx.Variant(w.Subject); err != nil {
			return err
		}
		if in.recording, err = tx.Recording(w.Recording); err != nil {
			return err
		}
		if err = in.find(tx); err != nil {
			return err
		}
		for _, r := range append(recipesOf(in.variant.Segments), in.variant.Sound) {
			if in.rows[r], err = tx.Segments(r); err == nil && len(in.rows[r]) == 0 {
				in.failed[r], err = tx.FailureOf(r)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// find looks for the variant's clip among the recording's moments.
func (in *assemblyInput) find(tx *catalog.Tx) error {
	moments, err := tx.MomentsOf(in.recording.ID)
	if err != nil {
		return err
	}
	for _, m := range moments {
		clips, err := tx.ClipsOf(m.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(clips, func(c pipeline.Clip) bool { return c.ID == in.variant.Clip }); i >= 0 {
			in.moment, in.clip = m, clips[i]
			return nil
		}
	}
	return pipeline.Fail(pipeline.NotFound, "no_such_clip", "run again", "the clip of this variant is gone")
}

func recipesOf(refs []pipeline.SegmentRef) []string {
	var out []string
	for _, r := range refs {
		out = append(out, r.Recipe)
	}
	return out
}

// choose is the kept segments to assemble, all of one decoder configuration.
// unfit are rows to be forgotten and made again.
func (in *assemblyInput) choose(build string) (chosen, unfit []catalog.Segment, err error) {
	refs := in.variant.Segments
	config := common(refs, in.rows, build)
	for _, r := range refs {
		rows := in.rows[r.Recipe]
		if len(rows) == 0 {
			return nil, nil, in.missing(r)
		}
		i := slices.IndexFunc(rows, func(s catalog.Segment) bool { return s.AVCC == config })
		if i >= 0 {
			chosen = append(chosen, rows[i])
		}
	}
	if len(chosen) == len(refs) {
		return chosen, nil, nil
	}
	return nil, in.minority(build, config), pipeline.Fail(pipeline.Conflict, "mixed_avcc", "run again", "segments of different encoders cannot stand in one file")
}

// minority is the rows that do not fit: those of other configurations than the
// one this build makes, for only that can be made again here; where this build
// made none, those that are not of the most common one.
func (in *assemblyInput) minority(build, config string) []catalog.Segment {
	keep := map[string]bool{}
	for _, rows := range in.segmentRows() {
		if rows.Encoder == build && build != "" {
			keep[rows.AVCC] = true
		}
	}
	if len(keep) == 0 {
		keep[config] = true
	}
	return slices.DeleteFunc(in.segmentRows(), func(s catalog.Segment) bool { return keep[s.AVCC] })
}

func (in *assemblyInput) segmentRows() []catalog.Segment {
	var out []catalog.Segment
	for _, r := range in.variant.Segments {
		out = append(out, in.rows[r.Recipe]...)
	}
	return out
}

// isMissed reports whether a segment or the sound is not there although nobody
// failed to make it.
func isMissed(err error) bool {
	var why *pipeline.Error
	return errors.As(err, &why) && why.Code == codeMissing
}

const codeMissing = "segment_missing"

// missing says why a segment or the sound is not there.
func (in *assemblyInput) missing(r pipeline.SegmentRef) error {
	what := fmt.Sprintf("frames %d to %d", r.In, r.Out)
	if r.Frames() == 0 {
		what = "the sound"
	}
	if f := in.failed[r.Recipe]; f != nil {
		return &pipeline.Error{Kind: f.Kind, Code: f.Code, Step: f.Step, Detail: what + " could not be made: " + f.Detail, Hint: f.Hint, Err: f}
	}
	return pipeline.Fail(pipeline.Unavailable, codeMissing, "run again", "%s are not there", what)
}

// fetch copies the chosen segments, one behind the other, into one file, and
// checks their digests. unfit are those that are gone or damaged.
func (s *Assembly) fetch(ctx context.Context, rows []catalog.Segment, file string) (parts []*io.SectionReader, unfit []catalog.Segment, close func() error, err error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, nil, nil, disk(err, "fetch segments")
	}
	var at int64
	for _, row := range rows {
		n, err := s.fetchOne(ctx, row, f)
		if errors.Is(err, pipeline.NotFound) || errors.Is(err, pipeline.Corrupt) {
			unfit = append(unfit, row)
			n, err = 0, nil
			_, err = f.Seek(at, io.SeekStart)
		}
		if err != nil {
			return nil, nil, nil, errors.Join(disk(err, "fetch segments"), f.Close())
		}
		parts = append(parts, io.NewSectionReader(f, at, n))
		at += n
	}
	return parts, unfit, f.Close, nil
}

func (s *Assembly) fetchOne(ctx context.Context, row catalog.Segment, to io.Writer) (int64, error) {
	key := storage.SegmentKey(row.Digest)
	r, err := s.Data.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	sum := storage.NewDigester()
	n, err := io.Copy(io.MultiWriter(to, sum), r)
	if err != nil {
		return n, disk(err, "fetch segments")
	}
	return n, storage.CheckDigest(key, row.Digest, sum.Digest())
}

// fileName is what a person sees: <kind>-<n>-<aspect>-<layout>-<style>-<language>-<hook n>-<digest8>.mp4
func (in *assemblyInput) fileName(digest string) string {
	v := in.variant
	return in.name(strings.ReplaceAll(v.Look.Aspect, ":", "x"), v.Look.Layout, v.Look.Style, v.Look.Language, fmt.Sprintf("hook%d", v.HookN)) +
		"-" + storage.Hex(digest)[:8] + ".mp4"
}

// key is where a file of the moment lies in the output bucket.
func (in *assemblyInput) key(name string) string {
	return path.Join(in.recording.Folder, in.moment.Folder, name)
}

// name joins the clip's own and more words to a safe name.
func (in *assemblyInput) name(words ...string) string {
	out := fmt.Sprintf("%s-%d", in.clip.Kind, in.clip.N)
	for _, w := range words {
		out += "-" + storage.SafeName(w, "x")
	}
	return out
}

func (in *assemblyInput) local(name string) string { return filepath.Join(in.dir, name) }
