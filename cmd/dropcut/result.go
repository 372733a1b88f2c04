package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/pipeline/render"
	"dropcut/storage/catalog"
)

// result is how one recording ended.
type result struct {
	path      string
	recording *pipeline.Recording
	manifests []pipeline.Manifest
	failures  []*pipeline.Error
}

// result reads how a recording ended in a round.
func (h *workshop) result(ctx context.Context, path, round string) (result, error) {
	var r result
	var moments []pipeline.Moment
	err := h.db.Write(ctx, func(tx *catalog.Tx) error {
		r, moments = result{path: path}, nil
		w, err := tx.WorkOf(pipeline.Ingest, path, round)
		if err != nil {
			return err
		}
		if w.Failure != nil && w.State == catalog.WorkFailed {
			r.failures = append(r.failures, w.Failure)
		}
		if w.Recording == "" {
			return nil
		}
		return r.read(tx, w.Recording, round, &moments)
	})
	if err != nil {
		return r, err
	}
	for _, m := range moments {
		if m.Published == nil || render.Round(m.Published.Round) != round {
			continue
		}
		doc, err := h.outcome(ctx, m)
		if err != nil {
			return r, err
		}
		r.manifests = append(r.manifests, doc)
	}
	if rec := r.recording; rec != nil && len(r.manifests) == 0 && len(r.failures) == 0 {
		r.failures = append(r.failures, noMoment(*rec))
	}
	if len(r.manifests) > 0 && r.clips() == 0 && len(r.failures) == 0 {
		r.failures = append(r.failures, noClips(r.manifests))
	}
	r.failures = once(r.failures)
	return r, nil
}

// clips is how many clips the recording's manifests show: made, or planned.
func (r result) clips() int {
	n := 0
	for _, m := range r.manifests {
		n += len(m.Clips)
	}
	return n
}

// noClips is why moments gave nothing: exit 4 and the reason that they note.
func noClips(all []pipeline.Manifest) *pipeline.Error {
	e := pipeline.Fail(pipeline.NotFound, "no_clips", "", "nothing could be cut")
	for _, m := range all {
		for _, n := range m.Notes {
			e.Code, e.Detail, e.Hint = n.Code, n.Detail, n.Hint
		}
	}
	return e
}

// once leaves out failures that say again what another says: of every file
// that lacks the same pieces, and of every piece that fails for one reason.
func once(all []*pipeline.Error) []*pipeline.Error {
	var out []*pipeline.Error
	for _, f := range all {
		said := slices.ContainsFunc(out, func(o *pipeline.Error) bool { return o.Code == f.Code && o.Detail == f.Detail }) ||
			slices.ContainsFunc(all, func(o *pipeline.Error) bool { return o.Code == f.Code && strings.HasSuffix(f.Detail, ": "+o.Detail) })
		if !said {
			out = append(out, f)
		}
	}
	return out
}

func (r *result) read(tx *catalog.Tx, id, round string, moments *[]pipeline.Moment) error {
	rec, err := tx.Recording(id)
	if err != nil {
		return err
	}
	r.recording = &rec
	for _, input := range render.Passes(round) {
		failed, err := tx.Failures(id, input)
		if err != nil {
			return err
		}
		for _, f := range failed {
			if f.Kind != pipeline.Ingest {
				r.failures = append(r.failures, f.Failure)
			}
		}
	}
	*moments, err = tx.MomentsOf(id)
	return err
}

// noMoment is why a recording gave nothing: exit 4 and a hint.
func noMoment(rec pipeline.Recording) *pipeline.Error {
	e := pipeline.Fail(pipeline.NotFound, "no_moment", `point at it: --mark "7:45-8:10 the reveal", or put a list of times beside the recording`,
		"%s: no usable mark", rec.Name)
	for _, n := range rec.Notes {
		if n.Code == "no_usable_mark" || n.Code == "no_moment" {
			e.Detail, e.Hint = rec.Name+": "+strings.TrimPrefix(n.Detail, rec.Name+": "), n.Hint
		}
	}
	return e
}

// outcome is a moment's manifest as it stands, or as it would be where the
// moment was only planned.
func (h *workshop) outcome(ctx context.Context, m pipeline.Moment) (pipeline.Manifest, error) {
	if m.Published.Key != "" {
		return h.manifest(ctx, m)
	}
	var doc pipeline.Manifest
	err := h.db.Write(ctx, func(tx *catalog.Tx) error {
		records, err := publish.Load(tx, m.ID)
		records.Planned = true
		doc = publish.Document(records)
		return err
	})
	return doc, err
}

// manifest reads a moment's manifest; made counts this round.
func (h *workshop) manifest(ctx context.Context, m pipeline.Moment) (pipeline.Manifest, error) {
	var doc pipeline.Manifest
	r, err := h.output.OpenRange(ctx, m.Published.Key, "", 0, -1)
	if err != nil {
		return doc, err
	}
	text, err := io.ReadAll(io.LimitReader(r, 64<<20))
	if err := errors.Join(err, r.Close()); err != nil {
		return doc, err
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return doc, pipeline.Fail(pipeline.Corrupt, "manifest", "run again: it is written anew", "read %s: %w", m.Published.Key, err)
	}
	doc.Path, doc.Made = h.outPath(m.Published.Key), m.Published.Made
	return doc, nil
}
