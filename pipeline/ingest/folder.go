package ingest

import (
	"path"
	"strings"

	"dropcut/pipeline"
	"dropcut/storage"
)

// folderByID is a recording's folder in the output bucket of a service: nothing
// in it is a person's text but the creator's own name, made safe.
func folderByID(rec pipeline.Recording) string {
	return path.Join(storage.CreatorKey(rec.Creator), "shows", rec.Show)
}

// folderFor is a new recording's folder in the output bucket: its name without
// the ending, and some of its fingerprint where a different recording of the
// same creator has that name already. Some file systems do not tell A from a.
func folderFor(rec pipeline.Recording, all []pipeline.Recording) string {
	taken := map[string]bool{}
	for _, r := range all {
		if r.Creator == rec.Creator && r.ID != rec.ID {
			taken[strings.ToLower(r.Folder)] = true
		}
	}
	base := storage.SafeName(strings.TrimSuffix(rec.Name, path.Ext(rec.Name)), "recording")
	hex := storage.Hex(rec.Fingerprint)
	name := base
	for n := 4; taken[strings.ToLower(name)] && n <= len(hex); n += 4 {
		name = base + "-" + hex[:n]
	}
	return name
}
