package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"dropcut/pipeline"
	"dropcut/pipeline/beside"
	"dropcut/storage"
)

// disk is this machine's files as a place of sidecars. Its paths are absolute,
// without the slash at their beginning.
type disk struct{}

// Names implements beside.Place. Links count as what they lead to.
func (disk) Names(_ context.Context, folder string) (out []string) {
	entries, err := os.ReadDir("/" + folder)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := e.Name()
		if info, err := os.Stat("/" + path.Join(folder, name)); err == nil && info.IsDir() {
			name += "/"
		}
		out = append(out, name)
	}
	return out
}

// Read implements beside.Place.
func (disk) Read(_ context.Context, file string) ([]byte, error) { return readSidecar("/" + file) }

// readSidecar is a file of marks or words, whole.
func readSidecar(file string) ([]byte, error) {
	f, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe beside a recording has no writer to wait for
	if err != nil {
		kind := pipeline.Invalid
		if errors.Is(err, fs.ErrNotExist) {
			kind = pipeline.NotFound
		}
		return nil, pipeline.Fail(kind, "no_such_file", "check the path", "read %s: %w", file, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > storage.MostSidecar {
		return nil, beside.TooLarge(file)
	}
	body, err := io.ReadAll(io.LimitReader(f, storage.MostSidecar))
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "", "read %s: %w", file, err)
	}
	return body, nil
}

// cameWith reads what lies beside a recording, and the files that were named:
// a plan, marks, words; "" for none.
func cameWith(ctx context.Context, recording, plan, markers, words string) (beside.Found, error) {
	full, err := filepath.Abs(recording)
	if err != nil {
		return beside.Found{}, pipeline.Fail(pipeline.NotFound, "no_such_recording", "check the path", "find %s: %w", recording, err)
	}
	paths, err := beside.Find(ctx, disk{}, onDisk(full), onDisk(topOf(filepath.Dir(full))))
	if err != nil {
		return beside.Found{}, err
	}
	if plan != "" {
		paths.Plan = ""
	}
	f, err := beside.Look(ctx, disk{}, paths)
	if err != nil {
		return f, err
	}
	if plan != "" {
		body, err := readSidecar(plan)
		if err != nil {
			return f, err
		}
		if err := f.UsePlan(beside.File{Path: plan, Body: body, Asked: true}); err != nil {
			return f, err
		}
	}
	for _, named := range []struct {
		file string
		to   *[]beside.File
	}{{markers, &f.Marks}, {words, &f.Words}} {
		if named.file == "" {
			continue
		}
		body, err := readSidecar(named.file)
		if err != nil {
			return f, err
		}
		*named.to = append([]beside.File{{Path: named.file, Body: body, Asked: true}}, *named.to...)
	}
	return f, nil
}

// topOf is how far above a recording's folder its creator's defaults may lie:
// the working folder where it is below that, else no further.
func topOf(folder string) string {
	here, err := os.Getwd()
	if err != nil {
		return folder
	}
	if below, err := filepath.Rel(here, folder); err != nil || !filepath.IsLocal(below) {
		return folder
	}
	return here
}

func onDisk(path string) string { return strings.TrimPrefix(filepath.ToSlash(path), "/") }
