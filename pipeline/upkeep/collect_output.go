package upkeep

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// output removes files below recordings' folders that nothing names. A file
// goes only when it is ours by name and digest; manifests and documents stay.
func (c *collection) output(ctx context.Context) error {
	folders := map[string]string{} // → recording
	roots := map[string]bool{}
	err := c.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		all, err := tx.Recordings()
		for _, r := range all {
			if root, _, _ := strings.Cut(r.Folder, "/"); root != "" {
				folders[r.Folder], roots[root] = r.ID, true
			}
		}
		return err
	})
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		if err != nil {
			break
		}
		walk := outputWalk{collection: c, folders: folders}
		err = c.Output.List(ctx, root+"/", func(o storage.Object) bool {
			walk.err = walk.visit(ctx, o)
			return walk.err == nil
		})
		err = errors.Join(err, walk.err)
	}
	return err
}

// outputWalk is one walk through the output bucket, in the order of keys.
type outputWalk struct {
	*collection
	folders map[string]string // of recordings → their IDs
	err     error

	recording string // whose files are walked through now
	held      held
	folder    string // in which they lie
	named     named
}

// held is the files that a recording's records name; nil while it is worked on.
type held map[string]bool

// named is the files that a folder's manifest names; nil where it cannot be read.
type named map[string]bool

// visit removes one object if nothing names it.
func (w *outputWalk) visit(ctx context.Context, o storage.Object) error {
	if !publish.IsOurs(o.Key) || time.Since(o.Modified) < w.Replaced {
		return nil
	}
	id := w.recordingOf(o.Key)
	if id == "" {
		return nil
	}
	if err := w.know(ctx, id, path.Dir(o.Key)); err != nil || w.held == nil || w.named == nil || w.held[o.Key] || w.named[o.Key] {
		return err
	}
	whole, err := publish.IsWhole(ctx, w.Output, o.Key)
	if errors.Is(err, pipeline.NotFound) || err == nil && !whole {
		return nil
	}
	if err != nil {
		return err
	}
	gone, err := w.remove(ctx, w.Output, o, func(tx *catalog.Tx) (bool, error) {
		held, err := heldOf(tx, id)
		if err != nil || held == nil || held[o.Key] {
			return false, err
		}
		named, err := namedIn(ctx, w.Output, path.Dir(o.Key))
		return named != nil && !named[o.Key], err
	})
	if gone {
		w.removed.Output.add(o)
	}
	return err
}

// recordingOf is the recording below whose folder a key lies, "" for none.
func (w *outputWalk) recordingOf(key string) string {
	for at := path.Dir(key); at != "."; at = path.Dir(at) {
		if id := w.folders[at]; id != "" {
			return id
		}
	}
	return ""
}

// know reads what is named of a recording and in a folder, unless it was read last.
func (w *outputWalk) know(ctx context.Context, recording, folder string) (err error) {
	if recording != w.recording {
		err = w.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
			w.held, err = heldOf(tx, recording)
			return err
		})
		w.recording, w.folder = recording, ""
	}
	if err == nil && folder != w.folder {
		w.named, err = namedIn(ctx, w.Output, folder)
		w.folder = folder
	}
	return err
}

// heldOf is the files that a recording's variants have, and those that were
// approved or handed out. While it is worked on nobody knows.
func heldOf(tx *catalog.Tx, recording string) (held, error) {
	todo, err := tx.ToDo(recording)
	if err != nil || len(todo) > 0 {
		return nil, err
	}
	moments, err := tx.MomentsOf(recording)
	if err != nil {
		return nil, err
	}
	out, err := tx.Promised(recording)
	if err != nil {
		return nil, err
	}
	for _, m := range moments {
		all, err := variants(tx, m.ID)
		if err != nil {
			return nil, err
		}
		for _, v := range all {
			if v.Made == nil {
				continue
			}
			if out[v.Made.Key] = true; v.Lead {
				out[v.Made.Poster] = true
			}
		}
	}
	return out, nil
}

// namedIn is what a folder's manifest names: nothing where there is none, nil
// where there is one that cannot be read.
func namedIn(ctx context.Context, b storage.Bucket, folder string) (named, error) {
	m, err := publish.Read(ctx, b, path.Join(folder, publish.ManifestName))
	switch {
	case errors.Is(err, pipeline.Corrupt):
		return nil, nil
	case err != nil && !errors.Is(err, pipeline.NotFound):
		return nil, err
	}
	out := named{}
	for _, name := range publish.Files(m) {
		out[path.Join(folder, name)] = true
	}
	return out, nil
}
