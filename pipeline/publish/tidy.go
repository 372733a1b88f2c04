package publish

import (
	"context"
	"errors"
	"io"
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
	s := Step{Output: out}
	var found []string
	err = out.List(ctx, folder+"/", func(o storage.Object) bool {
		if ours.MatchString(path.Base(o.Key)) {
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
			m, err := s.manifest(ctx, path.Join(at, "manifest.json"))
			if err != nil {
				return err
			}
			for _, name := range Files(m) {
				keep[path.Join(at, name)] = true
			}
		}
		if keep[key] {
			continue
		}
		if err := s.remove(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// held is the files of variants that stand in the catalogue and are still to
// be published: their moment's publishing failed.
func held(tx *catalog.Tx, recording string) (map[string]bool, error) {
	keep := map[string]bool{}
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

// remove deletes a file whose name begins the digest of its bytes.
func (s *Step) remove(ctx context.Context, key string) error {
	r, err := s.Output.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return err
	}
	sum := storage.NewDigester()
	_, err = io.Copy(sum, r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	if !strings.HasPrefix(storage.Hex(sum.Digest()), ours.FindStringSubmatch(path.Base(key))[1]) {
		return nil // somebody changed it: it is theirs
	}
	return s.Output.Delete(ctx, key)
}
