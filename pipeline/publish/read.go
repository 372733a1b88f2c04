package publish

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"

	"dropcut/pipeline"
	"dropcut/storage"
)

// Named is the keys that the manifest in a folder names; none without one.
func Named(ctx context.Context, b storage.Bucket, folder string) (map[string]bool, error) {
	m, err := Read(ctx, b, path.Join(folder, ManifestName))
	if err != nil && !errors.Is(err, pipeline.NotFound) && !errors.Is(err, pipeline.Corrupt) {
		return nil, err
	}
	out := map[string]bool{}
	for _, name := range Files(m) {
		out[path.Join(folder, name)] = true
	}
	return out, nil
}

// ManifestName is what a manifest is called in its moment's folder.
const ManifestName = "manifest.json"

// Read is the manifest under key: NotFound where there is none, Corrupt with
// code manifest_damaged where it cannot be read.
func Read(ctx context.Context, b storage.Bucket, key string) (pipeline.Manifest, error) {
	var m pipeline.Manifest
	r, err := b.OpenRange(ctx, key, "", 0, -1)
	if err != nil {
		return m, err
	}
	text, err := io.ReadAll(io.LimitReader(r, mostManifest))
	if err := errors.Join(err, r.Close()); err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return pipeline.Manifest{}, pipeline.Fail(pipeline.Corrupt, "manifest_damaged", "run again: it is written anew", "%s is no manifest: %w", key, err)
	}
	return m, nil
}

// mostManifest is more than a manifest can have, in bytes.
const mostManifest = 64 << 20
