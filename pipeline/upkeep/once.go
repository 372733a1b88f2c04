package upkeep

import (
	"path"
	"strings"

	"dropcut/storage"
	"dropcut/storage/catalog"
)

// once says what of a recording's files is there twice, or not where and what
// its name says. Pure.
func (s subject) once() []Finding {
	var out []Finding
	holder := map[string]string{} // key → variant
	folders := map[string]string{}
	for _, m := range s.moments {
		if m.Folder == "" {
			continue
		}
		if other := folders[m.Folder]; other != "" {
			out = append(out, found(folderShared, m.ID, "%s and %s have the folder %s", quoted(m), other, m.Folder))
		}
		folders[m.Folder] = m.ID
		for _, v := range m.variants {
			if v.Made == nil || !isMade(v) {
				continue
			}
			key := v.Made.Key
			if other := holder[key]; other != "" {
				out = append(out, found(keyShared, v.ID, "it and %s name one file, %s", other, key))
			}
			holder[key] = v.ID
			hex := storage.Hex(v.Made.Digest)
			if path.Dir(key) != path.Join(s.recording.Folder, m.Folder) || len(hex) < 8 || !strings.Contains(path.Base(key), "-"+hex[:8]+".") {
				out = append(out, found(keyMisplaced, v.ID, "its file is %s, its digest %s, and its folder %s", key, v.Made.Digest, path.Join(s.recording.Folder, m.Folder)))
			}
		}
	}
	for i := range out {
		out[i].recording = s.recording.ID
	}
	return out
}

// foldersOnce says which recordings have one folder.
func foldersOnce(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Recordings()
	if err != nil {
		return nil, err
	}
	var out []Finding
	taken := map[string]string{}
	for _, r := range all {
		if other := taken[r.Folder]; other != "" && r.Folder != "" {
			out = append(out, found(folderShared, r.ID, "it and %s have the folder %s", other, r.Folder))
		}
		taken[r.Folder] = r.ID
	}
	return out, nil
}
