package upkeep

import (
	"context"
	"errors"
	"path/filepath"

	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// file looks at a made file, and at its clip's poster where it leads.
func (w witness) file(ctx context.Context, m moment, v pipeline.Variant) error {
	w.seen.looked.Variants++
	if v.Made == nil {
		w.put(m, v, found(fileGone, v.ID, "a variant of %s is %s, and no file is named", quoted(m), v.State))
		return nil
	}
	w.seen.looked.Files++
	o, there, err := stat(ctx, w.Output, v.Made.Key)
	if err != nil {
		return err
	}
	switch {
	case !there:
		w.put(m, v, found(fileGone, v.ID, "%s is gone", v.Made.Key))
	case o.Size != v.Made.Bytes:
		w.put(m, v, found(fileDamaged, v.ID, "%s has %d bytes of %d", v.Made.Key, o.Size, v.Made.Bytes))
	case w.Deep:
		if err := w.deep(ctx, m, v); err != nil {
			return err
		}
	}
	if v.Lead {
		return w.poster(ctx, m, v)
	}
	return nil
}

// put keeps a finding about a variant's file, which is put back to be made
// unless a person judged it or its moment is over.
func (w witness) put(m moment, v pipeline.Variant, f Finding) {
	switch {
	case isJudged(v):
		f.Repair = "nothing: a person judged these very bytes; put a copy of the file back"
	case isOver(m.Moment):
		f.Repair = "nothing: its moment is " + string(m.State)
	default:
		f.begin = start{pipeline.Compose, m.ID}
		f.change = func(tx *catalog.Tx) (bool, error) {
			now, err := tx.Variant(v.ID)
			if err != nil || now.State != v.State || now.Made != nil && v.Made != nil && now.Made.Digest != v.Made.Digest {
				return false, err
			}
			now.State = pipeline.VariantFailed
			now.Failure = pipeline.Fail(pipeline.Corrupt, f.Code, "it is being made again", "%s", f.Detail)
			now.Failure.Step = pipeline.Assemble
			return true, tx.PutVariant(now)
		}
	}
	w.tell(f)
}

// poster looks at the picture of the clip that v leads.
func (w witness) poster(ctx context.Context, m moment, v pipeline.Variant) error {
	w.seen.looked.Files++
	key := v.Made.Poster
	if key == "" {
		w.unname(m, v, found(posterGone, v.ID, "the clip that %s leads has no poster", v.Made.Key))
		return nil
	}
	bad, err := w.flawed(ctx, key)
	switch {
	case err != nil || bad == "":
	case bad == gone:
		w.unname(m, v, found(posterGone, v.ID, "%s is gone", key))
	default:
		w.unname(m, v, found(posterDamaged, v.ID, "%s is %s", key, bad))
	}
	return err
}

// unname keeps a finding about a poster. Its variant names none any more, and
// so is made anew with one.
func (w witness) unname(m moment, v pipeline.Variant, f Finding) {
	if isOver(m.Moment) {
		f.Repair = "nothing: its moment is " + string(m.State)
	} else if !isJudged(v) {
		f.begin = start{pipeline.Compose, m.ID}
		f.change = func(tx *catalog.Tx) (bool, error) {
			now, err := tx.Variant(v.ID)
			if err != nil || now.Made == nil || now.Made.Poster != v.Made.Poster {
				return false, err
			}
			now.Made.Poster = ""
			return true, tx.PutVariant(now)
		}
	}
	w.tell(f)
}

const gone = "gone"

// flawed says what is wrong with an object of ours whose size nobody noted:
// gone, empty, or (deep) not what its name says. "" is nothing.
func (w witness) flawed(ctx context.Context, key string) (string, error) {
	o, there, err := stat(ctx, w.Output, key)
	switch {
	case err != nil:
		return "", err
	case !there:
		return gone, nil
	case o.Size == 0:
		return "empty", nil
	case !w.Deep || !publish.IsOurs(key):
		return "", nil
	}
	whole, err := publish.IsWhole(ctx, w.Output, key)
	if err != nil || whole {
		return "", err
	}
	return "not what its name says", nil
}

// deep reads a made file's bytes and decodes it from end to end.
func (w witness) deep(ctx context.Context, m moment, v pipeline.Variant) error {
	copied, err := fetch(ctx, w.Output, v.Made.Key, w.Temp)
	if errors.Is(err, pipeline.NotFound) {
		w.put(m, v, found(fileGone, v.ID, "%s is gone", v.Made.Key))
		return nil
	}
	if err != nil {
		return err
	}
	defer copied.remove()
	if copied.digest != v.Made.Digest {
		w.put(m, v, found(fileDamaged, v.ID, "%s has digest %s, and was made with %s", v.Made.Key, copied.digest, v.Made.Digest))
		return nil
	}
	w.seen.looked.Decoded++
	d, err := w.FFmpeg.Decode(ctx, copied.path, copied.dir)
	switch {
	case errors.Is(err, pipeline.Corrupt):
		w.put(m, v, found(fileUndecodable, v.ID, "%s: %v", v.Made.Key, err))
	case err != nil:
		return err
	case d.Frames != v.Made.Frames:
		w.put(m, v, found(fileUndecodable, v.ID, "%s shows %d frames of %d", v.Made.Key, d.Frames, v.Made.Frames))
	}
	return nil
}

// absolute is the path of key where b is a folder of this machine, else "".
func absolute(b storage.Bucket, key string) (string, error) {
	l, ok := b.(local)
	if !ok {
		return "", nil
	}
	return filepath.Abs(l.Path(key))
}
