package render

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Compose decides which variants a moment has, what is missing for those to be
// made, and orders it.
type Compose struct{ Bench }

// Do composes the moment that is w's subject. Where nothing changed and every
// file stands it orders nothing but to publish.
func (s *Compose) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	m, err := s.load(ctx, w.Subject)
	if err != nil {
		return catalog.Outcome{}, err
	}
	d := newDrafter(m)
	drafts := d.drafts()
	var makes []*draft
	for i := range drafts {
		whole, err := s.stands(ctx, drafts[i].variant)
		if err != nil {
			return catalog.Outcome{}, err
		}
		if drafts[i].settle(whole) {
			makes = append(makes, &drafts[i])
		}
	}
	st, err := s.stock(ctx, makes)
	if err != nil {
		return catalog.Outcome{}, err
	}
	p := d.plan(makes, st, decoded(drafts))
	p.notes = d.captionNotes()
	var todo int64
	for _, o := range p.runs {
		todo += o.frames()
	}
	return catalog.Outcome{Made: catalog.Made{Moment: m.moment.ID, Todo: todo, Wanted: pictures(makes), Files: len(makes)},
		Keep: func(tx *catalog.Tx) error { return p.keep(tx, w, m, drafts) }}, nil
}

func (s *Compose) load(ctx context.Context, id string) (material, error) {
	m := material{fonts: s.Fonts, scale: s.scale()}
	err := s.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		m.variants, m.asked = map[string][]pipeline.Variant{}, map[string]bool{}
		if m.moment, err = tx.Moment(id); err != nil {
			return err
		}
		if m.recording, err = tx.Recording(m.moment.Recording); err != nil {
			return err
		}
		if m.brief, err = tx.Brief(m.recording.ID); err != nil {
			return err
		}
		if m.excerpt, err = tx.ExcerptOf(id); err != nil {
			return err
		}
		if m.transcripts, err = tx.Transcripts(id); err != nil {
			return err
		}
		if m.clips, err = tx.ClipsOf(id); err != nil {
			return err
		}
		for _, c := range m.clips {
			if m.variants[c.ID], err = tx.VariantsOf(c.ID); err != nil {
				return err
			}
			asked, err := tx.Asked(c.ID)
			if err != nil {
				return err
			}
			maps.Copy(m.asked, asked)
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	if m.brief.Mask {
		m.transcripts = captions.Masked(m.transcripts)
	}
	slices.SortStableFunc(m.transcripts, func(a, b captions.Transcript) int { return cmp.Compare(len(b.Words), len(a.Words)) })
	m.clips = slices.DeleteFunc(m.clips, func(c pipeline.Clip) bool { return len(c.Parts) == 0 || c.Window().IsEmpty() })
	if m.recording.Media.Video.IsHDR() {
		m.mapped, err = s.canMap(ctx)
	}
	return m, err
}

// canMap asks whether this ffmpeg can map high dynamic range.
func (s *Compose) canMap(ctx context.Context) (bool, error) {
	scale, err := s.FFmpeg.Has(ctx, "filter", "zscale")
	if err != nil || !scale {
		return false, err
	}
	return s.FFmpeg.Has(ctx, "filter", "tonemap")
}

// stands reports whether a variant's file, and its poster where it leads, lie
// where they were put.
func (s *Compose) stands(ctx context.Context, v pipeline.Variant) (bool, error) {
	if v.Made == nil || v.Lead && v.Made.Poster == "" {
		return false, nil
	}
	if ok, err := s.there(ctx, s.Output, v.Made.Key, v.Made.Bytes); err != nil || !ok {
		return false, err
	}
	if !v.Lead {
		return true, nil
	}
	_, err := s.Output.Stat(ctx, v.Made.Poster)
	if errors.Is(err, pipeline.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// settle decides what becomes of a variant whose file stands or not, and
// reports whether it is to be made now. A file of a hook that is gone is
// replaced also where it is whole: nobody may post a line that was corrected.
func (x *draft) settle(stands bool) bool {
	v := &x.variant
	judged := v.State == pipeline.VariantApproved || v.State == pipeline.VariantRejected
	current := v.Input == x.input && x.input != "" && stands && (v.State == pipeline.VariantMade || judged)
	switch {
	case current && x.listed || judged && !x.wanted:
		return false
	case !x.wanted:
		if v.Made != nil || v.State != pipeline.VariantReplaced {
			v.State, v.Input, v.Sound, v.Segments, v.Made, v.Failure, v.Notes = pipeline.VariantOffered, "", "", nil, nil, nil, nil
		}
		if !x.listed {
			v.State = pipeline.VariantReplaced
		}
		return false
	}
	if v.Input != x.input {
		v.Revision++
	}
	v.State, v.Input, v.Sound, v.Failure, v.Notes, v.Segments = pipeline.VariantRendering, x.input, x.sound, nil, x.notes, x.refs
	return true
}

// stock is what is kept of every recipe that is needed.
type stock struct {
	rows  map[string][]catalog.Segment // whose bytes are there
	gone  []catalog.Segment            // whose bytes are not
	maker map[string]string            // unfinished work that makes it already
	build string
}

func (s *Compose) stock(ctx context.Context, makes []*draft) (stock, error) {
	st := stock{rows: map[string][]catalog.Segment{}, maker: map[string]string{}, build: s.Build}
	all := map[string][]catalog.Segment{}
	err := s.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		for _, r := range recipes(makes) {
			if all[r], err = tx.Segments(r); err != nil {
				return err
			}
			if st.maker[r], err = tx.ReservedBy(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return st, err
	}
	for r, rows := range all {
		for _, row := range rows {
			ok, err := s.there(ctx, s.Data, storage.SegmentKey(row.Digest), row.Bytes)
			if err != nil {
				return st, err
			}
			if ok {
				st.rows[r] = append(st.rows[r], row)
			} else {
				st.gone = append(st.gone, row)
			}
		}
	}
	return st, nil
}

// pictures is how many different pictures the drafts show together.
func pictures(makes []*draft) (n int64) {
	seen := map[string]bool{}
	for _, x := range makes {
		for _, ref := range x.refs {
			if !seen[ref.Recipe] {
				seen[ref.Recipe] = true
				n += ref.Frames()
			}
		}
	}
	return n
}

// recipes is every recipe that is needed, once, in order.
func recipes(makes []*draft) []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(r string) {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	for _, x := range makes {
		for _, ref := range x.refs {
			add(ref.Recipe)
		}
		add(x.sound)
	}
	return out
}

// missing is the segments of a draft that must be made: those that are not
// kept in the decoder configuration in which most of them are.
func (st stock) missing(refs []pipeline.SegmentRef) []pipeline.SegmentRef {
	config := common(refs, st.rows, st.build)
	var out []pipeline.SegmentRef
	for _, r := range refs {
		if !slices.ContainsFunc(st.rows[r.Recipe], func(s catalog.Segment) bool { return s.AVCC == config }) {
			out = append(out, r)
		}
	}
	return out
}

// common is the decoder configuration in which most of the segments are kept;
// among equals the one this build makes.
func common(refs []pipeline.SegmentRef, rows map[string][]catalog.Segment, build string) string {
	count, ours := map[string]int{}, map[string]int{}
	for _, r := range refs {
		for _, s := range rows[r.Recipe] {
			count[s.AVCC]++
			if s.Encoder == build {
				ours[s.AVCC] = 1
			}
		}
	}
	best := ""
	for c := range count {
		if best == "" || cmp.Or(cmp.Compare(count[c], count[best]), cmp.Compare(ours[c], ours[best]), cmp.Compare(best, c)) > 0 {
			best = c
		}
	}
	return best
}
