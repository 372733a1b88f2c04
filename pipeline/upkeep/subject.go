package upkeep

import (
	"slices"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// subject is a recording and all that hangs on it, as one transaction read it.
type subject struct {
	recording pipeline.Recording
	brief     pipeline.Brief
	todo      []catalog.Work // rows that are still to be done for it
	moments   []moment
	promised  []pipeline.Ready // approved or handed out, of older revisions too
}

// moment is one of its moments.
type moment struct {
	pipeline.Moment
	variants []pipeline.Variant   // of its clips, retired ones too
	shown    map[string]bool      // its clips that are not retired, by ID
	excerpts []pipeline.Excerpted // the newest first
}

// read reads a recording whole.
func read(tx *catalog.Tx, id string) (s subject, err error) {
	if s.recording, err = tx.Recording(id); err != nil {
		return s, err
	}
	if s.brief, err = tx.Brief(id); err != nil {
		return s, err
	}
	if s.todo, err = tx.ToDo(id); err != nil {
		return s, err
	}
	if s.promised, err = tx.PromisedFiles(id); err != nil {
		return s, err
	}
	all, err := tx.MomentsOf(id)
	if err != nil {
		return s, err
	}
	for _, m := range all {
		one := moment{Moment: m}
		if err := one.read(tx); err != nil {
			return s, err
		}
		s.moments = append(s.moments, one)
	}
	return s, nil
}

func (m *moment) read(tx *catalog.Tx) (err error) {
	if m.variants, err = variants(tx, m.ID); err != nil {
		return err
	}
	clips, err := tx.ClipsOf(m.ID)
	if err != nil {
		return err
	}
	m.shown = map[string]bool{}
	for _, c := range clips {
		m.shown[c.ID] = true
	}
	ids, err := tx.ExcerptIDs(m.ID)
	if err != nil {
		return err
	}
	for _, x := range ids {
		one, err := tx.Excerpt(x.ID)
		if err != nil {
			return err
		}
		m.excerpts = append(m.excerpts, one)
	}
	return nil
}

// variants is every variant of a moment's clips, of those it has no more too.
func variants(tx *catalog.Tx, moment string) ([]pipeline.Variant, error) {
	clips, err := tx.ClipsOf(moment)
	if err != nil {
		return nil, err
	}
	retired, err := tx.RetiredClips(moment)
	if err != nil {
		return nil, err
	}
	var out []pipeline.Variant
	for _, c := range slices.Concat(clips, retired) {
		all, err := tx.VariantsOf(c.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, all...)
	}
	return out, nil
}

// isBusy reports whether somebody works on the recording, or will.
func (s subject) isBusy() bool { return len(s.todo) > 0 }

// moves reports whether work is to be done that will move one of ids: of its
// own, or of a step that all of the recording goes through.
func (s subject) moves(ids ...string) bool {
	return slices.ContainsFunc(s.todo, func(w catalog.Work) bool {
		return w.Kind == pipeline.Ingest || w.Kind == pipeline.Detect || slices.Contains(ids, w.Subject)
	})
}

// isMade reports whether a variant has a file that is shown.
func isMade(v pipeline.Variant) bool {
	return v.State == pipeline.VariantMade || isJudged(v)
}

// isJudged reports whether a person said what becomes of a variant's file.
func isJudged(v pipeline.Variant) bool {
	return v.State == pipeline.VariantApproved || v.State == pipeline.VariantRejected
}

// isOver reports whether the line does nothing more with a moment by itself.
func isOver(m pipeline.Moment) bool {
	return m.State == pipeline.MomentSuperseded || m.State == pipeline.MomentOffered
}

// onlyPlanned reports whether a moment went down the line without that
// anything was to be made.
func (s subject) onlyPlanned(m pipeline.Moment) bool {
	return s.brief.PlanOnly && m.Published != nil && m.Published.Key == ""
}
