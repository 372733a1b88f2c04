package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"dropcut/captions/transcript"
	"dropcut/pipeline"
	"dropcut/pipeline/marks"
	"dropcut/storage"
)

const mostSidecars = 200 // files looked at beside one recording

// mediaEndings are files that are recordings themselves, and never read as sidecars.
var mediaEndings = []string{".mp4", ".mov", ".m4v", ".mkv", ".webm", ".ts", ".m2ts", ".flv", ".jpg", ".jpeg", ".png", ".wav", ".mp3", ".part"}

// sidecars keeps the marks and words of a recording, those named and those
// found beside it, in the data bucket, and names them in the brief. What a file
// is, is told by its content.
func (h *workshop) sidecars(ctx context.Context, path, markers, words string, brief *pipeline.Brief) error {
	if markers != "" {
		if err := h.pin(ctx, markers, true, &brief.Marks); err != nil {
			return err
		}
	}
	if words != "" {
		if err := h.pin(ctx, words, true, &brief.Transcripts); err != nil {
			return err
		}
	}
	for _, file := range beside(path) {
		body, err := readSidecar(file)
		if err != nil {
			continue // not named by anyone, and not readable: nothing lost
		}
		switch kindOf(body) {
		case "words":
			err = h.pin(ctx, file, false, &brief.Transcripts)
		case "marks":
			err = h.pin(ctx, file, false, &brief.Marks)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// kindOf is what a file's content is: words, marks, or neither. WebVTT is marks
// only where its cues are chapters.
func kindOf(body []byte) string {
	source, pointed := marks.Told(body)
	switch {
	case pointed && source == marks.SourceWebVTT:
		return "marks"
	case transcript.Is(body):
		return "words"
	case pointed:
		return "marks"
	}
	return ""
}

// pin keeps one sidecar under its digest.
func (h *workshop) pin(ctx context.Context, file string, asked bool, list *[]pipeline.Sidecar) error {
	body, err := readSidecar(file)
	if err != nil {
		return err
	}
	s := pipeline.Sidecar{Name: filepath.Base(file), Digest: storage.DigestBytes(body), Asked: asked}
	same := func(o pipeline.Sidecar) bool { return o.Digest == s.Digest }
	if slices.ContainsFunc(*list, same) {
		return nil
	}
	if _, err := h.data.Put(ctx, storage.SidecarKey(s.Digest), bytes.NewReader(body), s.Digest); err != nil {
		return err
	}
	*list = append(*list, s)
	return nil
}

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
		return nil, pipeline.Fail(pipeline.Invalid, "bad_sidecar", "marks and words are text files of at most 32 MiB", "%s is no such file", file)
	}
	body, err := io.ReadAll(io.LimitReader(f, storage.MostSidecar))
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "", "read %s: %w", file, err)
	}
	return body, nil
}

// beside is the files that may belong to a recording: p/name.*, p/name_marks.*,
// p/name-proj.llc, p/name/*, and markers.csv or chapters.txt where the recording is the only one
// in its folder. In order of their names.
func beside(path string) []string {
	folder, base := filepath.Split(path)
	if folder == "" {
		folder = "."
	}
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	recordings := 0
	for _, e := range entries {
		if isMedia(e.Name()) {
			recordings++
		}
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case name == base || isMedia(name) || isBeforehand(name):
		case e.IsDir():
			if name == stem {
				out = append(out, inside(filepath.Join(folder, name))...)
			}
		case strings.HasPrefix(name, stem+"."), strings.HasPrefix(name, stem+"_marks."), name == stem+"-proj.llc",
			(name == "markers.csv" || name == "chapters.txt") && recordings == 1:
			out = append(out, filepath.Join(folder, name))
		}
	}
	return out[:min(len(out), mostSidecars)]
}

func inside(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && !isMedia(e.Name()) && !isBeforehand(e.Name()) && len(out) < mostSidecars {
			out = append(out, filepath.Join(folder, e.Name()))
		}
	}
	return out
}

func isMedia(name string) bool {
	return slices.Contains(mediaEndings, strings.ToLower(filepath.Ext(name)))
}
