package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/beside"
	"dropcut/pipeline/ingest"
)

// request is what ingest is asked of a recording that a person named. Its bytes
// lie where links lead; its name, and what lies beside it, is as it was named.
// What cannot be a recording makes a request that ingest refuses for the same
// reason, so that the others are made.
func request(path string, brief pipeline.Brief) (json.RawMessage, error) {
	r := ingest.Request{Creator: creator, Name: filepath.Base(path), Brief: brief}
	r.Source, r.Key, r.Refused = locate(path)
	return json.Marshal(r)
}

// locate is the source bucket and the key of a recording that a person named,
// or why it can be none.
func locate(path string) (source, key string, refused *pipeline.Error) {
	if isStore(path) {
		source, key = filepath.Split(path)
		return source, key, nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "", "", pipeline.Fail(pipeline.Invalid, "not_allowed", "check who owns it", "%s cannot be read: you are not allowed to", path)
	case err != nil && strings.Contains(path, "://"):
		return "", "", pipeline.Fail(pipeline.Invalid, "is_address", "download it and give the file, or drop it where dropcut serve watches",
			"%s is an address on a network, and recordings are read from files only", path)
	case err != nil:
		return "", "", notThere(path)
	case info.IsDir():
		return "", "", isFolder(path)
	case !info.Mode().IsRegular():
		return "", "", pipeline.Fail(pipeline.NotFound, "no_such_recording", "give a file: a recording is read at any place, not once from the front",
			"%s is a device or a pipe, and a recording is a file", path)
	}
	source, key = filepath.Split(followed(path))
	return source, key, nil
}

// followed is where the bytes of an existing file lie: path itself, unless that is a link.
func followed(path string) string {
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path
	}
	to, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path
	}
	return to
}

func notThere(path string) *pipeline.Error {
	const hint = "check the path; a recording is one file"
	if to, err := os.Readlink(path); err == nil {
		return pipeline.Fail(pipeline.NotFound, "no_such_recording", hint, "there is no recording %s: it is a link to %s, and that is not there", path, to)
	}
	return pipeline.Fail(pipeline.NotFound, "no_such_recording", hint, "there is no recording %s", path)
}

// isFolder says what to give instead of a folder: what in it may be meant.
func isFolder(path string) *pipeline.Error {
	hint := "give the recording itself: an MP4, MOV, MKV, WebM, TS or FLV file"
	entries, _ := os.ReadDir(path)
	for _, e := range entries {
		if !e.IsDir() && beside.IsRecording(e.Name()) {
			hint = "give the recording itself, such as " + filepath.Join(path, e.Name())
			break
		}
	}
	return pipeline.Fail(pipeline.NotFound, "no_such_recording", hint, "%s is a folder, and a recording is one file", path)
}
