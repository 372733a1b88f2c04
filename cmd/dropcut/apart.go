package main

import (
	"path/filepath"
	"strings"

	"dropcut/pipeline"
	"dropcut/storage/s3"
)

// apart refuses a source in which the service's own files would be found: its
// clips would be taken for recordings, and clips of them too. A source that
// lies in one of these places is fine.
func (p premises) apart(source string) error {
	for _, own := range []struct{ flag, where string }{{"--output", p.output}, {"--store", p.store}, {"--data", p.data}} {
		inside, err := contains(source, own.where)
		if err != nil {
			return err
		}
		if inside {
			return pipeline.Fail(pipeline.Usage, "usage", "name a place for recordings alone with --source",
				"%s, given or implied as %s, lies in the source %s: what is made there would be taken for recordings", own.where, own.flag, source)
		}
	}
	return nil
}

// contains reports whether a place is the other, or lies above it. A store and a
// folder have nothing in common.
func contains(place, other string) (bool, error) {
	if isStore(place) != isStore(other) {
		return false, nil
	}
	if isStore(place) {
		a, err := s3.Parse(place)
		if err != nil {
			return false, err
		}
		b, err := s3.Parse(other)
		return a.Bucket == b.Bucket && isBelow(a.Prefix, b.Prefix), err
	}
	a, err := resolved(place)
	if err != nil {
		return false, err
	}
	b, err := resolved(other)
	return isBelow(strings.TrimSuffix(a, "/"), b), err
}

func isBelow(top, path string) bool {
	return top == "" || path == top || strings.HasPrefix(path, top+"/")
}

// resolved is where a folder is once links are followed, of which its end need
// not be there yet.
func resolved(folder string) (string, error) {
	full, err := filepath.Abs(folder)
	if err != nil {
		return "", pipeline.Fail(pipeline.Usage, "usage", "check the path", "find %s: %w", folder, err)
	}
	for top, rest := full, ""; ; top, rest = filepath.Dir(top), filepath.Join(filepath.Base(top), rest) {
		if real, err := filepath.EvalSymlinks(top); err == nil {
			return filepath.Join(real, rest), nil
		}
		if top == filepath.Dir(top) {
			return full, nil
		}
	}
}
