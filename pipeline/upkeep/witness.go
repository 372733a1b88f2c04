package upkeep

import (
	"context"
	"errors"
	"path"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// witness looks at the bytes of a recording at rest.
type witness struct {
	*check
	subject
	seen *seen
}

// tell keeps a finding.
func (w witness) tell(f Finding) {
	f.recording = w.subject.recording.ID
	w.seen.findings = append(w.seen.findings, f)
}

// files looks at everything that the recording's records name.
func (w witness) files(ctx context.Context) error {
	for _, m := range w.moments {
		for _, v := range m.variants {
			if !isMade(v) {
				continue
			}
			if err := w.file(ctx, m, v); err != nil {
				return err
			}
		}
		if err := w.manifest(ctx, m); err != nil {
			return err
		}
		for i := range m.excerpts {
			if err := w.excerpt(ctx, m, i); err != nil {
				return err
			}
		}
	}
	if err := w.document(ctx); err != nil {
		return err
	}
	return w.sidecars(ctx)
}

// stat is what stands under a key, and whether anything does.
func stat(ctx context.Context, b storage.Bucket, key string) (storage.Object, bool, error) {
	o, err := b.Stat(ctx, key)
	if errors.Is(err, pipeline.NotFound) {
		return o, false, nil
	}
	return o, err == nil, err
}

// document looks at the recording's own document.
func (w witness) document(ctx context.Context) error {
	r := w.subject.recording
	if r.State != pipeline.RecordingDone && r.State != pipeline.RecordingNoMoment {
		return nil
	}
	key := path.Join(r.Folder, "recording.json")
	w.seen.looked.Files++
	if _, there, err := stat(ctx, w.Output, key); err != nil || there {
		return err
	}
	f := found(documentGone, key, "the document of the recording %s is gone", r.Name)
	if r.State == pipeline.RecordingNoMoment {
		f.begin = start{pipeline.Publish, r.ID}
	}
	for _, m := range w.moments {
		if m.State == pipeline.MomentMade {
			f.begin = start{pipeline.Compose, m.ID}
		}
	}
	w.tell(f)
	return nil
}

// excerpt looks at the i-th excerpt of a moment; 0 is the one that is used.
func (w witness) excerpt(ctx context.Context, m moment, i int) error {
	x := m.excerpts[i]
	if i > 0 && x.Version == "" {
		return nil // it was found out, and replaced
	}
	w.seen.looked.Excerpts++
	o, there, err := stat(ctx, w.Data, x.Key)
	if err != nil {
		return err
	}
	var f Finding
	switch {
	case !there:
		f = found(excerptGone, x.ID, "the excerpt %s of %s is gone", x.Key, quoted(m))
	case o.Size != x.Bytes:
		f = found(excerptGone, x.ID, "the excerpt %s of %s has %d bytes of %d", x.Key, quoted(m), o.Size, x.Bytes)
	case !w.Deep:
		return nil
	default:
		digest, err := digestOf(ctx, w.Data, x.Key)
		if err != nil || digest == x.Digest {
			return err
		}
		f = found(excerptDamaged, x.ID, "the excerpt %s of %s has digest %s, and was kept with %s", x.Key, quoted(m), digest, x.Digest)
	}
	if i > 0 || isOver(m.Moment) || m.State == pipeline.MomentFailed { // nobody reads it any more
		f.change = func(tx *catalog.Tx) (bool, error) { return true, tx.DropExcerpt(x.ID) }
	} else {
		f.change, f.begin = distrust(x), start{pipeline.Excerpt, m.ID}
	}
	w.tell(f)
	return nil
}

// distrust makes an excerpt be taken anew when its moment next goes down the
// line: it is of no version of the recording. What it says about itself stays
// until the new one stands.
func distrust(x pipeline.Excerpted) func(*catalog.Tx) (bool, error) {
	return func(tx *catalog.Tx) (bool, error) {
		now, err := tx.ExcerptOf(x.Moment)
		if err != nil || now.ID != x.ID {
			return false, err
		}
		now.Version = ""
		return true, tx.PutExcerpt(now)
	}
}

// sidecars looks at the files that came with the recording.
func (w witness) sidecars(ctx context.Context) error {
	b := w.brief
	all := append(append([]pipeline.Sidecar{}, b.Marks...), b.Transcripts...)
	for _, one := range []*pipeline.Sidecar{b.Plan, b.Defaults} {
		if one != nil {
			all = append(all, *one)
		}
	}
	for _, s := range all {
		w.seen.looked.Sidecars++
		key := storage.SidecarKey(s.Digest)
		_, there, err := stat(ctx, w.Data, key)
		if err != nil {
			return err
		}
		if !there {
			w.tell(found(sidecarGone, key, "%s, which came with the recording %s, is gone", s.Name, w.subject.recording.Name))
			continue
		}
		if !w.Deep {
			continue
		}
		digest, err := digestOf(ctx, w.Data, key)
		if err != nil {
			return err
		}
		if digest != s.Digest {
			w.tell(found(sidecarDamaged, key, "%s, which came with the recording %s, has digest %s", s.Name, w.subject.recording.Name, digest))
		}
	}
	return nil
}
