package publish

import (
	"context"
	"errors"
	"io"
	"maps"
	"path"
	"regexp"
	"strings"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// ours is how the files we make are named; the last group is the beginning of
// their digest.
var ours = regexp.MustCompile(`^(?:core|short)-\d+-.*-([0-9a-f]{8})\.(?:mp4|jpg|srt|vtt)$`)

// Tidy removes what nothing names below a recording's folder: files that a
// stopped run had finished for something that was then asked for differently.
// A file goes only when its name is one of ours and begins the digest of its
// bytes, no manifest beside it names it, and no variant in the catalogue holds
// it. Nobody may be working on the recording meanwhile.
func Tidy(ctx context.Context, c Catalog, out storage.Bucket, recording string) error {
	var folder string
	var keep map[string]bool
	err := c.Write(ctx, func(tx *catalog.Tx) error {
		rec, err := tx.Recording(recording)
		if err != nil {
			return err
		}
		folder = rec.Folder
		keep, err = held(tx, recording)
		return err
	})
	if err != nil || folder == "" {
		return err
	}
	var found []string
	err = out.List(ctx, folder+"/", func(o storage.Object) bool {
		if IsOurs(o.Key) {
			found = append(found, o.Key)
		}
		return true
	})
	if err != nil {
		return err
	}
	read := map[string]bool{}
	for _, key := range found {
		if at := path.Dir(key); !read[at] {
			read[at] = true
			named, err := Named(ctx, out, at)
			if err != nil {
				return err
			}
			maps.Copy(keep, named)
		}
		if keep[key] {
			continue
		}
		if err := remove(ctx, out, key); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a file that nobody changed.
func remove(ctx context.Context, b storage.Bucket, key string) error {
	whole, err := IsWhole(ctx, b, key)
	if err != nil || !whole {
		return err
	}
	return b.Delete(ctx, key)
}

// held is the files of variants that stand in the catalogue and are still to
// be published: their moment's publishing failed. What was approved or handed
// out is among them.
func held(tx *catalog.Tx, recording string) (map[string]bool, error) {
	keep, err := tx.Promised(recording)
	if err != nil {
		return nil, err
	}
	moments, err := tx.MomentsOf(recording)
	if err != nil {
		return nil, err
	}
	for _, m := range moments {
		if m.State == pipeline.MomentSuperseded || m.State == pipeline.MomentOffered {
			continue
		}
		r, err := Load(tx, m.ID)
		if err != nil {
			return nil, err
		}
		for _, all := range r.Variants {
			for _, v := range all {
				if v.Made == nil {
					continue
				}
				keep[v.Made.Key] = true
				if v.Lead {
					keep[v.Made.Poster] = true
				}
			}
		}
	}
	return keep, nil
}

// IsOurs reports whether the last part of a key is named as we name what we
// make. IsWhole tells whether nobody changed it since.
func IsOurs(key string) bool { return ours.MatchString(path.Base(key)) }

// IsWhole reports whether an object's name, which IsOurs, begins the digest of
// its bytes. Where it does not, somebody changed it: it is theirs.
func IsWhole(ctx context.Context, b storage.Bucket, key string) (bool, error) {
	r, err := b.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return false, err
	}
	sum := storage.NewDigester()
	_, err = io.Copy(sum, r)
	if err := errors.Join(err, r.Close()); err != nil {
		return false, err
	}
	return strings.HasPrefix(storage.Hex(sum.Digest()), ours.FindStringSubmatch(path.Base(key))[1]), nil
}
