package upkeep

import (
	"context"
	"errors"

	"dropcut/pipeline"
)

// promises looks at what was approved or handed out, where a newer revision, or
// none, is what its variant shows: a scheduler may fetch it all the same.
func (w witness) promises(ctx context.Context) error {
	looked := map[string]bool{"": true}
	if !w.subject.isBusy() { // else nobody looked
		for _, m := range w.moments {
			for _, v := range m.variants {
				if isMade(v) && v.Made != nil {
					looked[v.Made.Key] = true
					looked[v.Made.Poster] = looked[v.Made.Poster] || v.Lead
				}
			}
		}
	}
	for _, r := range w.promised {
		if !looked[r.File] {
			looked[r.File] = true
			if err := w.promisedFile(ctx, r); err != nil {
				return err
			}
		}
		if !looked[r.Poster] {
			looked[r.Poster] = true
			if err := w.promisedPoster(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w witness) promisedPoster(ctx context.Context, r pipeline.Ready) error {
	w.seen.looked.Files++
	bad, err := w.flawed(ctx, r.Poster)
	switch {
	case err != nil || bad == "":
	case bad == gone:
		w.tell(found(promisedGone, r.Poster, "the poster of %s, which is promised, is gone", r.File))
	default:
		w.tell(found(promisedDamaged, r.Poster, "the poster of %s, which is promised, is %s", r.File, bad))
	}
	return err
}

// promisedFile looks at one file that is promised.
func (w witness) promisedFile(ctx context.Context, r pipeline.Ready) error {
	w.seen.looked.Variants++
	w.seen.looked.Files++
	o, there, err := stat(ctx, w.Output, r.File)
	switch {
	case err != nil:
		return err
	case !there:
		w.tell(found(promisedGone, r.File, "a file of %s is promised, and gone", r.Variant))
	case o.Size != r.Bytes:
		w.tell(found(promisedDamaged, r.File, "a file of %s is promised with %d bytes, and has %d", r.Variant, r.Bytes, o.Size))
	case w.Deep:
		return w.promisedBytes(ctx, r)
	}
	return nil
}

// promisedBytes reads a promised file's bytes, and decodes it from end to end.
func (w witness) promisedBytes(ctx context.Context, r pipeline.Ready) error {
	copied, err := fetch(ctx, w.Output, r.File, w.Temp)
	if errors.Is(err, pipeline.NotFound) {
		w.tell(found(promisedGone, r.File, "a file of %s is promised, and gone", r.Variant))
		return nil
	}
	if err != nil {
		return err
	}
	defer copied.remove()
	if copied.digest != r.Digest {
		w.tell(found(promisedDamaged, r.File, "a file of %s is promised with digest %s, and has %s", r.Variant, r.Digest, copied.digest))
		return nil
	}
	w.seen.looked.Decoded++
	if _, err = w.FFmpeg.Decode(ctx, copied.path, copied.dir); errors.Is(err, pipeline.Corrupt) {
		w.tell(found(promisedDamaged, r.File, "a file of %s is promised, and does not decode: %v", r.Variant, err))
		return nil
	}
	return err
}
