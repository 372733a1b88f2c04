package upkeep

import (
	"context"
	"errors"
	"path"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/publish"
)

// manifest looks at a published moment's manifest, and at what it names.
func (w witness) manifest(ctx context.Context, m moment) error {
	if m.Published == nil || m.Published.Key == "" {
		return nil
	}
	w.seen.looked.Files++
	key := m.Published.Key
	doc, err := publish.Read(ctx, w.Output, key)
	switch {
	case errors.Is(err, pipeline.NotFound):
		w.compose(m, found(manifestGone, key, "the manifest of %s is gone", quoted(m)))
		return nil
	case errors.Is(err, pipeline.Corrupt):
		w.compose(m, found(manifestDamaged, key, "the manifest of %s cannot be read", quoted(m)))
		return nil
	case err != nil:
		return err
	}
	if why := w.differs(m, doc); why != "" {
		w.compose(m, found(manifestDiffers, key, "%s", why))
	}
	return w.captions(ctx, m, doc)
}

// compose keeps a finding that composing and publishing a moment anew puts right.
func (w witness) compose(m moment, f Finding) {
	if isOver(m.Moment) {
		f.Repair = "nothing: its moment is " + string(m.State)
	} else {
		f.begin = start{pipeline.Compose, m.ID}
	}
	w.tell(f)
}

// captions looks at the caption files that a manifest names.
func (w witness) captions(ctx context.Context, m moment, doc pipeline.Manifest) error {
	for _, name := range publish.Files(doc) {
		if !strings.HasSuffix(name, ".srt") && !strings.HasSuffix(name, ".vtt") {
			continue
		}
		w.seen.looked.Files++
		key := path.Join(path.Dir(m.Published.Key), name)
		bad, err := w.flawed(ctx, key)
		switch {
		case err != nil:
			return err
		case bad == gone:
			w.compose(m, found(captionGone, key, "the captions %s are gone", name))
		case bad != "":
			w.compose(m, found(captionDamaged, key, "the captions %s are %s", name, bad))
		}
	}
	return nil
}

// differs says where a manifest says otherwise than the catalogue; "" is
// nowhere. One of a moment that is not made, or that was only planned anew
// since, says what was so before. Pure.
func (s subject) differs(m moment, doc pipeline.Manifest) string {
	if m.State != pipeline.MomentMade || s.brief.PlanOnly {
		return ""
	}
	told := map[string]pipeline.ManifestVariant{}
	posters := map[string]string{} // by clip
	for _, c := range doc.Clips {
		posters[c.ID] = c.Poster
		for _, v := range c.Variants {
			if v.File != "" {
				told[v.ID] = v
			}
		}
	}
	for _, v := range m.variants {
		t, named := told[v.ID]
		delete(told, v.ID)
		known := isMade(v) && v.Made != nil && m.shown[v.Clip]
		switch {
		case !known && !named:
		case !known:
			return "it names " + t.File + ", which the catalogue does not"
		case !named:
			return "it does not name " + v.Made.Key
		case t.File != path.Base(v.Made.Key) || t.Digest != v.Made.Digest || t.Bytes != v.Made.Bytes || t.Frames != v.Made.Frames:
			return "it says otherwise of " + t.File
		case v.Lead && v.Made.Poster != "" && posters[v.Clip] != path.Base(v.Made.Poster):
			return "it names another poster than " + v.Made.Poster
		}
	}
	for _, t := range told {
		return "it names " + t.File + ", which the catalogue does not"
	}
	return ""
}
